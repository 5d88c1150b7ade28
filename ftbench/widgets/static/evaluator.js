// The comparison behind one button.
import { button, h, problemNote, redraw, refill, visible } from "./dom.js";
import { count } from "./format.js";
import { resultsPane } from "./results.js";

/** The pane; state: {cases, ready, progress, problem, shots, model, results}. */
export function evaluatorPane(state, actions) {
  const bar = h("div", { class: "eval-bar row" });
  const place = h("div", { class: "eval-place" });
  const pane = h("div", { class: "evaluator" }, bar, place);
  let drawn = null;
  pane.update = (now) => {
    redraw(bar, () => refill(bar, evalBar(now, actions)));
    const text = JSON.stringify(now.results);
    if (text === drawn) return;
    drawn = text;
    const shown = now.results ? resultsPane(now.results, { ask: (verb, values) => actions.ask(`results.${verb}`, values) }) : noResult(now);
    pane.keys = shown.keys ?? {};
    refill(place, shown);
  };
  pane.update(state);
  return pane;
}

function evalBar(now, actions) {
  const running = now.progress !== null;
  return [button(running ? "Comparing" : "Compare base, few-shot, tuned", () => actions.ask("compare"),
    { look: now.results ? "" : "pri", disabled: running || !now.ready || !now.cases, "aria-busy": running || null }),
  running ? progressBar(now.progress) : h("span", { class: "s i2" }, now.cases
    ? ["on ", h("code", {}, visible(now.cases)), `, ${now.shots} examples in the few-shot prompt`] : "no cases: open the workbench with cases=…"),
  now.problem && problemNote(now.problem)];
}

function progressBar({ done, total }) {
  const share = total ? done / total : 0;
  return h("span", { class: "row sp" },
    h("span", { class: "prog", role: "progressbar", "aria-label": "Answers", "aria-valuenow": Math.round(100 * share), "aria-valuemin": 0, "aria-valuemax": 100 },
      h("i", { style: `width:${100 * share}%` })),
    h("span", { class: "s i2" }, total ? `${count(done)} of ${count(total)} answers` : "reading the cases"));
}

function noResult({ ready, cases }) {
  if (!cases) return h("div", { class: "empty" }, h("h2", {}, "No cases"), h("p", {}, "An eval needs examples the model was not trained on."));
  return h("div", { class: "empty" }, h("h2", {}, "No comparison yet"), h("p", {}, ready
    ? "All arms are asked the same cases; the difference comes with its interval."
    : "A comparison needs a tuned model: launch a job first."));
}
