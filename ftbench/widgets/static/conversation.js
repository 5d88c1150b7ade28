// The messages of one example: drawn one by one, a window of them at a time, edited in place.
import { copyButton } from "./copy.js";
import { button, h, icon, redraw, visible } from "./dom.js";
import { editAnswer, editCall, editJson, editLine, editName, editText, slotOf } from "./edit_message.js";
import { entriesPane } from "./entries.js";
import { count, plural } from "./format.js";
import { openMenu } from "./menu.js";
import { findingLine, limitLine, limitPlace, messageCard, removedCard } from "./message.js";
import { answersPane } from "./pair.js";
import { cardOf, fetchMessage, isShown, messagesInSight, nearest, readOn, stepFrom, told, turnPage } from "./reading_on.js";
import { toolsPane } from "./tool_form.js";

/** The message that keys act on when none was chosen: the last assistant message of those that are shown. */
export function defaultMessage({ messages, first }) {
  const last = messages.findLastIndex((message) => message.role === "assistant");
  return first + (last < 0 ? messages.length - 1 : last);
}

/** What "edit" means for a message: its text, or, of one that only calls a tool, the arguments of the first call. */
export function editedCall(message) {
  return !message.text && message.calls.length > 0 ? 0 : null;
}

/** The conversation as an element: `show(state)`, `choose(message)`, `step(by)`, `turn(way)`, `acts(message)` and `at()`, the message that keys act on. */
export function conversationPane(ask) {
  const element = h("div", { class: "conv", tabindex: -1 });
  const self = { element, now: { messages: [], first: 0, count: 0 }, current: 0, typing: null, // {key, editor} while something is typed
    full: new Map(), // {text, left} of texts somebody unfolded
    slots: new Map(), // {node, text} by key: what has not changed is left alone
    pictures: new Map(), lost: null, loading: false, asked: 0, upto: 0, // the message that was asked for last with those around it, first those up to one
    top: 0, beginning: 0, // the frame in which another example is scrolled to its beginning
    ask: (verb, values) => ask(verb, { example: self.now.example, ...values }), compare: () => ask("compare", { on: !self.now.compare }) };
  Object.assign(self, { draw: () => drawSlots(self), choose: (message, focus) => chooseMessage(self, message, focus), card: (message) => messageAt(self, message) });
  self.tools = toolsPane((verb, values) => self.ask(`tools.${verb}`, values));
  self.entries = entriesPane((verb, values) => self.ask(`entries.${verb}`, values));
  element.addEventListener("focusin", (event) => {
    const card = event.target.closest(".msg");
    if (card?.dataset.message) chooseMessage(self, Number(card.dataset.message), false);
  });
  element.addEventListener("scroll", () => scrolled(self));
  Object.assign(element, { choose: (message) => chooseMessage(self, message), step: (by) => stepFrom(self, by), turn: (way) => turnPage(self, way), acts: (message) => actsOf(self, message), at: () => self.current,
    drawn: () => self.slots.size > 0, editLine: () => editLine(self), show: (next) => show(self, next),
    /** Be where one was, on the page again: an element that is taken off it forgets how far it was scrolled. */
    back: () => { if (self.top) element.scrollTop = self.top; },
    /** Keep the focus when what had it is gone, without moving the page. */
    hold: () => (cardOf(self, self.current) ?? element).focus({ preventScroll: true }),
    swap: () => Boolean(self.now.pair) && (self.ask("answers.swap").catch(told), true),
    /** Edit the answer that holds an element; false where there is none. */
    editAnswer: (target) => { const key = target.closest?.(".answer")?.dataset.answer; if (key) editAnswer(self, key); return Boolean(key); } });
  return element;
}

function show(self, next) {
  const other = next.example !== self.now.example || !self.slots.size;
  if (other) leaveOther(self);
  self.now = next;
  if (other) { self.current = defaultMessage(next); self.asked = self.upto = 0; self.full.clear(); self.pictures.clear(); }
  if (!isShown(self, self.current)) {
    const seen = messagesInSight(self.element).filter((message) => isShown(self, message));
    self.current = nearest(self.current, seen.length ? seen : [next.first, next.first + next.messages.length - 1]);
  }
  if (!other) { drawSlots(self); return; }
  placeSlots(self);
  self.beginning = requestAnimationFrame(() => { self.top = self.element.scrollTop = 0; }); // at once it would cost the layout of a page that is still being drawn
}

/** Another example is shown: what is being typed in this one is written first. */
function leaveOther(self) {
  const { typing } = self;
  const text = typing?.editor.typed();
  self.typing = null;
  self.slots.clear();
  self.element.replaceChildren();
  self.lost = null;
  if (text === null || text === undefined) return;
  typing.kept = (error) => { self.lost = { text, error }; drawSlots(self); };
  typing.editor.finish();
}

function messageAt({ now }, message) { return now.messages[message - now.first]; }

