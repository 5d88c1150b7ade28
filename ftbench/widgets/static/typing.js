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

/** The editor of one text. `done(text)` when finished, `leave()` when discarded or unchanged. Esc discards, Ctrl+Enter or leaving is done. */
export function typingArea(text, { done, leave, label, mono = false, check = () => null }) {
  let over = false;
  const area = h("textarea", { class: mono ? "mono" : "", rows: 1, "aria-label": label, spellcheck: "true", dir: "auto", value: text });
  const words = h("span", {}, "unchanged");
  const grow = () => { area.style.height = "0"; area.style.height = `${area.scrollHeight}px`; holder.scrollIntoView?.({ block: "nearest" }); };
  const finish = (keep) => {
    if (over) return;
    const wrong = keep && area.value !== text && check(area.value);
    if (wrong) { words.textContent = wrong; words.className = "err"; area.focus(); return; }
    over = true;
    if (keep && area.value !== text) done(area.value); else leave();
  };
  area.addEventListener("input", () => { grow(); words.className = ""; words.textContent = wordDifference(text, area.value); });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { finish(false); event.preventDefault(); }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { finish(true); event.preventDefault(); }
    event.stopPropagation();
  });
  area.addEventListener("blur", () => finish(true));
  const holder = h("div", { class: "typing" }, area, h("div", { class: "row s i3 hint" }, words, h("span", { class: "sp" }),
    h("span", { class: "xs" }, h("kbd", {}, "Esc"), " discard"), h("span", { class: "xs" }, h("kbd", {}, "Ctrl"), " ", h("kbd", {}, "Enter"), " done")));
  holder.start = () => { grow(); area.focus({ preventScroll: true }); area.setSelectionRange(area.value.length, area.value.length); };
  return holder;
}

/** Why a text is no JSON object, in words; null when it is one. */
export function jsonObjectFault(text) {
  try {
    const value = JSON.parse(text);
    return value && typeof value === "object" && !Array.isArray(value) ? null : "arguments must be a JSON object, such as {\"city\": \"Oslo\"}";
  } catch (error) { return `not JSON: ${error.message}`; }
}
