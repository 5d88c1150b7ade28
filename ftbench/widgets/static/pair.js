// What stands below a conversation: two answers side by side with their difference.
import { button, h, icon, visible } from "./dom.js";
import { count, plural } from "./format.js";

/** What is left of a long text, in words. */
export function moreWords({ lines, characters }) {
  return lines ? plural(lines, "more line") : `${count(characters)} more characters`;
}

/** The two answers; `acts`: swap(), edit(key). */
export function answersPane(pair, acts) {
  return h("div", { class: "answers" }, h("div", { class: "row" }, h("span", { class: "b" }, "Answers"), h("span", { class: "i3 s" }, "what only one of them says is marked"),
    h("span", { class: "sp" }), button("Swap", acts.swap, { sign: "diff", key: "s", tip: "Exchange the two answers" })),
  h("div", { class: "sides" }, pair.map((answer, at) => answerCard(answer, at, acts))));
}

function answerCard({ key, title, plain, missing, pieces, folded }, at, acts) {
  const tag = at === 0 ? "ins" : "del";
  const edit = () => acts.edit(key);
  const body = missing ? h("div", { class: "text err" }, "missing")
    : h("div", { class: `text editable ${plain ? "" : "mono"}`, dir: "auto", onclick: () => !String(document.getSelection?.() ?? "") && edit() },
      pieces.map(([differs, text]) => (differs ? h(tag, { class: "side" }, visible(text)) : visible(text))));
  return h("section", { class: `msg answer ${at === 0 ? "good" : "poor"}`, tabindex: 0, "data-answer": key, "aria-label": `${title} answer` },
    h("div", { class: "mh" }, icon(at === 0 ? "check" : "cross", { tone: at === 0 ? "ok" : "err" }), h("b", {}, title), h("span", { class: "sp" }),
      button("", edit, { sign: "edit", tip: `Edit the ${title.toLowerCase()} answer`, key: "e" })),
    h("div", { class: "mb" }, body, folded && h("button", { type: "button", class: "link s", onclick: edit }, moreWords(folded))));
}
