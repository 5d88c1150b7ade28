// The table of examples: search, summaries, rows.
import { button, h, icon, refill, svg } from "./dom.js";
import { count, plural } from "./format.js";
import { queryBox } from "./query.js";
import { virtualList } from "./rows.js";

const COLUMNS = [["c-n num", "#"], ["c-w", "First words of the user"], ["c-t num", "Turns"], ["c-o num", "Tools"],
  ["c-k num", "Tokens"], ["c-s", "Trained"], ["c-f", "Findings"]];

/** The table; state: {query, error, shown, total, revision, selection, position, rows, summaries, suggestions}. */
export function browserPane(state, actions) {

  const box = queryBox(state.query, (query) => actions.ask("search", { query }));
  const list = virtualList((start, stop) => actions.ask("page", { start, stop }), (example) => actions.ask("select", { example }));
  box.leave = () => list.focus();
  const summaries = h("div", { class: "sums" });
  const head = h("div", { class: "xr head", "aria-hidden": "true" }, COLUMNS.map(([look, name]) => h("span", { class: look }, name)));
  const none = h("div", { class: "none", role: "status" });
  const pane = h("div", { class: "browser" }, h("div", { class: "find-bar" }, box), summaries, head, list, none);

  const move = (by) => (event) => {
    if (event.target.closest?.(event.key.length > 1 ? ".editor" : ".lens-pane")) return false;
    actions.ask("move", { by });
    return true;
  };
  pane.keys = {
    "/": () => box.take(), j: move(1), k: move(-1), ArrowDown: move(1), ArrowUp: move(-1),
    PageDown: move(20), PageUp: move(-20), Home: move(-1e9), End: move(1e9),
  };
  pane.update = (next) => {

    box.show(next.query);
    refill(summaries, next.summaries.map(drawSummary));
    summaries.hidden = !next.summaries.length;
    list.hidden = head.hidden = next.shown === 0;
    none.hidden = next.shown > 0;
    if (next.shown === 0) refill(none, drawNone(next, (query) => actions.ask("search", { query })));
    list.show(next);
  };
  pane.close = () => { box.close(); list.close(); };
  pane.update(state);
  return pane;
}

/** Why there is nothing to see, and the ways out. */
function drawNone({ query, error, total, suggestions }, search) {
  if (total === 0) {
    return h("div", { class: "empty" }, h("h2", {}, "No examples yet"), h("p", {}, "The file has no lines. Add an example, or open another file."));
  }
  return h("div", { class: "empty" },
    h("h2", {}, error ?? ["No example matches ", h("code", {}, query)]),
    suggestions.map(({ term, rest, shown }) => h("p", {}, button(`Drop ${term}`, () => search(rest), {}),
      h("span", { class: "s i2" }, ` ${plural(shown, "example")} then`))),
    h("p", {}, button(`Clear the search, show all ${count(total)}`, () => search(""), {})));
}

/** A small histogram: all in grey, shown ones darker. Or bars with counts. */
function drawSummary({ name, range, bars, levels }) {
  return h("div", { class: "sm", role: "img", "aria-label": `${name}: ${range ?? levels.map((level) => `${level.count} ${level.label}`).join(", ")}` },
    h("div", { class: "row" }, h("span", { class: "b xs i2" }, name), h("span", { class: "sp" }), h("span", { class: "xs i3" }, range ?? "")),
    bars ? histogram(bars) : h("div", { class: "levels" }, levels.map(drawLevel)));
}

function drawLevel({ sign, tone, label, count: number, share }) {
  return h("div", { class: "row xs level", "data-tip": label }, icon(sign, { tone }),
    h("span", { class: "hb" }, h("i", { style: `width:${100 * share}%` })), h("span", { class: "i3 num" }, count(number)));
}

/** Bars as [all, shown] in shares of the highest. */
export function histogram(bars) {
  const width = 116 / bars.length;
  const bar = (share, look, at) => share > 0 && svg("rect", { class: look, x: (at * width).toFixed(1), y: (30 - 28 * share).toFixed(1),
    width: (width - 1).toFixed(1), height: (28 * share).toFixed(1) });
  return svg("svg", { class: "c", viewBox: "0 0 116 32", preserveAspectRatio: "none", "aria-hidden": "true" },
    bars.map(([all, shown], at) => [bar(all, "bg", at), bar(shown, "mk", at)]));
}
