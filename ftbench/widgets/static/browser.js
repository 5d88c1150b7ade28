// The table of examples: search, summaries, rows, and what is done to many of them.
import { bulkTray } from "./bulk.js";
import { copyButton } from "./copy.js";
import { button, h, icon, redraw, refill, visible } from "./dom.js";
import { count, plural } from "./format.js";
import { queryBox } from "./query.js";
import { virtualList } from "./rows.js";
import { summaryRow } from "./summaries.js";
import { viewsMenu } from "./views.js";

const SLOW = 150; // ms after which an answer is late

const COLUMNS = [["c-p", ""], ["c-n num", "#", "line"], ["c-d", ""], ["c-w", "First words of the user"], ["c-t num", "Turns", "turns"], ["c-o num", "Tools", "tools"],
  ["c-k num", "Tokens", "tokens"], ["c-s", "Trained", "trained"], ["c-f", "Findings", "errors"]];

const MEANINGS = { line: "In the order of the file", tokens: "Tokens as OpenAI counts them, tool definitions estimated", trained: "The part of the tokens that is trained",
  errors: "Errors and warnings; sorted by errors" };

/** The table; state: see `ftbench.widgets.browser`. */
export function browserPane(state, actions) {
  let now = state;
  let sorted = ""; // what the heads show
  const search = (query) => actions.ask("search", { query });
  const box = queryBox(state, { search, complete: (query, at) => actions.ask("complete", { query, at }) });
  const choose = (example, { more, stretch }) => actions.ask(more || stretch ? "pick" : "select", more || stretch ? { example, stretch } : { example });
  const list = virtualList((start, stop) => actions.ask("page", { start, stop }), choose, (examples) => actions.ask("cut", { examples }));
  let asked = 0; // the rings of the focus move with the picture of what was found: to draw them by themselves would make it late
  const answered = () => { clearTimeout(asked); pane.classList.remove("asked"); };
  box.leave = (asks) => {
    if (asks) { answered(); pane.classList.add("asked"); asked = setTimeout(answered, SLOW); }
    list.focus({ preventScroll: true });
  };
  const summaries = summaryRow({ filter: (key, words) => actions.ask("filter", { key, words }), narrow: (term) => actions.ask("narrow", { term }) });
  const head = h("div", { class: "xr head", role: "group", "aria-label": "Sort the table" });
  const none = h("div", { class: "none", role: "status" });
  const busy = h("div", { class: "busy s i2", role: "status", hidden: true });
  const tray = bulkTray(actions);
  const views = viewsMenu(actions.ask);
  const pane = h("div", { class: "browser" },
    h("div", { class: "find-bar" }, box, views, copyButton(() => actions.ask("code"), "Copy as code: the line of Python that selects the same")), busy, summaries, head, list, list.voice, none, tray);

  const inside = (event) => !event.target.closest?.(event.key.length > 1 ? ".editor" : ".lens-pane");
  const move = (by, pick = false) => (event) => inside(event) && (actions.ask("move", { by, pick }), true);
  const decide = (decision) => () => { actions.ask("decide", { decision, step: true }); return true; };
  const inTable = (act) => (event) => (event.target.closest?.(".browser") ? (act(), true) : false);
  pane.keys = {
    "/": () => box.take(), j: move(1), k: move(-1), ArrowDown: move(1), ArrowUp: move(-1), "Shift+ArrowDown": move(1, true), "Shift+ArrowUp": move(-1, true),
    PageDown: move(20), PageUp: move(-20), Home: move(-1e9), End: move(1e9),
    a: decide("keep"), x: decide("drop"), t: decide("todo"), v: () => now.selection !== null && (actions.ask("pick", { example: now.selection }), true),
    "Ctrl+a": inTable(() => actions.ask("pick_all")), "#": () => tray.open("tag"), V: () => views.open(), W: () => tray.open("weights"), R: () => tray.open("replace"), F: () => now.selection !== null && tray.repair(), y: () => pane.querySelector(".copy .btn").click(),
    Escape: () => tray.leave(),
  };
  pane.update = (next) => {
    now = next;
    box.show(next);
    views.show(next.views, next.query);
    summaries.show(next.summaries, next.chips.map((chip) => chip.split(":")[0]));
    if (String(next.sort) !== sorted) { // a button that is drawn anew while it is pressed hears no click
      sorted = String(next.sort);
      redraw(head, () => refill(head, COLUMNS.map((column) => drawColumn(column, next.sort, (name) => actions.ask("sort", { column: name })))));
    }
    busy.hidden = !next.waiting && !(next.looking && next.shown === 0);
    if (!busy.hidden) refill(busy, next.waiting && next.measured === null ? "Comparing all examples with each other; the filter is applied then." : next.waiting ? `Measuring, ${count(next.measured ?? 0)} of ${count(next.total)}; the filter is applied then.` : "Searching…");
    list.hidden = head.hidden = next.shown === 0;
    none.hidden = next.shown > 0 || next.looking;
    if (!none.hidden) refill(none, drawNone(next, search));
    list.show(next);
    tray.show(next);
    answered();
  };
  pane.close = () => { answered(); box.close(); list.close(); };
  pane.update(state);
  return pane;
}

function drawColumn([look, name, column], sort, act) {
  if (!column) return h("span", { class: look }, name);
  const [now, down] = sort ?? [];
  const words = now !== column ? "largest first" : down ? "smallest first" : "as in the file";
  return h("span", { class: look }, h("button", { type: "button", class: now === column ? "on" : "", "data-tip": `${MEANINGS[column] ?? name}. Click: ${words}`, "aria-pressed": String(now === column),
    "aria-label": now === column ? `${name}, ${down ? "largest" : "smallest"} first` : `Sort by ${name === "#" ? "line" : name}`, onclick: () => act(column) },
  name, now === column && icon(down ? "down" : "up")));
}

/** Why there is nothing to see, and the ways out. */
function drawNone({ query, total, suggestions }, search) {
  if (total === 0) {
    return h("div", { class: "empty" }, h("h2", {}, "No examples yet"), h("p", {}, "The file has no lines. Add an example, or open another file."));
  }
  return h("div", { class: "empty" },
    h("h2", {}, "No example matches ", h("code", {}, visible(query))),
    suggestions.map(({ term, rest, shown }) => h("p", {}, button(`Drop ${term}`, () => search(rest), {}),
      h("span", { class: "s i2" }, ` ${plural(shown, "example")} then`))),
    h("p", {}, button(`Clear the search, show all ${count(total)}`, () => search(""), {})));
}
