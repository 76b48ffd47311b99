// Forms: nothing sent twice, nothing lost by leaving, drafts kept on this device, fields looked at when they are left.

const person = document.body.dataset.person || "anyone";
const say = (text) => document.dispatchEvent(new CustomEvent("cmo:say", { detail: text }));

// ---- one click, one record
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  form.setAttribute("aria-busy", "true");
  // The pressed button still has to be sent with the form, so it is greyed one moment later.
  setTimeout(() => {
    for (const button of form.querySelectorAll("button[type=submit], button:not([type])")) button.setAttribute("aria-disabled", "true");
  });
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
    form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
  }
});

// ---- leaving a changed form warns
const state = (form) => JSON.stringify([...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken").map(([name, value]) => [name, value instanceof File ? value.name : value]));
const guarded = [...document.querySelectorAll("form[data-guard]")];
const first = new Map(guarded.map((form) => [form, state(form)]));
// A form that came back with errors holds text that is saved nowhere.
const dirty = (form) => !form.dataset.sent && (state(form) !== first.get(form) || Boolean(form.querySelector(".field.wrong")));
addEventListener("beforeunload", (event) => { if (guarded.some(dirty)) event.preventDefault(); });
document.addEventListener("cmo:leave", () => guarded.forEach((form) => { form.dataset.sent = "1"; }));
for (const form of guarded) {
  for (const link of form.querySelectorAll(".form-acts a")) link.addEventListener("click", () => { form.dataset.sent = "1"; forget(form); });
}

// ---- drafts: kept on this device for this person, offered back, never a password, never a file
const key = (form) => `draft:${person}:${form.dataset.draft}`;
const skip = (field) => !field.name || ["password", "file", "hidden", "submit", "button"].includes(field.type) || field.name === "csrfmiddlewaretoken";
function keep(form) {
  const values = {};
  for (const field of form.elements) {
    if (skip(field)) continue;
    if (field.type === "checkbox" || field.type === "radio") { if (field.checked) (values[field.name] ||= []).push(field.value); else values[field.name] ||= []; }
    else if (field.multiple) values[field.name] = [...field.selectedOptions].map((option) => option.value);
    else values[field.name] = field.value;
  }
  try { localStorage.setItem(key(form), JSON.stringify({ at: Date.now(), values })); } catch { return; }
  const note = form.querySelector("[data-drafted]");
  if (note) note.textContent = `Draft kept ${new Date().toTimeString().slice(0, 5)}`;
}
function forget(form) { if (form.dataset.draft) localStorage.removeItem(key(form)); }
function restore(form, values) {
  // Rows that were added by hand have to be there before they can be filled.
  form.dispatchEvent(new CustomEvent("cmo:restore", { detail: values }));
  for (const field of form.elements) {
    if (skip(field) || !(field.name in values)) continue;
    const value = values[field.name];
    if (field.type === "checkbox" || field.type === "radio") field.checked = value.includes(field.value);
    else if (field.multiple) for (const option of field.options) option.selected = value.includes(option.value);
    else field.value = value;
  }
  form.dispatchEvent(new CustomEvent("cmo:restored"));
}
for (const form of document.querySelectorAll("form[data-draft]")) {
  // The same form again, because it was saved and asks for more: what was kept of it stands in it.
  if ("saved" in form.dataset) forget(form);
  let found = null;
  try { found = JSON.parse(localStorage.getItem(key(form))); } catch { forget(form); }
  const fresh = found && Date.now() - found.at < 7 * 864e5;
  if (found && !fresh) forget(form);
  if (fresh && !("noOffer" in form.dataset) && !form.querySelector(".field.wrong")) {
    const at = new Date(found.at);
    const offer = document.createElement("div");
    offer.className = "note info draft-offer";
    const text = document.createElement("span");
    text.textContent = `You typed something here on ${at.toLocaleDateString("en-GB")} at ${at.toTimeString().slice(0, 5)} and did not save it.`;
    const acts = document.createElement("span");
    acts.className = "acts";
    for (const [label, does] of [["Bring it back", () => restore(form, found.values)], ["Forget it", () => forget(form)]]) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn slim", textContent: label });
      button.addEventListener("click", () => { does(); offer.remove(); (form.querySelector("input:not([type=hidden]), select, textarea") || form).focus(); });
      acts.append(button);
    }
    offer.append(text, acts);
    form.before(offer);
  }
  let timer;
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => keep(form), 800); });
  form.addEventListener("submit", () => { clearTimeout(timer); try { sessionStorage.setItem("draft-sent", key(form)); } catch { /* the draft is offered once more, no harm */ } });
}
// The draft goes once the server took the form: the next page is signed in, is no error page, and is not this form again
// (after a sign-in in between the form comes back empty, and the draft is what saves the day).
const sent = sessionStorage.getItem("draft-sent");
const again = [...document.querySelectorAll("form[data-draft]")].some((form) => key(form) === sent);
if (sent && !again && document.body.dataset.person && !document.querySelector("[data-error-page]")) {
  localStorage.removeItem(sent);
  sessionStorage.removeItem("draft-sent");
}

