// Tables of inputs: rows are added and taken away, by mouse and by keyboard alike. Without this script three empty rows
// and a box in each row do the same.

const say = (text) => document.dispatchEvent(new CustomEvent("cmo:say", { detail: text }));

for (const part of document.querySelectorAll("[data-part]")) {
  const { part: name, word, most } = part.dataset;
  const body = part.querySelector("tbody");
  const draft = part.querySelector("template");
  const add = part.querySelector("[data-add]");
  const undo = part.querySelector(".part-undo");
  const box = (row) => row.querySelector(".out input[type=checkbox]");
  const rows = () => [...body.querySelectorAll("tr[data-row]")];
  const open = () => rows().filter((row) => !row.classList.contains("spare") && !row.hidden);
  const number = (row) => Number(box(row).name.split("-").at(-2));
  let last = null;

  const show = () => {
    for (const row of rows()) row.hidden = box(row).checked;
    add.disabled = open().length >= Number(most);
  };

  // The draft of a row with its numbers put in.
  const copy = (next, place) => {
    const fresh = draft.content.cloneNode(true);
    const numbered = (text) => text.replaceAll("__n__", next).replaceAll("__row__", place);
    const walk = document.createTreeWalker(fresh, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const node = walk.currentNode;
      if (node.nodeType === Node.TEXT_NODE) { if (node.data.includes("__")) node.data = numbered(node.data); continue; }
      for (const one of node.attributes) if (one.value.includes("__")) one.value = numbered(one.value);
    }
    return fresh.firstElementChild;
  };

  const more = () => {
    let row = rows().find((one) => one.classList.contains("spare"));
    if (!row) {
      const all = rows();
      const next = 1 + Math.max(-1, ...all.map(number));
      const place = 1 + Math.max(0, ...all.map((one) => Number(one.dataset.row)));
      row = copy(next, place);
      body.append(row);
      window.htmx?.process(row);
    }
    row.classList.remove("spare");
    // A row stands where it was added, below those that are in use.
    body.append(row);
    return row;
  };

  add.addEventListener("click", () => {
    const row = more();
    show();
    row.querySelector("td input, td select, td textarea")?.focus();
    say(`${word} ${row.dataset.row} added`);
    part.closest("form")?.dispatchEvent(new Event("input", { bubbles: true }));
  });

  body.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove]");
    if (!button) return;
    last = button.closest("tr");
    box(last).checked = true;
    show();
    undo.hidden = false;
    undo.querySelector("[data-undone]").textContent = `Removed ${word} ${last.dataset.row}; it goes when you save.`;
    undo.querySelector("[data-undo]").focus();
    say(`${word} ${last.dataset.row} removed`);
    part.closest("form")?.dispatchEvent(new Event("input", { bubbles: true }));
  });

  undo.querySelector("[data-undo]").addEventListener("click", () => {
    box(last).checked = false;
    undo.hidden = true;
    show();
    last.querySelector("td input, td select, td textarea")?.focus();
    say(`${word} ${last.dataset.row} is back`);
  });

  const form = part.closest("form");
  form?.addEventListener("cmo:restore", (event) => {
    const mine = new RegExp(`^${name}-(\\d+)-`);
    for (const [key, value] of Object.entries(event.detail)) {
      const found = key.match(mine);
      if (!found || value === "" || (Array.isArray(value) && !value.length)) continue;
      while (!form.elements[key] && rows().length < Number(most)) more();
      form.elements[key]?.closest?.("tr.spare")?.classList.remove("spare");
    }
  });
  form?.addEventListener("cmo:restored", show);
  show();
}
