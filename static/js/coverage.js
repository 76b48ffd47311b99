// The coverage matrix: one stop of the Tab key, arrow keys between its cells. Without it every cell is a link of its own.

function begin(grid) {
  const rows = [...grid.querySelectorAll("tbody tr:not(.group)")].map((row) => [...row.querySelectorAll("td")]);
  const links = rows.flat().map((cell) => cell.querySelector("a")).filter(Boolean);
  links.forEach((link, place) => { link.tabIndex = place ? -1 : 0; });
  grid.addEventListener("focusin", (event) => {
    const link = event.target.closest("[data-cell]");
    if (!link) return;
    for (const one of links) one.tabIndex = -1;
    link.tabIndex = 0;
  });
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -Infinity], End: [0, Infinity] };
  grid.addEventListener("keydown", (event) => {
    const step = steps[event.key], cell = event.target.closest("td");
    if (!step || !cell || event.ctrlKey || event.metaKey || event.altKey) return;
    let row = rows.findIndex((one) => one.includes(cell)), column = rows[row].indexOf(cell), link;
    if (Number.isFinite(step[1])) {
      // Cells in which a topic has no place are passed over.
      do { row += step[0]; column += step[1]; link = rows[row]?.[column]?.querySelector("a"); } while (rows[row]?.[column] && !link);
    } else {
      const own = rows[row].map((one) => one.querySelector("a")).filter(Boolean);
      link = step[1] < 0 ? own[0] : own.at(-1);
    }
    event.preventDefault();
    link?.focus();
  });
}

const all = () => document.querySelectorAll("[data-grid]").forEach((grid) => {
  if ("ready" in grid.dataset) return;
  grid.dataset.ready = "";
  begin(grid);
});
all();
document.addEventListener("htmx:afterSettle", all);
