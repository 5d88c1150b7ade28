// Advice with its own evidence, and what can be done about it with one click.
import { copyButton } from "./copy.js";
import { button, h, icon, visible } from "./dom.js";
import { draw } from "./drawing.js";

const ADVICE_SIGNS = { warning: ["warning", "warn"], info: ["info", "i2"], ok: ["check", "ok"] };

/** The cards of `rows`; `change(hyperparameters)` prepares another job, `use(model)` takes a checkpoint. Without them the line of code is copied. */
export function adviceCards(rows, { change, use } = {}) {
  return rows.map((row) => {
    const [sign, tone] = ADVICE_SIGNS[row.severity];
    return h("div", { class: `advice ${row.severity}`, "data-code": row.code }, h("div", { class: "in" },
      h("div", { class: "row" }, icon(sign, { label: row.severity === "ok" ? null : row.severity, tone }), h("h2", {}, visible(row.title))),
      h("p", { class: "s i2" }, visible(row.why)), row.chart && draw(row.chart), h("p", { class: "s m" }, visible(row.do)), adviceActions(row, change, use)));
  });
}

function adviceActions({ checkpoint, changes }, change, use) {
  const words = Object.entries(changes ?? {}).map(([name, value]) => `${name} ${value}`).join(", ");
  if (!checkpoint && !words) return null;
  return h("div", { class: "row acts" },
    checkpoint && (use ? button(`Use checkpoint ${checkpoint.number}`, () => use(checkpoint.model), { look: "pri" })
      : h("span", { class: "row s" }, `checkpoint ${checkpoint.number}`, copyButton(() => `ft.arm(${JSON.stringify(checkpoint.model)})`, "Copy it as an arm"))),
    words && (change ? button(`New job with ${words}`, () => change(changes), { sign: "copy" })
      : h("span", { class: "row s" }, words, copyButton(() => `ft.launch(train, valid, hyperparameters=${pythonDict(changes)})`, "Copy the launch"))));
}

function pythonDict(values) {
  return `{${Object.entries(values).map(([name, value]) => `${JSON.stringify(name)}: ${value}`).join(", ")}}`;
}
