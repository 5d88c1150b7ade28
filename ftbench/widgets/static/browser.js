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

/** The columns: their class, their name, and the column of the query language that sorts by them. */
const COLUMNS = [["c-p", ""], ["c-n num", "#", "line"], ["c-d", ""], ["c-w", "First words of the user"],
  ["c-t num", "Turns", "turns"], ["c-o num", "Tools", "tools"], ["c-k num", "Tokens", "tokens"],
  ["c-s", "Trained", "trained"], ["c-f", "Findings", "errors"]];

const MEANINGS = {
  line: "In the order of the file",
  tokens: "Tokens as OpenAI counts them, tool definitions estimated; over the conversation stands what the chosen model reads",
  trained: "The part of the tokens that is trained",
  errors: "Errors and warnings; sorted by errors",
};

/** The table; state: see `ftbench.widgets.browser`. */
export function browserPane(state, actions) {
  let now = state;
  let sorted = ""; // what the heads show
  let wide = 0; // px of the numbers
  const search = (query) => actions.ask("search", { query });
  const box = queryBox(state, { search, complete: (query, at) => actions.ask("complete", { query, at }) });
  const choose = (example, { more, stretch }) => (more || stretch ? actions.ask("pick", { example, stretch }) : actions.ask("select", { example }));
  const list = virtualList((start, stop) => actions.ask("page", { start, stop }), choose, (examples) => actions.ask("cut", { examples }));
  // The ring of the focus seems to stay at the box until the answer is drawn: a picture of the ring alone would make that one late.
  let late = 0;
  const answered = () => { clearTimeout(late); pane.classList.remove("asked"); };
  box.leave = (asks) => {
    if (asks) { answered(); pane.classList.add("asked"); late = setTimeout(answered, SLOW); }
    list.focus({ preventScroll: true });
  };
  const summaries = summaryRow({
    filter: (key, words) => actions.ask("filter", { key, words }),
    narrow: (term) => actions.ask("narrow", { term }),
  });
  const head = h("div", { class: "xr head", role: "group", "aria-label": "Sort the table" });
  const none = h("div", { class: "none", role: "status" });
  const busy = h("div", { class: "busy s i2", role: "status", hidden: true });
  const measuring = h("div", { class: "prog measuring", role: "progressbar", "aria-label": "Examples counted and checked", "aria-valuemin": 0, "aria-valuemax": 100 }, h("i"));
  const tray = bulkTray(actions);
  const views = viewsMenu(actions.ask);
  const pane = h("div", { class: "browser" },
    h("div", { class: "find-bar" }, box, views, copyButton(() => actions.ask("code"), "Copy as code: the line of Python that selects these examples")),
    measuring, busy, summaries, head, list, list.voice, none, tray);

  // A handler that returns false leaves the key to the editor: in it the arrows, in the lens also j and k, go from message to message.
  const ofTable = (event) => !event.target.closest?.(event.key.length > 1 ? ".editor" : ".lens-pane");
  const move = (by, pick = false) => (event) => ofTable(event) && actions.ask("move", { by, pick });
  const decide = (decision) => () => actions.ask("decide", { decision, step: true });
  pane.keys = {
    "/": () => box.take(),
    j: move(1), k: move(-1), ArrowDown: move(1), ArrowUp: move(-1), "Shift+ArrowDown": move(1, true), "Shift+ArrowUp": move(-1, true),
    PageDown: move(20), PageUp: move(-20), Home: move(-1e9), End: move(1e9),
    a: decide("keep"), x: decide("drop"), t: decide("todo"),
    v: () => now.selection !== null && actions.ask("pick", { example: now.selection }),
    "Ctrl+a": (event) => (event.target.closest?.(".browser") ? actions.ask("pick_all") : false),
    "#": () => tray.open("tag"), V: () => views.open(), W: () => tray.open("weights"), R: () => tray.open("replace"),
    F: () => now.selection !== null && tray.repair(),
    y: () => pane.querySelector(".copy .btn").click(),
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
    showMeasured(measuring, next);
    const width = numberWidth(next.total);
    if (width !== wide) pane.setAttribute("style", `--number-width:${wide = width}px`);
    const wait = waitWords(next);
    busy.hidden = !wait;
    refill(busy, wait);
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

/** The room that the number of the last example takes, so that none is cut. */
export function numberWidth(total) {
  const [digits, commas] = [/\d/g, /,/g].map((kind) => (count(total).match(kind) ?? []).length);
  return Math.max(46, Math.ceil(12 + 7.5 * digits + 4 * commas));
}

/** How many examples are counted and checked, as long as some are not. */
function showMeasured(bar, { measured, total }) {
  bar.hidden = measured === null;
  if (bar.hidden) return;
  const share = total ? (100 * measured) / total : 0;
  bar.setAttribute("aria-valuenow", Math.floor(share));
  bar.setAttribute("data-tip", `${count(measured)} of ${count(total)} examples are counted and checked`);
  bar.children[0].setAttribute("style", `width:${share}%`);
}

function drawColumn([look, name, column], sort, act) {
  if (!column) return h("span", { class: look }, name);
  const [now, down] = sort ?? [];
  const on = now === column;
  const next = !on ? "largest first" : down ? "smallest first" : "as in the file";
  const label = on ? `${name}, ${down ? "largest" : "smallest"} first` : `Sort by ${name === "#" ? "line" : name}`;
  return h("span", { class: look },
    h("button", { type: "button", class: on ? "on" : "", "data-tip": `${MEANINGS[column] ?? name}. Click: ${next}`, "aria-pressed": String(on), "aria-label": label, onclick: () => act(column) },
      name, on && icon(down ? "down" : "up")));
}

/** What the table waits for, in words; empty when for nothing. */
function waitWords({ waiting, measured, total, looking, shown }) {
  if (waiting && measured === null) return "Comparing all examples with each other; the filter is applied then.";
  if (waiting) return `Measuring, ${count(measured)} of ${count(total)}; the filter is applied then.`;
  return looking && shown === 0 ? "Searching…" : "";
}

/** Why there is nothing to see, and the ways out. */
function drawNone({ query, total, suggestions }, search) {
  if (total === 0) {
    return h("div", { class: "empty" }, h("h2", {}, "No examples yet"), h("p", {}, "The file holds no example. Add one, or open another file."));
  }
  return h("div", { class: "empty" },
    h("h2", {}, "No example matches ", h("code", {}, visible(query))),
    suggestions.map(({ term, rest, shown }) => h("p", {}, button(`Drop ${term}`, () => search(rest), {}),
      h("span", { class: "s i2" }, ` ${plural(shown, "example")} then`))),
    h("p", {}, button(`Clear the search, show all ${count(total)}`, () => search(""), {})));
}
