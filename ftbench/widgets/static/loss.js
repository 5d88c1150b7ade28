// The loss of trained tokens as colours: steps of the ramp, words for the tip, the choice of a view.
import { button, h, icon, visible } from "./dom.js";
import { splitInvisible } from "./invisible.js";

export const VIEWS = [["weight", "Weight"], ["before", "Loss before"], ["after", "Loss after"], ["both", "Side by side"]];
const STEPS = [0.25, 0.5, 1, 2, 4]; // nats at which the next colour begins
const WORSE = 0.1; // nats: less is not worth a word

/** 0.3 -> 1: which colour of the ramp */
export function heat(loss) { return STEPS.filter((step) => loss >= step).length; }

/** Is a token harder after tuning than before? */
export function isWorse(before, after) { return after - before >= WORSE; }

/** What a tip says about a token: "id 220 · loss 2.94 → 3.61, worse by 0.67" */
export function lossWords([text, , id, before, after]) {
  const shown = splitInvisible(text).map((piece) => piece.mark ?? piece.text).join("").replaceAll(" ", "␣").replaceAll("\n", "↵");
  const change = isWorse(before, after) ? `, worse by ${(after - before).toFixed(2)}` : "";
  return `${shown}${id === undefined ? "" : ` · id ${id}`} · loss ${before.toFixed(2)} → ${after.toFixed(2)}${change}`;
}

/** The classes of a token in a view of the loss; of one that has none, nothing. */
export function lossLook([, , , before, after], view) {
  if (before === undefined) return "";
  return `h${heat(view === "before" ? before : after)}${view !== "before" && isWorse(before, after) ? " hit" : ""}`;
}

/** The choice of what the colours mean. */
export function lossViews(loss, view, choose) {
  const radio = ([name, words]) => h("button", { type: "button", role: "radio", "aria-checked": String(name === view), tabindex: name === view ? 0 : -1,
    disabled: name !== "weight" && loss.reason !== null, onclick: () => choose(name) }, words);
  const group = h("span", { class: "seg", role: "radiogroup", "aria-label": "Colour by" }, VIEWS.map(radio));
  group.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by || loss.reason !== null) return;
    const names = VIEWS.map(([name]) => name);
    choose(names[(names.indexOf(view) + by + names.length) % names.length]);
    event.preventDefault();
    event.stopPropagation();
  });
  return h("span", { class: "row losses" }, h("span", { class: "s i3 el" }, loss.reason ? visible(loss.reason) : [loss.job && ["job ", h("code", {}, visible(loss.job))]]), group);
}

/** What the colours mean, and the way to the examples that are hardest. */
export function lossLegend(sort) {
  return [h("div", { class: "leg" }, h("span", {}, "Loss of a trained token"),
    h("span", { class: "row" }, h("span", { class: "i3" }, "0"), h("span", { class: "ramp", "aria-hidden": "true" }, [0, 1, 2, 3, 4, 5].map((step) => h("i", { class: `h${step}` }))),
      h("span", { class: "i3" }, "4 nats and more")),
    h("span", { class: "lens" }, h("span", { class: "t h4 hit sw" }, "token"), h("span", { class: "words" }, "worse after tuning")),
    h("span", { class: "i3" }, "masked tokens have no loss and stay grey")),
  h("span", { class: "sp" }), sort && button("Sort examples by this loss", sort, { look: "ghost" })];
}

/** One side of the comparison: its name and its mean. */
export function lossHead(loss, view) {
  const [title, of] = view === "before" ? ["Before tuning", loss.model] : ["After tuning", loss.job];
  return h("div", { class: "sech" }, h("h2", {}, title), h("span", { class: "s i3 el" }, visible(of)), h("span", { class: "sp" }),
    h("span", { class: "s" }, "mean loss ", h("b", { class: "b" }, loss[view] === null ? "–" : loss[view].toFixed(2))),
    view === "after" && loss.after > loss.before && icon("warning", { label: "worse than before", tone: "warn" }));
}
