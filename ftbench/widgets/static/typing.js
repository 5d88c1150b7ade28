// Editing in place: a text area that grows with its text, in the place of what it edits.
import { h, refill } from "./dom.js";
import { plural } from "./format.js";
import { insertedPieces } from "./inserted.js";

const LONG = 100_000; // characters from which words are no longer compared at every key

/** How many words more or fewer: "+3 words", "2 words fewer", "same length". */
export function wordDifference(before, after) {
  if (before.length > LONG || after.length > LONG) return before === after ? "unchanged" : "changed";
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

/** What went wrong, in one line. */
export function errorWords(error) {
  return [error?.message ?? String(error), error?.remedy].filter(Boolean).join(" ");
}

/** One try to write what was typed: on failure nothing is lost, the field stays open and says why. */
export function attempt(holder, words, write, again) {
  holder.setAttribute("aria-busy", "true");
  Promise.resolve(write()).then(() => holder.removeAttribute("aria-busy"), (error) => {
    holder.removeAttribute("aria-busy");
    again();
    words.className = "err";
    refill(words, `not written: ${errorWords(error)}`);
  });
}

/** The editor of one text, which marks what is new in it. `done(text)` when finished, a promise; `leave()` when discarded or unchanged; Esc discards,
 *  Ctrl+Enter or leaving is done. `split(at, text or null)` makes two of it at the caret, with Alt+Enter. `saved` promises the text as the file holds it,
 *  where that is another one. `finish()` of the element is leaving it. */
export function typingArea(text, { done, leave, label, split = null, saved = null, mono = false, check = () => null, note = "unchanged" }) {
  let over = false;
  const marks = h("div", { class: `marks ${mono ? "mono" : ""}`, "aria-hidden": "true", dir: "auto" });
  const area = h("textarea", { class: mono ? "mono" : "", rows: 1, "aria-label": label, spellcheck: String(!mono && text.length < LONG), dir: "auto", value: text });
  const words = h("span", { role: "status" }, note);
  const grow = () => {
    if (text.length >= LONG) area.style.height = "60vh";
    else if (!globalThis.CSS?.supports("field-sizing", "content")) { area.style.height = "0"; area.style.height = `${area.scrollHeight}px`; }
    holder.scrollIntoView?.({ block: "nearest" });
  };
  const before = area.value;
  let older = before; // what new words are seen against
  const written = () => (area.value === before ? text : spelledAs(text, area.value));
  const again = () => { over = false; };
  const finish = (keep) => {
    if (over) return;
    const changed = keep && area.value !== before;
    const wrong = changed && check(area.value);
    if (wrong) { words.textContent = wrong; words.className = "err"; area.focus(); return; }
    over = true;
    if (changed) attempt(holder, words, () => done(written()), again); else leave();
  };
  const cut = () => {
    const at = characterCount(spelledAs(text, area.value.slice(0, area.selectionStart)));
    if (over || !split) return;
    if (at === 0 || area.selectionStart === area.value.length) { words.textContent = "put the caret between two characters to split"; area.focus(); return; }
    over = true;
    attempt(holder, words, () => split(at, area.value === before ? null : written()), again);
  };
  const compare = () => {
    words.className = "";
    words.textContent = wordDifference(older, area.value);
    const pieces = Math.max(older.length, area.value.length) < LONG ? insertedPieces(older, area.value) : [];
    refill(marks, pieces.map(([fresh, piece]) => (fresh ? h("ins", {}, piece) : piece)));
  };
  area.addEventListener("input", () => { grow(); compare(); });
  saved?.then((found) => { older = found.replace(/\r\n?/g, "\n"); compare(); }, () => {}); // the notice has shown what went wrong
  area.addEventListener("keydown", (event) => {
    if (over) return; // it is being written: the key is for what comes next
    if (event.key === "Escape") { finish(false); event.preventDefault(); }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { finish(true); event.preventDefault(); }
    if (event.key === "Enter" && event.altKey) { cut(); event.preventDefault(); }
    event.stopPropagation();
  });
  area.addEventListener("blur", () => finish(true));
  const holder = h("div", { class: "typing" }, area, marks, h("div", { class: "row s i3 hint" }, words, h("span", { class: "sp" }),
    split && h("button", { type: "button", class: "link xs", tabindex: -1, onmousedown: (event) => event.preventDefault(), onclick: cut },
      h("kbd", {}, "Alt"), " ", h("kbd", {}, "Enter"), " split here"),
    h("span", { class: "xs" }, h("kbd", {}, "Esc"), " discard"), h("span", { class: "xs" }, h("kbd", {}, "Ctrl"), " ", h("kbd", {}, "Enter"), " done")));
  holder.start = () => { grow(); area.focus({ preventScroll: true }); area.setSelectionRange(area.value.length, area.value.length); };
  holder.finish = () => finish(true);
  holder.typed = () => (area.value === before ? null : area.value);
  return holder;
}

/** A short text in one line. `done(text)`, a promise, when it was changed, else `leave()`; Enter or leaving is done, Esc discards. */
export function nameField(text, { done, leave, label, hint = "no name" }) {
  let over = false;
  const field = h("input", { class: "field name-field", "aria-label": label, placeholder: hint, spellcheck: "false", value: text });
  const words = h("span", { role: "status", class: "s" });
  const holder = h("span", { class: "row naming" }, field, words);
  const finish = (keep) => {
    if (over) return;
    over = true;
    if (keep && field.value !== text) attempt(holder, words, () => done(field.value), () => { over = false; }); else leave();
  };
  field.addEventListener("keydown", (event) => {
    if (over) return;
    if (event.key === "Enter" || event.key === "Escape") { finish(event.key === "Enter"); event.preventDefault(); }
    event.stopPropagation();
  });
  field.addEventListener("blur", () => finish(true));
  holder.start = () => { field.focus({ preventScroll: true }); field.select(); };
  holder.finish = () => finish(true);
  holder.typed = () => (field.value === text ? null : field.value);
  return holder;
}

/** Why a text is no JSON object, in words; null when it is one. */
export function jsonObjectFault(text) {
  try {
    const value = JSON.parse(text);
    return value && typeof value === "object" && !Array.isArray(value) ? null : "this must be a JSON object, such as {\"city\": \"Oslo\"}";
  } catch (error) { return `not JSON: ${error.message}`; }
}

/** Why a text is no JSON, in words; null when it is. */
export function jsonFault(text) {
  try { JSON.parse(text); return null; } catch (error) { return `not JSON: ${error.message}`; }
}
