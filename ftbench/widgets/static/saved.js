// Examples in a page without Python: to search, to read, to see as tokens. Nothing here can be changed.
import { button, h, icon, keyHint, refill, visible } from "./dom.js";
import { count, plural } from "./format.js";
import { lensPane } from "./lens.js";
import { virtualList } from "./rows.js";
import { fold, search } from "./saved_query.js";
import { summaryRow } from "./summaries.js";

/** The examples; state: see `ftbench.widgets.saved`. */
export function savedPane(state) {
  const examples = state.examples.map(unpackExample);
  let [found, at, query, view, colours] = [examples, 0, "", "messages", "weight"];
  const box = h("input", { type: "search", class: "field", "aria-label": "Search the examples", placeholder: "words, role:tool, findings:error, tokens:>500, sort:-tokens" });
  const fault = h("div", { class: "fault s err", role: "status", hidden: true });
  const sums = summaryRow({ filter: (key, words) => ask(withFilter(query, key, words)), narrow: (term) => ask(toggled(query, term)) });
  const list = virtualList((start, stop) => Promise.resolve(found.slice(start, stop)), (index) => choose(found.findIndex((example) => example.index === index)));
  const head = h("div", { class: "xr head", role: "group", "aria-label": "Sort the table" });
  const none = h("div", { class: "none empty", role: "status" }, h("h2", {}, "No example matches"), button("Clear the search", () => ask(""), {}));
  const reading = h("div", { class: "editor" });
  const status = h("div", { class: "status" });
  const frame = h("div", { class: "workbench saved" },
    h("div", { class: "bar" }, h("span", { class: "b el name" }, visible(state.name)), h("span", { class: "s i3 el" }, visible(state.note)), h("span", { class: "sp" }), icon("chat"),
      h("span", { class: "s i2" }, "saved page, read only")),
    h("div", { class: "main" }, h("div", { class: "two" },
      h("div", { class: "lp" }, h("div", { class: "browser" }, h("div", { class: "find-bar column" }, box, fault), sums, head, list, none)),
      h("div", { class: "divider" }), h("div", { class: "rp" }, reading))),
    status);
  const shown = () => ({ shown: found.length, total: examples.length, revision: query, query, selection: found[at]?.index ?? null, position: at, rows: found.slice(0, 40), picked: 0 });
  const ask = (next) => {
    box.value = next;
    try {
      found = search(examples, next);
      fault.hidden = true;
    } catch (error) {
      if (error.remedy === undefined) throw error;
      refill(fault, visible(`${error.message} ${error.remedy}`));
      fault.hidden = false;
      return;
    }
    [query, at] = [next, 0];
    draw();
  };
  const choose = (next) => { at = Math.min(Math.max(0, next), found.length - 1); draw(); };
  const look = (next) => { view = next; draw(); };
  const draw = () => {
    list.hidden = head.hidden = !found.length;
    refill(head, COLUMNS.map((column) => columnHead(column, query, ask)));
    none.hidden = found.length > 0;
    list.show(shown());
    sums.show(summaries(examples, found), filters(query));
    const lens = found.length > 0 && view === "lens" && lensPane(found[at].lens, {}, colours);
    if (lens) lens.addEventListener("click", () => { colours = lens.view(); });
    refill(reading, found.length > 0 && [readingBar(found[at], view, choose, at, look), h("div", { class: "view" }, lens || conversation(found[at]))]);
    frame.lens = lens;
    refill(status, h("span", {}, plural(examples.length, "example")), h("span", {}, `${count(found.length)} shown`), h("span", { class: "sp" }),
      h("span", { class: "keys" }, keyHint("/", "search"), keyHint("j k", "move"), keyHint("l", "lens")));
  };
  let timer = 0;
  box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => ask(box.value), 120); });
  const move = (by) => (event) => {
    const inside = event.target.closest?.(".lens-pane");
    if (inside && frame.lens) frame.lens.keys[by > 0 ? "j" : "k"]();
    else choose(at + by);
  };
  frame.keys = { "/": () => box.focus(), j: move(1), k: move(-1), ArrowDown: move(1), ArrowUp: move(-1), PageDown: move(20), PageUp: move(-20), l: () => look(view === "lens" ? "messages" : "lens"),
    Escape: () => (box.value ? ask("") : false) };
  frame.show = { ask, choose, look };
  draw();
  return frame;
}

const COLUMNS = [["c-p", ""], ["c-n num", "#", "line"], ["c-d", ""], ["c-w", "First words of the user"], ["c-t num", "Turns", "turns"], ["c-o num", "Tools", "tools"],
  ["c-k num", "Tokens", "tokens"], ["c-s", "Trained", "trained"], ["c-f", "Findings", "errors"]];

function columnHead([look, name, column], query, ask) {
  const [down, up] = [`sort:-${column}`, `sort:${column}`];
  const now = query.split(/\s+/).find((term) => term === down || term === up);
  const next = now === down ? up : now === up ? "" : down;
  const others = query.split(/\s+/).filter((term) => !term.startsWith("sort:"));
  return h("span", { class: look }, column ? h("button", { type: "button", class: now ? "on" : "", "aria-pressed": String(Boolean(now)), "aria-label": `Sort by ${name === "#" ? "line" : name}`,
    onclick: () => ask([...others, next].filter(Boolean).join(" ")) }, name, now && icon(now === down ? "down" : "up")) : name);
}

