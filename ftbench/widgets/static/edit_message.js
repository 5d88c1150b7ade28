// Editing a part of a conversation in its place. `self` is the conversation: now, typing, slots, ask(), draw(), choose(), card().
import { callForm } from "./call_form.js";
import { count } from "./format.js";
import { canEditWhole } from "./message.js";
import { jsonFault, jsonObjectFault, nameField, typingArea } from "./typing.js";

const silent = () => {}; // the notice has shown what went wrong

/** Put an editor in the place of a part of a slot; when it is over the slot is drawn anew. */
function beginEdit(self, key, replaced, make) {
  const typing = { key, kept: null };
  const over = () => { if (self.typing === typing) { self.typing = null; self.slots.get(key).text = null; self.draw(); } };
  typing.editor = make(over, (work) => work.catch((error) => { typing.kept?.(error); throw error; }));
  self.typing = typing;
  const { node } = self.slots.get(key);
  node.querySelector(".msg:not(.removed)")?.classList.add("edit");
  node.querySelector(replaced).replaceWith(typing.editor);
  typing.editor.start();
}

/** The slot of a message. */
export function slotOf(message) { return `message ${message}`; }

function editMessage(self, message, replaced, make) {
  self.current = message;
  beginEdit(self, slotOf(message), replaced, (over, kept) => make((then = message) => { over(); self.choose(then); }, kept));
}

export function editText(self, message) {
  const card = self.card(message);
  if (!card || self.typing) return;
  if (!card.editable) { if (Array.isArray(card.parts) && card.text !== undefined) editJson(self, message); return; }
  const { ask } = self;
  const about = { example: self.now.example, message };
  const begin = (text, { upto = null, was = null } = {}) => !self.typing && editMessage(self, message, ".mb", (over, kept) => typingArea(text, {
    label: `Text of message ${message}`, leave: () => over(), note: upto === null ? "unchanged" : `the first ${count(upto)} characters; the others stay`,
    saved: card.edited && upto === null ? ask("messages.saved", about) : null,
    split: upto !== null ? null : (at, written) => { self.full.delete(message); return kept(ask("messages.split", { ...about, at, text: written }).then(() => over(message + 1))); },
    done: (next) => { self.full.delete(message); return kept(ask("messages.write", { ...about, text: next, was, upto }).then(() => over())); } }));
  if (!card.folded) { begin(card.text, { was: card.text }); return; } // a text that is here needs no answer from Python
  if (canEditWhole(card)) { ask("messages.text", about).then((text) => begin(text), silent); return; }
  const { text, at } = self.full.get(message) ?? { text: card.text, at: card.folded.from };
  begin(text, { upto: at, was: text });
}

export function editJson(self, message) {
  const about = { example: self.now.example, message };
  self.ask("messages.json", about).then((text) => !self.typing && editMessage(self, message, ".mb", (over, kept) => typingArea(text, { label: `JSON of message ${message}`, mono: true,
    check: jsonObjectFault, leave: () => over(), done: (next) => kept(self.ask("messages.write_json", { ...about, text: next }).then(() => over())) })), silent);
}

function editArguments(self, where) {
  self.ask("calls.text", where).then((text) => !self.typing && editMessage(self, where.message, `[data-call="${where.call}"]`, (over, kept) => typingArea(text, {
    label: `Arguments of the call in message ${where.message}`, mono: true, check: jsonObjectFault, leave: () => over(),
    done: (next) => kept(self.ask("calls.write_text", { ...where, text: next }).then(() => over())) })), silent);
}

/** Edit a call as a form, or as its JSON text where no form can hold it. */
export function editCall(self, message, call) {
  const where = { example: self.now.example, message, call };
  self.ask("calls.form", where).then((form) => {
    if (self.typing) return;
    if (!form) { editArguments(self, where); return; }
    editMessage(self, message, `[data-call="${call}"]`, (over, kept) => callForm(form, { label: `Call of ${form.name} in message ${message}`, leave: () => over(),
      check: (name, fields) => self.ask("calls.form", { ...where, name, fields }), raw: () => { over(); editArguments(self, where); },
      remove: () => { over(); self.ask("calls.remove", where).catch(silent); }, done: (written) => kept(self.ask("calls.write", { ...where, ...written }).then(() => over())) }));
  }, silent);
}

/** Edit one answer of a preference example. */
export function editAnswer(self, key) {
  const answer = self.now.pair.find((each) => each.key === key);
  const about = { example: self.now.example, key };
  self.ask("answers.text", about).then((text) => !self.typing && beginEdit(self, "pair", `[data-answer="${key}"] .mb`, (over, kept) => {
    const back = () => { over(); self.element.querySelector(`[data-answer="${key}"]`)?.focus(); };
    return typingArea(text, { label: `${answer.title} answer`, mono: !answer.plain, check: answer.plain ? undefined : jsonFault,
      leave: back, done: (next) => kept(self.ask("answers.write", { ...about, text: next }).then(back)) });
  }), silent);
}

/** Edit a line that is no example. */
export function editLine(self) {
  const about = { example: self.now.example };
  self.ask("line", about).then((text) => !self.typing && beginEdit(self, "top", ".msg .mb", (over, kept) => typingArea(text, { label: "The line as it stands in the file",
    mono: true, leave: over, done: (next) => kept(self.ask("write_line", { ...about, text: next }).then(over)) })), silent);
}

export function editName(self, message) {
  if (self.typing) return;
  const about = { example: self.now.example, message };
  editMessage(self, message, ".who", (over, kept) => nameField(self.card(message).name, { label: `Name of the speaker of message ${message}`,
    leave: () => over(), done: (next) => kept(self.ask("messages.name", { ...about, name: next }).then(() => over())) }));
}
