// The guided writer: a field is asked for at the choices it belongs to, and the chosen answer shows what it brings about.

const forms = document.querySelectorAll("form[data-draft]");
for (const form of forms) {
  const chosen = (name) => form.querySelector(`input[name="${name}"]:checked`)?.value ?? "";
  const parts = [...form.querySelectorAll("[data-when]")];
  const wanted = (part) => part.dataset.is.split(" ").includes(chosen(part.dataset.when));
  const show = () => {
    for (const part of parts) part.hidden = !wanted(part) && !part.querySelector(".wrong, .error, .lacking");
    for (const option of form.querySelectorAll(".option")) {
      const open = option.querySelector("input").checked;
      const follows = option.querySelector(".follows");
      option.classList.toggle("chosen", open);
      if (follows) follows.open = open;
    }
  };
  // Another answer leaves nothing behind in a field that is no longer asked for.
  form.addEventListener("formdata", (event) => {
    for (const part of parts) {
      if (!part.hidden || part.id === "pairs") continue;
      for (const field of part.querySelectorAll("input[type=date]")) event.formData.set(field.name, "");
    }
  });
  form.addEventListener("change", (event) => { if (event.target.type === "radio") show(); });
  form.addEventListener("cmo:restored", show);
  show();
}

// What the weights add up to, while they are typed.
for (const line of document.querySelectorAll("[data-total]")) {
  const form = line.closest("form");
  const mine = `input[name^="${line.dataset.total}-"][name$="-weight"]`;
  const told = line.querySelector("output");
  const sum = () => {
    let thousandths = 0;
    for (const input of form.querySelectorAll(mine)) {
      const row = input.closest("tr");
      const weight = Number(input.value.replace(",", "."));
      if (!row.hidden && !row.classList.contains("spare") && Number.isFinite(weight)) thousandths += Math.round(weight * 1000);
    }
    const text = String(thousandths / 1000);
    if (told.textContent !== text) told.textContent = text;
    line.classList.toggle("whole", thousandths === 100000);
    const off = line.querySelector("[data-off]");
    const left = (100000 - thousandths) / 1000;
    if (off) off.textContent = left > 0 ? ` ${left} missing.` : left < 0 ? ` ${-left} too much.` : "";
  };
  form.addEventListener("input", sum);
  form.addEventListener("click", sum);
  form.addEventListener("cmo:restored", sum);
  sum();
}

// A closed list cuts what does not fit; on a phone the chosen judgement stands below it in full.
for (const select of document.querySelectorAll(".judgements select")) {
  const full = Object.assign(document.createElement("p"), { className: "chosen-words" });
  full.setAttribute("aria-hidden", "true");
  const say = () => { full.textContent = select.value ? select.selectedOptions[0].textContent : ""; };
  select.after(full);
  select.addEventListener("change", say);
  select.form.addEventListener("cmo:restored", say);
  say();
}

// The list of screens stands open where there is room for it.
const fold = document.querySelector("[data-fold]");
if (fold) {
  const room = matchMedia("(min-width: 1101px)");
  const set = () => { fold.open = room.matches; };
  set();
  room.addEventListener("change", set);
}

// A link from the check leads to a field: the cursor goes there too.
const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
if (target) {
  const at = target.matches("fieldset") ? target.querySelector("input") : target;
  at?.focus();
  at?.scrollIntoView({ block: "center" });
}
for (const link of document.querySelectorAll(".left a[href^='#']")) {
  link.addEventListener("click", (event) => {
    const at = document.getElementById(link.hash.slice(1));
    if (!at) return;
    event.preventDefault();
    at.scrollIntoView({ block: "center" });
    at.focus({ preventScroll: true });
  });
}
