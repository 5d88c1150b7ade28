// Keys work only while the focus is inside the widget and never while somebody types.
// The notebook keeps its own: a key with Ctrl, Meta or Alt that the widget does not know goes through.
import { activeIn } from "./focus.js";

const WRITING = ["Enter", "Backspace", "Delete", "Escape", "Tab"]; // keys for a field that is not open yet
const SUPPRESS = "data-lm-suppress-shortcuts"; // JupyterLab and Notebook 7 leave keys alone on an element with this attribute

/** The name a key has in a key table: "j", "U", "/", "Escape", "Ctrl+Enter", "Alt+ArrowUp". */
export function keyName(event) {
  const accel = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
  const alt = event.altKey ? "Alt+" : "";
  const shift = event.shiftKey && event.key.length > 1 ? "Shift+" : "";
  return `${accel}${alt}${shift}${event.key}`;
}

/** Is this an element in which letters are text? One whose text is being written takes none any more. */
export function isTyping(target) { return isField(target) && !target.closest?.('[aria-busy="true"]'); }

function isField(target) {
  if (!target?.tagName) return false;
  if (target.isContentEditable || target.tagName === "TEXTAREA" || target.tagName === "SELECT") return true;
  return target.tagName === "INPUT" && !["checkbox", "radio", "button", "range"].includes(target.type);
}

/** Should the notebook get this key although the focus is inside the widget? */
export function belongsToNotebook(event, handled) {
  if (handled) return false;
  const accel = event.ctrlKey || event.metaKey;
  if (isTyping(event.target)) return accel && (event.shiftKey || event.key.toLowerCase() === "s");
  return accel || event.altKey || (event.shiftKey && event.key === "Enter");
}

/** Call the handler of each key pressed inside `root`. `table()` gives {key name: handler(event)};
 *  a handler that returns false has not used the key. While `held.waits()` a question to Python is open: keys are kept and come in
 *  order when `held.whenFree(go)` calls, so that none acts on what is about to change. Returns the function that ends it. */
export function bindKeys(root, table, held = null) {
  const find = (event) => (isTyping(event.target) ? undefined : table()[keyName(event)]);
  const kept = [];
  let replaying = false; // what a kept key sets off must not wait once more
  // JupyterLab looks at keys in document's capture phase; window comes before it.
  const announce = (event) => {
    if (replaying || !root.contains(event.target)) return;
    if (kept.length && (isText(event) || WRITING.includes(event.key) || find(event))) { // behind those that wait, even if a field is open by now
      kept.push(event);
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    // the mark counts on the target alone: JupyterLab asks whether the target matches before it looks at what is around it
    if (belongsToNotebook(event, Boolean(find(event)))) event.target.removeAttribute(SUPPRESS);
    else event.target.setAttribute(SUPPRESS, "true");
  };
  const release = () => {
    while (kept.length && !held.waits()) {
      replaying = true;
      try { pressKept(kept.shift(), root, table); } finally { replaying = false; }
    }
    if (kept.length) held.whenFree(release);
  };
  const press = (event) => {
    if (event.defaultPrevented) return;
    const handler = find(event);
    const writes = kept.length ? WRITING.includes(event.key) : isField(event.target) && WRITING.includes(event.key) && event.key !== "Tab";
    if ((handler || isText(event) || writes) && !isTyping(event.target) && held && (kept.length || held.waits())) {
      // a key that is held down stops when it is let go, however far behind Python is
      if (!(event.repeat && kept.some((one) => one.key === event.key)) && kept.push(event) === 1) held.whenFree(release);
      event.preventDefault();
    } else if (handler && handler(event) !== false) event.preventDefault();
    if (handler || isTyping(event.target)) event.stopPropagation();
  };
  window.addEventListener("keydown", announce, true);
  root.addEventListener("keydown", press);
  return () => {
    window.removeEventListener("keydown", announce, true);
    root.removeEventListener("keydown", press);
  };
}

/** Would this key write a character? */
function isText(event) { return event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey; }

/** A key that had to wait: an action, or a character for the field that has opened meanwhile. */
function pressKept(event, root, table) {
  const target = root.contains(activeIn(root)) ? activeIn(root) : root;
  if (event.key === "Tab") { goOn(root, target, event.shiftKey ? -1 : 1); return; }
  if (!isTyping(target)) {
    const { key, shiftKey, ctrlKey, altKey, metaKey } = event;
    table()[keyName(event)]?.({ key, shiftKey, ctrlKey, altKey, metaKey, target, preventDefault() {}, stopPropagation() {} });
    return;
  }
  const { selectionStart: from, selectionEnd: to } = target;
  if (target.tagName === "SELECT") pick(target, event.key);
  else if (isText(event)) write(target, event.key);
  else if (event.key === "Backspace") write(target, "", from === to ? Math.max(0, from - 1) : from, to);
  else if (event.key === "Delete") write(target, "", from, from === to ? to + 1 : to);
  else if (target.dispatchEvent(new KeyboardEvent("keydown", { key: event.key, bubbles: true, cancelable: true })) && event.key === "Enter") {
    if (target.form) target.form.requestSubmit(); else if (target.tagName === "TEXTAREA") write(target, "\n");
  }
}

function write(target, text, from = target.selectionStart, to = target.selectionEnd) {
  target.setRangeText(text, from, Math.min(to, target.value.length), "end");
  target.dispatchEvent(new Event("input", { bubbles: true }));
}

/** What an arrow or a letter does to a list of choices. */
function pick(target, key) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[key];
  const choices = [...target.options];
  const found = by ? choices[target.selectedIndex + by] : choices.find(({ text }) => text.toLowerCase().startsWith(key.toLowerCase()));
  if (!found || found.selected) return;
  found.selected = true;
  target.dispatchEvent(new Event("change", { bubbles: true }));
}

/** To the next or the previous element that the Tab key reaches, its text chosen as a whole. */
function goOn(root, target, by) {
  const reached = [...root.querySelectorAll("a[href], button, input, select, summary, textarea, [tabindex]")]
    .filter((each) => each === target || (each.tabIndex >= 0 && !each.disabled && each.getClientRects().length > 0));
  const next = reached[reached.indexOf(target) + by];
  next?.focus();
  next?.select?.();
}
