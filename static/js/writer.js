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
