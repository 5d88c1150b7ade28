// The shell round every pane: its root, its keys and tips, its line to Python, and where errors are shown.
import { button, h, icon, visible } from "./dom.js";
import { activeIn } from "./focus.js";
import { bindKeys } from "./keys.js";
import { followTheme } from "./theme.js";
import { tooltips } from "./tip.js";

const LATE = 8000; // ms without an answer after which that is said; so long keys wait for it, else a slow Python would lose steps

/** Draw `pane(state, actions)` into an anywidget view and keep it up to date.
 *  A pane returns an element. With `element.update(state, changed)`, a Set of keys, it brings itself up to date, otherwise it is drawn anew.
 *  `element.keys` is its key table, `element.hear(message)` gets what Python tells, `element.says(error)` whether it says that itself, `element.close()` ends it. */
export function mount({ model, el }, pane) {
  const notice = h("div", { class: "notice", role: "alert", hidden: true });
  const root = h("div", { class: "ft w", tabindex: -1 });
  const line = openLine(model, (error, verb) => { if (!error || !element.says?.(error.message)) showError(notice, error, verb); });
  const state = () => Object.fromEntries(model.get("state_keys").map((key) => [key, model.get(`state_${key}`)]));
  let element = pane(state(), { ask: line.ask });
  root.append(notice, element);
  const update = (changed) => {
    const held = root.contains(activeIn(root));
    bring(changed);
    if (element.says?.(notice.said)) notice.hidden = true; // it stands there now
    if (held && !root.contains(activeIn(root))) root.focus({ preventScroll: true }); // what had the focus is gone
  };
  const bring = (changed) => {
    try { redrawn(changed); } catch (error) { // a fault of ours: it is said where it happened, and what is on the page stays
      showError(notice, { message: `The page could not be drawn: ${error.message}`, remedy: "Run the cell again; your edits are in the journal." });
      line.ask("fault", { text: `${error.stack ?? error}`.slice(0, 4000) });
      reportError(error);
    }
  };
  const redrawn = (changed) => {
    if (element.update) { element.update(state(), changed); return; }
    element.close?.();
    const next = pane(state(), { ask: line.ask });
    element.replaceWith(next);
    element = next;
  };
  let changed = new Set(); // what one message changed is drawn at once
  const told = model.get("state_keys").map((key) => [`change:state_${key}`, () => {
    if (!changed.size) queueMicrotask(() => { const keys = changed; changed = new Set(); update(keys); });
    changed.add(key);
  }]);
  told.forEach(([name, call]) => model.on(name, call));
  line.hear((message) => element.hear?.(message));
  const unbind = bindKeys(root, () => element.keys ?? {}, line);
  const hideTips = tooltips(root);
  const ends = watchWidth(root);
  const untheme = followTheme(root, el);
  el.appendChild(root);
  return () => { told.forEach(([name, call]) => model.off(name, call)); unbind(); hideTips(); ends(); untheme(); line.close(); element.close?.(); };
}

const GONE = { message: "The kernel that this view belongs to has ended.", remedy: "Run the cell again; your edits are in the journal." };
const READS = ["page", "cut", "complete", "text", "code"]; // verbs that change nothing: no key waits for their answers

/** Questions to Python and their answers. `ask(verb, values)` gives a promise of the answer. */
export function openLine(model, onError) {
  const open = new Map();
  const prefix = Math.random().toString(36).slice(2, 8); // two views of one model hear each other's answers
  let number = 0;
  let listener = () => {};
  let since = 0; // when the oldest open question was asked
  let late = 0;
  let told = false;
  let failed = ""; // the verb of the last error
  let free = []; // whom to call when no question is open
  const acting = () => [...open.values()].some((one) => one.acts);
  const watch = () => {
    clearTimeout(late);
    if (!acting()) { const calls = free; free = []; calls.forEach((call) => setTimeout(call, 0)); } // after whoever waits for the answer
    if (!open.size) return;
    late = setTimeout(() => {
      told = true;
      onError({ passing: true, message: "Python has not answered yet.",
        remedy: "A running cell keeps it waiting; after a restart of the kernel run this cell again. What you typed stays on the page." });
    }, LATE);
  };
  const send = (id, message) => {
    try { model.send(message); } catch { // Jupyter refuses: with its kernel this line has ended, and a timer or a key came before the view was taken away
      receive({ id, error: GONE });
    }
  };
  const receive = (message) => {
    if (message.tell) { listener(message.tell); return; }
    const settle = open.get(message.id);
    if (!settle) return;
    if (message.left) { // a large answer comes in parts
      settle.text += message.part;
      since = Date.now();
      watch();
      send(message.id, { more: message.id });
      return;
    }
    if (message.part) message = { ...message, answer: JSON.parse(settle.text + message.part) };
    open.delete(message.id);
    since = Date.now();
    watch();
    if (told) { told = false; onError(null); } // it does answer
    if (message.error) { failed = settle.verb; onError(message.error, failed); settle.reject(message.error); return; }
    if (settle.verb === failed) { failed = ""; onError(null, settle.verb); } // what failed was done now
    settle.resolve(message.answer);
  };
  model.on("msg:custom", receive);
  return {
    ask(verb, values = {}) {
      number += 1;
      const id = `${prefix}${number}`;
      const answer = new Promise((resolve, reject) => open.set(id, { verb, resolve, reject, text: "", acts: !READS.includes(verb.split(".").at(-1)) }));
      answer.catch(() => {}); // the notice has shown it; whoever needs to know can still catch it
      if (open.size === 1) since = Date.now();
      watch();
      send(id, { do: verb, id, ...values });
      return answer;
    },
    hear(callback) { listener = callback; },
    /** Is a question open that changes something, and not for too long? */
    waits() { return acting() && Date.now() - since < LATE; },
    /** Call back when none is, or when it has been for too long. */
    whenFree(call) { free.push(call); setTimeout(() => { if (free.includes(call)) { free = free.filter((one) => one !== call); call(); } }, LATE); },
    close() { clearTimeout(late); model.off("msg:custom", receive); open.clear(); },
  };
}

/** Say what went wrong; null takes back what was only passing, or what went wrong with this verb. */
function showError(notice, error, verb) {
  if (!error) { if (notice.passing || (verb && notice.verb === verb)) notice.hidden = true; return; }
  const { message, remedy, passing = false } = error;
  Object.assign(notice, { passing, verb, said: message });
  notice.replaceChildren(
    icon("error", { label: "error" }),
    h("div", { class: "tx" }, h("b", {}, visible(message)), remedy && " ", remedy && visible(remedy)),
    button("", () => { notice.hidden = true; }, { sign: "cross", tip: "Close" }));
  notice.hidden = false;
}

/** Mark the root as narrow below 900 px; the pane's own width counts, not the window's. */
export function watchWidth(root) {
  if (typeof ResizeObserver === "undefined") return () => {};
  const observer = new ResizeObserver(([entry]) => {
    root.classList.toggle("narrow", entry.contentRect.width > 0 && entry.contentRect.width < 900);
  });
  observer.observe(root);
  return () => observer.disconnect();
}
