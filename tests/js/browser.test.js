import assert from "node:assert/strict";
import { test } from "node:test";
import { findAll, fakePage, withClass } from "./page.js";
import { numberWidth } from "../../ftbench/widgets/static/browser.js";
import { bulkTray, countWords } from "../../ftbench/widgets/static/bulk.js";
import { completionList } from "../../ftbench/widgets/static/completion.js";
import { h } from "../../ftbench/widgets/static/dom.js";
import { faultLine, joinQuery, queryBox, takesChips, unfinished } from "../../ftbench/widgets/static/query.js";
import { decisionButtons, tagList } from "../../ftbench/widgets/static/review.js";
import { rowWords, tableRow } from "../../ftbench/widgets/static/row.js";
import { barAt, topAfter } from "../../ftbench/widgets/static/rows.js";
import { brushed, histogram, movedEnd, shownBars } from "../../ftbench/widgets/static/summaries.js";

fakePage();
const inputOf = (box) => findAll(box, (one) => one.tagName === "INPUT")[0];
const settled = () => new Promise((resolve) => { setTimeout(resolve, 0); });
const shown = (more = {}) => ({ query: "", chips: [], text: "", error: null, ...more });
const quiet = { complete: () => Promise.resolve(null) };

test("chips and text make the query, and a filter that is still being typed waits", () => {
  assert.equal(joinQuery(["role:tool"], " bike "), "role:tool bike");
  assert.equal(joinQuery([], ""), "");
  assert.ok(unfinished("role:") && unfinished("much role:to"));
  assert.ok(!unfinished("role:tool ") && !unfinished("much") && !unfinished('name:"a b"'));
});

test("chips come when a filter is finished, and go when the order matters", () => {
  assert.equal(takesChips([], ["role:tool"], "role:tool", false), false);
  assert.equal(takesChips([], ["role:tool"], "role:tool ", false), true);
  assert.equal(takesChips([], ["role:tool"], "role:tool", true), true);
  assert.equal(takesChips(["role:tool"], [], "or bike", false), true);
  assert.equal(takesChips(["role:tool"], ["role:tool"], "bike ", true), false);
});

test("what Python shows never overwrites what is being typed", async () => {
  const sent = [];
  let done;
  const box = queryBox(shown(), { ...quiet, search: (query) => { sent.push(query); return new Promise((resolve) => { done = resolve; }); } });
  const input = inputOf(box);
  const type = (text) => { input.value = text; input.fire("keydown", { key: "Enter" }); };
  type("muc");
  type("much");
  box.show(shown({ query: "muc", text: "muc" })); // the answer to the first search comes late
  assert.equal(input.value, "much");
  done({});
  await settled();
  assert.deepEqual(sent, ["muc", "much"]);
});

test("Python names the chips, and an `or` dissolves them", async () => {
  const answers = { "bike role:tool": { chips: ["role:tool"], text: "bike" }, "role:tool bike or rack": { chips: [], text: "role:tool bike or rack" } };
  const box = queryBox(shown(), { ...quiet, search: (query) => Promise.resolve(answers[query]) });
  const input = inputOf(box);
  const enter = async (text) => { input.value = text; input.fire("keydown", { key: "Enter" }); await settled(); };
  await enter("bike role:tool");
  assert.match(withClass(box, "chip")[0].textContent, /^role:tool/);
  assert.equal(input.value, "bike ");
  await enter("bike or rack");
  assert.equal(withClass(box, "chip").length, 0);
  assert.equal(input.value, "role:tool bike or rack ");
  box.show(shown({ query: "role:user x", chips: ["role:user"], text: "x" })); // set from code
  assert.equal(input.value, "x");
});

test("a mistake is shown where it stands, as text", () => {
  const query = "<b> rol:tool";
  const line = h("div", {}, faultLine({ text: "There is no rol:.", start: 4, stop: 12 }, query));
  assert.equal(withClass(line, "wrong")[0].textContent, "rol:tool");
  assert.match(line.textContent, /<b> rol:toolThere is no rol:\./);
  assert.equal(findAll(line, (one) => one.tagName === "B").length, 0);
  assert.equal(faultLine(null, ""), null);
});

