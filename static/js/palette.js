// Find anything: Ctrl/Cmd-K, or the box at the top. Also the list of shortcuts, and the single-key ones.

const palette = document.getElementById("palette");
const shortcuts = document.getElementById("shortcuts");
const input = palette?.querySelector("input");
const box = palette?.querySelector("[role=listbox]");
let cameFrom = null, request = null, timer = null, options = [], at = -1;

const pages = () => [...document.querySelectorAll("#rail a")].map((link) => ({ label: link.querySelector("span").textContent, url: link.getAttribute("href"), note: "Page" }));
const steps = () => [...document.querySelectorAll(".head .acts a[href]")].map((link) => ({ label: link.textContent.trim(), url: link.getAttribute("href"), note: "On this page" }));
const fits = (query) => (item) => item.label.toLowerCase().includes(query.toLowerCase());

function choose(place) {
  options[at]?.setAttribute("aria-selected", "false");
  at = options.length ? (place + options.length) % options.length : -1;
  if (at < 0) { input.removeAttribute("aria-activedescendant"); return; }
  options[at].setAttribute("aria-selected", "true");
  options[at].scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", options[at].id);
}

function show(groups, query) {
  box.replaceChildren();
  options = [];
  for (const group of groups) {
    if (!group.items.length) continue;
    const set = document.createElement("div");
    set.setAttribute("role", "group");
    set.setAttribute("aria-label", group.label);
    const head = Object.assign(document.createElement("div"), { className: "group", textContent: group.label });
    head.setAttribute("role", "presentation");
    set.append(head);
    for (const item of group.items) {
      const option = document.createElement("div");
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.id = `palette-${options.length}`;
      option.dataset.url = item.url;
      const name = document.createElement("span");
      name.textContent = item.label;
      option.append(name);
      if (item.note) option.append(Object.assign(document.createElement("small"), { textContent: item.note }));
      set.append(option);
      options.push(option);
    }
    box.append(set);
  }
  if (!options.length) {
    const nothing = Object.assign(document.createElement("p"), { className: "nothing", textContent: `Nothing found for “${query}”.` });
    nothing.setAttribute("role", "option");
    nothing.setAttribute("aria-disabled", "true");
    box.append(nothing);
  }
  choose(0);
  document.dispatchEvent(new CustomEvent("cmo:say", { detail: query ? `${options.length} result${options.length === 1 ? "" : "s"}` : "" }));
}

async function look() {
  const query = input.value.trim();
  request?.abort();
  const here = [{ label: "On this page", items: steps().filter(fits(query)) }, { label: "Go to", items: pages().filter(fits(query)) }];
  if (query.length < 2) { show(here, query); return; }
  request = new AbortController();
  box.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(`/search/?q=${encodeURIComponent(query)}`, { headers: { Accept: "application/json" }, signal: request.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    const { groups } = await answer.json();
    show([...groups, ...here], query);
  } catch (error) {
    if (error.name === "AbortError") return;
    show(here, query);
  }
  box.removeAttribute("aria-busy");
}

function open() {
  if (!palette || palette.open) return;
  cameFrom = document.activeElement;
  document.querySelectorAll("[popover]:popover-open").forEach((sheet) => sheet.hidePopover());
  palette.showModal();
  input.value = "";
  input.focus();
  look();
}
function go(url, apart) {
  if (!url) return;
  palette.close();
  if (apart) window.open(url, "_blank", "noopener"); else location.assign(url);
}

if (palette) {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-palette]");
    if (!opener || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open();
  });
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 120); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); choose(at + 1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); choose(at - 1); }
    else if (event.key === "Home" && event.ctrlKey) choose(0);
    else if (event.key === "Enter") { event.preventDefault(); clearTimeout(timer); go(options[at]?.dataset.url, event.ctrlKey || event.metaKey); }
  });
  box.addEventListener("click", (event) => go(event.target.closest("[role=option]")?.dataset.url, event.ctrlKey || event.metaKey));
  box.addEventListener("mousemove", (event) => {
    const place = options.indexOf(event.target.closest("[role=option]"));
    if (place >= 0 && place !== at) choose(place);
  });
  palette.addEventListener("close", () => { request?.abort(); (cameFrom?.isConnected ? cameFrom : document.getElementById("main")).focus(); });
}
for (const dialog of [palette, shortcuts]) {
  dialog?.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]") || event.target === dialog) dialog.close();
  });
}

// ---- shortcuts of one key: for those who want them; never while typing
const single = document.getElementById("single-keys");
const stored = () => { try { return localStorage.getItem("single-keys"); } catch { return null; } };
const wanted = () => (stored() ?? document.body.dataset.singleKeys ?? "on") === "on";
if (single) {
  single.checked = wanted();
  single.addEventListener("change", () => { try { localStorage.setItem("single-keys", single.checked ? "on" : "off"); } catch { single.checked = wanted(); } });
}
const opener = document.querySelector("[data-shortcuts]");
if (opener && shortcuts) {
  opener.hidden = false;
  opener.addEventListener("click", () => { opener.closest("[popover]")?.hidePopover(); shortcuts.showModal(); });
}
let armed = 0;
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    if (palette?.open) palette.close(); else open();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !wanted()) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
  if (event.key === "?") { event.preventDefault(); shortcuts?.showModal(); }
  else if (event.key === "/") {
    event.preventDefault();
    const filter = document.querySelector("[data-filters] input[name=q]");
    if (filter) filter.focus(); else open();
  } else if (event.key === "g") armed = Date.now();
  else if (event.key === "h" && Date.now() - armed < 1500) location.assign("/");
});
