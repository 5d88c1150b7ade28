// Editing in place: a text area that grows with its text, in the place of what it edits.
import { h } from "./dom.js";
import { plural } from "./format.js";

/** How many words more or fewer: "+3 words", "2 words fewer", "same length". */
export function wordDifference(before, after) {
  const words = (text) => (text.match(/\S+/g) ?? []).length;
  const more = words(after) - words(before);
  if (more === 0) return before === after ? "unchanged" : "same number of words";
  return more > 0 ? `+${plural(more, "word")}` : `−${plural(-more, "word")}`;
}

/** What a text area holds, spelled as the text it was given: the page makes every line ending a line feed. */
export function spelledAs(text, written) {
  return /\r\n/.test(text) && !/(^|[^\r])\n/.test(text) ? written.replaceAll("\n", "\r\n") : written;
}

/** The length of a text as Python counts it: in characters, not in UTF-16 units. */
export function characterCount(text) { return [...text].length; }

/** The editor of one text. `done(text)` when finished, `leave()` when discarded or unchanged; Esc discards, Ctrl+Enter or leaving is done.
 *  `split(at, text or null)` makes two of it at the caret, with Alt+Enter. */
export function typingArea(text, { done, leave, label, split = null, mono = false, check = () => null }) {
  let over = false;
  const area = h("textarea", { class: mono ? "mono" : "", rows: 1, "aria-label": label, spellcheck: "true", dir: "auto", value: text });
  const words = h("span", {}, "unchanged");
  const grow = () => { area.style.height = "0"; area.style.height = `${area.scrollHeight}px`; holder.scrollIntoView?.({ block: "nearest" }); };
  const before = area.value;
  const written = () => (area.value === before ? text : spelledAs(text, area.value));
  const finish = (keep) => {
    if (over) return;
    const changed = keep && area.value !== before;
    const wrong = changed && check(area.value);
    if (wrong) { words.textContent = wrong; words.className = "err"; area.focus(); return; }
    over = true;
    if (changed) done(written()); else leave();
  };
  const cut = () => {
    const at = characterCount(spelledAs(text, area.value.slice(0, area.selectionStart)));
    if (over || !split) return;
    if (at === 0 || area.selectionStart === area.value.length) { words.textContent = "put the caret between two characters to split"; area.focus(); return; }
    over = true;
    split(at, area.value === before ? null : written());
  };
  area.addEventListener("input", () => { grow(); words.className = ""; words.textContent = wordDifference(text, area.value); });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { finish(false); event.preventDefault(); }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { finish(true); event.preventDefault(); }
    if (event.key === "Enter" && event.altKey) { cut(); event.preventDefault(); }
    event.stopPropagation();
  });
  area.addEventListener("blur", () => finish(true));
  const holder = h("div", { class: "typing" }, area, h("div", { class: "row s i3 hint" }, words, h("span", { class: "sp" }),
    split && h("button", { type: "button", class: "link xs", tabindex: -1, onmousedown: (event) => event.preventDefault(), onclick: cut },
      h("kbd", {}, "Alt"), " ", h("kbd", {}, "Enter"), " split here"),
    h("span", { class: "xs" }, h("kbd", {}, "Esc"), " discard"), h("span", { class: "xs" }, h("kbd", {}, "Ctrl"), " ", h("kbd", {}, "Enter"), " done")));
  holder.start = () => { grow(); area.focus({ preventScroll: true }); area.setSelectionRange(area.value.length, area.value.length); };
  return holder;
}

/** A short text in one line. `done(text)` when it was changed, else `leave()`; Enter or leaving is done, Esc discards. */
export function nameField(text, { done, leave, label }) {
  let over = false;
  const field = h("input", { class: "field name-field", "aria-label": label, placeholder: "no name", spellcheck: "false", value: text });
  const finish = (keep) => {
    if (over) return;
    over = true;
    if (keep && field.value !== text) done(field.value); else leave();
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === "Escape") { finish(event.key === "Enter"); event.preventDefault(); }
    event.stopPropagation();
  });
  field.addEventListener("blur", () => finish(true));
  field.start = () => { field.focus({ preventScroll: true }); field.select(); };
  return field;
}

/** Why a text is no JSON object, in words; null when it is one. */
export function jsonObjectFault(text) {
  try {
    const value = JSON.parse(text);
    return value && typeof value === "object" && !Array.isArray(value) ? null : "arguments must be a JSON object, such as {\"city\": \"Oslo\"}";
  } catch (error) { return `not JSON: ${error.message}`; }
}

/** Why a text is no JSON, in words; null when it is. */
export function jsonFault(text) {
  try { JSON.parse(text); return null; } catch (error) { return `not JSON: ${error.message}`; }
}
