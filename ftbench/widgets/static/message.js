// One message of a conversation as a card: who speaks, whether it is trained, what it says, what it calls, what is wrong with it.
import { button, h, icon, visible } from "./dom.js";
import { bytes, count, plural } from "./format.js";

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

/** Put tokens together where nothing tells them apart: runs of [text, cut]. */
export function tokenRuns({ text, pieces, first_cut: firstCut, cut }) {
  if (!pieces) return [{ text, cut: false, trained: false }];
  return pieces.map((piece, at) => ({ text: piece, cut: firstCut !== null && at >= firstCut && cut > 0, trained: true }));
}

/** The weight switch of an assistant message. */
export function weightSwitch(weight, toggle) {
  return h("button", { type: "button", class: `wt ${weight > 0 ? "on" : ""}`, role: "switch", "aria-checked": String(weight > 0),
    "aria-label": `Trained, weight ${weight}`, "data-tip": weight > 0 ? "The loss sees these tokens: make it context only (w)"
      : "Read by the model, not trained: train it (w)", onclick: toggle },
  h("span", { class: "sw", "aria-hidden": "true" }), weightWords(weight));
}

/** Where the context ends in a message: "above" it, "inside" its text, or "below" what is shown of it. */
export function limitPlace({ cut, tokens, pieces, first_cut: firstCut, change }, full) {
  if (cut >= tokens || firstCut === 0) return "above";
  return pieces && firstCut !== null && full === undefined && !change ? "inside" : "below";
}

/** The line that says so. */
export function limitLine({ tokens, below }) {
  return h("div", { class: "limit" }, h("span", {}, `${count(tokens)} tokens: context limit of the chosen model, ${count(below)} below are cut off`));
}

/** The text of a message; trained tokens shaded, cut ones struck, and `limit` before the first of those. */
export function messageText(card, full, limit = null) {
  if (full !== undefined) return h("div", { class: "text", dir: "auto" }, visible(full));
  const trained = card.weight > 0;
  const first = tokenRuns(card).findIndex((run) => run.cut);
  return h("div", { class: "text", dir: "auto" }, tokenRuns(card).map((run, at) => [at === first && limit, !run.cut && !(trained && run.trained) ? visible(run.text)
    : h("span", { class: `${trained ? "tt" : ""} ${run.cut ? "x" : ""}`.trim() }, visible(run.text))]));
}

/** A text with what was taken out and what was put in. */
export function changeText({ text, entries }) {
  const tags = { "-": "del", "+": "ins" };
  return h("div", { class: "change" }, h("div", { class: "text", dir: "auto" },
    text.map(([kind, words]) => (tags[kind] ? h(tags[kind], {}, visible(words)) : visible(words)))),
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
    : call.fields.map(({ name, value, type, bad }) => [
      h("span", { class: "fn" }, visible(name)),
      h("span", { class: `fv ${bad ? "bad" : ""}` }, h("span", { class: "el" }, value === null ? "missing" : visible(value))),
      h("span", { class: `ft-t ${bad ? "bad err" : ""}` }, bad && type ? `${type} wanted` : type)]));
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
    h("span", { class: "i3 el who" }, card.name && visible(String(card.name))), card.edited && h("button", { type: "button", class: "link i3 edited", "aria-pressed": String(Boolean(card.change)), tabindex: -1,
      "data-tip": "Difference to the file (D)", onclick: acts.compare }, "edited"),
    h("span", { class: "sp" }), actionButtons(acts, assistant), assistant && weightSwitch(card.weight, acts.weight),
    h("span", { class: "tok" }, plural(card.tokens, "token")));
}

function actionButtons(acts, beside) {
  const act = (sign, tip, key, action) => button("", action, { sign, tip, key, tabindex: -1 });
  return h("span", { class: `acts ${beside ? "by" : ""}` }, act("edit", "Edit", "e", acts.edit), act("insert", "Insert a message below", "n", acts.insert),
    act("up", "Move up", "Alt+ArrowUp", acts.up), act("down", "Move down", "Alt+ArrowDown", acts.down),
    act("copy", "Duplicate", "d", acts.duplicate), act("delete", "Delete", "Delete", acts.remove),
    button("", acts.more, { sign: "more", tip: "All actions", key: ".", tabindex: -1, look: "more", "aria-haspopup": "menu" }));
}

/** The body of a card that is not being edited. `full` is the whole text once somebody has unfolded it. */
function body(card, full, acts, limit) {
  const place = limit && limitPlace(card, full);
  const shown = card.change ? changeText(card.change) : messageText(card, full, place === "inside" && limitLine(limit));
  if (card.editable) {
    shown.classList.add("editable");
    shown.addEventListener("click", () => !String(document.getSelection?.() ?? "") && acts.edit());
  }
  const empty = !card.text && !card.calls.length && !(card.parts ?? []).length;
  return h("div", { class: "mb" },
    (card.text || empty || card.change) && (empty && !card.change ? h("button", { type: "button", class: "link s", onclick: acts.edit }, "empty, click to write") : shown),
    (card.parts ?? []).map((part) => h("span", { class: "tag" }, icon("file"), part.type, " ", bytes(part.bytes))),
    card.folded && !card.change && full === undefined && h("button", { type: "button", class: "link s", onclick: acts.unfold },
      card.folded.lines ? plural(card.folded.lines, "more line") : `${count(card.folded.characters)} more characters`),
    card.calls.map((call, at) => callFields(call, () => acts.editCall(at), at)),
    place === "below" && limitLine(limit), card.findings.map((finding) => findingLine(finding, acts.repair)));
}

/** A card; `acts` has a function for everything one can do to the message. */
export function messageCard(number, card, { full, acts, current, limit = null }) {
  const wholly = card.cut > 0 && card.cut >= card.tokens;
  return h("section", { class: `msg ${cardLook(card)} ${wholly ? "cut" : ""}`, tabindex: current ? 0 : -1, "data-message": number,
    "aria-label": `Message ${number}, ${card.role}${card.weight === null ? "" : `, ${weightWords(card.weight).toLowerCase()}`}` },
  heading(number, card, acts), body(card, full, acts, limit));
}
