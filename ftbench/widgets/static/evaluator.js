// The comparison behind one button.
import { button, h, icon, redraw, refill } from "./dom.js";
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
    pane.keys = {};
    if (now.results) { const results = resultsPane(now.results, { ask: (verb, values) => actions.ask(`results.${verb}`, values) }); pane.keys = results.keys ?? {}; refill(place, results); }
    else refill(place, noResult(now));
  };
  pane.update(state);
  return pane;
}

function evalBar(now, actions) {
  const running = now.progress !== null;
  const share = running && now.progress.total ? now.progress.done / now.progress.total : 0;
  return [button(running ? "Comparing" : "Compare base, few-shot, tuned", () => actions.ask("compare"),
    { look: now.results ? "" : "pri", disabled: running || !now.ready || !now.cases, "aria-busy": running || null }),
  running ? h("span", { class: "row sp" }, h("span", { class: "prog", role: "progressbar", "aria-valuenow": Math.round(100 * share), "aria-valuemin": 0, "aria-valuemax": 100 }, h("i", { style: `width:${100 * share}%` })),
    h("span", { class: "s i2" }, now.progress.total ? `${count(now.progress.done)} of ${count(now.progress.total)} answers` : "reading the cases"))
    : h("span", { class: "s i2" }, now.cases ? [`on `, h("code", {}, now.cases), `, ${now.shots} examples in the few-shot prompt`] : "no cases: open the workbench with cases=…"),
  now.problem && h("div", { class: "find" }, icon("error", { label: "error" }), h("div", { class: "tx" }, h("b", {}, now.problem.message), " ", now.problem.remedy))];
}

function noResult({ ready, cases }) {
  if (!cases) return h("div", { class: "empty" }, h("h2", {}, "No cases"), h("p", {}, "An eval needs examples the model was not trained on."));
  return h("div", { class: "empty" }, h("h2", {}, "No comparison yet"), h("p", {}, ready ? "All arms are asked the same cases; the difference comes with its interval."
    : "A comparison needs a tuned model: launch a job first."));
}
