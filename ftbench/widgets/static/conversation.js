// The messages of one example: drawn one by one, edited in place.
import { callForm } from "./call_form.js";
import { h, icon, redraw, visible } from "./dom.js";
import { plural } from "./format.js";
import { openMenu } from "./menu.js";
import { findingLine, limitLine, limitPlace, messageCard, removedCard } from "./message.js";
import { answersPane, referencesPane } from "./pair.js";
import { jsonFault, jsonObjectFault, nameField, typingArea } from "./typing.js";

const told = () => {}; // the notice has shown what went wrong

/** The message that keys act on when none was chosen: the last assistant message. */
export function defaultMessage(messages) {
  const last = messages.findLastIndex((message) => message.role === "assistant");
  return last < 0 ? messages.length - 1 : last;
}

/** What "edit" means for a message: its text, or, of one that only calls a tool, the arguments of the first call. */
export function editedCall(message) {
  return !message.text && message.calls.length > 0 ? 0 : null;
}

/** The conversation as an element: `show(state, isOther)`, `choose(message)`, `acts(message)` and `at()`, the message that keys act on. */
export function conversationPane(ask) {
  const element = h("div", { class: "conv" });
  const self = { element, now: { messages: [] }, current: 0, typing: null, // {message} while something is typed
    full: new Map(), // texts somebody unfolded
    drawn: [], // what each slot shows, to leave alone what has not changed
    ask: (verb, values) => ask(verb, { example: self.now.example, ...values }), compare: () => ask("compare", { on: !self.now.compare }) };
  element.addEventListener("focusin", (event) => {
    const card = event.target.closest(".msg");
    if (card?.dataset.message) chooseMessage(self, Number(card.dataset.message), false);
  });
  element.choose = (message) => chooseMessage(self, message);
  element.acts = (message) => actsOf(self, message);
  element.at = () => self.current;
  element.swap = () => Boolean(self.now.pair) && (self.ask("swap").catch(told), true);
  /** Edit the answer that holds an element; false where there is none. */
  element.editAnswer = (target) => { const key = target.closest?.(".answer")?.dataset.answer; if (key) editAnswer(self, key); return Boolean(key); };
  element.show = (next, isOther) => {
    self.now = next;
    if (isOther) { Object.assign(self, { typing: null, drawn: [], current: defaultMessage(next.messages) }); self.full.clear(); element.replaceChildren(); }
    self.current = Math.max(0, Math.min(self.current, next.messages.length - 1));
    drawSlots(self);
    if (isOther) element.scrollTop = 0;
  };
  return element;
}

function chooseMessage(self, message, focus = true) {
  self.current = Math.max(0, Math.min(message, self.now.messages.length - 1));
  self.element.querySelectorAll(".msg").forEach((card) => card.setAttribute("tabindex", Number(card.dataset.message) === self.current ? 0 : -1));
  if (focus) self.element.querySelector(`[data-message="${self.current}"]`)?.focus({ preventScroll: false });
}

/** Put an editor in the place of a part of a card. */
function beginEdit(self, message, replaced, editor) {
  Object.assign(self, { current: message, typing: { message } });
  const card = self.element.children[message + 1].querySelector(".msg");
  card.classList.add("edit");
  card.querySelector(replaced).replaceWith(editor);
  editor.start();
}

function endEdit(self, message, then = message) {
  self.typing = null;
  self.drawn[message + 1] = null;
  drawSlots(self);
  chooseMessage(self, then);
}

function editText(self, message, call = null) {
  if (message < 0 || (call === null && !self.now.messages[message].editable)) return;
  self.ask("text", { message, call }).then((text) => {
    if (self.typing) return; // asked for twice before the first answer came
    const over = (then) => endEdit(self, message, then);
    beginEdit(self, message, call === null ? ".mb" : `[data-call="${call}"]`, typingArea(text, {
      label: call === null ? `Text of message ${message}` : `Arguments of the call in message ${message}`, mono: call !== null,
      check: call === null ? undefined : jsonObjectFault, leave: () => over(message),
      split: call === null ? (at, written) => { self.full.delete(message);
        self.ask("split", { message, at, text: written }).then(() => over(message + 1), () => over(message)); } : null,
      done: (next) => { self.full.delete(message); self.ask("write", { message, call, text: next }).then(() => over(message), () => over(message)); } }));
  }, told);
}

/** Edit a call as a form, or as its JSON text where no form can hold it. */
function editCall(self, message, call) {
  const where = { message, call };
  self.ask("call_form", where).then((form) => {
    if (self.typing) return;
    if (!form) { editText(self, message, call); return; }
    const over = () => endEdit(self, message);
    const end = (act) => () => { over(); act(); };
    beginEdit(self, message, `[data-call="${call}"]`, callForm(form, { label: `Call of ${form.name} in message ${message}`, leave: over,
      check: (name, fields) => self.ask("call_form", { ...where, name, fields }), raw: end(() => editText(self, message, call)),
      remove: end(() => self.ask("remove_call", where).catch(told)), done: (written) => self.ask("call", { ...where, ...written }).then(over, over) }));
  }, told);
}

