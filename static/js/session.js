// The idle clock: says in time that the session ends, lets the reader stay, and keeps all open tabs in step.

const seconds = Number(document.querySelector("meta[name=idle-seconds]")?.content || 0);
const stayUrl = document.querySelector("meta[name=stay-url]")?.content;
const warning = document.getElementById("idle");
const gone = document.getElementById("signed-out");
const WARN = Math.min(120, seconds / 3);
const KEY = "last-seen-by-server";

const mark = () => { try { localStorage.setItem(KEY, String(Date.now())); } catch { own = Date.now(); } };
let own = Date.now();
const last = () => { try { return Number(localStorage.getItem(KEY)) || own; } catch { return own; } };

async function stay() {
  try {
    const answer = await fetch(stayUrl, { headers: { "X-Requested-With": "XMLHttpRequest", Accept: "application/json" }, redirect: "manual" });
    if (!answer.ok) throw new Error(String(answer.status));
    mark();
    if (warning.open) warning.close();
  } catch {
    tick();
  }
}

function leave() {
  if (warning.open) warning.close();
  if (gone.open) return;
  document.dispatchEvent(new CustomEvent("cmo:leave"));
  gone.querySelector("[data-again]").href = location.pathname + location.search;
  gone.showModal();
}

let active = false, said = 0;
function tick() {
  const left = seconds - (Date.now() - last()) / 1000;
  if (left <= 0) { leave(); return; }
  if (left > WARN) {
    if (warning.open) warning.close();
    // Somebody who types or scrolls is there: tell the server well before the warning is due.
    if (active && left < seconds / 2) { active = false; stay(); }
    said = 0;
    return;
  }
  if (!warning.open && !gone.open) { warning.showModal(); warning.querySelector("[data-stay]").focus(); }
  const minutes = Math.ceil(left / 60);
  const words = left > 60 ? `in ${minutes} minutes` : `in ${Math.ceil(left / 10) * 10} seconds`;
  if (words !== said) { said = words; warning.querySelector("[data-left]").textContent = words; }
}

if (seconds && stayUrl && warning) {
  mark();
  for (const name of ["keydown", "pointerdown", "input"]) addEventListener(name, () => { active = true; }, { passive: true });
  warning.querySelector("[data-stay]").addEventListener("click", stay);
  // Esc says the same as the button: the reader is there.
  warning.addEventListener("cancel", (event) => { event.preventDefault(); stay(); });
  gone.addEventListener("cancel", (event) => event.preventDefault());
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) mark(); });
  addEventListener("visibilitychange", tick);
  setInterval(tick, 5000);
}