// ---- a field is looked at when it is left, not while it is typed in
function complain(field, sentence) {
  const box = field.closest(".field");
  if (!box) return;
  const id = `${field.id}_error`;
  let error = document.getElementById(id);
  if (!sentence) {
    if (error?.dataset.mine) { error.remove(); box.classList.remove("wrong"); field.removeAttribute("aria-invalid"); describe(field, id, false); }
    return;
  }
  if (!error) {
    error = document.createElement("div");
    error.id = id;
    error.dataset.mine = "1";
    field.before(error);
  } else if (!error.dataset.mine) return;
  const line = document.createElement("p");
  line.className = "error";
  line.textContent = sentence;
  error.replaceChildren(line);
  box.classList.add("wrong");
  field.setAttribute("aria-invalid", "true");
  describe(field, id, true);
}
function describe(field, id, on) {
  const ids = new Set((field.getAttribute("aria-describedby") || "").split(" ").filter(Boolean));
  if (on) ids.add(id); else ids.delete(id);
  if (ids.size) field.setAttribute("aria-describedby", [...ids].join(" ")); else field.removeAttribute("aria-describedby");
}
function fault(field) {
  const label = field.labels?.[0]?.firstChild?.textContent.trim().replace(/[.?:]+$/, "") || "This field";
  if (field.value.trim() === "") return "";  // an empty field is only wrong once the form is sent
  if (field.inputMode === "decimal" && !/^[-−]?[\d,.\s]+$/.test(field.value.trim())) return `${label} must be a number.`;
  if (field.inputMode === "numeric" && !/^[-−]?[\d,\s]+$/.test(field.value.trim())) return `${label} must be a whole number.`;
  if (field.type === "email" && field.validity.typeMismatch) return `${label} must look like name@company.com.`;
  if (field.type === "url" && field.validity.typeMismatch) return `${label} must be a full address, such as https://company.com.`;
  if (field.validity.badInput) return `${label} must be a real date.`;
  return "";
}
for (const form of document.querySelectorAll("form[novalidate]")) {
  form.addEventListener("focusout", (event) => {
    const field = event.target;
    // Whoever leaves for a button is about to press it: it must not move away under the pointer.
    if (event.relatedTarget?.matches?.("button")) return;
    if (field.matches?.("input[id], select[id], textarea[id]")) complain(field, fault(field));
  });
}

// ---- a link of the error summary puts the cursor into the field, with its label in view
document.addEventListener("click", (event) => {
  const link = event.target.closest(".summary-box a[href^='#']");
  if (!link) return;
  const field = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  (field.closest(".field") || field).scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
  say(link.textContent);
});

// ---- the demo's sample people, on the sign-in page only
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill-login]");
  if (!button) return;
  const form = document.querySelector("form");
  form.querySelector("[name=login]").value = button.dataset.fillLogin;
  form.querySelector("[name=password]").value = button.dataset.fillPassword;
  form.querySelector("button[type=submit]").focus();
  say(`Filled in: ${button.dataset.fillLogin}`);
});
