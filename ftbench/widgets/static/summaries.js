// Small pictures over the table: how its numbers are distributed. Drag over one to filter by it; click to take the filter away.
import { h, icon, refill, svg } from "./dom.js";
import { count } from "./format.js";

const WORDS = { tokens: "Tokens", turns: "Turns", trained: "Trained" };

/** The numbers that bars from `first` to `last` hold, as a filter has them: tokens 96..1536, trained 0.1..0.25 */
export function brushed({ name, low, width, bars }, first, last) {
  const [from, to] = first <= last ? [first, last] : [last, first];
  const start = low + from * width;
  const end = low + (to + 1) * width;
  if (name === "trained") return `${(Math.floor(1000 * start) / 1000).toFixed(3)}..${(Math.ceil(1000 * end) / 1000).toFixed(3)}`;
  const high = to === bars.length - 1 ? Math.floor(end + 1e-9) : Math.ceil(end - 1e-9) - 1; // the last bar holds its end, the others do not
  return `${Math.ceil(start - 1e-9)}..${high}`;
}

/** Bars as [all, shown] in shares of the highest. */
export function histogram(bars) {
  const width = 116 / bars.length;
  const bar = (share, look, at) => share > 0 && svg("rect", { class: look, x: (at * width).toFixed(1), y: (30 - 28 * share).toFixed(1),
    width: (width - 1).toFixed(1), height: (28 * share).toFixed(1) });
  return svg("svg", { class: "c", viewBox: "0 0 116 32", preserveAspectRatio: "none", "aria-hidden": "true" },
    bars.map(([all, shown], at) => [bar(all, "bg", at), bar(shown, "mk", at)]));
}

/** The row of pictures. `filter(key, words)` sets a filter, `narrow(term)` adds one or takes it away. */
export function summaryRow({ filter, narrow }) {
  const row = h("div", { class: "sums" });
  let drawn = "";
  row.show = (summaries, filters) => {
    const text = JSON.stringify([summaries, filters]);
    if (text === drawn) return; // a brush that is being dragged stays
    drawn = text;
    row.hidden = !summaries.length;
    refill(row, summaries.map((summary) => (summary.bars ? drawNumbers(summary, filters.includes(summary.name), filter) : drawLevels(summary, narrow))));
  };
  return row;
}

function drawNumbers(summary, active, filter) {
  const { name, range, bars } = summary;
  const picture = h("div", { class: "brush" }, bars.length ? histogram(bars) : "", h("span", { class: "sel", hidden: true }));
  const mark = picture.children[picture.children.length - 1];
  const placeOf = (event) => {
    const frame = picture.getBoundingClientRect();
    return Math.min(bars.length - 1, Math.max(0, Math.floor((bars.length * (event.clientX - frame.left)) / frame.width)));
  };
  let first = null;
  let last = null;
  const paint = () => {
    mark.hidden = first === null;
    if (first === null) return;
    mark.style.left = `${(100 * Math.min(first, last)) / bars.length}%`;
    mark.style.width = `${(100 * (Math.abs(last - first) + 1)) / bars.length}%`;
  };
  picture.addEventListener("pointerdown", (event) => { picture.setPointerCapture?.(event.pointerId); first = last = placeOf(event); paint(); });
  picture.addEventListener("pointermove", (event) => { if (first !== null) { last = placeOf(event); paint(); } });
  picture.addEventListener("pointerup", () => {
    if (first === null) return;
    const words = active && first === last ? "" : brushed(summary, first, last);
    first = null;
    filter(name, words);
  });
  picture.addEventListener("pointercancel", () => { first = null; paint(); });
  const clear = active && h("button", { type: "button", class: "link xs", "aria-label": `Take the filter on ${name} away`, onclick: () => filter(name, "") }, "all");
  return h("div", { class: `sm ${active ? "on" : ""}`, role: "group", "aria-label": `${WORDS[name]}: ${range}` },
    h("div", { class: "row" }, h("span", { class: "b xs i2" }, WORDS[name]), h("span", { class: "sp" }), clear || h("span", { class: "xs i3 el" }, range)), picture);
}

function drawLevels({ name, levels }, narrow) {
  return h("div", { class: "sm", role: "group", "aria-label": name },
    h("div", { class: "row" }, h("span", { class: "b xs i2" }, name)), h("div", { class: "levels" }, levels.map((level) => h("button",
      { type: "button", class: "row xs level", "data-tip": level.label, "aria-label": `${level.count} ${level.label}`, onclick: () => narrow(level.filter) },
      icon(level.sign, { tone: level.tone }), h("span", { class: "hb" }, h("i", { style: `width:${100 * level.share}%` })), h("span", { class: "i3 num" }, count(level.count))))));
}
