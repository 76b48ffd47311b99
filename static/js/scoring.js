// Score sheets: saved by itself while one scores, arrow keys step through the scale, and nothing is lost by leaving.

const form = document.querySelector("form[data-scoring]");
const note = form.querySelector("[data-saved-at]");
const told = form.querySelector("[data-progress]");
const bar = form.querySelector("[data-bar]");
const list = document.querySelector("[data-missing]");
const draft = `draft:${document.body.dataset.person || "anyone"}:${form.dataset.draft}`;
const IDLE = 1500;

let timer, busy = false, changed = false, halted = false, running;
const forget = () => { try { localStorage.removeItem(draft); } catch { /* It is offered once more, no harm. */ } };
const tell = (text, css = "") => { note.textContent = text; note.className = `drafted ${css}`.trim(); };

function complain(field, sentence) {
  const box = field.closest(".field"), id = `${field.id}_error`;
  let error = document.getElementById(id);
  const ids = new Set((field.getAttribute("aria-describedby") || "").split(" ").filter(Boolean));
  if (!sentence) {
    error?.remove();
    box.classList.remove("wrong");
    field.removeAttribute("aria-invalid");
    ids.delete(id);
  } else {
    if (!error) { error = Object.assign(document.createElement("div"), { id }); field.before(error); }
    const line = Object.assign(document.createElement("p"), { className: "error", textContent: sentence });
    error.replaceChildren(line);
    box.classList.add("wrong");
    field.setAttribute("aria-invalid", "true");
    ids.add(id);
  }
  field.setAttribute("aria-describedby", [...ids].join(" "));
}

function left(missing) {
  const lines = missing.map(({ criterion, sentence }) => {
    const link = Object.assign(document.createElement("a"), { href: `#score-${criterion}`, textContent: sentence });
    const line = document.createElement("li"), inside = document.createElement("span");
    inside.append(link);
    line.append(inside);
    return line;
  });
  if (!lines.length) lines.push(Object.assign(document.createElement("li"), { textContent: "Nothing: the sheet can be handed in." }));
  list.replaceChildren(...lines);
}

function save() {
  clearTimeout(timer);
  if (!busy && !halted) running = saving();
}

async function saving() {
  busy = true;
  changed = false;
  tell("Saving…");
  let answer, body = {};
  try {
    answer = await fetch(location.pathname, { method: "POST", body: new FormData(form), headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" }, redirect: "manual" });
    if (answer.headers.get("Content-Type")?.startsWith("application/json")) body = await answer.json();
  } catch {
    changed = true;
    tell("Not saved: no connection. It is kept on this device and tried again.", "warns");
    timer = setTimeout(save, 10000);
    busy = false;
    return;
  }
  busy = false;
  // Without a session the answer is the sign-in page; without its cookies altogether, a refusal that is no answer of ours.
  if (answer.type === "opaqueredirect" || answer.status === 401 || (answer.status === 403 && !body.sentences)) {
    // Whoever signs in again finds what was typed offered back.
    changed = halted = true;
    tell("Not saved: you have been signed out. What you typed is kept on this device; sign in again and bring it back.", "warns");
    return;
  }
  if (answer.ok) {
    form.elements.version.value = body.version;
    told.textContent = `${body.done} of ${body.of}`;
    bar.value = body.done;
    left(body.missing);
    for (const field of form.querySelectorAll("[aria-invalid]")) complain(field, "");
    if (changed) { timer = setTimeout(save, IDLE); return; }
    tell(`Saved ${body.at}`);
    forget();
    // The draft is written a moment after the last key, which may be after this.
    setTimeout(() => { if (!changed) forget(); }, 1000);
    return;
  }
  changed = true;
  for (const field of form.querySelectorAll("[data-score]")) {
    const sentence = body.errors?.[field.name.replace("score-", "")];
    // Whoever is still typing is not interrupted.
    if (sentence && document.activeElement !== field) complain(field, sentence);
  }
  halted = answer.status === 412 || answer.status === 403 || answer.status === 409;
  tell(`Not saved. ${(body.sentences || []).join(" ") || "Put the marked score right; then everything is saved."}`, "warns");
}

form.addEventListener("input", () => { changed = true; clearTimeout(timer); timer = setTimeout(save, IDLE); });
form.addEventListener("change", () => { if (changed) save(); });
form.addEventListener("cmo:restored", () => { changed = true; save(); });
form.addEventListener("submit", (event) => {
  halted = true;
  changed = false;
  clearTimeout(timer);
  if (!busy) return;
  // What is being saved changes the version that goes with the form: it is sent once that is known.
  event.preventDefault();
  running.finally(() => form.requestSubmit(event.submitter));
});
document.addEventListener("cmo:leave", () => { changed = false; });
addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
addEventListener("visibilitychange", () => { if (document.hidden && changed) save(); });

// ---- the arrow keys step by one, with Alt by a quarter, within the scale
form.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!field.matches("[data-score]") || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  const least = Number(field.dataset.least), most = Number(field.dataset.most);
  const now = Number(field.value.replace(",", "."));
  const step = (event.altKey ? 0.25 : 1) * (event.key === "ArrowUp" ? 1 : -1);
  const next = field.value.trim() === "" || !Number.isFinite(now) ? (step > 0 ? least : most) : now + step;
  field.value = String(Math.round(Math.min(most, Math.max(least, next)) * 100) / 100);
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
