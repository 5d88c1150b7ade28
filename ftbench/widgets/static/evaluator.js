// The comparison behind one button.
import { copyButton } from "./copy.js";
import { button, h, problemNote, redraw, refill, visible } from "./dom.js";
import { count, plural } from "./format.js";
import { resultsPane } from "./results.js";

/** The pane; state: {cases, hold_out, tuned, left_out, progress, problem, shots, model, compared, results}. `actions.filter` shows examples in the table. */
export function evaluatorPane(state, actions) {
  const bar = h("div", { class: "eval-bar row" });
  const place = h("div", { class: "eval-place" });
  const pane = h("div", { class: "evaluator" }, bar, place);
  let shown = null; // the results that stand there, and the comparison they are of
  let of = null;
  pane.update = (now) => {
    bar.hidden = !now.cases;
    if (now.cases) redraw(bar, () => refill(bar, evalBar(now, actions)));
    if (shown?.update && now.results && now.compared === of) { shown.update(now.results); return; }
    shown = now.results ? resultsPane(now.results, { ask: (verb, values) => actions.ask(`results.${verb}`, values), filter: actions.filter }) : noResult(now, actions);
    of = now.compared;
    pane.keys = shown.keys ?? {};
    refill(place, shown);
  };
  pane.update(state);
  return pane;
}

function evalBar(now, actions) {
  const running = now.progress !== null;
  const words = now.tuned ? "Compare base, few-shot, tuned" : "Measure the baseline";
  return [button(running ? "Comparing" : words, () => actions.ask("compare"),
    { look: now.results ? "" : "pri", disabled: running, "aria-busy": running || null }),
  running ? progressBar(now.progress) : h("span", { class: "s i2" },
    "on ", h("code", {}, visible(now.cases)), `, ${now.shots} examples in the few-shot prompt`, now.tuned && [", tuned: ", h("code", {}, visible(now.tuned))],
      now.left_out > 0 && h("span", { class: "i3" }, `, ${plural(now.left_out, "case")} left out: in the training data now`)),
  now.problem && problemNote(now.problem)];
}

function progressBar({ done, total }) {
  const share = total ? done / total : 0;
  return h("span", { class: "row sp" },
    h("span", { class: "prog", role: "progressbar", "aria-label": "Answers", "aria-valuenow": Math.round(100 * share), "aria-valuemin": 0, "aria-valuemax": 100 },
      h("i", { style: `width:${100 * share}%` })),
    h("span", { class: "s i2" }, total ? `${count(done)} of ${count(total)} answers` : "reading the cases"));
}

function noResult({ tuned, cases, hold_out: code, progress }) {
  if (!cases) {
    return h("div", { class: "empty" }, h("h2", {}, "No cases yet"),
      h("p", {}, "A comparison asks every model the same cases: examples that none of them was trained on. Hold some back:"),
      h("div", { class: "recipe" }, h("pre", { tabindex: 0 }, visible(code)), copyButton(() => code, "Copy the code")));
  }
  if (progress) return h("div", { class: "empty" }, h("h2", {}, "The models are being asked"), h("p", {}, "Go on with something else meanwhile; the comparison appears here."));
  return h("div", { class: "empty" }, h("h2", {}, "No comparison yet"), h("p", {}, tuned
    ? "Every model is asked the same cases; the difference is shown with its margin of error."
    : "The baseline shows how good the answers are with a prompt alone, and with examples in the prompt. If that is enough, nothing needs to be tuned."));
}
