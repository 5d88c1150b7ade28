// The judge's report card: whose answers a model prefers, asked both ways round.
import { button, h, icon, problemNote, visible } from "./dom.js";

/** The section for one pair of arms; `view` keeps what was typed, `ask(verb, values)` is missing without a kernel. */
export function judgeSection(state, view, ask) {
  const { judge } = state;
  const card = judge?.cards[view.against];
  if (!judge || !view.against || (!ask && !card)) return [];
  return [h("div", { class: "sech" }, h("h2", {}, "Judge report card"), h("span", { class: "s i3" }, card
    ? visible(`${card.model}, asked both ways round`) : "a model says which answer is better; each pair is shown both ways round")),
  card && reportCard(card, state.focus), ask && judgeForm(judge, view, ask), judge.problem && problemNote(judge.problem)];
}

function judgeForm(judge, view, ask) {
  const field = (name, label) => h("input", { class: `field ${name}`, name, value: view[name] ?? judge[name], "aria-label": label,
    oninput: (event) => { view[name] = event.target.value; } });
  const send = (event) => {
    event.preventDefault();
    ask("judge", { against: view.against, model: view.model ?? judge.model, criterion: view.criterion ?? judge.criterion });
  };
  return h("form", { "aria-label": "Ask a judge", onsubmit: send }, field("model", "Judging model"), field("criterion", "What the judge is asked"),
    button(judge.running ? "Asking" : "Ask the judge", () => {}, { type: "submit", disabled: judge.running, "aria-busy": judge.running || null }));
}

function reportCard(card, focus) {
  const counts = [["won", `${focus} preferred`], ["tied", "tied, or not the same both ways"], ["lost", "the other preferred"]];
  const n = Math.max(1, card.won + card.tied + card.lost);
  return [h("p", { class: "m" }, visible(card.headline)),
    h("div", { class: "judged", "aria-hidden": "true" }, counts.map(([name]) => h("i", { class: name, style: `width:${(100 * card[name]) / n}%` }))),
    h("p", { class: "s i2 row counts" }, counts.map(([name, words]) => h("span", { class: name }, h("b", { class: "b" }, card[name]), " ", visible(words)))),
    h("p", { class: "s i2" }, visible(card.agreement)), h("p", { class: "s i3" }, visible(card.details.join(" "))),
    h("p", { class: "s i2" }, h("span", { class: "i3" }, "asked: "), visible(card.criterion)),
    card.small && h("p", { class: "s warn" }, icon("warning"), ` ${card.small}`)];
}
