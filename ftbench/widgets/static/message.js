// One message of a conversation as a card: who speaks, whether it is trained, what it says, what it calls, what is wrong with it.
import { attachment } from "./attachment.js";
import { button, h, icon, visible } from "./dom.js";
import { count, plural } from "./format.js";
import { markdown } from "./markdown.js";

export const ROLES = ["system", "developer", "user", "assistant", "tool"];

/** The look of a card: its role's edge, or for assistants trained (t1) and context only (t0). */
export function cardLook({ role, weight }) {
  if (role === "assistant") return weight > 0 ? "t1" : "t0";
  if (role === "tool" || role === "function") return "tool";
  return role === "user" ? "user" : "system";
}

/** What the weight switch says: words for 1 and 0, the number for anything between. */
export function weightWords(weight) {
  if (weight === 0) return "Context only";
  return weight === 1 ? "Trained" : `Trained at ${weight}`;
}

/** The weight switch of an assistant message. */
export function weightSwitch(weight, toggle) {
  return h("button", { type: "button", class: `wt ${weight > 0 ? "on" : ""}`, role: "switch", "aria-checked": String(weight > 0),
    "aria-label": `Trained, weight ${weight}`, "data-tip": weight > 0 ? "The loss sees these tokens: make it context only (w)"
      : "Read by the model, not trained: train it (w)", onclick: toggle },
  h("span", { class: "sw", "aria-hidden": "true" }), weightWords(weight));
}

/** Where the context ends in a message: "above" it, "inside" its text, or "below" what is shown of it. */
export function limitPlace({ cut, tokens, cut_at: at, change }, full, preview = false) {
  if (cut >= tokens || at === 0) return "above";
  return at !== null && full === undefined && !change && !preview ? "inside" : "below";
}

/** The line that says so. */
export function limitLine({ tokens, below }) {
  return h("div", { class: "limit" }, h("span", {}, `${count(tokens)} tokens: context limit of the chosen model, ${count(below)} below are cut off`));
}

/** The text of a message; what is cut off is struck, and `limit` stands before it. */
export function messageText({ text, cut_at: at }, full, limit = null) {
  const shown = full === undefined ? text : full.text;
  if (at === null || full !== undefined) return h("div", { class: "text", dir: "auto" }, visible(shown));
  return h("div", { class: "text", dir: "auto" }, visible(shown.slice(0, at)), limit, h("span", { class: "x" }, visible(shown.slice(at))));
}

/** Pieces [kind, words]: what was taken out (-), what was put in (+), what stayed. */
export function changedWords(pieces) {
  const tags = { "-": "del", "+": "ins" };
  return pieces.map(([kind, words]) => (tags[kind] ? h(tags[kind], {}, visible(words)) : visible(words)));
}

/** A text with what was taken out and what was put in. */
export function changeText({ text, entries }) {
  return h("div", { class: "change" }, h("div", { class: "text", dir: "auto" }, changedWords(text)),
  entries.map((entry) => h("div", { class: "s i2" }, visible(entry))));
}

/** A message that the file has and the example no longer has. */
export function removedCard({ role, text }) {
  return h("section", { class: "msg removed", "aria-label": `Deleted message, ${role}` }, h("div", { class: "mh" }, h("b", {}, visible(role)), h("span", { class: "i3" }, "deleted")),
    h("div", { class: "mb" }, h("div", { class: "text", dir: "auto" }, h("del", {}, visible(text)))));
}

/** A tool call as fields: name, value, wanted type; the raw text when it is no object. */
export function callFields(call, edit, number = 0) {
  if (!call.fields) {
    return h("div", { class: "raw", title: "Click to edit", "data-call": number, onclick: edit }, h("code", { class: "bad" }, visible(call.raw)));
  }
  return h("div", { class: "fields", "data-call": number, onclick: edit, title: "Click to edit the arguments" }, call.fields.length === 0
    ? [h("span", { class: "fn" }, "no arguments"), h("span", { class: "fv" }), h("span", { class: "ft-t" })]
    : call.fields.map(({ name, value, type, fault }) => [
      h("span", { class: "fn" }, visible(name)),
      h("span", { class: `fv ${fault ? "bad" : ""}` }, h("span", { class: "el" }, value === null ? "missing" : visible(value))),
      h("span", { class: `ft-t ${fault ? "bad err" : ""}`, "data-tip": fault }, h("span", { class: "el" }, faultWords(type, fault)))]),
  call.more > 0 && [h("span", { class: "fn i3" }, `${count(call.more)} more`), h("span", { class: "fv" }), h("span", { class: "ft-t" })]);
}

/** What stands beside an argument: its type, or what it should be. */
function faultWords(type, fault) {
  if (!fault) return visible(type);
  return type ? [visible(type), " wanted"] : fault.endsWith("is not in the schema.") ? "not in the schema" : visible(fault);
}

/** A finding with its repair, where the fault is. */
export function findingLine(finding, repair) {
  const look = finding.severity === "error" ? "" : "w";
  return h("div", { class: `find ${look}` }, icon(finding.severity === "info" ? "info" : finding.severity, { label: finding.severity }),
    h("div", { class: "tx" }, visible(finding.text), " ", h("span", { class: "code" }, finding.code)),
    finding.repair && button(finding.repair, () => repair(finding), { look: "fix", sign: "repair" }));
}

