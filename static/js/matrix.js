// The matrix: weights are tried in the browser, by the same whole numbers as on the server, and a score opens in place.

const source = document.getElementById("numbers");
const numbers = source ? JSON.parse(source.textContent) : null;
const form = document.querySelector("form[data-weights]");
// The form has them by group, the sheet in the order of the criteria.
const fields = form ? [...form.querySelectorAll("input[data-code]")] : [];
const inputs = numbers && form ? numbers.criteria.map((one) => fields.find((field) => field.dataset.code === one.code)) : fields;
const off = form?.querySelector("[data-off]");
const list = document.querySelector("[data-ranking]");
const mode = document.querySelector("[data-mode]");
const PLAIN = /^\d{1,3}(?:[.,]\d{1,3})?$/;
const PLACES = 3;

// Weights as typed become whole thousandths: any power of ten does, and these hold what the server takes.
function thousandths(text) {
  const typed = text.trim();
  if (!PLAIN.test(typed)) return null;
  const [whole, decimals = ""] = typed.replace(",", ".").split(".");
  const found = BigInt(whole + decimals.padEnd(PLACES, "0"));
  return found <= 100000n ? found : null;
}
const plain = (value) => {
  const text = String(value).padStart(PLACES + 1, "0");
  return `${text.slice(0, -PLACES)}.${text.slice(-PLACES)}`.replace(/\.?0+$/, "");
};

const sheet = numbers && {
  full: BigInt(numbers.full),
  over: BigInt(numbers.over),
  most: numbers.criteria.map((one) => BigInt(one.most)),
  scores: numbers.bidders.map((one) => one.scores.map((score) => (score === null ? null : BigInt(score)))),
};

/** Return [numerator, denominator] of each bidder's total under weights (BigInt, in order of the criteria), or null. */
export function totals(weights) {
  let under = 0n;
  weights.forEach((weight, place) => { under += weight * sheet.most[place]; });
  under *= sheet.over;
  if (under === 0n) return sheet.scores.map(() => null);
  return sheet.scores.map((scores) => {
    if (scores.includes(null)) return null;
    let total = 0n, below = under;
    const points = numbers.points.mode === "half_up" ? 10n ** BigInt(numbers.points.places) : null;
    scores.forEach((score, place) => {
      const product = weights[place] * score * sheet.full;
      total += points === null ? product : (2n * product * points + under) / (2n * under);
    });
    if (points !== null) below = points;
    if (numbers.total.mode !== "half_up") return [total, below];
    const power = 10n ** BigInt(numbers.total.places);
    return [(2n * total * power + below) / (2n * below), power];
  });
}

/** Write a total with the decimals that the server writes it with, half up. */
export function written([numerator, denominator]) {
  const power = 10n ** BigInt(numbers.written);
  const text = String((2n * numerator * power + denominator) / (2n * denominator)).padStart(numbers.written + 1, "0");
  return numbers.written ? `${text.slice(0, -numbers.written)}.${text.slice(-numbers.written)}` : text;
}

/** Return the ranking under weights: {code, total, rank} of everybody who is ranked, best first. */
export function ranking(weights, found = totals(weights)) {
  const running = numbers.bidders.map((one, place) => ({ code: one.code, ranked: one.ranked, total: found[place] }))
    .filter((one) => one.ranked && one.total);
  const above = (a, b) => a.total[0] * b.total[1] > b.total[0] * a.total[1];
  for (const one of running) one.rank = 1 + running.filter((other) => above(other, one)).length;
  return running.sort((a, b) => a.rank - b.rank || (a.code < b.code ? -1 : 1))
    .map(({ code, total, rank }) => ({ code, total: written(total), rank }));
}

// What stands there already is not written again: the browser would lay it out anew.
const write = (at, text) => { if (at && at.textContent !== text) at.textContent = text; };

function read() {
  let wrong = false;
  const weights = inputs.map((input) => {
    const weight = thousandths(input.value);
    if (weight === null) { wrong = true; input.setAttribute("aria-invalid", "true"); } else input.removeAttribute("aria-invalid");
    input.closest(".weight").classList.toggle("changed", weight !== thousandths(input.dataset.own));
    return weight;
  });
  return wrong ? null : weights;
}

const shown = new Map();
for (const item of list?.children || []) shown.set(item.dataset.bidder, item);
const columns = new Map([...document.querySelectorAll("[data-column]")].map((cell) => [cell.dataset.column, cell]));
const before = new Map((numbers?.bidders || []).map((one) => [one.code, one.rank]));
const told = inputs.map((input) => document.querySelector(`[data-weight-of="${CSS.escape(input.dataset.code)}"]`));
const cells = [...document.querySelectorAll("a[data-cell]")];
const names = new Map((numbers?.bidders || []).map((one) => [one.code, one.name]));

