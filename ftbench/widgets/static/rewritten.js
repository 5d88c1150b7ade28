// Another program rewrote the file while edits were pending: the ways on, and what it did.
import { button, h, icon, visible } from "./dom.js";
import { count, plural } from "./format.js";
import { changedWords } from "./message.js";

/** The notice; bar: {changed: what happened, rewriting: what was seen of it, or null}. */
export function rewrittenNotice({ changed, rewriting }, { ask }) {
  const settle = (choice) => () => ask("settle", { choice });
  const look = () => ask("rewritten", { on: !rewriting });
  return h("div", { class: "card wn", role: "alert" },
    h("div", { class: "in" },
      h("div", { class: "row" }, icon("warning", { label: "warning", tone: "warn" }), h("h2", {}, visible(changed))),
      h("p", { class: "s i2" }, "Your edits are safe in the journal; nothing is mixed yet. Saving waits for your choice.")),
    wayOn("Make the edits in the new file", rewriting ? fitWords(rewriting) : "an edit whose example is gone is named",
      button("Reapply the edits", settle("reapply"), { look: "pri" })),
    wayOn("Take the new file as it is", "the edits are forgotten", button("Discard the edits", settle("discard"), { look: "danger" })),
    wayOn("See what changed", rewriting ? lineWords(rewriting) : "looks at the new file and changes nothing",
      button(rewriting ? "Hide the difference" : "Difference", look, { sign: "diff", "aria-expanded": String(Boolean(rewriting)) })),
    rewriting && differences(rewriting));
}

function wayOn(words, detail, act) {
  return h("div", { class: "way" }, h("span"), h("span", { class: "m" }, words), h("span", { class: "d" }, detail), act);
}

/** How many edits find their example as they found it before. */
export function fitWords({ edits, fit }) {
  if (fit === edits) return edits === 1 ? "the edit fits as it is" : `all ${count(edits)} fit as they are`;
  const left = edits - fit;
  return `${count(fit)} of ${plural(edits, "edit")} ${fit === 1 ? "fits as it is" : "fit as they are"}, ${count(left)} ${left === 1 ? "needs" : "need"} a look`;
}

/** What became of the lines of the file. */
export function lineWords({ lines }) { return lines ?? "the old lines were written over, so which others changed cannot be said"; }

function differences({ changed, more_changed: moreChanged, lost, more_lost: moreLost }) {
  const part = (title, rows, more) => rows.length > 0 && [h("h3", { class: "s i2" }, title), h("ul", {}, rows.map(difference)), more > 0 && h("p", { class: "s i3" }, `and ${count(more)} more`)];
  const parts = [part("Edits that need a look: what they were made for, and what stands there now", lost, moreLost), part("Changed in the file", changed, moreChanged)].filter(Boolean);
  return parts.length > 0 && h("div", { class: "rewritten", role: "region", "aria-label": "What changed", tabindex: 0 }, parts);
}

function difference({ title, place, text }) {
  return h("li", {}, h("span", { class: "b" }, visible(title)), " ", h("span", { class: "i3" }, visible(`${place}:`)), " ",
    h("span", { dir: "auto" }, changedWords(text)));
}
