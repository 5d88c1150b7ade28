// Keys work only while the focus is inside the widget and never while somebody types.
// The notebook keeps its own: a key with Ctrl, Meta or Alt that the widget does not know goes through.

const SUPPRESS = "data-lm-suppress-shortcuts"; // JupyterLab and Notebook 7 leave keys alone on an element with this attribute

/** The name a key has in a key table: "j", "U", "/", "Escape", "Ctrl+Enter", "Alt+ArrowUp". */
export function keyName(event) {
  const accel = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
  const alt = event.altKey ? "Alt+" : "";
  const shift = event.shiftKey && event.key.length > 1 ? "Shift+" : "";
  return `${accel}${alt}${shift}${event.key}`;
}

/** Is this an element in which letters are text? */
export function isTyping(target) {
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
 *  a handler that returns false has not used the key. Returns the function that ends it. */
export function bindKeys(root, table) {
  const find = (event) => (isTyping(event.target) ? undefined : table()[keyName(event)]);
  // JupyterLab looks at keys in document's capture phase; window comes before it.
  const announce = (event) => {
    if (!root.contains(event.target)) return;
    // the mark counts on the target alone: JupyterLab asks whether the target matches before it looks at what is around it
    if (belongsToNotebook(event, Boolean(find(event)))) event.target.removeAttribute(SUPPRESS);
    else event.target.setAttribute(SUPPRESS, "true");
  };
  const press = (event) => {
    if (event.defaultPrevented) return;
    const handler = find(event);
    if (handler && handler(event) !== false) event.preventDefault();
    if (handler || isTyping(event.target)) event.stopPropagation();
  };
  window.addEventListener("keydown", announce, true);
  root.addEventListener("keydown", press);
  return () => {
    window.removeEventListener("keydown", announce, true);
    root.removeEventListener("keydown", press);
  };
}