let spoken, last = "";
function show() {
  const weights = read();
  if (weights === null) { off.textContent = "A weight is a number from 0 to 100, with at most three decimals."; return; }
  const sum = weights.reduce((a, b) => a + b, 0n), miss = sum - 100000n;
  off.textContent = miss === 0n ? "" : sum === 0n ? "All weights are 0: give at least one more." : `The weights add up to ${plain(sum)} %, ${plain(miss < 0n ? -miss : miss)} % ${miss > 0n ? "more" : "less"} than 100 %.`;
  if (!numbers || sum === 0n) return;
  inputs.forEach((_, place) => {
    write(told[place], plain(weights[place]));
  });
  const changed = inputs.some((input, place) => weights[place] !== thousandths(input.dataset.own));
  const every = totals(weights), standing = ranking(weights, every);
  const text = inputs.map((input, place) => [input, weights[place]]).filter(([input, weight]) => weight !== thousandths(input.dataset.own))
    .map(([input, weight]) => `${input.dataset.code}:${plain(weight)}`).join(",");
  numbers.bidders.forEach((one, place) => {
    const cell = columns.get(one.code);
    if (cell) write(cell.querySelector("[data-total]"), every[place] ? written(every[place]) : "–");
  });
  for (const one of standing) {
    const item = shown.get(one.code), was = before.get(one.code);
    write(item.querySelector("[data-rank]"), String(one.rank));
    write(item.querySelector("[data-total]"), one.total);
    write(item.querySelector("[data-moved]"), was === one.rank ? "" : `was ${was}`);
    const cell = columns.get(one.code);
    if (cell) write(cell.querySelector("[data-place]"), `rank ${one.rank}`);
    const link = item.querySelector("a.total");
    link.href = text ? `${link.dataset.base.split("?")[0]}?w=${text}` : link.dataset.base.split("?")[0];
  }
  // Moving what is in place already would take the focus along.
  const order = standing.map((one) => shown.get(one.code));
  if (order.some((item, place) => list.children[place] !== item)) list.append(...order);
  mode.textContent = changed ? "under other weights" : "under the weights of the RFP";
  const address = new URL(location.href);
  address.searchParams.delete("w");
  const rest = address.searchParams.toString();
  history.replaceState(history.state, "", `${address.pathname}${rest || text ? "?" : ""}${rest}${rest && text ? "&" : ""}${text ? `w=${text}` : ""}${address.hash}`);
  for (const link of cells) link.search = text ? `?w=${text}` : "";
  clearTimeout(spoken);
  spoken = setTimeout(() => {
    const first = standing.filter((one) => one.rank === 1);
    const said = first.length ? `${first.map((one) => names.get(one.code)).join(" and ")} first with ${first[0].total}.` : "";
    if (said !== last) { last = said; document.dispatchEvent(new CustomEvent("cmo:say", { detail: said })); }
  }, 700);
}

if (form) {
  const slide = (id) => form.querySelector(`[data-slide="${CSS.escape(id)}"]`);
  form.addEventListener("input", (event) => {
    const from = event.target;
    if (from.dataset.slide) document.getElementById(from.dataset.slide).value = from.value;
    else if (from.dataset.code) slide(from.id).value = from.value.replace(",", ".");
    else return;
    show();
  });
  form.addEventListener("submit", (event) => { if (form.method === "get") { event.preventDefault(); show(); } });
  form.querySelector("[data-reset]")?.addEventListener("click", (event) => {
    event.preventDefault();
    for (const input of inputs) { input.value = input.dataset.own; slide(input.id).value = input.dataset.own; }
    show();
  });
  const copy = form.querySelector("[data-copy]");
  if (copy && navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(location.href);
      document.dispatchEvent(new CustomEvent("cmo:say", { detail: "Address copied." }));
      copy.textContent = "Copied";
      setTimeout(() => { copy.textContent = "Copy the address"; }, 2000);
    });
  }
}

// ---- a score opens in place; without scripts its link leads to a page of its own
const dialog = document.querySelector("dialog.cell-dialog");
if (dialog) {
  const inside = dialog.querySelector("[data-inside]");
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-cell]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    link.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(link.href, { redirect: "manual" });
      if (!answer.ok) { location.assign(link.href); return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const cell = page.getElementById("cell");
      cell.querySelector("h1").outerHTML = `<h2 class="cell-title">${cell.querySelector("h1").innerHTML}</h2>`;
      inside.replaceChildren(document.adoptNode(cell));
      dialog.setAttribute("aria-label", inside.querySelector(".cell-title").textContent);
      dialog.showModal();
      dialog.scrollTop = 0;
    } catch { location.assign(link.href); } finally { link.removeAttribute("aria-busy"); }
  });
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
}