function chooseMessage(self, message, focus = true) {
  const to = Math.max(0, Math.min(message, self.now.count - 1));
  if (!isShown(self, to)) {
    if (focus && self.now.count) fetchMessage(self, to).then(() => isShown(self, to) && chooseMessage(self, to), told);
    return;
  }
  self.current = to;
  self.element.querySelectorAll("[data-message]").forEach((card) => card.setAttribute("tabindex", Number(card.dataset.message) === to ? 0 : -1));
  if (!focus) return;
  cancelAnimationFrame(self.beginning); // from here on one is where the message is
  const card = cardOf(self, to);
  card?.focus({ preventScroll: true });
  card?.scrollIntoView({ block: "nearest" });
}

function scrolled(self) {
  if (!self.element.isConnected) return;
  const by = self.element.scrollTop - self.top;
  self.top = self.element.scrollTop;
  if (by) readOn(self, Math.sign(by));
}

/** Read on in a long text. */
function unfold(self, message) {
  const card = messageAt(self, message);
  const before = self.full.get(message) ?? { text: card.text, at: card.folded.from };
  self.ask("messages.more", { message, start: before.at }).then(({ text, left }) => {
    self.full.set(message, { text: before.text + text, at: before.at + [...text].length, left });
    drawSlots(self);
  }, told);
}

/** The address of a picture, asked for once. */
function picture(self, message, part) {
  const key = `${message} ${part}`;
  if (!self.pictures.has(key)) self.pictures.set(key, self.ask("messages.picture", { message, part }));
  return self.pictures.get(key);
}

/** Everything one can do to a message. */
function actsOf(self, message) {
  const { ask } = self;
  const last = self.now.count - 1;
  const then = (verb, values, to) => ask(verb, { message, ...values }).then(() => { self.full.clear(); self.pictures.clear(); chooseMessage(self, to); }, told);
  const acts = {
    edit: () => { const call = editedCall(messageAt(self, message)); if (call === null) editText(self, message); else editCall(self, message, call); },
    json: () => editJson(self, message), editCall: (call) => editCall(self, message, call), addCall: () => ask("calls.add", { message }).then((call) => editCall(self, message, call), told),
    weight: () => ask("messages.weight", { message }).catch(told), role: (role) => ask("messages.role", { message, role }).catch(told), name: () => editName(self, message),
    unfold: () => unfold(self, message), picture: (part) => picture(self, message, part),
    insert: () => then("messages.insert", {}, message + 1).then(() => isShown(self, message + 1) && editText(self, message + 1)), duplicate: () => then("messages.duplicate", {}, message + 1),
    merge: () => message < last && then("messages.merge", {}, message), remove: () => then("messages.remove", {}, message),
    up: () => message > 0 && then("messages.shift", { by: -1 }, message - 1), down: () => message < last && then("messages.shift", { by: 1 }, message + 1),
    compare: self.compare, repair: (finding) => ask("repair", { finding: finding.number, code: finding.code }).catch(told),
  };
  acts.more = () => openMenu(cardOf(self, message), menuOf(self, message, acts));
  return acts;
}

function menuOf(self, message, acts) {
  const last = message === self.now.count - 1;
  const { role, weight, editable, calls } = messageAt(self, message);
  return [["Edit", "e", acts.edit], weight !== null && [weight > 0 ? "Make it context only" : "Train it", "w", acts.weight],
    ...calls.map((call, at) => [`Edit the call of ${call.name || "no function"}`, "", () => acts.editCall(at)]),
    role === "assistant" && ["Add a tool call", "", self.now.tools.count > 0 && acts.addCall],
    ["Name the speaker…", "N", acts.name], ["New message below", "n", acts.insert], ["Duplicate", "d", acts.duplicate],
    editable && ["Split at the caret, while editing", "Alt+Enter", acts.edit], ["Merge with the next", "m", !last && acts.merge],
    ["Move up", "Alt+↑", message > 0 && acts.up], ["Move down", "Alt+↓", !last && acts.down], ["Edit as JSON", "J", acts.json], ["Delete", "Delete", acts.remove]].filter(Boolean);
}

/** What is drawn, from top to bottom: [key, what it shows, how]. */
function slotsOf(self) {
  const { now } = self;
  const after = now.first + now.messages.length;
  const gone = (at) => now.removed.filter((message) => message.before === at);
  const fold = (label, number, to) => [label, number, () => h("div", { class: "slot" }, h("button", { type: "button", class: "btn more-messages", onclick: () => chooseMessage(self, to) },
    icon(label === "earlier" ? "up" : "down"), `${plural(number, `${label} message`)}`))];
  return [["top", { other: now.other, findings: now.findings, broken: now.broken, lost: self.lost }, (shown) => drawTop(self, shown)],
    ...(now.first > 0 ? [fold("earlier", now.first, now.first - 1)] : []),
    ...now.messages.map((card, at) => [slotOf(now.first + at), { card, limit: now.limit?.message === now.first + at && now.limit, full: fullText(self, now.first + at, card), preview: now.preview,
      removed: gone(now.first + at), after: now.first + at === now.count - 1 ? gone(now.count) : [] }, (shown) => drawSlot(self, now.first + at, shown)]),
    ...(after < now.count ? [fold("later", now.count - after, after)] : []),
    ...(now.broken ? [] : [["adds", [now.tools.count === 0, now.entries.rows.length === 0], (missing) => drawAdds(self, missing)]]),
    ...(now.pair ? [["pair", now.pair, (pair) => h("div", { class: "slot" }, answersPane(pair, { swap: self.element.swap, edit: (key) => editAnswer(self, key) }))]] : [])];
}

