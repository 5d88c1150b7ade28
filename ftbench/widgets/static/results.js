// A comparison: verdict, scores, paired differences, and the cases behind them. All of it is in the state: only judging and sending need a kernel.
import { adviceCards } from "./advice.js";
import { h, icon, keyHint, redraw, refill, visible } from "./dom.js";
import { draw } from "./drawing.js";
import { canSend, sendBar } from "./failures.js";
import { judgeSection } from "./judge.js";

const OUTCOME_SIGNS = { better: ["up", "ok"], worse: ["down", "err"], "cannot tell": ["level", "i2"] };

/** The pane of one comparison. `actions`: ask(verb, values), and filter(query) where there is a table. */
export function resultsPane(first, actions = {}) {
  let state = first;
  const view = { against: state.against, filter: "flips", selected: null, picked: new Set() };
  const parts = {
    verdict: h("section", { class: "verdict", "aria-live": "polite" }),
    advice: h("section", { class: "advices", "aria-label": "What to do next" }), difference: h("section", { class: "sec difference" }),
    judge: h("section", { class: "sec judge", "aria-label": "Judge" }), filters: h("div", { class: "filters", role: "group", "aria-label": "Which cases" }), rows: h("div", { class: "rows" }),
    one: h("section", { class: "one", "aria-label": "Selected case" }), send: h("div", { class: "send" }),
  };
  const element = h("div", { class: "results", role: "group", "aria-label": "Eval result" }, parts.verdict, parts.advice,
    h("div", { class: "arms" }, armsTable(state)), h("div", { class: "two" }, parts.difference, qualityChart(state)), parts.judge,
    h("div", { class: "cs" }, h("section", { class: "list", "aria-label": "Cases" }, parts.filters, parts.rows), parts.one), parts.send);
  const shownCases = () => caseGroups(state, view.against)[view.filter].cases;
  const show = () => {
    refill(parts.verdict, verdictWords(state, view.against, (other) => { view.against = other; show(); }));
    refill(parts.advice, adviceCards(state.pairs[view.against]?.advice ?? []));
    refill(parts.difference, differenceChart(state, view.against));
    showJudge();
    showCases();
  };
  const showJudge = () => { redraw(parts.judge, () => refill(parts.judge, judgeSection(state, view, actions.ask))); parts.judge.hidden = !parts.judge.childElementCount; };
  const showCases = () => {
    const groups = caseGroups(state, view.against);
    if (!groups[view.filter]?.cases.length) view.filter = "all";
    const { cases } = groups[view.filter];
    if (!cases.some((one) => one.id === view.selected)) view.selected = cases[0]?.id ?? null;
    refill(parts.filters, h("h2", {}, "Cases"), filterButtons(groups, view.filter, (name) => {
      view.filter = name;
      showCases();
      parts.filters.querySelector(".on").focus();
    }));
    refill(parts.rows, casesTable(state, view, cases, { sends: Boolean(actions.ask && state.review?.into), select: (id) => { view.selected = id; showCase(true); }, pick }));
    showSend();
    showCase(false);
  };
  const showSend = () => { redraw(parts.send, () => refill(parts.send, sendBar(state, view.picked, actions))); parts.send.hidden = !parts.send.childElementCount; };
  const pick = (id, on) => {
    if (on) view.picked.add(id); else view.picked.delete(id);
    const box = [...parts.rows.querySelectorAll("tbody tr")].find((row) => row.dataset.id === id)?.querySelector("input");
    if (box) box.checked = on;
    showSend();
  };
  const showCase = (focus) => {
    markSelected(parts.rows, view.selected, focus);
    refill(parts.one, oneCase(state, view, state.cases.find((one) => one.id === view.selected)));
  };
  const step = (by) => {
    const ids = shownCases().map((one) => one.id);
    view.selected = ids[Math.min(Math.max(0, ids.indexOf(view.selected) + by), ids.length - 1)];
    showCase(true);
  };
  const pickSelected = () => {
    const one = shownCases().find((each) => each.id === view.selected);
    if (one && actions.ask && state.review?.into && canSend(state, one)) pick(one.id, !view.picked.has(one.id));
  };
  element.update = (next) => {
    const before = state;
    state = next;
    if (JSON.stringify(before.judge) !== JSON.stringify(next.judge)) showJudge();
    if (JSON.stringify([before.review, before.judge?.cards]) !== JSON.stringify([next.review, next.judge?.cards])) showCases();
  };
  show();
  element.keys = { j: () => step(1), k: () => step(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1), v: pickSelected };
  return element;
}

/** The cases by what is interesting about them. */
export function caseGroups(state, against) {
  const pair = state.pairs[against] ?? { gained: [], lost: [] };
  const among = (ids) => state.cases.filter((one) => ids.includes(one.id));
  const failed = (one, arm) => !arm || one.answers[arm].look !== "pass";
  const card = state.judge?.cards[against];
  return {
    all: { words: "all", cases: state.cases },
    flips: { words: "flips", cases: among([...pair.gained, ...pair.lost]) },
    worse: { words: `${state.focus} worse`, cases: among(pair.lost) },
    both: { words: against ? "both fail" : "fail", cases: state.cases.filter((one) => failed(one, against) && failed(one, state.focus)) },
    ...(card?.disagree.length ? { judge: { words: "judge disagrees", cases: among(card.disagree) } } : {}),
  };
}

