import assert from "node:assert/strict";
import { test } from "node:test";
import { findAll, fakePage, withClass } from "./page.js";
import { defaultMessage, editedCall } from "../../ftbench/widgets/static/conversation.js";
import { tokenWords } from "../../ftbench/widgets/static/editor.js";
import { h } from "../../ftbench/widgets/static/dom.js";
import { callFields, cardLook, findingLine, messageCard, messageText, weightWords } from "../../ftbench/widgets/static/message.js";
import { nextAsked } from "../../ftbench/widgets/static/reading_on.js";
import { PAGE, rowStore, stretchFor } from "../../ftbench/widgets/static/row_store.js";
import { tableRow } from "../../ftbench/widgets/static/row.js";
import { isInSight, scrollToShow, visibleRange } from "../../ftbench/widgets/static/rows.js";
import { fitWords, lineWords } from "../../ftbench/widgets/static/rewritten.js";
import { jsonObjectFault, typingArea, wordDifference } from "../../ftbench/widgets/static/typing.js";

fakePage();
const card = (more = {}) => ({ role: "assistant", name: "", text: "It left. [DELIVERY]", folded: null, weight: 1, tokens: 9, cut: 0, cut_at: null, calls: [],
  answers: null, parts: [], extra: [], more: {}, editable: true, findings: [], edited: false, change: null, ...more });
const acts = new Proxy({}, { get: () => () => {} });
/** Time that passes only when it is told to, so that a busy machine changes nothing. */
const ownClock = (t) => {
  let now = 1000;
  t.mock.timers.enable({ apis: ["setTimeout"] });
  t.mock.method(performance, "now", () => now);
  return async (ms) => {
    for (const end = now + ms; now < end; now += 10) t.mock.timers.tick(10); // in steps: a timer set within one counts from there
    await Promise.resolve();
    await Promise.resolve();
  };
};

test("of a million rows only those in view are drawn", () => {
  assert.deepEqual(visibleRange(0, 600, 28, 1_000_000), [0, 28]);
  const [start, stop] = visibleRange(28 * 500_000, 600, 28, 1_000_000);
  assert.ok(start > 499_990 && stop < 500_030);
  assert.deepEqual(visibleRange(0, 600, 28, 3), [0, 3]);
});

test("what is asked for fills a page on the side that is not known", () => {
  const known = (...some) => (at) => some.some(([from, to]) => at >= from && at < to);
  assert.equal(stretchFor(5, 30, 1000, known([0, 40])), null);
  assert.deepEqual(stretchFor(30, 66, 1000, known([0, 40])), [40, 40 + PAGE]);
  assert.deepEqual(stretchFor(80, 116, 1000, known([100, 140])), [60, 100]);
  assert.deepEqual(stretchFor(0, 200, 1000, known()), [0, PAGE]);
  assert.deepEqual(stretchFor(990, 1000, 1000, known()), [960, 1000]);
  assert.deepEqual(stretchFor(990, 1000, 1000, known(), true), [990, 1000]);
});

test("rows are asked for once, stale answers are dropped, and neighbours come when it is quiet", async (t) => {
  const pass = ownClock(t);
  const asked = [];
  let answers = [];
  const store = rowStore((start, stop) => new Promise((done) => { asked.push([start, stop]); answers.push(() => done(Array.from({ length: stop - start }, (_, at) => ({ at: start + at })))); }), () => {});
  const give = async () => { answers.forEach((one) => one()); answers = []; await Promise.resolve(); await Promise.resolve(); };
  const rows = Array.from({ length: PAGE }, (_, at) => ({ at: 500 + at }));
  store.show({ shown: 1000, revision: 1, applied: "", start: 500, rows });
  store.want([511, 529], [505, 535]);
  assert.deepEqual(asked, []); // they came with the state
  await pass(80); // and are painted
  store.want([531, 554], [530, 560]);
  store.want([532, 555], [531, 561]); // on its way already
  assert.deepEqual(asked.at(-1), [540, 580]);
  await give();
  assert.equal(store.row(550).at, 550);
  store.want([106, 124], [100, 130]);
  await pass(40); // a flick waits a little
  assert.deepEqual(asked.at(-1), [106, 124], "after a leap only what one sees");
  store.show({ shown: 1000, revision: 2, applied: "", start: 500, rows });
  await give();
  assert.equal(store.row(100), undefined, "an answer about rows that are others now");
  store.want([511, 529], [505, 535]);
  await pass(250);
  assert.deepEqual(asked.at(-1)[1] - asked.at(-1)[0], PAGE);
  store.close();
});