/** What somebody unfolded, while it still begins as the message does. */
function fullText(self, message, card) {
  const full = self.full.get(message);
  if (full && (!card.folded || !full.text.startsWith(card.text))) self.full.delete(message);
  return self.full.get(message);
}

function drawSlots(self) { keepPlace(self, () => placeSlots(self)); }

function placeSlots(self) {
  const { element, slots, now } = self;
  const wanted = slotsOf(self).map(([key, shown, draw]) => {
    const text = JSON.stringify(shown);
    const old = slots.get(key);
    if (old && (old.text === text || self.typing?.key === key)) return [key, old];
    const node = draw(shown);
    if (old?.node.isConnected) redraw(element, () => old.node.replaceWith(node));
    return [key, { node, text }];
  });
  const typed = self.typing && !wanted.some(([key]) => key === self.typing.key) ? [[self.typing.key, slots.get(self.typing.key)]] : [];
  slots.clear();
  for (const [key, slot] of [...wanted, ...typed]) slots.set(key, slot);
  const nodes = [...slots.values()].map((slot) => slot.node);
  const { graded } = now.entries;
  self.tools.show(now.tools, now.example, now.stamp);
  self.entries.show(now.entries, now.example);
  nodes.splice(1, 0, self.tools, ...(graded ? [] : [self.entries]));
  arrange(element, [...nodes, ...(graded ? [self.entries] : [])]);
}

/** Let an element hold these nodes in this order, and touch only those that are out of place. */
function arrange(element, nodes) {
  const kept = new Set(nodes);
  for (const child of [...element.children]) if (!kept.has(child)) child.remove();
  nodes.forEach((node, at) => { if (element.children[at] !== node) element.insertBefore(node, element.children[at] ?? null); });
}

/** Draw, and let what was seen first stay where it was. */
function keepPlace(self, draw) {
  const { element, slots } = self;
  const top = (node) => node.getBoundingClientRect().top;
  const frame = element.isConnected ? element.getBoundingClientRect() : null;
  const isSeen = ([, { node }]) => node.isConnected && node.getBoundingClientRect().bottom > frame.top;
  const seen = frame && (element.scrollTop > 0 || self.loading) ? [...slots].filter(isSeen).map(([key, { node }]) => [key, top(node)]) : [];
  draw();
  const anchor = seen.find(([key]) => slots.get(key)?.node.isConnected && key.startsWith("message"));
  if (anchor) element.scrollTop += top(slots.get(anchor[0]).node) - anchor[1];
  self.top = element.scrollTop;
}

function drawTop(self, { findings, broken, other, lost }) {
  return h("div", { class: "top slot" }, lost && lostLine(self, lost),
    other.length > 0 && h("div", { class: "s i2" }, "also changed since the file was saved: ", visible(other.join(", "))),
    broken && brokenCard(self, broken),
    findings.map((finding) => findingLine(finding, actsOf(self, 0).repair)));
}

/** What was typed and could not be written. */
function lostLine(self, { text, error }) {
  const close = () => { self.lost = null; drawSlots(self); };
  return h("div", { class: "find", role: "alert" }, icon("error", { label: "error" }),
    h("div", { class: "tx" }, h("b", {}, "What you typed was not written. "), visible(error?.message ?? ""),
      h("textarea", { readonly: true, rows: 3, "aria-label": "What you typed", value: text })),
    copyButton(() => text, "Copy what you typed"), button("", close, { sign: "cross", tip: "Close" }));
}

function brokenCard(self, { line, raw, bytes }) {
  return h("section", { class: "msg system" },
    h("div", { class: "mh" }, icon("error", { tone: "err" }), h("b", {}, "This line cannot be read"), h("span", { class: "sp" }),
      button("", () => editLine(self), { sign: "edit", tip: "Edit the line", key: "e" }), h("span", { class: "tok" }, `line ${count(line)}`)),
    h("div", { class: "mb" }, h("code", {}, visible(raw)), bytes > raw.length && h("span", { class: "i3 s" }, ` … ${count(bytes)} bytes`)));
}

function drawAdds(self, [noTools, noEntries]) {
  const add = (words, act, tip) => button(words, act, { look: "ghost xs", sign: "add", tip });
  return h("div", { class: "slot row adds" }, self.now.count === 0 && add("message", () => self.ask("messages.insert", { message: -1 }).catch(told), "The first message"),
    noTools && add("tool", self.tools.adds, "Offer a tool"), noEntries && add("entry", self.entries.adds, "Add an entry beside the messages, such as a reference answer"));
}

function drawSlot(self, number, { card, limit, full, preview, removed, after }) {
  return h("div", { class: "slot" }, removed.map(removedCard), limit && limitPlace(card, full, preview) === "above" && limitLine(limit),
    messageCard(number, card, { full, acts: actsOf(self, number), current: number === self.current, limit, preview }), after.map(removedCard));
}