function readingBar(example, view, choose, at, look) {
  const tab = (name, words, sign) => h("button", { type: "button", "aria-pressed": String(view === name), onclick: () => look(name) }, icon(sign), words);
  return h("div", { class: "exh" }, h("b", { class: "b" }, `#${count(example.number)}`), button("", () => choose(at - 1), { sign: "up", tip: "Previous example", key: "k" }),
    button("", () => choose(at + 1), { sign: "down", tip: "Next example", key: "j" }), h("span", { class: "seg" }, tab("messages", "Messages", "chat"), tab("lens", "Lens", "lens")),
    example.decision && h("span", { class: "tag on" }, example.decision), example.tags.map((tag) => h("span", { class: "tag el" }, visible(tag))), h("span", { class: "sp" }),
    h("span", { class: "s i3" }, plural(example.tokens ?? 0, "token")));
}

/** The messages as cards. */
function conversation(example) {
  if (!example.messages.length) return h("div", { class: "conv" }, h("pre", { class: "text", dir: "auto" }, visible(example.text)), example.findings.map(findingLine));
  return h("div", { class: "conv", tabindex: 0, role: "region", "aria-label": "Conversation" }, example.note && h("p", { class: "s i2" }, visible(example.note)),
    example.findings.filter((each) => each.message === null).map(findingLine), example.messages.map((message, number) => card(message, number, example)));
}

function card(message, number, example) {
  const assistant = message.role === "assistant";
  const look = assistant ? (message.weight > 0 ? "t1" : "t0") : { user: "user", tool: "tool", function: "tool" }[message.role] ?? "system";
  return h("section", { class: `msg ${look}`, "aria-label": `Message ${number}, ${message.role}` },
    h("div", { class: "mh" }, h("span", { class: "ix num" }, number), h("span", { class: "role" }, visible(message.role)),
      message.name && h("code", { class: "i2" }, visible(message.name)), h("span", { class: "sp" }),
      assistant && h("span", { class: message.weight > 0 ? "wt on" : "wt" }, h("span", { class: "sw" }), weightName(message.weight))),
    h("div", { class: "mb" }, message.text && h("div", { class: "text", dir: "auto" }, visible(message.text)),
      message.parts > 0 && h("p", { class: "s i3" }, `${plural(message.parts, "part")} that is not text`),
      message.calls.map(([name, given]) => h("div", { class: "call" }, h("code", {}, visible(name)), " ", h("code", { class: "i2" }, visible(given)))),
      example.findings.filter((each) => each.message === number).map(findingLine)));
}

function weightName(weight) {
  if (!weight) return "Context only";
  return weight === 1 ? "Trained" : `Weight ${weight}`;
}

function findingLine({ severity, code, text }) {
  return h("div", { class: severity === "error" ? "find" : "find w" }, icon(severity, { label: severity }), h("div", { class: "tx" }, visible(text), " ", h("span", { class: "code" }, code)));
}

/** One example as the page uses it. */
export function unpackExample(packed) {
  const messages = packed.messages.map((message) => ({ calls: [], name: null, parts: 0, weight: 0, ...message }));
  const said = messages.flatMap(({ name, text, calls }) => [name ?? "", text, ...calls.flat()]).filter(Boolean).join("\n");
  const text = packed.text ?? said;
  const unsaid = { note: "", tags: [], decision: null, edited: false, loss: null, tokens: 0, turns: 0, trained: null, findings: [], words: "", broken: false, cut: 0 };
  return { ...unsaid, ...packed, example: packed.index, messages, text, folded: fold(text), picked: false };
}

const HISTOGRAMS = [["tokens", 18], ["turns", 11], ["trained", 13]];
const LEVELS = [["error", "err", "with errors", "finding:error", (one) => one.errors > 0],
  ["warning", "warn", "with warnings only", "-finding:error finding:warning", (one) => one.errors === 0 && one.warnings > 0],
  ["check", "ok", "without errors and warnings", "-finding:error -finding:warning", (one) => one.errors === 0 && one.warnings === 0]];

/** How numbers and findings are distributed: among all, and among those shown. */
export function summaries(all, found) {
  const known = HISTOGRAMS.filter(([name]) => all.length && all.every((one) => one[name] !== null));
  const drawn = known.map(([name, bins]) => distribution(name, all.map((one) => one[name]), found.map((one) => one[name]), bins));
  const levels = LEVELS.map(([sign, tone, label, filter, holds]) => ({ sign, tone, label, filter, count: found.filter(holds).length }));
  const whole = Math.max(1, found.length);
  return [...drawn, { name: "Findings", range: null, bars: null, levels: levels.map((level) => ({ ...level, share: level.count / whole })) }];
}

function distribution(name, values, shown, bins) {
  const share = name === "trained";
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const width = Math.max((high - low) / bins, share ? 0.01 : 1);
  const counts = [values, shown].map((numbers) => {
    const bars = new Array(bins).fill(0);
    for (const value of numbers) bars[Math.min(bins - 1, Math.floor((value - low) / width))] += 1;
    return bars;
  });
  const top = Math.max(1, ...counts[0]);
  const ends = [low, high].map((end) => (share ? Math.round(100 * end) : count(end)));
  return { name, low, width, range: `${[...new Set(ends)].join(" – ")}${share ? " %" : ""}`, bars: counts[0].map((number, at) => [number / top, counts[1][at] / top]) };
}

const filters = (query) => query.split(/\s+/).map((term) => term.split(":")[0]);

/** The query with another filter on a number; without words the filter is gone. */
export function withFilter(query, key, words) {
  const others = query.split(/\s+/).filter((term) => term && !term.startsWith(`${key}:`));
  return [...others, words && `${key}:${words}`].filter(Boolean).join(" ");
}

function toggled(query, term) {
  return query.includes(term) ? query.replace(term, "").trim() : `${query} ${term}`.trim();
}