test("what lies beyond the context is asked for when the rows are there, once, and stays with its row", async (t) => {
  const pass = ownClock(t);
  const asked = [];
  const store = rowStore(() => Promise.resolve([]), () => {}, (examples) => { asked.push(examples); return Promise.resolve(examples.map((example) => example % 2)); });
  const rows = Array.from({ length: 4 }, (_, at) => ({ example: at, errors: 1, cut: at ? null : 0 }));
  const state = { shown: 4, revision: 1, applied: "", start: 0, rows };
  store.show(state);
  store.want([0, 4], [0, 4]);
  assert.deepEqual(asked, [], "not before it is quiet");
  await pass(200);
  assert.deepEqual(asked, [[1, 2, 3]]);
  store.show({ ...state, selection: 2 }); // the same rows come with the next state
  assert.deepEqual([0, 1, 2, 3].map((at) => [store.row(at).cut, store.row(at).errors]), [[0, 1], [1, 1], [0, 1], [1, 1]]);
  store.want([0, 4], [0, 4]);
  await pass(200);
  assert.equal(asked.length, 1);
  store.close();
});

test("a chosen row is brought into view and not further", () => {
  assert.equal(scrollToShow(5, 0, 600, 28), 0);
  assert.equal(scrollToShow(50, 0, 600, 28), 51 * 28 - 600);
  assert.equal(scrollToShow(2, 500, 600, 28), 56);
  assert.deepEqual([isInSight(2, 56, 600, 28), isInSight(1, 56, 600, 28), isInSight(null, 0, 600, 28), isInSight(0, 0, 0, 28)], [true, false, false, false]);
});

test("a row says what it is to a screen reader, and hostile words stay words", () => {
  const words = "<img src=x onerror=alert(1)>";
  const row = tableRow().show({ example: 3, number: 4, words, turns: 2, tools: 0, tokens: 1071, trained: 0.05, errors: 2, warnings: 0, broken: false, edited: true }, 3, true);
  assert.equal(row.attributes["aria-selected"], "true");
  assert.equal(withClass(row, "c-w")[0].textContent, words);
  assert.equal(withClass(row, "c-k")[0].textContent, "1,071");
  assert.equal(findAll(row, (one) => one.tagName === "IMG").length, 0);
  assert.equal(withClass(tableRow().show(undefined, 8, false), "sk").length, 1, "a row that is not there yet is a skeleton");
});

test("looks of cards and words of the switch", () => {
  assert.equal(cardLook({ role: "assistant", weight: 1 }), "t1");
  assert.equal(cardLook({ role: "assistant", weight: 0 }), "t0");
  assert.equal(cardLook({ role: "function", weight: null }), "tool");
  assert.equal(cardLook({ role: "<b>", weight: null }), "system");
  assert.equal(weightWords(0), "Context only");
  assert.equal(weightWords(0.5), "Trained at 0.5");
});

test("a text is shown as it is, and struck where the context ends", () => {
  assert.equal(messageText(card()).textContent, "It left. [DELIVERY]");
  const cut = messageText(card({ cut: 4, cut_at: 9 }));
  assert.equal(withClass(cut, "x")[0].textContent, "[DELIVERY]");
  assert.equal(messageText(card(), { text: "It left. [DELIVERY] And more", left: 5 }).textContent, "It left. [DELIVERY] And more");
});

test("a card has its role, its switch and its tokens; context only has no shading", () => {
  const trained = messageCard(2, card(), { acts, current: true });
  const [toggle] = findAll(trained, (one) => one.attributes?.role === "switch");
  assert.equal(toggle.attributes["aria-checked"], "true");
  assert.equal(trained.attributes["aria-label"], "Message 2, assistant, trained");
  assert.equal(withClass(trained, "tok")[0].textContent, "9 tokens");
  const user = messageCard(0, card({ role: "user", weight: null }), { acts, current: false });
  assert.equal(findAll(user, (one) => one.attributes?.role === "switch").length, 0);
  assert.ok(withClass(messageCard(1, card({ cut: 9, cut_at: 0 }), { acts }), "cut").length);
});