function filterButtons(groups, chosen, choose) {
  return Object.entries(groups).map(([name, { words, cases }]) => h("button", { type: "button", class: `tag ${name === chosen ? "on" : ""}`,
    "aria-pressed": String(name === chosen), onclick: () => choose(name) }, `${words} ${cases.length}`));
}

function markSelected(frame, selected, focus) {
  for (const row of frame.querySelectorAll("tbody tr")) {
    const on = row.dataset.id === selected;
    row.classList.toggle("sel", on);
    row.setAttribute("aria-selected", String(on));
    row.tabIndex = on ? 0 : -1;
    if (on && focus) { row.focus({ preventScroll: true }); scrollWithin(frame, row); }
  }
}

function scrollWithin(frame, row) {
  const [outer, inner] = [frame.getBoundingClientRect(), row.getBoundingClientRect()];
  if (inner.top < outer.top + 24) frame.scrollTop += inner.top - outer.top - 24;
  if (inner.bottom > outer.bottom) frame.scrollTop += inner.bottom - outer.bottom;
}

function verdictWords(state, against, choose) {
  const pair = state.pairs[against];
  if (!pair) return h("p", { class: "i2" }, "One arm alone: add another to compare with.");
  const [sign, tone] = OUTCOME_SIGNS[pair.outcome];
  const other = (name) => h("button", { type: "button", role: "radio", class: name === against ? "on" : null,
    "aria-checked": String(name === against), onclick: () => choose(name) }, visible(name));
  return [h("span", { class: `sign ${tone}` }, icon(sign, { label: pair.outcome })),
    h("div", { class: "words" }, h("p", { class: "big" }, visible(pair.headline)), h("p", { class: "s i2" }, visible(pair.details.join(" ")))),
    h("div", { class: "against" }, h("span", { class: "s i3" }, visible(state.focus), " against"),
      h("span", { class: "seg", role: "radiogroup", "aria-label": `${state.focus} against` }, state.others.map(other)))];
}

function armsTable(state) {
  const head = [h("th", { class: "first" }, "Arm"), state.graders.map((name) => h("th", {}, h("span", { class: "b ink" }, visible(name)))),
    [["Tokens", "Of the prompt and the answer, for one case"], ["USD / 1,000", "The price of a thousand cases"], ["Median wait", "Half of the answers came sooner"]]
      .map(([words, tip]) => h("th", { class: "num", "data-tip": tip }, words))];
  const widths = [null, ...state.graders.map(() => state.width + 110), 78, 92, 92];
  const axis = [h("td"), state.graders.map(() => h("td", { class: "score" }, draw(state.axis))), h("td", { colspan: 3 })];
  return h("table", { class: state.graders.length > 2 ? "many" : null, "aria-label": "Scores of the arms", style: `min-width:${state.least}px` },
    h("colgroup", {}, widths.map((width) => h("col", { style: width && `width:${width}px` }))), h("thead", {}, h("tr", {}, head)),
    h("tbody", {}, state.arms.map(armRow), h("tr", { class: "axis" }, axis)));
}

function armRow(arm) {
  return h("tr", {}, h("td", { class: "first", "data-tip": arm.model }, h("span", { class: arm.focus ? "b" : "m" }, visible(arm.name)), " ",
    h("span", { class: arm.missing ? "warn" : "i3" }, arm.missing || arm.note)),
  arm.scores.map((score) => h("td", { class: "score" }, draw(score.cell),
    h("span", { class: "nw" }, h("b", { class: "b" }, score.text), " ", h("span", { class: "i3 xs" }, score.span)))),
  [arm.tokens, arm.cost, arm.p50].map((text) => h("td", { class: "num" }, text)));
}

function differenceChart(state, against) {
  const pair = state.pairs[against];
  if (!pair) return null;
  const mark = (shape, words) => h("span", { class: "key xs" },
    draw(["svg", { class: "key-mark", viewBox: "0 0 10 10", "aria-hidden": "true" }, [shape]]), words);
  return [h("div", { class: "sech" }, h("h2", {}, visible(`Difference, ${state.focus} − ${against}`)),
    h("span", { class: "s i3" }, visible(`points of ${pair.grader}, 95 %`)), h("span", { class: "marks" },
    mark(["rect", { width: 9, height: 9, fill: "var(--ft-accent)" }, []], "better"),
    mark(["circle", { cx: 5, cy: 5, r: 3.8, fill: "none", stroke: "var(--ft-ink-2)", "stroke-width": 1.6 }, []], "cannot tell"))),
  h("div", { class: "wide-chart" }, draw(pair.wide)), h("div", { class: "narrow-chart" }, draw(pair.narrow))];
}

