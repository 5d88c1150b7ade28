// One example: its tokens, its conversation or the lens, and the keys for both.
import { badges, button, h, icon, redraw, refill } from "./dom.js";
import { conversationPane } from "./conversation.js";
import { activeIn } from "./focus.js";
import { count, plural } from "./format.js";
import { lensOf, lensPane } from "./lens.js";

/** The parts of "1,071 of 1,024 tokens · 55 trained in 2 of 3 assistant messages". */
export function tokenWords({ tokens, trained_messages: trained, assistant_messages: all }) {
  return { total: count(tokens.total), of: `of ${count(tokens.context)} tokens`, trained: tokens.trained === null ? null : `${count(tokens.trained)} trained`,
    where: all ? `in ${count(trained)} of ${plural(all, "assistant message")}` : "no assistant message" };
}

/** The editor of one example; state: see `ftbench.widgets.editor`. */
export function editorPane(state, actions) {
  let now = state;
  let lens = null; // the lens while it is shown
  const ask = (verb, values) => actions.ask(verb, { example: now.example, ...values });
  const [head, facts, view] = ["exh", "exh facts-line s", "view"].map((name) => h("div", { class: name }));
  const talk = conversationPane(actions.ask);
  const pane = h("div", { class: "editor" }, head, facts, view);
  pane.keys = editorKeys({ now: () => now, lens: () => lens, talk, ask: actions.ask });
  pane.choose = talk.choose;
  const showLens = (other) => {
    if (lens && !other) { lens.show(lensOf(now)); return; }
    const focused = view.contains(activeIn(view));
    const acts = { toggleWeight: (message) => ask("messages.weight", { message }), unfold: (message) => ask("unfold", { message }), look: (where) => ask("tokens", where), sort: actions.sort };
    const chosen = lens || other || !talk.drawn() ? null : talk.at();
    lens = lensPane(lensOf(now), acts, lens?.view());
    if (chosen !== null && now.lens.rail.rows[chosen - now.lens.rail.first]) lens.select(chosen); // keys go on with the message they acted on
    refill(view, lens);
    if (focused) lens.querySelector(".rail .sel")?.focus();
  };
  const show = (next) => {
    const other = next.example !== now.example;
    now = next;
    redraw(head, () => refill(head, drawHead(now, actions)));
    redraw(facts, () => refill(facts, drawFacts(now, actions)));
    head.hidden = now.example === null;
    facts.hidden = now.view === "lens" || now.broken !== null || now.example === null;
    if (now.example === null) { refill(view, drawNothing(actions)); return; }
    if (now.view === "lens") { showLens(other); return; }
    lens = null;
    if (view.firstChild !== talk) { refill(view, talk); talk.back(); }
    talk.show(now);
  };
  pane.update = (next) => {
    const held = view.contains(activeIn(view));
    show(next);
    if (held && !view.contains(activeIn(view)) && !lens) talk.hold();
  };
  pane.update(state);
  return pane;
}

function drawNothing(actions) {
  return h("div", { class: "empty" }, h("h2", {}, "No example"), h("p", {}, button("Add an example", () => actions.ask("add_example"), { sign: "add" })));
}

