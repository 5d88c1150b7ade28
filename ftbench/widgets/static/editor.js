// One example: its tokens, its conversation, and everything one can do to it.
import { badges, button, h, icon, redraw, refill, visible } from "./dom.js";
import { count, plural } from "./format.js";
import { lensPane } from "./lens.js";
import { findingLine, messageCard } from "./message.js";
import { jsonObjectFault, typingArea } from "./typing.js";

/** The message that keys act on when none was chosen: the last assistant message. */
export function defaultMessage(messages) {
  const last = messages.findLastIndex((message) => message.role === "assistant");
  return last < 0 ? messages.length - 1 : last;
}

/** What "edit" means for a message: its text, or, of one that only calls a tool, the arguments of the first call. */
export function editedCall(message) {
  return !message.text && message.calls.length > 0 ? 0 : null;
}

/** The parts of "1,071 of 1,024 tokens · 55 trained in 2 of 3 assistant messages". */
export function tokenWords({ tokens, trained_messages: trained, assistant_messages: all }) {
  return { total: count(tokens.total), of: `of ${count(tokens.context)} tokens`, trained: `${count(tokens.trained)} trained`,
    where: all ? `in ${trained} of ${plural(all, "assistant message")}` : "no assistant message" };
}

/** The conversation of one example; state: see `ftbench.widgets.editor`. */
export function editorPane(state, actions) {
  let now = state;
  let current = defaultMessage(state.messages);
  let typing = null; // {message, call} while something is typed
  const full = new Map(); // texts somebody unfolded
  const head = h("div", { class: "exh" });
  const facts = h("div", { class: "exh facts-line s" });
  const view = h("div", { class: "view" });
  const talk = h("div", { class: "conv" });
  const pane = h("div", { class: "editor" }, head, facts, view);
  let lens = null; // the lens while it is shown
  let drawn = []; // what each slot shows, to leave alone what has not changed
  const ask = (verb, values) => actions.ask(verb, { example: now.example, ...values });
  const choose = (message, focus = true) => {
    current = Math.max(0, Math.min(message, now.messages.length - 1));
    talk.querySelectorAll(".msg").forEach((card) => card.setAttribute("tabindex", Number(card.dataset.message) === current ? 0 : -1));
    if (focus) talk.querySelector(`[data-message="${current}"]`)?.focus({ preventScroll: false });
  };
  const start = (message, call = null) => {
    if (message < 0 || (call === null && !now.messages[message].editable)) return;
    ask("text", { message, call }).then((text) => {
      if (typing) return; // asked for twice before the first answer came
      current = message;
      typing = { message, call };
      const slot = talk.children[message + 1];
      const card = slot.querySelector(".msg");
      const over = () => { typing = null; drawn[message + 1] = null; drawTalk(); choose(message); };
      const area = typingArea(text, {
        label: call === null ? `Text of message ${message}` : `Arguments of the call in message ${message}`, mono: call !== null,
        check: call === null ? undefined : jsonObjectFault, leave: over,
        done: (next) => { full.delete(message); ask("write", { message, call, text: next }).then(over, over); } });
      card.classList.add("edit");
      card.querySelector(".mb").replaceWith(area);
      area.start();
    });
  };
  const acts = (message) => ({
    edit: () => start(message, editedCall(now.messages[message])), editCall: (call) => start(message, call), weight: () => ask("weight", { message }),
    role: (role) => ask("role", { message, role }), unfold: () => ask("text", { message, call: null }).then((text) => {
      full.set(message, text); drawn[message + 1] = null; drawTalk(); }),
    insert: () => ask("insert", { message }).then((at) => start(at)), duplicate: () => ask("duplicate", { message }),
    remove: () => ask("remove", { message }).then(() => choose(message)),
    up: () => message > 0 && ask("shift", { message, by: -1 }).then(() => choose(message - 1)),
    down: () => message < now.messages.length - 1 && ask("shift", { message, by: 1 }).then(() => choose(message + 1)),
    repair: (finding) => ask("repair", { finding: finding.number, code: finding.code }),
  });

  const drawTalk = () => {
    const slots = [{ top: true, tools: now.tools, findings: now.findings, broken: now.broken },
      ...now.messages.map((card, at) => ({ card, limit: now.limit?.message === at && now.limit, full: full.get(at) }))];
    slots.forEach((slot, at) => {
      const text = JSON.stringify(slot);
      const old = talk.children[at];
      if ((typing && typing.message === at - 1) || (old && drawn[at] === text)) return;
      drawn[at] = text;
      const next = slot.top ? drawTop(slot, acts(0).repair) : drawSlot(slot, at - 1, acts(at - 1), current);
      if (old) redraw(talk, () => old.replaceWith(next)); else talk.appendChild(next);
    });
    while (talk.children.length > slots.length) talk.lastChild.remove();
    drawn.length = slots.length;
  };
  talk.addEventListener("focusin", (event) => {
    const card = event.target.closest(".msg");
    if (card) choose(Number(card.dataset.message), false);
  });

  const inLens = (key) => (event) => { if (!event.target.closest?.(".lens-pane") || !lens?.keys) return false; lens.keys[key](event); return true; };
  const onMessage = (act) => (event) => {
    if (act === "weight" && lens?.keys) { lens.keys.w(event); return true; }
    if (now.example === null || now.view !== "messages") return false;
    acts(current)[act]();
    return true;
  };
  const step = (by, key) => (event) => {
    if (lens) return inLens(key)(event);
    if (!event.target.closest?.(".conv")) return false;
    choose(current + by);
    return true;
  };
  pane.keys = {
    e: onMessage("edit"), w: onMessage("weight"), n: onMessage("insert"), d: onMessage("duplicate"), Delete: onMessage("remove"),
    "Alt+ArrowUp": onMessage("up"), "Alt+ArrowDown": onMessage("down"),
    ArrowUp: step(-1, "ArrowUp"), ArrowDown: step(1, "ArrowDown"), j: inLens("j"), k: inLens("k"),
    Enter: (event) => (event.target.classList.contains("msg") ? onMessage("edit")(event) : false),
    f: () => { const first = firstRepair(now); if (!first) return false; acts(0).repair(first); return true; },
    l: () => { if (now.example === null) return false; actions.ask("look", { view: now.view === "lens" ? "messages" : "lens" }); return true; },
  };
  pane.choose = choose;
  pane.update = (next) => {
    const held = view.contains(document.activeElement);
    show(next);
    if (held && !view.contains(document.activeElement) && !lens) choose(current);
  };
  const show = (next) => {
    const other = next.example !== now.example;
    now = next;
    if (other) { typing = null; drawn = []; full.clear(); current = defaultMessage(now.messages); refill(talk); }
    current = Math.max(0, Math.min(current, now.messages.length - 1));
    redraw(head, () => refill(head, drawHead(now, actions)));
    refill(facts, drawFacts(now));
    facts.hidden = now.view === "lens" || now.broken !== null || now.example === null;
    if (now.example === null) { refill(view, h("div", { class: "empty" }, "No example is selected.")); return; }
    lens = null;
    if (now.view === "lens") {
      const focused = view.contains(document.activeElement);
      const chosen = view.firstChild?.selected?.();
      lens = lensPane(now.lens, { toggleWeight: (message) => ask("weight", { message }), unfold: (message) => ask("unfold", { message }) });
      refill(view, lens);
      if (!other && chosen !== undefined) lens.select?.(chosen);
      if (focused) lens.querySelector(".rail .sel")?.focus();
    } else { drawTalk(); if (view.firstChild !== talk) refill(view, talk); if (other) talk.scrollTop = 0; }
  };
  pane.update(state);
  return pane;
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
    h("span", { class: "seg", role: "radiogroup", "aria-label": "View" }, look("messages", "Messages"), look("lens", "Lens", "lens")),
    h("span", { class: "sp" }),
    button("", () => actions.ask("duplicate_example", { example: now.example }), { sign: "copy", tip: "Duplicate this example" }),
    button("", () => actions.ask("remove_example", { example: now.example }), { sign: "delete", tip: "Delete this example" })];
}