function qualityChart({ quality }) {
  return quality && h("section", { class: "sec" }, h("div", { class: "sech" }, h("h2", {}, "Quality against tokens"),
    h("span", { class: "s i3" }, visible(`${quality.grader}, %`))),
  h("div", { class: "wide-chart" }, draw(quality.wide)), h("div", { class: "narrow-chart" }, draw(quality.narrow)));
}

function gradeWords({ look, words }) {
  const sign = { pass: ["check", "ok"], fail: ["cross", ""] }[look];
  return h("span", { class: `grade ${look === "pass" ? "i2" : "err"}` }, sign && icon(sign[0], { tone: sign[1] }), words);
}

function casesTable(state, view, cases, { sends, select, pick }) {
  const reasons = cases.some((one) => one.why);
  const arms = [view.against, state.focus].filter(Boolean);
  const columns = [ // name, width, class
    sends && [h("span", { class: "vh" }, "Picked"), 30, "pick"], ["Case", 90, null], ["Input", null, null], ["Wanted", 92, "wantedcol"],
    ...arms.map((name) => [name, 66, null]), reasons && ["Why it failed", 112, "why"],
  ].filter(Boolean);
  const row = (one) => h("tr", { "data-id": one.id, tabindex: -1, onclick: () => select(one.id) }, sends && h("td", { class: "pick" }, pickBox(state, view, one, pick)),
    h("td", { class: "i3" }, visible(one.id)), h("td", { dir: "auto", "data-tip": one.input.slice(0, 400) }, visible(one.input.slice(0, 160))),
    h("td", { class: "wantedcol", dir: "auto" }, h("code", {}, visible(one.wanted.slice(0, 60)))),
    arms.map((name) => h("td", {}, gradeWords(one.answers[name]))),
    reasons && h("td", { class: "i2 why", "data-tip": one.why || null }, one.why ? visible(shortReason(one.why)) : h("span", { class: "i3" }, "–")));
  const hidden = view.filter === "all" && state.total > state.cases.length
    ? h("p", { class: "s i3 filters" }, `${state.cases.length} of ${state.total} cases; flips and failures are among them`) : null;
  return [h("table", { role: "grid", "aria-label": "Cases" }, h("colgroup", {}, columns.map(([, width, look]) => h("col", { class: look, style: width && `width:${width}px` }))),
    h("thead", {}, h("tr", {}, columns.map(([words, , look]) => h("th", { class: look }, typeof words === "string" ? visible(words) : words)))),
    h("tbody", {}, cases.map(row))), hidden];
}

/** What was wanted stands in a column of its own. */
export function shortReason(why) {
  return why.replace(/^wanted .*?, got /s, "got ");
}

function pickBox(state, view, one, pick) {
  if (state.review.there.includes(one.id)) return icon("check", { label: "in the data", tone: "ok" });
  return canSend(state, one) && h("input", { type: "checkbox", tabindex: -1, checked: view.picked.has(one.id), "aria-label": `Pick ${one.id}`,
    onclick: (event) => event.stopPropagation(), onchange: (event) => pick(one.id, event.target.checked) });
}

function oneCase(state, view, one) {
  if (!one) return h("p", { class: "i3" }, "No case here.");
  const lost = state.pairs[view.against]?.lost.includes(one.id);
  const gained = state.pairs[view.against]?.gained.includes(one.id);
  const [left, right] = one.pieces[view.against] ?? [null, [[false, one.answers[state.focus].text]]];
  return [h("div", { class: "sech" }, h("h2", {}, visible(one.id)),
    lost && h("span", { class: "err s grade" }, icon("cross"), ` ${state.focus} worse`),
    gained && h("span", { class: "ok s grade" }, icon("check"), ` ${state.focus} better`),
    one.slices.map((name) => h("span", { class: "tag" }, visible(name))), h("span", { class: "sp" }),
    h("span", { class: "xs i3 nw" }, keyHint("j k", "case "), state.review?.into && canSend(state, one) && keyHint("v", "pick"))),
  h("div", { class: "msg user" }, h("div", { class: "mb", dir: "auto" }, visible(one.input))),
  h("div", { class: "ans" }, left && answerBox(view.against, one, left), answerBox(state.focus, one, right)),
  h("dl", { class: "facts" }, h("dt", {}, "wanted"), h("dd", { dir: "auto" }, h("code", {}, visible(one.wanted))),
    state.graders.map((grader) => [h("dt", {}, visible(grader)), h("dd", {}, state.arms.map((arm, index) => [index > 0 && ", ",
      visible(`${arm.name} ${one.grades[grader][index][1]}`)]))]),
    one.why && [h("dt", {}, "why it failed"), h("dd", {}, visible(one.why))])];
}

function answerBox(name, one, pieces) {
  const answer = one.answers[name];
  const mark = answer.look === "pass" ? "ins" : "del";
  return h("div", { class: "box" }, h("div", { class: "h" }, h("b", { class: "b" }, visible(name)), h("span", { class: "i3" }, answer.tokens),
    h("span", { class: "sp" }), gradeWords(answer)),
  h("p", { dir: "auto" }, pieces.map(([differs, text]) => (differs ? h(mark, {}, visible(text)) : visible(text)))));
}
