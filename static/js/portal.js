// The bidder's pages: fields that save themselves, times on the reader's own clock, a deadline that counts down.

const some = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
const plural = (minutes) => {
  const days = Math.floor(minutes / 1440), hours = Math.floor(minutes / 60) % 24, rest = minutes % 60;
  if (days >= 3) return some(days, "day");
  if (days) return `${some(days, "day")} and ${some(hours, "hour")}`;
  if (hours) return `${some(hours, "hour")} and ${some(rest, "minute")}`;
  return rest ? some(rest, "minute") : "less than a minute";
};
const clockTime = (date) => `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;

// The server's clock counts, not this machine's.
for (const line of document.querySelectorAll("[data-left]")) {
  const ahead = new Date(line.dataset.now) - Date.now(), until = new Date(line.dataset.left);
  const tick = () => {
    const left = until - (Date.now() + ahead);
    const words = left >= 0 ? `${plural(Math.floor(left / 60000))} left` : "The deadline has passed: reload this page";
    if (line.textContent !== words) line.textContent = words;
  };
  setInterval(tick, 20000);
}

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
for (const time of document.querySelectorAll("time[data-own-clock]")) {
  const at = new Date(time.dateTime);
  if (!at.getTimezoneOffset() || time.parentElement.querySelector("small:not(:empty)")) continue;
  const text = at.toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  time.title = `${text}, ${zone}`;
  if (time.closest(".deadline")) time.after(Object.assign(document.createElement("small"), { textContent: `${text} on your clock (${zone.replace("_", " ")})` }));
}

for (const button of document.querySelectorAll("[data-print]")) { button.hidden = false; button.addEventListener("click", () => print()); }
document.querySelector("[data-focus]")?.focus();

// ---- rows of tables
function another(table) {
  const rows = table.tBodies[0].rows;
  if (rows.length >= 60) return null;
  const row = rows[rows.length - 1].cloneNode(true);
  [...row.querySelectorAll("input")].forEach((input, column) => {
    input.name = `${table.dataset.fill}-${rows.length}-${column}`;
    input.value = "";
    input.setAttribute("aria-label", `Row ${rows.length + 1}, column ${column + 1}`);
  });
  table.tBodies[0].append(row);
  return row;
}
for (const button of document.querySelectorAll("[data-more-rows]")) {
  const table = button.parentElement.querySelector("table");
  button.hidden = Boolean(button.closest("fieldset:disabled"));
  button.addEventListener("click", () => another(table)?.querySelector("input").focus());
}

// ---- saving by itself
const form = document.querySelector("form[data-autosave]");
if (form && !form.querySelector("fieldset").disabled) {
  const told = form.querySelector("[data-saved]"), base = form.elements.base;
  const waiting = new Set();
  let timer = null, busy = false, tries = 0;
  const say = (text, tone = "") => { told.textContent = text; told.className = `saved ${tone}`; };

  const complain = (unit, sentences) => {
    const box = unit.querySelector("[data-error]");
    box.replaceChildren(...Object.values(sentences).map((text) => Object.assign(document.createElement("p"), { className: "error", textContent: text })));
    unit.classList.toggle("wrong", box.childElementCount > 0);
    for (const input of unit.querySelectorAll("input:not([type=hidden]), select, textarea")) {
      const part = input.name.slice(unit.dataset.unit.length + 1);
      if (part in sentences || "" in sentences) input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid");
    }
  };

  async function save() {
    if (busy || !waiting.size) return;
    busy = true;
    clearTimeout(timer);
    const units = [...waiting];
    waiting.clear();
    say("Saving …");
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.append("base", base.value);
    for (const unit of units) {
      for (const input of unit.querySelectorAll("input, select, textarea")) {
        if (!input.name || input.type === "file" || (["radio", "checkbox"].includes(input.type) && !input.checked)) continue;
        data.append(input.name, input.value);
      }
    }
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" }, redirect: "manual" });
      if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
        units.forEach((unit) => waiting.add(unit));
        say("Not saved: you are no longer signed in. Open this page in another tab, come in again, then press Save here.", "bad");
        busy = false;
        return;
      }
      const found = await answer.json();
      if (!answer.ok) { say(`Not saved: ${found.sentence || "try again"}`, "bad"); busy = false; return; }
      base.value = JSON.stringify({ ...JSON.parse(base.value), ...found.base });
      for (const unit of units) complain(unit, found.errors[unit.dataset.unit] || {});
      const tally = document.querySelector("[data-tally]");
      document.querySelector("[data-given]").textContent = found.given;
      tally.value = found.given;
      tally.setAttribute("aria-label", `${found.given} of ${tally.max} answered`);
      const wrong = form.querySelectorAll(".wrong").length;
      if (wrong) say(`Saved ${clockTime(new Date(found.at))}, except ${some(wrong, "field")} with a mistake`, "watch");
      else if (found.replaced.length) say(`Saved ${clockTime(new Date(found.at))}. Another window had changed this field; what you typed here replaced it`, "watch");
      else say(`Saved ${clockTime(new Date(found.at))}`);
      tries = 0;
    } catch {
      units.forEach((unit) => waiting.add(unit));
      tries += 1;
      say("Not saved yet: no connection. It is tried again.", "bad");
      timer = setTimeout(save, Math.min(60, 5 * tries) * 1000);
    }
    busy = false;
    if (waiting.size && !tries) save();
  }

  const touched = (event) => {
    const unit = event.target.closest("[data-unit]");
    if (!unit || event.target.type === "file") return;
    waiting.add(unit);
    say("Not saved yet");
    clearTimeout(timer);
    timer = setTimeout(save, event.type === "change" ? 200 : 1200);
    const table = event.target.closest("table[data-fill]");
    if (table && event.target.closest("tr") === table.tBodies[0].rows[table.tBodies[0].rows.length - 1]) another(table);
  };
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  form.addEventListener("submit", () => { waiting.clear(); clearTimeout(timer); });
  // A file goes up with a form of its own: what was typed is saved first.
  for (const other of document.querySelectorAll("form[enctype]")) {
    other.addEventListener("submit", (event) => {
      if (!waiting.size && !busy) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const on = () => { if (busy) setTimeout(on, 50); else other.submit(); };
      save().finally(on);
    }, true);
  }
  addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
  addEventListener("beforeunload", (event) => { if (waiting.size || busy) event.preventDefault(); });
}

// A link of the check list leads to a field: the cursor goes there too.
const aim = () => {
  const at = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!at?.matches?.(".ask, .price")) return;
  (at.querySelector("input:not([type=hidden]), select, textarea") || at).focus({ preventScroll: true });
  at.scrollIntoView({ block: "center" });
};
addEventListener("hashchange", aim);
// The browser itself goes to the fragment once the page is whole: the cursor follows after that.
if (document.readyState === "complete") aim(); else addEventListener("load", () => setTimeout(aim));