test("completions: arrows choose, Tab takes, Enter only what was chosen, Esc closes", () => {
  const taken = [];
  const list = completionList(h("input", {}), (item) => taken.push(item.text));
  const items = [{ text: "role:tool", words: "", count: 3 }, { text: "role:user", words: "", count: null }];
  const press = (key) => list.key({ key });
  list.show(items, { start: 0, stop: 2 }, "ro");
  assert.equal(press("Enter"), false, "Enter searches");
  press("Tab");
  press("ArrowDown");
  press("Enter");
  assert.deepEqual(taken, ["role:tool", "role:user"]);
  assert.ok(press("Escape") && list.hidden && !press("Tab"));
});

test("a stretch of a histogram is a filter", () => {
  const tokens = { name: "tokens", low: 10, width: 2.5, bars: [1, 2, 3, 4] };
  assert.equal(brushed(tokens, 0, 0), "10..12");
  assert.equal(brushed(tokens, 3, 1), "13..20");
  assert.equal(brushed({ name: "turns", low: 2, width: 1, bars: [1, 2, 3] }, 1, 1), "3..3");
  assert.equal(brushed({ name: "trained", low: 0, width: 0.25, bars: [1, 2, 3, 4] }, 1, 2), "0.250..0.750");
  assert.equal(findAll(h("div", {}, histogram([[1, 0.5], [0, 0]])), (one) => one.tagName === "RECT").length, 2);
});

test("the ends of a histogram move by key and do not cross", () => {
  assert.deepEqual(shownBars([[1, 0], [1, .5], [1, 0], [.5, .1], [.1, 0]]), [1, 3]);
  assert.deepEqual(shownBars([[1, 0], [1, 0]]), [0, 1]);
  assert.deepEqual(movedEnd([1, 3], "from", "ArrowRight", 5), [2, 3]);
  assert.deepEqual(movedEnd([1, 3], "from", "End", 5), [3, 3]);
  assert.deepEqual(movedEnd([1, 3], "to", "PageDown", 5), [1, 1]);
  assert.deepEqual(movedEnd([1, 3], "to", "PageUp", 5), [1, 4]);
  assert.equal(movedEnd([1, 3], "to", "j", 5), null);
});

test("a row shows its decision, its tags and whether it is picked", () => {
  const row = tableRow().show({ example: 0, number: 1, words: "Hi", turns: 2, tools: 0, tokens: 10, trained: 0.5, errors: 1494, warnings: 0, cut: 1, broken: false, edited: false,
    decision: "drop", tags: ["<i>late"], picked: true }, 0, false);
  assert.equal(row.attributes["aria-selected"], "true");
  assert.equal(findAll(row, (one) => one.attributes?.["aria-label"] === "drop").length, 1);
  assert.equal(withClass(row, "tag")[0].textContent, "<i>late");
  assert.ok(withClass(row, "cut").length);
  assert.match(row.textContent, /1,494/);
});

test("a row that shows another example, or none, keeps nothing of the one before", () => {
  const plain = { example: 1, number: 2, words: "Ho", turns: 3, tools: 1, tokens: 20, trained: 0.25, errors: 0, warnings: 2, cut: 0, broken: false, edited: false, decision: null, tags: [], picked: false };
  const marked = { ...plain, number: 9, turns: 1, cut: 1, edited: true, errors: 1, decision: "keep", tags: ["late"], picked: true };
  const written = (element) => JSON.stringify(element, (name, value) => (["listeners", "words", "show"].includes(name) ? undefined : value));
  for (const [from, to] of [[marked, plain], [plain, marked], [marked, undefined], [undefined, marked], [{ ...marked, broken: true }, plain], [plain, { ...plain, tokens: null, trained: null }]]) {
    assert.equal(written(tableRow().show(from, 0, true, { top: 28 }).show(to, 4, false)), written(tableRow().show(to, 4, false)));
  }
});

