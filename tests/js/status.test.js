// The pure functions of the server's status page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { curve, spokenEnd, spokenSize, spokenTime } from "../../ftbench/server/static/status.js";

test("sizes are said in units of a thousand", () => {
  assert.deepEqual([0, 999, 1500, 150000, 2.5e9].map(spokenSize), ["0 B", "999 B", "1.5 kB", "150 kB", "2.5 GB"]);
});

test("times are said in the unit that fits", () => {
  assert.deepEqual([-3, 42, 90, 7300].map(spokenTime), ["0 s", "42 s", "2 min", "2 h 2 min"]);
});

test("a curve stays in its box and leaves out what is no number", () => {
  assert.equal(curve([]), "");
  assert.equal(curve([1]), "");
  assert.equal(curve([2, NaN, 1]), "M2.0 2.0L112.0 18.0");
  assert.match(curve([1, 1, 1]), /^M2\.0 18\.0L/);
});

test("a job says what is left, how long it took, or why it ended", () => {
  assert.equal(spokenEnd({ status: "running", estimated_finish: 160 }, 100), "1 min left");
  assert.equal(spokenEnd({ status: "succeeded", created_at: 100, finished_at: 107 }, 500), "7 s");
  assert.equal(spokenEnd({ status: "failed", error: "out of memory", created_at: 1, finished_at: 2 }, 500), "out of memory");
  assert.equal(spokenEnd({ status: "queued" }, 500), "");
});
