import assert from "node:assert/strict";
import { test } from "node:test";
import { canSend, sentWords } from "../../ftbench/widgets/static/failures.js";
import { caseGroups, shortReason } from "../../ftbench/widgets/static/results.js";

const one = (id, look) => ({ id, answers: { base: { look: "fail" }, tuned: { look } } });
const state = { focus: "tuned", review: { there: ["b"] }, cases: [one("a", "fail"), one("b", "fail"), one("c", "none"), one("d", "pass")],
  pairs: { base: { gained: ["d"], lost: [] } }, judge: { cards: { base: { disagree: ["d"] } } } };

test("only what was failed and is not in the data can be sent", () => {
  assert.deepEqual(state.cases.filter((each) => canSend(state, each)).map((each) => each.id), ["a"]);
});

test("what became of the failures", () => {
  assert.equal(sentWords({ added: 1, asked: 1, into: "mails.jsonl" }), "1 example added to mails.jsonl, to be reviewed");
  assert.equal(sentWords({ added: 2, asked: 3, into: "mails.jsonl" }), "2 examples added to mails.jsonl, to be reviewed; 1 was there");
});

test("cases in which the judge disagrees are a group, where there are some", () => {
  assert.deepEqual(caseGroups(state, "base").judge.cases.map((each) => each.id), ["d"]);
  assert.equal(caseGroups({ ...state, judge: { cards: {} } }, "base").judge, undefined);
});

test("a reason does not repeat what was wanted", () => {
  assert.equal(shortReason("wanted '[A]', got '[B]\n, got it'"), "got '[B]\n, got it'");
  assert.equal(shortReason("no label"), "no label");
});