/** Edit one answer of a preference example. */
function editAnswer(self, key) {
  const slot = self.now.messages.length;
  const answer = self.now.pair.find((each) => each.key === key);
  self.ask("answer_text", { key }).then((text) => {
    if (self.typing) return;
    const over = () => { self.typing = null; self.drawn[slot + 1] = null; drawSlots(self); self.element.querySelector(`[data-answer="${key}"]`)?.focus(); };
    self.typing = { message: slot };
    const area = typingArea(text, { label: `${answer.title} answer`, mono: !answer.plain, check: answer.plain ? undefined : jsonFault,
      leave: over, done: (next) => self.ask("answer", { key, text: next }).then(over, over) });
    const card = self.element.querySelector(`[data-answer="${key}"]`);
    card.classList.add("edit");
    card.querySelector(".mb").replaceWith(area);
    area.start();
  }, told);
}

function editName(self, message) {
  if (self.typing) return;
  const over = () => endEdit(self, message);
  const { name } = self.now.messages[message];
  beginEdit(self, message, ".who", nameField(typeof name === "string" ? name : "", {
    label: `Name of the speaker of message ${message}`, leave: over, done: (next) => self.ask("name", { message, name: next }).then(over, over) }));
}

/** Everything one can do to a message. */
function actsOf(self, message) {
  const { ask, full } = self;
  const last = self.now.messages.length - 1;
  const then = (verb, values, to) => ask(verb, { message, ...values }).then(() => chooseMessage(self, to), told);
  const acts = {
    edit: () => { const call = editedCall(self.now.messages[message]); if (call === null) editText(self, message); else editCall(self, message, call); },
    editCall: (call) => editCall(self, message, call), addCall: () => ask("add_call", { message }).then((call) => editCall(self, message, call), told),
    weight: () => ask("weight", { message }), role: (role) => ask("role", { message, role }), name: () => editName(self, message),
    unfold: () => ask("text", { message, call: null }).then((text) => { full.set(message, text); self.drawn[message + 1] = null; drawSlots(self); }, told),
    insert: () => ask("insert", { message }).then((at) => editText(self, at), told), duplicate: () => then("duplicate", {}, message + 1),
    merge: () => message < last && then("merge", {}, message), remove: () => then("remove", {}, message),
    up: () => message > 0 && then("shift", { by: -1 }, message - 1), down: () => message < last && then("shift", { by: 1 }, message + 1),
    compare: self.compare, repair: (finding) => ask("repair", { finding: finding.number, code: finding.code }),
  };
  acts.more = () => openMenu(self.element.querySelector(`[data-message="${message}"]`), menuOf(self, message, acts));
  return acts;
}

function menuOf(self, message, acts) {
  const last = message === self.now.messages.length - 1;
  const { weight, editable, calls } = self.now.messages[message];
  return [["Edit", "e", acts.edit], weight !== null && [weight > 0 ? "Make it context only" : "Train it", "w", acts.weight],
    ...calls.map((call, at) => [`Edit the call of ${call.name || "no function"}`, "", () => acts.editCall(at)]), weight !== null && ["Add a tool call", "", self.now.tools.length > 0 && acts.addCall],
    ["Name the speaker…", "N", acts.name], ["New message below", "n", acts.insert], ["Duplicate", "d", acts.duplicate],
    editable && ["Split at the caret, while editing", "Alt+Enter", acts.edit], ["Merge with the next", "m", !last && acts.merge],
    ["Move up", "Alt+↑", message > 0 && acts.up], ["Move down", "Alt+↓", !last && acts.down], ["Delete", "Delete", acts.remove]].filter(Boolean);
}

function drawSlots(self) {
  const { now, element, drawn } = self;
  const gone = (at) => now.removed.filter((message) => message.before === at);
  const slots = [{ top: true, other: now.other, tools: now.tools, findings: now.findings, broken: now.broken },
    ...now.messages.map((card, at) => ({ card, limit: now.limit?.message === at && now.limit, full: self.full.get(at), removed: gone(at),
      after: at === now.messages.length - 1 ? gone(at + 1) : [] })),
    ...(now.pair || now.references.length ? [{ pair: now.pair, references: now.references }] : [])];
  slots.forEach((slot, at) => {
    const text = JSON.stringify(slot);
    const old = element.children[at];
    if ((self.typing?.message === at - 1) || (old && drawn[at] === text)) return;
    drawn[at] = text;
    const next = slot.top ? drawTop(slot, actsOf(self, 0).repair) : slot.card ? drawSlot(slot, at - 1, actsOf(self, at - 1), self.current)
      : h("div", { class: "slot" }, slot.pair ? answersPane(slot.pair, { swap: self.element.swap, edit: (key) => editAnswer(self, key) }) : referencesPane(slot.references));
    if (old) redraw(element, () => old.replaceWith(next)); else element.appendChild(next);
  });
  while (element.children.length > slots.length) element.lastChild.remove();
  drawn.length = slots.length;
}

function drawTop({ tools, findings, broken, other }, repair) {
  return h("div", { class: "top" }, other.length > 0 && h("div", { class: "s i2" }, "also changed since the file was saved: ", visible(other.join(", "))),
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

function drawSlot({ card, limit, full, removed, after }, number, acts, current) {
  return h("div", { class: "slot" }, removed.map(removedCard), limit && limitPlace(card, full) === "above" && limitLine(limit),
    messageCard(number, card, { full, acts, current: number === current, limit }), after.map(removedCard));
}