function drawFacts(now) {
  if (now.example === null || now.broken) return [];
  const words = tokenWords(now);
  const found = now.messages.flatMap((message) => message.findings).concat(now.findings);
  const errors = found.filter((finding) => finding.severity === "error").length;
  const warnings = found.filter((finding) => finding.severity === "warning").length;
  const { total, context, exact, note, model } = now.tokens;
  return [h("span", {}, h("b", { class: "b" }, words.total), ` ${words.of}`),
    h("span", { class: `cx ${total > context ? "over" : ""}`, role: "img", "aria-label": `${Math.round(100 * total / context)} % of the context of ${model}`,
      style: `--used:${Math.min(1, total / context)};--over:${total > context ? (total - context) / total : 0}` }, h("i"), h("b")),
    h("span", { class: "i3" }, "·"), h("span", {}, h("span", { class: "tr b" }, words.trained), h("span", { class: "where" }, ` ${words.where}`)),
    !exact && h("span", { class: "tag", "data-tip": note }, "approximate"), h("span", { class: "sp" }),
    (errors + warnings > 0) && h("span", { class: "row" }, badges({ errors, warnings }))];
}

function drawTop({ tools, findings, broken }, repair) {
  return h("div", { class: "top" },
    broken && h("section", { class: "msg system" }, h("div", { class: "mh" }, icon("error", { tone: "err" }), h("b", {}, "This line cannot be read"),
      h("span", { class: "sp" }), h("span", { class: "tok" }, `line ${broken.line}`)), h("div", { class: "mb" }, h("code", {}, visible(broken.raw)))),
    findings.map((finding) => findingLine(finding, repair)),
    tools.length > 0 && h("details", { class: "tools" }, h("summary", {}, h("span", { class: "b" }, plural(tools.length, "tool")), " ",
      h("span", { class: "i3 el" }, tools.map((tool) => tool.name).join(", "))),
    tools.map(toolCard)));
}

function toolCard(tool) {
  const rows = tool.arguments.map(([name, type]) => [h("span", { class: "fn" }, visible(name)), h("span", { class: "fv" }, visible(type))]);
  return h("div", { class: "toolcard" },
    h("div", {}, h("code", { class: "b" }, visible(tool.name)), " ", h("span", { class: "i2 s" }, visible(tool.description))),
    rows.length > 0 && h("div", { class: "fields two" }, rows));
}

function drawSlot({ card, limit, full }, number, acts, current) {
  return h("div", { class: "slot" }, limit && h("div", { class: "limit" }, h("span", {},
    `${count(limit.tokens)} tokens: context limit of the chosen model, ${count(limit.below)} below are cut off`)),
  messageCard(number, card, { full, acts, current: number === current }));
}
