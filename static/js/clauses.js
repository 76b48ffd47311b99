// The clauses of an agreement: once a topic is judged, the next open one is at hand; c confirms, n passes one by.

const lines = () => [...document.querySelectorAll("[data-line]")];
const live = document.getElementById("live");

function next(after) {
  const all = lines();
  const line = all.slice(all.indexOf(after) + 1).find((one) => "open" in one.dataset);
  (line?.querySelector("[data-confirm]") || line || after).focus();
}

document.addEventListener("htmx:afterSwap", (event) => {
  // The answer takes the place of the line, so the line is looked up anew.
  const line = document.getElementById(event.detail.target.id);
  if (!line || !("line" in line.dataset)) return;
  if (line.querySelector("[role='alert']")) { line.focus(); return; }
  if (live && line.dataset.counts) live.textContent = line.dataset.counts;
  next(line);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.singleKeys === "off") return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  const line = event.target.closest("[data-line]") || lines().find((one) => "open" in one.dataset);
  if (!line) return;
  if (event.key === "n") { event.preventDefault(); next(line); }
  if (event.key === "c" && line.contains(document.activeElement)) line.querySelector(".likely [data-confirm]")?.click();
});
