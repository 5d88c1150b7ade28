import assert from "node:assert/strict";
import { test } from "node:test";
import { findAll, fakePage, withClass } from "./page.js";
import { at, draw, linePath, scale, ticks } from "../../ftbench/widgets/static/drawing.js";
import { evaluatorPane } from "../../ftbench/widgets/static/evaluator.js";
import { launchForm } from "../../ftbench/widgets/static/launcher.js";
import { accuracyChart, accuracyScales, lossChart, lossScales } from "../../ftbench/widgets/static/line_chart.js";
import { lensPane } from "../../ftbench/widgets/static/lens.js";
import { lookAt, numbersOf, tokenSpan, unpackTokens } from "../../ftbench/widgets/static/lens_tokens.js";
import { heat, lossWords } from "../../ftbench/widgets/static/loss.js";
import { addPoints, joinEvents, lastStep } from "../../ftbench/widgets/static/monitor.js";
import { caseGroups } from "../../ftbench/widgets/static/results.js";

fakePage();
const hostile = "</script><script>alert(1)</script>\u202e";
const empty = () => ({ total: 0, epochs: [], train: [], smooth: [], accuracy: [], valid: [], valid_accuracy: [], full: [],
  checkpoints: [], best: null, summary: "no step yet", accuracy_summary: "accuracy" });

test("a comparison that runs does not say that there is none", () => {
  const state = { cases: "test.jsonl", hold_out: "", tuned: "ft:nano", left_out: 0, problem: null, shots: 8, compared: 0, results: null, progress: null };
  assert.match(evaluatorPane(state, {}).textContent, /No comparison yet/);
  const running = evaluatorPane({ ...state, progress: { done: 3, total: 216 } }, {}).textContent;
  assert.match(running, /3 of 216 answers.*The models are being asked/);
  assert.doesNotMatch(running, /No comparison yet/);
});

test("ticks are round, inside, and carry the decimals they need", () => {
  assert.deepEqual(ticks(0, 3.1, 4), { values: [0, 1, 2, 3], decimals: 0 });
  const { values, decimals } = ticks(0.24, 1, 2);
  assert.deepEqual(values.map((value) => value.toFixed(decimals)), ["0.5", "1.0"]);
  assert.ok(ticks(0, 1e-5, 4).values.length >= 2);
});

test("scales and paths", () => {
  const x = scale(0, 10, 34, 740);
  assert.equal(x(0), 34);
  assert.equal(x(10), 740);
  assert.equal(scale(5, 5, 0, 10)(5), 0); // a span of nothing does not divide by it
  assert.equal(at(1.25), "1.3");
  assert.equal(at(-0.04), "0");
  assert.equal(linePath([[0, 0], [10, 1]], x, scale(0, 1, 10, 0)), "M34 10L740 0");
  assert.equal(linePath([[10, 1]], x, scale(0, 1, 10, 0), true), "L740 0");
  assert.equal(linePath([], x, x), "");
});

test("a chart of nothing is a chart", () => {
  const [tag, attributes, parts] = lossChart(empty());
  assert.equal(tag, "svg");
  assert.equal(attributes["aria-label"], "no step yet");
  assert.ok(parts.every((part) => !JSON.stringify(part).includes("NaN")));
  assert.ok(!JSON.stringify(accuracyChart(empty())).includes("NaN"));
});

test("validation has dots as long as they do not stand on top of one another", () => {
  const dots = (steps) => JSON.stringify(lossChart({ ...empty(), total: steps, train: [[1, 2]], smooth: [[1, 2]], valid: Array.from({ length: steps }, (_, at) => [at + 1, 1]) })).split('"circle"').length - 1;
  assert.equal(dots(1), 1);
  assert.equal(dots(60), 60);
  assert.equal(dots(300), 0);
});

test("a refused training file leads to a new example, or to the checks, where there are some", () => {
  const said = [];
  const now = (few) => ({ model: "nano", suffix: "", has_valid: false, unsaved: 0, problem: null, launching: false, local: true,
    form: { train: { name: "mails.jsonl", examples: 9 }, valid: null, hyperparameters: [], advice: [], steps: 1, tokens: 1, refused: { message: "9 examples.", remedy: "", few } } });
  const ways = (few, actions) => withClass(launchForm(now(few), { ask: () => {}, ...actions }), "way");
  const actions = { begin: () => said.push("begin"), findings: () => said.push("findings") };
  for (const few of [true, false]) findAll(ways(few, actions)[0], (one) => one.tagName === "BUTTON")[0].fire("click");
  assert.deepEqual(said, ["begin", "findings"]);
  assert.equal(ways(true, {}).length, 0);
});