test("a wrong argument is marked, a missing one named, arguments that are no JSON shown as they are", () => {
  const fields = callFields({ name: "f", raw: "", fields: [
    { name: "history", value: '"yes"', type: "boolean", fault: "must be true" }, { name: "order", value: null, type: "string", fault: "missing" }], more: 0 }, () => {});
  assert.match(fields.textContent, /"yes"boolean wanted/);
  assert.match(fields.textContent, /missing/);
  assert.equal(callFields({ name: "f", raw: "{cut", fields: null }, () => {}).textContent, "{cut");
});

test("a finding offers its repair", () => {
  let repaired = null;
  const finding = { number: 0, severity: "error", code: "weight_role", text: "No.", repair: "Remove weight" };
  const line = findingLine(finding, (one) => { repaired = one; });
  findAll(line, (one) => one.tagName === "BUTTON")[0].fire("click");
  assert.equal(repaired, finding);
  assert.equal(findAll(findingLine({ ...finding, repair: null }, () => {}), (one) => one.tagName === "BUTTON").length, 0);
});

test("how many edits fit a rewritten file, and what became of its lines", () => {
  assert.deepEqual([[1, 1], [14, 14], [14, 12], [2, 1], [1, 0]].map(([edits, fit]) => fitWords({ edits, fit })), ["the edit fits as it is", "all 14 fit as they are",
    "12 of 14 edits fit as they are, 2 need a look", "1 of 2 edits fits as it is, 1 needs a look", "0 of 1 edit fit as they are, 1 needs a look"]);
  assert.equal(lineWords({ lines: "1 line added, 0 changed, 0 removed" }), "1 line added, 0 changed, 0 removed");
  assert.match(lineWords({ lines: null }), /written over/);
});

test("word differences", () => {
  assert.equal(wordDifference("a b", "a b c d"), "+2 words");
  assert.equal(wordDifference("a b c", "a"), "−2 words");
  assert.equal(wordDifference("a", "a"), "unchanged");
  assert.equal(wordDifference("a", "b"), "same number of words");
});

test("typing: Ctrl+Enter is done, Esc discards, leaving keeps, nothing is done twice", () => {
  const outcome = [];
  const open = (check) => {
    const holder = typingArea("before", { label: "text", done: (text) => outcome.push(text), leave: () => outcome.push(null), check });
    return holder.children[0];
  };
  const press = (area, key, more = {}) => area.fire("keydown", { key, preventDefault() {}, stopPropagation() {}, ...more });
  let area = open();
  area.value = "after";
  press(area, "Enter", { ctrlKey: true });
  area.fire("blur");
  area = open();
  area.value = "thrown away";
  press(area, "Escape");
  area = open();
  area.value = "left";
  area.fire("blur");
  open().fire("blur");
  assert.deepEqual(outcome, ["after", null, "left", null]);
  area = open(jsonObjectFault);
  area.value = "[1]";
  press(area, "Enter", { ctrlKey: true });
  assert.equal(outcome.length, 4, "arguments that are no object are not taken");
  assert.equal(jsonObjectFault('{"a": 1}'), null);
  assert.match(jsonObjectFault("{"), /^not JSON/);
});

test("the words over a conversation", () => {
  const words = tokenWords({ tokens: { total: 1071, context: 1024, trained: 55 }, trained_messages: 2, assistant_messages: 3 });
  assert.deepEqual(words, { total: "1,071", of: "of 1,024 tokens", trained: "55 trained", where: "in 2 of 3 assistant messages" });
  assert.equal(defaultMessage({ first: 10, messages: [{ role: "user" }, { role: "assistant" }, { role: "user" }] }), 11);
  assert.equal(defaultMessage({ first: 0, messages: [] }), -1);
  assert.equal(editedCall({ text: "", calls: [{}] }), 0);
  assert.equal(editedCall({ text: "both", calls: [{}] }), null);
});

test("scrolling on asks round the first message in sight, and one further only where the end of what is drawn is in sight", () => {
  const asked = (way, end, ...before) => before.map((each) => nextAsked(way, each, [20, 21, 22], end));
  assert.deepEqual(asked(1, 25, 0, 19, 20, 21), [20, 20, 20, 21]);
  assert.deepEqual(asked(1, 22, 0, 19, 20, 21, 22), [20, 20, 21, 22, 22]);
  assert.deepEqual(asked(-1, 18, 40, 21, 20, 19), [20, 20, 20, 19]);
  assert.deepEqual(asked(-1, 20, 40, 21, 20), [20, 20, 19]);
});
