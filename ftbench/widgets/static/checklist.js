// Findings by rule; a click goes to the place.
import { copyButton } from "./copy.js";
import { button, h, icon, problemNote, visible } from "./dom.js";
import { count, plural } from "./format.js";

const TONES = { error: "err", warning: "warn", info: "i3" };

/** The list; state: {checking, examples, format, counts, rules, problem}. */
export function checklistPane(state, actions) {
  return h("div", { class: "checklist", role: "region", "aria-label": "Checks" },
    h("div", { class: "summary row" }, summaryWords(state)),
    state.problem && problemNote(state.problem),
    state.rules.length === 0 && !state.checking && h("div", { class: "empty" }, h("h2", {}, "Nothing to mend"),
      h("p", {}, `Every rule of the format was checked on ${plural(state.examples, "example")}.`)),
    state.rules.map((rule) => ruleGroup(rule, actions)));
}

function summaryWords({ checking, examples, format, counts }) {
  if (checking && !format) return [h("b", { class: "b" }, "Checking"), h("span", { class: "i2" }, plural(examples, "example"))];
  return [h("b", { class: "b" }, plural(examples, "example")), h("span", { class: "i2" }, `format ${format}`),
    ["error", "warning", "info"].filter((severity) => counts[severity]).map((severity) => h("span", { class: `bdg ${TONES[severity]}` },
      icon(severity), plural(counts[severity], severity))), checking && h("span", { class: "i3 s" }, "checking again")];
}

function ruleGroup(rule, actions) {
  const repair = () => button(`Repair ${count(rule.repairable)}…`, () => actions.ask("repair", { code: rule.code }), { sign: "repair", look: "fix" });
  const show = () => button(h("span", {}, "Show", h("span", { class: "wide" }, " in the table")), () => actions.ask("filter", { query: `findings:${rule.code}` }));
  return h("section", { class: "rule" },
    h("div", { class: "rule-head row" }, icon(rule.severity, { label: rule.severity, tone: TONES[rule.severity] }), h("code", { class: "b" }, rule.code),
      h("span", { class: "num i2" }, plural(rule.count, "finding")),
      rule.repairable > 0 && !rule.in_table && h("span", { class: "tag" }, icon("repair"), `${count(rule.repairable)} can be repaired`),
      h("span", { class: "sp" }), rule.in_table && [rule.repairable > 0 && repair(), show()]),
    h("ul", {}, rule.places.map((place) => h("li", {}, placeLine(place, actions)))),
    rule.recipe && h("div", { class: "recipe" }, h("pre", { tabindex: 0 }, visible(rule.recipe)), copyButton(() => rule.recipe, "Copy the code")),
    rule.count > rule.places.length && h("p", { class: "xs i3 more" }, `and ${count(rule.count - rule.places.length)} more`));
}

function placeLine(place, actions) {
  const words = [h("span", { class: "num i3" }, place.number === null ? "file" : `#${count(place.number)}`),
    h("span", { class: "i3" }, place.message === null ? "" : `message ${place.message}`), h("span", { class: "el" }, visible(place.text))];
  if (place.example === null) return h("div", { class: "place" }, words);
  return h("button", { type: "button", class: "place", onclick: () => actions.ask("open", { example: place.example, message: place.message }) }, words);
}