function heading(number, card, acts) {
  const assistant = card.weight !== null;
  const words = card.calls.length ? [h("span", { class: "i3 says" }, "calls"), card.calls.map((call) => h("code", { class: "el" }, visible(call.name)))]
    : card.answers && [h("span", { class: "i3 says" }, "answers"), h("code", { class: "el" }, visible(card.answers))];
  const role = h("select", { class: "role", "aria-label": `Role of message ${number}`, onchange: (event) => acts.role(event.target.value) },
    (ROLES.includes(card.role) ? ROLES : [card.role, ...ROLES]).map((each) => h("option", { value: each, selected: each === card.role }, each)));
  return h("div", { class: "mh" }, h("span", { class: "ix num" }, number), role, words,
    h("span", { class: "i3 el who" }, card.name && visible(card.name)),
    card.edited && h("button", { type: "button", class: "link i3 edited", "aria-pressed": String(Boolean(card.change)), tabindex: -1,
      "data-tip": "Difference to the file (D)", onclick: acts.compare }, "edited"),
    h("span", { class: "sp" }), actionButtons(acts, assistant), assistant && weightSwitch(card.weight, acts.weight),
    h("span", { class: "tok", "data-tip": card.estimated ? "The beginning of this text is counted, the rest estimated" : null }, card.estimated ? "about " : "", plural(card.tokens, "token")));
}

function actionButtons(acts, beside) {
  const act = (sign, tip, key, action) => button("", action, { sign, tip, key, tabindex: -1 });
  return h("span", { class: `acts ${beside ? "by" : ""}` }, act("edit", "Edit", "e", acts.edit), act("insert", "Insert a message below", "n", acts.insert),
    act("up", "Move up", "Alt+ArrowUp", acts.up), act("down", "Move down", "Alt+ArrowDown", acts.down),
    act("copy", "Duplicate", "d", acts.duplicate), act("delete", "Delete", "Delete", acts.remove),
    button("", acts.more, { sign: "more", tip: "All actions", key: ".", tabindex: -1, look: "more", "aria-haspopup": "menu" }));
}

/** The body of a card that is not being edited. `full` is {text, left}: how much somebody has unfolded, and what is left. */
function body(card, { full, acts, limit, preview }) {
  const place = limit && limitPlace(card, full, preview);
  const shown = card.change ? changeText(card.change) : preview && card.role !== "tool" ? markdown(full?.text ?? card.text)
    : messageText(card, full, place === "inside" && limitLine(limit));
  if (card.editable) {
    shown.classList.add("editable");
    shown.addEventListener("click", () => !String(document.getSelection?.() ?? "") && acts.edit());
  }
  const empty = !card.text && !card.calls.length && !card.parts.length;
  return h("div", { class: "mb" },
    (card.text || empty || card.change) && (empty && !card.change ? h("button", { type: "button", class: "link s", onclick: acts.edit }, "empty, click to write") : shown),
    !card.change && foldLine(card, full, acts),
    card.parts.map((part) => attachment(part, () => acts.picture(part.part))), moreLine(card.more.parts, "part"),
    card.calls.map((call, at) => callFields(call, () => acts.editCall(at), at)), moreLine(card.more.calls, "call"),
    card.extra.map(([key, text]) => h("button", { type: "button", class: "extra link", "aria-label": `Edit the JSON of the message: ${key}`, tabindex: -1, onclick: acts.json },
      h("span", { class: "fn" }, visible(key)), " ", visible(text))),
    place === "below" && limitLine(limit), card.findings.map((finding) => findingLine(finding, acts.repair)), moreLine(card.more.findings, "finding"));
}

function moreLine(number, word) { return number > 0 && h("p", { class: "s i3" }, `and ${plural(number, `more ${word}`)}`); }

/** What is folded, and the ways to it: a further stretch to read, or the whole to edit. */
function foldLine(card, full, acts) {
  const left = full ? full.left : card.folded?.characters ?? 0;
  if (!left) return null;
  const words = !full && card.folded.lines ? plural(card.folded.lines, "more line") : `${count(left)} more characters`;
  return h("div", { class: "row s folded" }, h("button", { type: "button", class: "link s", onclick: acts.unfold }, words),
    left > 16_000 && card.editable && h("button", { type: "button", class: "link s i3", onclick: acts.edit }, canEditWhole(card) ? "edit the whole" : "edit this part"));
}

/** Is a text short enough for a browser to lay it out in a text area? Of a longer one the part that is shown is edited. */
export function canEditWhole({ folded }) { return !folded || folded.from + folded.characters <= 300_000; }

/** A card; `acts` has a function for everything one can do to the message. */
export function messageCard(number, card, { full, acts, current, limit = null, preview = false }) {
  const wholly = card.cut > 0 && card.cut >= card.tokens;
  return h("section", { class: `msg ${cardLook(card)} ${wholly ? "cut" : ""}`, tabindex: current ? 0 : -1, "data-message": number,
    "aria-label": `Message ${number}, ${card.role}${card.weight === null ? "" : `, ${weightWords(card.weight).toLowerCase()}`}` },
  heading(number, card, acts), body(card, { full, acts, limit, preview }));
}
