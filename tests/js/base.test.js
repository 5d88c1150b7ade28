import assert from "node:assert/strict";
import { test } from "node:test";
import { findAll, fakePage, withClass } from "./page.js";
import { badges, button, h, visible } from "../../ftbench/widgets/static/dom.js";
import { bytes, count, duration, percent, plural } from "../../ftbench/widgets/static/format.js";
import { splitInvisible } from "../../ftbench/widgets/static/invisible.js";
import { belongsToNotebook, bindKeys, isTyping, keyName } from "../../ftbench/widgets/static/keys.js";
import { openLine } from "../../ftbench/widgets/static/widget.js";

const window = fakePage();
const press = (key, more = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, target: h("div"), ...more });

test("numbers are grouped, named and never rounded to nothing", () => {
  assert.equal(count(1000000), "1,000,000");
  assert.equal(count(999), "999");
  assert.equal(plural(1, "token"), "1 token");
  assert.equal(plural(1071, "token"), "1,071 tokens");
  assert.equal(percent(0.051), "5 %");
  assert.equal(percent(0.0001), "<1 %");
  assert.equal(percent(0), "0 %");
  assert.equal(bytes(1536), "1.5 kB");
  assert.equal(bytes(1_040_000_000), "1.0 GB");
  assert.equal(duration(95), "1 min 35 s");
});

test("text stays text", () => {
  const hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>";
  const element = h("p", { title: hostile }, hostile, null, [h("b", {}, hostile)]);
  assert.equal(element.textContent, hostile + hostile);
  assert.deepEqual(findAll(element, () => true).map((one) => one.tagName).filter(Boolean), ["P", "B"]);
});

test("properties left out, listeners attached", () => {
  let clicks = 0;
  const element = button("Save", () => { clicks += 1; }, { disabled: false, look: "pri", key: "s" });
  element.fire("click");
  assert.equal(clicks, 1);
  assert.equal("disabled" in element.attributes, false);
  assert.equal(element.attributes.class, "btn pri");
  assert.equal(button("", () => {}, { sign: "undo", tip: "Undo", key: "u" }).attributes["aria-label"], "Undo");
});

test("invisible characters are drawn, emoji keep their joiners", () => {
  assert.deepEqual(splitInvisible("a\u200bb"), [{ text: "a" }, { mark: "ZWSP", name: "U+200B zero width space" }, { text: "b" }]);
  assert.equal(splitInvisible("\u202egnp.exe")[0].mark, "RLO");
  assert.deepEqual(splitInvisible("👩‍🚀 line\nand\ttab"), [{ text: "👩‍🚀 line\nand\ttab" }]);
  assert.equal(splitInvisible("a\u200db")[1].mark, "ZWJ");
  assert.deepEqual(splitInvisible("می\u200cخواهم")[0], { text: "می\u200cخواهم" }, "there it shapes the letters");
  assert.deepEqual(["\u{e0041}", "\ud83d", "\u2028"].map((text) => splitInvisible(text)[0].mark), ["U+E0041", "U+D83D", "LS"]);
  assert.equal(splitInvisible("\u0007")[0].mark, "U+0007");
  assert.equal(h("p", {}, visible("a\u00adb")).textContent, "aSHYb");
});

test("badges say nothing when nothing is wrong", () => {
  assert.deepEqual(badges({ errors: 0 }), []);
  assert.equal(withClass(h("div", {}, badges({ errors: 2, warnings: 1 })), "bdg").length, 2);
});

test("key names", () => {
  assert.equal(keyName(press("j")), "j");
  assert.equal(keyName(press("U", { shiftKey: true })), "U");
  assert.equal(keyName(press("ArrowUp", { altKey: true })), "Alt+ArrowUp");
  assert.equal(keyName(press("Enter", { metaKey: true })), "Ctrl+Enter");
});

test("the notebook keeps its shortcuts", () => {
  assert.equal(belongsToNotebook(press("s", { ctrlKey: true }), false), true);
  assert.equal(belongsToNotebook(press("Enter", { shiftKey: true }), false), true);
  assert.equal(belongsToNotebook(press("x"), false), false, "x would cut the cell");
  assert.equal(belongsToNotebook(press("d"), false), false, "d d would delete the cell");
  const textarea = h("textarea");
  assert.equal(belongsToNotebook(press("Enter", { ctrlKey: true, target: textarea }), false), false);
  assert.equal(belongsToNotebook(press("s", { ctrlKey: true, target: textarea }), false), true);
});

test("keys work inside, not outside, and not while typing", () => {
  const root = h("div");
  const input = h("input");
  root.appendChild(input);
  let moved = 0;
  const end = bindKeys(root, () => ({ j: () => { moved += 1; } }));
  const event = (target) => press("j", { target, preventDefault() {}, stopPropagation() {} });
  root.fire("keydown", event(root));
  root.fire("keydown", event(input));
  assert.equal(moved, 1);
  window.fire("keydown", press("s", { target: root, ctrlKey: true }));
  assert.equal(root.getAttribute("data-lm-suppress-shortcuts"), null);
  window.fire("keydown", press("j", { target: root }));
  assert.equal(root.getAttribute("data-lm-suppress-shortcuts"), "true");
  assert.equal(isTyping(input), true);
  end();
  root.fire("keydown", event(root));
  assert.equal(moved, 1);
});

test("questions meet their own answers, errors are shown", async () => {
  const sent = [];
  let receive;
  const shown = [];
  const model = { send: (message) => sent.push(message), on: (_, callback) => { receive = callback; }, off() {} };
  const line = openLine(model, (error) => shown.push(error));
  const first = line.ask("page", { start: 0 });
  const second = line.ask("save");
  receive({ id: "of another view", answer: 9 });
  receive({ id: sent[1].id, error: { message: "Disk full.", remedy: "Free some." } });
  receive({ id: sent[0].id, answer: [1, 2] });
  assert.deepEqual(await first, [1, 2]);
  await assert.rejects(second, { message: "Disk full." });
  assert.deepEqual(shown, [{ message: "Disk full.", remedy: "Free some." }]);
  line.ask("save");
  receive({ id: sent[2].id, answer: null });
  assert.deepEqual(shown.slice(1), [null], "what failed was done now");
  let heard;
  line.hear((message) => { heard = message; });
  receive({ tell: { loss: 1.5 } });
  assert.deepEqual(heard, { loss: 1.5 });
});

test("a question after the kernel has ended is refused at once", async () => {
  const shown = [];
  const line = openLine({ send() { throw new Error("Cannot send"); }, on() {}, off() {} }, (error) => shown.push(error.remedy));
  await assert.rejects(line.ask("decide"), { message: /kernel .* has ended/ });
  assert.deepEqual([line.waits(), shown.length], [false, 1]);
  assert.match(shown[0], /Run the cell again/);
});

test("keys wait for a slow answer until it is said that there is none", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const shown = [];
  let receive, sent, freed = 0;
  const line = openLine({ send: (message) => { sent = message; }, on: (_, callback) => { receive = callback; }, off() {} }, (error) => shown.push(error));
  line.ask("decide");
  line.whenFree(() => { freed += 1; });
  t.mock.timers.tick(7000);
  assert.deepEqual([line.waits(), freed, shown.length], [true, 0, 0]);
  receive({ id: sent.id, answer: null });
  t.mock.timers.tick(1);
  assert.deepEqual([line.waits(), freed], [false, 1]);
  line.ask("decide");
  line.whenFree(() => { freed += 1; });
  t.mock.timers.tick(8000);
  assert.deepEqual([line.waits(), freed, shown.length], [false, 2, 1]); // an interrupted kernel never answers
});
