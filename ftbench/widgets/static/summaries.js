// Small pictures over the table: how its numbers are distributed. Drag over one to filter by it, or move its ends by key.
import { h, icon, redraw, refill, svg } from "./dom.js";
import { count, percent } from "./format.js";

const REST = 300; // ms without a key before the filter is set
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
    if (text === drawn || row.querySelector(".held")) return; // a brush that is being dragged stays; the filter that follows it draws all anew
    drawn = text;
    row.hidden = !summaries.length;
    redraw(row, () => refill(row, summaries.map((summary) => (summary.bars ? drawNumbers(summary, filters.includes(summary.name), filter) : drawLevels(summary, narrow)))));
  };
  return row;
}

/** First and last bar that show something. */
export function shownBars(bars) {
  const some = bars.flatMap(([, shown], at) => (shown > 0 ? [at] : []));
  return some.length ? [some[0], some[some.length - 1]] : [0, Math.max(0, bars.length - 1)];
}

/** The stretch after a key on one of its ends; null where the key is not for it. The ends do not cross. */
export function movedEnd([first, last], end, key, count) {
  const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -3, PageUp: 3, Home: -count, End: count }[key];
  if (!by) return null;
  const inside = (at, low, high) => Math.min(high, Math.max(low, at));
  return end === "from" ? [inside(first + by, 0, last), last] : [first, inside(last + by, first, count - 1)];
}

/** A histogram: drag over it, or move its two ends by key. */
function drawNumbers(summary, active, filter) {
  const { name, range, bars } = summary;
  const before = shownBars(bars);
  let [first, last] = before;
  let dragged = false;
  let timer = 0;
  const mark = h("span", { class: "sel" });
  const thumbs = bars.length ? ["from", "to"].map((end) => h("span", { class: `thumb ${end}`, role: "slider", tabindex: 0, "aria-orientation": "horizontal",
    "aria-label": `${WORDS[name]} ${end}`, "aria-valuemin": 0, "aria-valuemax": bars.length - 1 })) : [];
  const picture = h("div", { class: "brush" }, bars.length ? histogram(bars) : "", mark, thumbs);
  const paint = () => {
    mark.hidden = first === before[0] && last === before[1] && !dragged && !(active && bars.some(([, shown]) => shown > 0));
    mark.style.left = `${(100 * first) / bars.length}%`;
    mark.style.width = `${(100 * (last - first + 1)) / bars.length}%`;
    const words = brushed(summary, first, last).split("..");
    thumbs.forEach((thumb, at) => {
      thumb.style.left = `${(100 * (at ? last + 1 : first)) / bars.length}%`;
      thumb.setAttribute("aria-valuenow", at ? last : first);
      thumb.setAttribute("aria-valuetext", name === "trained" ? percent(Number(words[at])) : count(Number(words[at])));
    });
  };
  const apply = (words = brushed(summary, first, last)) => { clearTimeout(timer); timer = 0; filter(name, words); };
  const turn = (event, end) => {
    const next = movedEnd([first, last], end, event.key, bars.length);
    if (next) { [first, last] = next; paint(); clearTimeout(timer); timer = setTimeout(() => picture.isConnected && apply(), REST); }
    else if (event.key === "Enter" && timer) apply();
    else if (event.key === "Escape" && timer) { clearTimeout(timer); timer = 0; [first, last] = before; paint(); }
    else if (["Delete", "Backspace"].includes(event.key) && active) apply("");
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  thumbs.forEach((thumb, at) => thumb.addEventListener("keydown", (event) => turn(event, at ? "to" : "from")));
  const placeOf = (event) => {
    const frame = picture.getBoundingClientRect();
    return Math.min(bars.length - 1, Math.max(0, Math.floor((bars.length * (event.clientX - frame.left)) / frame.width)));
  };
  let began = null;
  const stretch = (event) => { const at = placeOf(event); [first, last] = [Math.min(began, at), Math.max(began, at)]; paint(); };
  picture.addEventListener("pointerdown", (event) => { picture.setPointerCapture?.(event.pointerId); picture.classList.add("held"); began = placeOf(event); dragged = true; stretch(event); });
  picture.addEventListener("pointermove", (event) => { if (began !== null) stretch(event); });
  picture.addEventListener("pointerup", () => {
    if (began === null) return;
    began = null;
    picture.classList.remove("held");
    apply(active && first === last ? "" : undefined);
  });
  picture.addEventListener("pointercancel", () => { picture.classList.remove("held"); began = null; dragged = false; [first, last] = before; paint(); });
  if (bars.length) paint();
  const clear = active && h("button", { type: "button", class: "link xs", "aria-label": `Take the filter on ${name} away`, onclick: () => apply("") }, "all");
  return h("div", { class: `sm ${active ? "on" : ""}`, role: "group", "aria-label": `${WORDS[name]}: ${range}` },
    h("div", { class: "row" }, h("span", { class: "b xs i2" }, WORDS[name]), h("span", { class: "sp" }), clear || h("span", { class: "xs i3 el" }, range)), picture);
}

function drawLevels({ name, levels }, narrow) {
  return h("div", { class: "sm", role: "group", "aria-label": name },
    h("div", { class: "row" }, h("span", { class: "b xs i2" }, name)), h("div", { class: "levels" }, levels.map((level) => h("button",
      { type: "button", class: "row xs level", "data-tip": level.label, "aria-label": `${level.count} ${level.label}`, onclick: () => narrow(level.filter) },
      icon(level.sign, { tone: level.tone }), h("span", { class: "hb" }, h("i", { style: `width:${100 * level.share}%` })), h("span", { class: "i3 num" }, count(level.count))))));
}