test("pressing the decision in effect takes it back; tags go and come", () => {
  const said = [];
  const seg = decisionButtons("keep", (decision) => said.push(decision));
  findAll(seg, (one) => one.tagName === "BUTTON").forEach((one) => one.fire("click"));
  assert.deepEqual(said, [null, "drop", "todo"]);
  const tags = tagList(["late"], { add: (name) => said.push(name), remove: (name) => said.push(name) });
  findAll(tags, (one) => one.attributes?.["aria-label"] === "Take off the tag late")[0].fire("click");
  const input = inputOf(tags);
  input.value = "new";
  input.fire("keydown", { key: "Enter", preventDefault() {}, stopPropagation() {} });
  assert.deepEqual(said.slice(3), ["late", "new"]);
});

test("the tray: nothing without picks, a preview with one way to apply it, Esc step by step", () => {
  const asked = [];
  const tray = bulkTray({ ask: (verb, values) => asked.push([verb, values]) });
  tray.show({ picked: 0, preview: null });
  assert.ok(tray.hidden && tray.leave() === false);
  tray.show({ picked: 2, preview: null });
  assert.match(tray.textContent, /2 picked/);
  tray.show({ picked: 2, preview: { made: null, looked: 1, problem: "", label: "drop", counts: [["examples", 2]], rules: [], more_rules: 0, samples: [{ number: 3, text: [["=", "…a "], ["-", "<b>"], ["+", "it"]] }] } });
  assert.match(tray.textContent, /2 examplesnothing changed yet.*…a <b>it/);
  tray.leave();
  tray.show({ picked: 2, preview: { made: null, looked: 1, problem: "", label: "x", counts: [["examples", 0]], rules: [], more_rules: 0, samples: [] } });
  assert.match(tray.textContent, /nothing to change/);
  tray.show({ picked: 2, preview: null });
  tray.leave();
  assert.deepEqual(asked.map(([verb]) => verb), ["cancel", "pick_none"]);
  const rules = [["weight_role", 9, ["weight: 1", ""]], ["arguments_schema", 2, ['"48"', "48"]]].map(([code, number, sample]) => ({ code, count: number, label: "Mend", samples: [sample] }));
  tray.show({ picked: 2, preview: { made: null, looked: 1, problem: "", label: "make all safe repairs", counts: [["examples", 10], ["repairs", 11]], rules, more_rules: 1, samples: [] } });
  assert.match(tray.textContent, /Repair 10 examplespreview, nothing changed yet.*weight_roleweight: 1 .*9arguments_schema"48" 48.*2and 1 more rule/);
  findAll(tray, (one) => one.attributes?.["aria-label"] === "Only the repairs of arguments_schema")[0].fire("click");
  assert.deepEqual(asked.at(-1), ["preview", { action: "repair", codes: ["arguments_schema"] }]);
  assert.equal(countWords(["messages", 1]), "1 message");
});

test("the column of numbers has room for the last", () => {
  assert.equal(numberWidth(8000), 46);
  assert.ok(numberWidth(999_995) >= 60 && numberWidth(1_000_000) > numberWidth(999_995));
});

test("a million rows in a bar that is too short: small steps stay small, large ones are a share of the whole", () => {
  const sizes = { whole: 48_000_000, tall: 15_000_000, height: 600 };
  assert.equal(topAfter(120, 20, 70, { whole: 5000, tall: 5000, height: 600 }), 120);
  assert.equal(topAfter(1_000_100, 1_000_000, 3_200_000, sizes), 3_200_100);
  assert.equal(topAfter(15_000_000 - 600, 0, 0, sizes), 48_000_000 - 600);
  assert.equal(topAfter(0, 100, 40, sizes), 0);
  const top = 24_000_000;
  assert.ok(Math.abs(topAfter(barAt(top, sizes), 0, 0, sizes) - top) < 1);
});

test("a row in words says where it stands and what is known of it", () => {
  const row = { example: 3, number: 1200, words: "Hi", turns: 2, tools: 0, tokens: 10, trained: 0.5, errors: 1, warnings: 0, broken: false, decision: "keep", tags: ["late"], picked: true };
  assert.equal(rowWords(row, 7, 12431), "Row 8 of 12,431, number 1,200, Hi, 2 turns, 10 tokens, 50 % trained, 1 error, keep, late, picked");
  assert.match(rowWords({ ...row, broken: true }, 0, 1), /cannot be read/);
  assert.match(rowWords({ ...row, cut: 2 }, 0, 1), /10 tokens, a trained answer is cut off, 50 %/);
});
