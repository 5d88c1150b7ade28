// Keep, drop or look again; and the tags of an example.
import { button, h, icon, redraw, refill, visible } from "./dom.js";

const DECIDED = [["keep", "Keep", "check", "a"], ["drop", "Drop", "cross", "x"], ["todo", "Todo", "todo", "t"]];
const DECISION_TONES = { keep: "ok", drop: "err", todo: "" };

/** The three buttons; pressing the one in effect takes the decision back. */
export function decisionButtons(decision, decide) {
  return h("span", { class: "seg decide", role: "group", "aria-label": "Decision" }, DECIDED.map(([name, words, sign, key]) => h("button",
    { type: "button", "aria-pressed": String(decision === name), "aria-keyshortcuts": key, "data-tip": `${words} (${key})`, "aria-label": words,
      onclick: () => decide(decision === name ? null : name) }, icon(sign, { tone: DECISION_TONES[name] }), h("span", { class: "w" }, words))));
}

/** What is decided of the chosen example, and its tags; state: that of the table. */
export function reviewBar(actions) {
  const bar = h("span", { class: "review" });
  let tags = null;
  let drawn = "";
  bar.show = ({ selection, review }) => {
    const text = JSON.stringify([selection, review]);
    if (text === drawn) return; // a tag that is being typed stays
    drawn = text;
    bar.hidden = !review;
    if (!review) { refill(bar); return; }
    const about = { example: selection };
    bar.classList.toggle("tagged", review.tags.length > 0);
    tags = tagList(review.tags, { add: (name) => actions.ask("tag", { ...about, name }), remove: (name) => actions.ask("untag", { ...about, name }) });
    redraw(bar, () => refill(bar, decisionButtons(review.decision, (decision) => actions.ask("decide", { ...about, decision })), tags));
  };
  bar.open = () => {
    if (!tags || tags.offsetParent === null) return false; // no room for tags on a narrow page
    tags.open();
    return true;
  };
  return bar;
}

/** Tags with a way to take each off, and a field to put another on. */
export function tagList(tags, { add, remove }) {
  const input = h("input", { type: "text", class: "field", "aria-label": "New tag", placeholder: "tag", maxlength: 60, spellcheck: "false", autocomplete: "off", hidden: true });
  const open = button("", () => list.open(), { sign: "add", tip: "Put a tag on", key: "#", look: "add-tag" });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && input.value.trim()) add(input.value);
    if (event.key === "Enter" || event.key === "Escape") { input.value = ""; input.hidden = true; open.focus(); event.preventDefault(); event.stopPropagation(); }
  });
  input.addEventListener("blur", () => { input.hidden = true; });
  const list = h("span", { class: "tags" }, open, input, tags.map((tag) => h("span", { class: "tag" }, h("span", { class: "el", title: tag }, visible(tag)),
    h("button", { type: "button", class: "x", "aria-label": `Take off the tag ${tag}`, onclick: () => remove(tag) }, icon("cross", { tone: "i3" })))));
  list.open = () => { input.hidden = false; input.focus(); };
  return list;
}
