// The frame: menus, theme, what screen readers are told, and a sensible focus after parts of the page were replaced.
// Each script of this folder stands alone, so that hashed file names need no rewriting inside them.

const root = document.documentElement;
const live = () => document.getElementById("live");

function say(text) {
  const region = live();
  if (!region || !text) return;
  region.textContent = "";
  // A screen reader only speaks a change that it sees happen.
  setTimeout(() => { region.textContent = text; }, 60);
}
document.addEventListener("cmo:say", (event) => say(event.detail));

// ---- theme: kept in a cookie, so that the server writes it into the first byte and nothing flashes
const choice = document.querySelector("[data-theme-choice]");
if (choice) {
  const buttons = [...choice.querySelectorAll("button")];
  const show = () => buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.value === root.dataset.bsTheme)));
  choice.hidden = false;
  show();
  choice.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    root.dataset.bsTheme = button.value;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${button.value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    show();
  });
}

// ---- menus made of <details>: one open at a time, closed by Esc (focus returns) and by a click elsewhere
const openMenus = () => [...document.querySelectorAll("details.menu[open]")];
document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    const held = menu.contains(document.activeElement);
    menu.open = false;
    if (held) menu.querySelector("summary").focus();
  }
});
document.addEventListener("focusout", (event) => {
  const menu = event.target.closest("details.menu[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

// ---- the modifier key as this machine calls it
if (/Mac|iPhone|iPad/.test(navigator.platform)) {
  for (const key of document.querySelectorAll("[data-mod-key]")) key.textContent = "⌘ K";
}

// ---- focus that a page asks for: the error summary, a conflict
document.querySelector("[data-focus]")?.focus();

// ---- a scroll region needs the keyboard only where it scrolls
function scrollRegions() {
  for (const region of document.querySelectorAll(".scroll[role=region]")) {
    if (region.scrollWidth > region.clientWidth + 1) region.tabIndex = 0;
    else region.removeAttribute("tabindex");
    sized.observe(region);
  }
}
const sized = new ResizeObserver(() => scrollRegions());
scrollRegions();
document.addEventListener("toggle", scrollRegions, true);

// ---- parts of a page replaced by htmx
document.addEventListener("htmx:configRequest", (event) => {
  // The address names what is set; empty fields do not belong in it.
  if (event.detail.verb !== "get") return;
  if (event.detail.elt.matches("[data-filters]")) {
    // Sorting replaced the table but not this form: what the address says now is what holds.
    const now = new URLSearchParams(location.search);
    for (const name of ["sort", "columns"]) {
      event.detail.formData.delete(name);
      for (const value of now.getAll(name)) event.detail.formData.append(name, value);
    }
  }
  for (const [key, value] of [...event.detail.formData.entries()]) if (value === "") event.detail.formData.delete(key);
});
document.addEventListener("htmx:beforeRequest", (event) => event.detail.target?.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:afterRequest", (event) => {
  event.detail.target?.removeAttribute("aria-busy");
  if (!event.detail.successful) say("That did not work. Reload the page and try again.");
});
// The search text is followed as it is typed. Its "change" comes when the cursor leaves, often by a click on a column's
// head, and a second request would then race the sorting.
document.addEventListener("change", (event) => {
  if (event.target.matches("form[hx-get][data-filters] input[name=q]")) event.stopImmediatePropagation();
}, true);
let lastFocus = "";
document.addEventListener("htmx:beforeSwap", () => { lastFocus = document.activeElement?.id || ""; });
document.addEventListener("htmx:afterSettle", (event) => {
  const swapped = document.getElementById(event.detail.target?.id) || event.detail.elt;
  if (document.activeElement === document.body || !document.activeElement) {
    (document.getElementById(lastFocus) || swapped)?.focus({ preventScroll: true });
  }
  say(swapped?.dataset?.said);
  scrollRegions();
});

// ---- GET forms without scripts' help still work; with it their addresses are short
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "get" || form.hasAttribute("hx-get")) return;
  const picked = form.matches("[data-columns]") ? [...form.querySelectorAll("input[name=columns]")] : [];
  if (picked.length) {
    const names = picked.filter((box) => box.checked).map((box) => box.value);
    picked.forEach((box) => { box.disabled = true; });
    const joined = Object.assign(document.createElement("input"), { type: "hidden", name: "columns", value: names.join(",") });
    form.append(joined);
  }
  for (const field of form.elements) if (field.name && field.value === "") field.disabled = true;
});
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const field of document.querySelectorAll("form[method=get] :disabled")) field.disabled = false;
});