function editorKeys({ now, lens, talk, ask }) {
  const inLens = (key) => (event) => { if (!event.target.closest?.(".lens-pane") || !lens()?.keys) return false; lens().keys[key](event); return true; };
  const onMessage = (act) => (event) => {
    if (act === "weight" && lens()?.keys) { lens().keys.w(event); return true; }
    if (now().example === null || now().view !== "messages") return false;
    if (now().broken && act === "edit") { talk.editLine(); return true; }
    if (!now().messages.length) return false;
    talk.acts(talk.at())[act]();
    return true;
  };
  const step = (by, key) => (event) => {
    if (lens()) return inLens(key)(event);
    if (!event.target.closest?.(".conv")) return false;
    talk.step(by);
    return true;
  };
  const turn = (way) => (event) => Boolean(!lens() && event.target.closest?.(".conv")) && talk.turn(way);
  const end = (to, key) => (event) => {
    if (lens()) return inLens(key)(event);
    if (!event.target.closest?.(".conv")) return false;
    talk.choose(to());
    return true;
  };
  const next = (by, key) => (event) => inLens(key)(event) || (now().example !== null && (ask("move", { by }), true));
  const edit = (event) => (talk.editAnswer(event.target) ? true : onMessage("edit")(event));
  return {
    e: edit, s: () => now().view === "messages" && talk.swap(), w: onMessage("weight"), n: onMessage("insert"), d: onMessage("duplicate"), m: onMessage("merge"), N: onMessage("name"),
    ".": onMessage("more"), D: onMessage("compare"), J: onMessage("json"), p: () => now().view === "messages" && now().example !== null && (ask("preview", { on: !now().preview }), true),
    Home: end(() => 0, "Home"), End: end(() => now().count - 1, "End"), Delete: onMessage("remove"), "Alt+ArrowUp": onMessage("up"), "Alt+ArrowDown": onMessage("down"),
    ArrowUp: step(-1, "ArrowUp"), ArrowDown: step(1, "ArrowDown"), PageUp: turn(-1), PageDown: turn(1), j: next(1, "j"), k: next(-1, "k"),
    Enter: (event) => (event.target.classList.contains("msg") ? edit(event) : false),
    f: () => { const first = firstRepair(now()); if (!first) return false; talk.acts(0).repair(first); return true; },
    l: () => { if (now().example === null) return false; ask("look", { view: now().view === "lens" ? "messages" : "lens" }); return true; },
  };
}

function firstRepair({ findings, messages }) {
  return [...findings, ...messages.flatMap((message) => message.findings)].find((finding) => finding.repair);
}

function drawHead(now, actions) {
  if (now.example === null) return [];
  const look = (view, words, sign) => h("button", { type: "button", role: "radio", "aria-checked": String(now.view === view),
    onclick: () => actions.ask("look", { view }) }, sign && icon(sign), words);
  return [h("span", { class: "b" }, `#${count(now.number)}`),
    button("", () => actions.ask("move", { by: -1 }), { sign: "up", tip: "Previous example", key: "k" }),
    button("", () => actions.ask("move", { by: 1 }), { sign: "down", tip: "Next example", key: "j" }),
    actions.beside, // what is decided of the example
    h("span", { class: "seg", role: "radiogroup", "aria-label": "View" }, look("messages", "Messages"), look("lens", "Lens", "lens")),
    h("span", { class: "sp" }),
    button("", () => actions.ask("duplicate_example", { example: now.example }), { sign: "copy", tip: "Duplicate this example" }),
    button("", () => actions.ask("remove_example", { example: now.example }), { sign: "delete", tip: "Delete this example" })];
}

function drawFacts(now, actions) {
  if (now.example === null || now.broken) return [];
  const words = tokenWords(now);
  const compare = () => actions.ask("compare", { on: !now.compare });
  const { total, context, exact, note, model } = now.tokens;
  const whose = `Tokens as ${model} reads them. The table counts as OpenAI does, whatever the model, so its number may be another.`;
  return [h("span", { "data-tip": whose }, h("b", { class: "b" }, words.total), ` ${words.of}`),
    h("span", { class: `cx ${total > context ? "over" : ""}`, role: "img", "aria-label": `${Math.round(100 * total / context)} % of the context of ${model}`,
      style: `--used:${Math.min(1, total / context)};--over:${total > context ? (total - context) / total : 0}` }, h("i"), h("b")),
    words.trained ? [h("span", { class: "i3" }, "·"), h("span", {}, h("span", { class: "tr b" }, words.trained), h("span", { class: "where" }, ` ${words.where}`))]
      : h("span", { class: "i3 el" }, now.pair ? "preference: trained to tell the answers apart" : "reinforcement: trained by the grader"),
    !exact && h("span", { class: "tag", "data-tip": note }, "approximate"), h("span", { class: "sp" }),
    (now.changed || now.compare) && h("button", { type: "button", class: "link s", "aria-pressed": String(now.compare), "aria-keyshortcuts": "D",
      "data-tip": now.compare ? "Show the example as it is (D)" : "Difference to the file (D)", onclick: compare }, now.compare ? "hide diff" : "diff"),
    h("button", { type: "button", class: "link s", "aria-pressed": String(now.preview), "aria-keyshortcuts": "p", "data-tip": "Texts as the Markdown they are, or as they are written (p)",
      onclick: () => actions.ask("preview", { on: !now.preview }) }, now.preview ? "as written" : "preview"),
    (now.severities.errors + now.severities.warnings > 0) && h("span", { class: "row" }, badges(now.severities))];
}
