// The pure functions of the server's status page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { curve, firstCall, spokenEnd, spokenMachine, spokenMoment, spokenPace, spokenSize, spokenTime, spokenWait } from "../../ftbench/server/static/status.js";

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
  assert.equal(curve([0, 4, 2], 218, 16, true), "M2.0 18.0L110.0 2.0L218.0 10.0");
  assert.equal(curve([3, 4], 112, 16, true).slice(0, 7), "M2.0 6.");
});

test("a moment of today is said by the clock, one before by its day", () => {
  const now = new Date(2026, 10, 23, 14, 0) / 1000;
  assert.equal(spokenMoment(new Date(2026, 10, 23, 9, 5) / 1000, now), "09:05");
  assert.equal(spokenMoment(new Date(2026, 1, 3, 9, 5) / 1000, now), "3 Feb 2026");
});

test("a wait is said in milliseconds or seconds, or not at all", () => {
  assert.deepEqual([null, 0.0002, 0.042, 1.26, 42.4].map(spokenWait), ["–", "1 ms", "42 ms", "1.3 s", "42 s"]);
});

test("a pace is said in tokens a second, is idle, or is not known", () => {
  assert.deepEqual([4210.4, 0.3, 0, null].map(spokenPace), ["4,210 tok/s", "1 tok/s", "idle", "–"]);
});

test("a machine that does not tell its load or memory shows what it tells", () => {
  assert.deepEqual(spokenMachine({ cores: 2, load: 1.7, memory: 8e9, memory_used: 2e9 }), [[["1.7", "on 2 cores,"], ["2.0", "of 8 GB"]], 0.25]);
  assert.deepEqual(spokenMachine({ cores: 4, load: null, memory: null, memory_used: null }), [[["4", "cores"]], 0]);
});

test("the first call names the address and the model as Python strings", () => {
  assert.match(firstCall("http://[::1]:8/v1", 'a"b'), /base_url="http:\/\/\[::1\]:8\/v1".*\n.*model="a\\"b"/);
});

test("a job says what is left, how long it took, or why it ended", () => {
  assert.equal(spokenEnd({ status: "running", estimated_finish: 160 }, 100), "1 min left");
  assert.equal(spokenEnd({ status: "succeeded", created_at: 100, finished_at: 107 }, 500), "7 s");
  assert.equal(spokenEnd({ status: "failed", error: "out of memory", created_at: 1, finished_at: 2 }, 500), "out of memory");
  assert.equal(spokenEnd({ status: "queued" }, 500), "");
});
