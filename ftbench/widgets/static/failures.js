// Failed cases on their way back into the data.
import { button, h, icon, visible } from "./dom.js";
import { plural } from "./format.js";

/** Can this case be sent: did the arm in question fail it, and is it not in the data yet? */
export function canSend(state, one) {
  return one.answers[state.focus].look === "fail" && !state.review.there.includes(one.id);
}

/** The bar at the foot: what is picked, what was sent. `picked` is a set of ids, empty for all. */
export function sendBar(state, picked, { ask, filter }) {
  const { review } = state;
  if (!ask || !review?.into || !review.failed) return [];
  const left = review.failed - review.there.length;
  const many = picked.size || left;
  const said = review.sent ? h("span", { role: "status", class: "row" }, icon("check", { tone: "ok" }), visible(sentWords(review.sent)),
    filter && button("Show them", () => filter("tag:failure"), { look: "ghost" })) : h("span", {}, h("b", { class: "b" }, picked.size
    ? `${plural(picked.size, "failure")} selected` : plural(review.failed, "failure")), review.there.length > 0 && h("span", { class: "i3" }, ` ${review.there.length} in the data already`));
  return [said, h("span", { class: "sp" }), left > 0 && h("span", { class: "i3" }, "a case leaves the eval when it enters the training data"),
    left > 0 && button(`Send ${plural(many, "failure")} to review`, () => { ask("review", { ids: [...picked] }); picked.clear(); }, { look: "pri", sign: "send" })];
}

/** What became of them. */
export function sentWords({ added, asked, into }) {
  const there = asked - added;
  return `${plural(added, "example")} added to ${into}, to be reviewed${there ? `; ${there} ${there === 1 ? "was" : "were"} there` : ""}`;
}