test("axes hold all values", () => {
  const data = { ...empty(), total: 4, train: [[1, 9]], smooth: [[1, 2]], accuracy: [[1, 0.27]] };
  assert.ok(lossScales(data, 748, 344).high > 9);
  assert.equal(accuracyScales(data, 748, 124).low, 0.2);
});

test("trees become elements, text stays text, numbers become strings", () => {
  const element = draw(["p", { title: hostile, height: 2 }, [hostile, ["b", {}, ["bold"]]]]);
  assert.equal(element.textContent, `${hostile}bold`);
  assert.equal(element.attributes.height, "2");
  assert.deepEqual(findAll(element, () => true).map((one) => one.tagName).filter(Boolean), ["P", "B"]);
});

test("only new points are taken, in the order of the wire", () => {
  const chart = empty();
  const added = addPoints(chart, { points: [[1, 2.5, 2.5, 0.4, null, null, null], [2, 1.5, 1.9, null, 1.75, 0.5, null]] });
  assert.deepEqual(added.train, [[1, 2.5], [2, 1.5]]);
  assert.deepEqual(chart.valid, [[2, 1.75]]);
  assert.equal(added.redraw, false);
  assert.equal(addPoints(chart, { points: [[2, 9, 9, 9, 9, 9, 9]] }), null);
  assert.equal(addPoints(chart, {}), null);
  assert.equal(lastStep(chart), 2);
  assert.equal(addPoints(chart, { points: [[3, 1, 1, 1, 1, 1, 0.9]] }).redraw, true);
});

test("of a run of steps only the newest event is listed", () => {
  const old = { total: 2, rows: [["1", "step", "Step 1/4"], ["0", "", "started"]] };
  const joined = joinEvents({ total: 3, rows: [["2", "step", "Step 2/4"]] }, old);
  assert.deepEqual(joined.rows.map((row) => row[2]), ["Step 2/4", "started"]);
  const after = joinEvents({ total: 5, rows: [["3", "step", "Step 3/4"], ["3", "done", "Checkpoint created"]] }, joined);
  assert.deepEqual(after.rows.map((row) => row[2]), ["Step 3/4", "Checkpoint created", "Step 2/4", "started"]);
});

test("cases by what is interesting about them", () => {
  const one = (id, base, tuned) => ({ id, answers: { base: { look: base }, tuned: { look: tuned } } });
  const state = { focus: "tuned", pairs: { base: { gained: ["a"], lost: ["b"] } },
    cases: [one("a", "fail", "pass"), one("b", "pass", "fail"), one("c", "fail", "none"), one("d", "pass", "pass")] };
  const ids = Object.entries(caseGroups(state, "base")).map(([name, group]) => [name, group.cases.map((each) => each.id).join("")]);
  assert.deepEqual(ids, [["all", "abcd"], ["flips", "ab"], ["worse", "b"], ["both", "c"]]);
  assert.equal(caseGroups({ ...state, pairs: {} }, null).both.cases.length, 2); // one arm alone: what it fails
});

const letters = (...numbers) => numbers.map((number) => String.fromCodePoint(number === null ? 35 : number + 36 < 0xd800 ? number + 36 : number + 36 + 0x800)).join("");
const lensState = () => ({ title: "#1", model: "nano", template: "nano", exact: true, note: "same", problem: null, total: 5, trained: 2,
  masked: 2, cut: 1, limit: 4, cut_trained: 1, trained_messages: 1, fraction: false, weighed: true, special: "<|end|>", loss: null, count: 2,
  rail: { first: 0, rows: [{ role: hostile, tokens: 2, weight: 0, loss: null }, { role: "assistant", tokens: 3, weight: 1, loss: null }] },
  window: { stamp: 1, first: 0, count: 5, blocks: [{ message: 0, switch: false, folded: 0, text: `<|user|>${hostile}`, cuts: letters(8, hostile.length), ids: letters(3, 9) },
    { message: 1, switch: true, folded: 7, text: "a\nb<|end|>", cuts: letters(3, 0, 7), ids: letters(10, 11, 1) }] },
  looks: { first: 0, rows: [[1, "s"], [1, ""], [1, "1"], [1, "x"], [1, "s1"]] } });

