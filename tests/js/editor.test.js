import assert from "node:assert/strict";
import { test } from "node:test";
import { fakePage, findAll, withClass } from "./page.js";
import { choicesOf, fieldJson, fieldText } from "../../ftbench/widgets/static/call_form.js";
import { changeText, limitPlace, messageCard, removedCard } from "../../ftbench/widgets/static/message.js";
import { nextItem } from "../../ftbench/widgets/static/menu.js";
import { answersPane, moreWords } from "../../ftbench/widgets/static/pair.js";
import { insertedPieces } from "../../ftbench/widgets/static/inserted.js";
import { characterCount, jsonFault, nameField, spelledAs, typingArea } from "../../ftbench/widgets/static/typing.js";

fakePage();
const key = (name, more = {}) => ({ key: name, preventDefault() {}, stopPropagation() {}, ...more });

test("arrows walk a menu round, Home and End go to its ends", () => {
  assert.deepEqual(["ArrowDown", "ArrowUp", "Home", "End", "x"].map((name) => nextItem(0, name, 4)), [1, 3, 0, 3, 0]);
  assert.equal(nextItem(3, "ArrowDown", 4), 0);
});

test("a text is cut where Python counts the same characters", () => {
  assert.equal(characterCount("a👩‍🚀b"), 5);
  assert.equal(spelledAs("a\r\nb", "a\nb\nc"), "a\r\nb\r\nc");
  assert.equal(spelledAs("a\nb\r\n", "a\nb\n"), "a\nb\n", "mixed line endings have no one spelling");
});

test("what is new in a text is marked, and nothing else", () => {
  const marked = (before, after) => insertedPieces(before, after).map(([fresh, text]) => (fresh ? `[${text}]` : text)).join("");
  assert.equal(marked("drop both at a shop. [OK]", "drop both at a shop within 14 days. [OK]"), "drop both at a shop[ within 14 days]. [OK]");
  assert.equal(marked("a b c d e", "a x c y e"), "a [x] c [y] e");
  assert.equal(marked("one two three", "one three"), "one three", "what was taken out leaves no mark");
  assert.equal(marked("", "new"), "[new]");
  assert.equal(marked("same", "same"), "same");
  assert.equal(marked("same", ""), "");
  assert.equal(marked("größer 是的 לא", "größer 是的 כן"), "größer 是的 [כן]");
  const many = (word) => Array.from({ length: 2000 }, (_, at) => `${word}${at}`).join(" ");
  assert.equal(marked(`a ${many("x")} z`, `a ${many("y")} z`), `a [${many("y")}] z`, "very many changes are one");
});

test("splitting gives the place, and the text only when it was written anew", () => {
  const cuts = [];
  const open = (text, written, caret) => {
    const area = typingArea(text, { label: "t", done() {}, leave() {}, split: (...cut) => cuts.push(cut) }).children[0];
    Object.assign(area, { value: written, selectionStart: caret });
    area.fire("keydown", key("Enter", { altKey: true }));
    area.fire("keydown", key("Enter", { altKey: true })); // a second press does nothing
  };
  open("one two", "one two", 3);
  open("👍 two", "👍 two!", 2);
  open("one", "one", 0);
  open("one", "one", 3);
  assert.deepEqual(cuts, [[3, null], [1, "👍 two!"]]);
});

test("a name is done with Enter, discarded with Esc, and nothing is done twice", () => {
  const said = [];
  for (const [name, typed] of [["Enter", "ann"], ["Escape", "bob"], ["Enter", ""]]) {
    const field = nameField("", { label: "n", done: (text) => said.push(text), leave: () => said.push(null) });
    const [input] = field.children;
    input.value = typed;
    input.fire("keydown", key(name));
    input.fire("blur");
  }
  assert.deepEqual(said, ["ann", null, null]);
});

test("a field speaks JSON: texts without quotes, the rest as it is written", () => {
  assert.equal(fieldJson("text", 'a "b"\n'), '"a \\"b\\"\\n"');
  assert.equal(fieldJson("json", "1e3"), "1e3");
  assert.equal(fieldJson("json", "12345678901234567890"), "12345678901234567890", "no digit is lost on the way");
  assert.equal(fieldJson("json", "Oslo"), null);
  assert.equal(fieldText("text", '"<b>"'), "<b>");
  assert.equal(fieldText("text", "48"), "48");
  assert.equal(fieldText("json", null), "");
  assert.deepEqual(choicesOf({ choices: ["true", "false"], value: '"yes"' }), ['"yes"', "true", "false"]);
  assert.deepEqual(choicesOf({ choices: ["true", "false"], value: null }), ["true", "false"]);
});

test("two answers stand side by side, what differs is marked, hostile words stay words", () => {
  const words = "<img src=x onerror=alert(1)>";
  const done = [];
  const pair = [{ key: "preferred_output", title: "Preferred", plain: true, missing: false, pieces: [[false, "same "], [true, words]], folded: null },
    { key: "non_preferred_output", title: "Not preferred", plain: true, missing: true, pieces: [], folded: { lines: 3, characters: 9 } }];
  const pane = answersPane(pair, { swap: () => done.push("swap"), edit: (key) => done.push(key) });
  assert.equal(withClass(pane, "side").map((one) => one.textContent).join(""), words);
  assert.equal(findAll(pane, (one) => one.tagName === "IMG").length, 0);
  assert.match(pane.textContent, /missing3 more lines/);
  findAll(pane, (one) => one.tagName === "BUTTON").forEach((one) => one.fire("click"));
  assert.deepEqual(done, ["swap", "preferred_output", "non_preferred_output", "non_preferred_output"]);
  assert.equal(moreWords({ lines: 0, characters: 5000 }), "5,000 more characters");
  assert.equal(jsonFault("[1]"), null);
  assert.match(jsonFault("[1"), /^not JSON/);
});

test("a change marks what went and what came", () => {
  const shown = changeText({ text: [["=", "It left"], ["-", " today"], ["+", " <b>"]], entries: ["weight: absent → 0"] });
  assert.deepEqual(["DEL", "INS", "B"].map((tag) => findAll(shown, (one) => one.tagName === tag).map((one) => one.textContent).join()), [" today", " <b>", ""]);
  assert.match(shown.textContent, /weight: absent → 0$/);
  assert.match(removedCard({ role: "user", text: "gone" }).textContent, /userdeletedgone/);
});

test("the context limit stands where it falls", () => {
  const card = { role: "user", name: "", text: "a b c d", folded: null, weight: null, tokens: 8, cut: 2, cut_at: 3, calls: [], answers: null,
    parts: [], extra: [], more: {}, editable: true, findings: [], edited: false, change: null };
  assert.equal(limitPlace(card), "inside");
  assert.equal(limitPlace({ ...card, cut: 8 }), "above");
  assert.equal(limitPlace({ ...card, cut_at: null }), "below", "it falls in the part that is folded");
  assert.equal(limitPlace(card, { text: "a b c d and more", left: 0 }), "below");
  const acts = new Proxy({}, { get: () => () => {} });
  const drawn = messageCard(0, card, { acts, limit: { tokens: 1024, below: 2 } });
  assert.match(withClass(drawn, "text")[0].textContent, /^a b1,024 tokens: context limit of the chosen model, 2 below are cut off c d$/);
});