test("tokens come as they went, ids above sixteen bits and losses too", () => {
  const block = { text: "é😀x", cuts: letters(1, 2, 0, 1), ids: letters(7, 199999, 55260, 0), losses: letters(null, null, 294, 361, 0, 50000, null, null) };
  assert.deepEqual(numbersOf(letters(0, 55259, 55260, 65500, 200000, null)), [0, 55259, 55260, 65500, 200000, null]);
  assert.deepEqual(unpackTokens(block), [["é", "", 7], ["😀", "", 199999, 2.94, 3.61], ["", "", 55260, 0, 500], ["x", "", 0]]);
  assert.deepEqual([6, 7, 8, 10, 11].map(lookAt({ first: 7, rows: [[1, "s"], [3, "1"]] })), [undefined, "s", "1", "1", undefined]);
});

test("tokens: chips, weights, line breaks, later bytes", () => {
  assert.equal(tokenSpan(["<|end|>", "s1", 1]).attributes.class, "sp1 w1");
  assert.equal(tokenSpan(["x", "x", 1]).attributes.class, "t x");
  assert.equal(tokenSpan(["a\nb", "", 1]).textContent, "a↵\nb");
  assert.equal(tokenSpan(["", "", 1]).textContent, "·");
});

test("losses: six steps, worse tokens outlined, words for those who see no colour", () => {
  assert.deepEqual([0, 0.3, 0.5, 1.2, 3.9, 9].map(heat), [0, 1, 2, 3, 4, 5]);
  const worse = [" 14\u202e", "1", 220, 2.94, 3.61];
  assert.equal(lossWords(worse), "␣14RLO · id 220 · loss 2.94 → 3.61, worse by 0.67");
  assert.equal(tokenSpan(worse, "after").attributes.class, "t h4 hit");
  assert.equal(tokenSpan(worse, "before").attributes.class, "t h4");
  assert.equal(tokenSpan(worse).attributes.class, "t w1");
  assert.equal(tokenSpan([" x", "", 1], "after").attributes.class, "t"); // masked: no loss
});

test("the views of the loss, and none where there is none", () => {
  const state = { ...lensState(), loss: { job: "ftjob-1", model: "nano", reason: null, before: 1.94, after: 0.64 } };
  state.window.blocks[1].losses = letters(200, 20, null, null, null, null);
  const pane = lensPane(state, {}, "both");
  assert.equal(pane.view(), "both");
  assert.equal(withClass(pane, "lb").length, 2);
  assert.ok(pane.textContent.includes("mean loss 1.94") && pane.textContent.includes("mean loss 0.64"));
  assert.equal(withClass(pane, "h0").length + withClass(pane, "h4").length, 5); // one token on each side, two of the ramp, one of its legend
  state.loss = { job: "ftjob-1", model: "nano", reason: "Not trained on.", before: null, after: null };
  assert.equal(lensPane(state, {}, "both").view(), "weight");
});

test("a click or w on an assistant message switches its weight, elsewhere nothing", () => {
  const switched = [];
  const pane = lensPane(lensState(), { toggleWeight: (message) => switched.push(message), unfold: () => {} });
  assert.equal(pane.selected(), 1); // the last assistant message
  pane.keys.w();
  withClass(pane, "rail")[0].children[1].fire("click");
  withClass(pane, "rail")[0].children[0].fire("click");
  pane.keys.w();
  assert.deepEqual(switched, [1, 1]);
  const prompt = lensPane({ ...lensState(), weighed: false }, { toggleWeight: (message) => switched.push(message), unfold: () => {} });
  const row = withClass(prompt, "rail")[0].children[1];
  row.fire("click");
  assert.equal(switched.length, 2); // of a preference nothing is weighed
  assert.match(row.attributes["data-tip"], /no message of this example is trained/);
  prompt.keys.w();
  assert.equal(switched.length, 3); // Python says why not
  const tokens = () => [...withClass(withClass(pane, "ln")[0], "t"), ...withClass(withClass(pane, "ln")[0], "sp1")];
  const [before, next] = [tokens(), lensState()];
  pane.show({ ...next, rail: { first: 0, rows: [next.rail.rows[0], { ...next.rail.rows[1], weight: 0 }] }, looks: { first: 0, rows: [[1, "s"], [2, ""], [1, "x"], [1, "s"]] } });
  assert.ok(tokens().every((token, at) => token === before[at]) && withClass(withClass(pane, "ln")[0], "w1").length === 0); // shaded anew, not drawn anew
  assert.ok(withClass(pane, "rail")[0].children[1].textContent.includes("context"));
  assert.ok(findAll(pane, (one) => one.tagName === "SCRIPT").length === 0);
});
