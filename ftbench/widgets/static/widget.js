// The shell round every pane: its root, its keys and tips, its line to Python, and where errors are shown.
import { button, h, icon } from "./dom.js";
import { bindKeys } from "./keys.js";
import { tooltips } from "./tip.js";

/** Draw `pane(state, actions)` into an anywidget view and keep it up to date.
 *  A pane returns an element. With `element.update(state, changed)`, a Set of keys, it brings itself up to date, otherwise it is drawn anew.
 *  `element.keys` is its key table, `element.hear(message)` gets what Python tells, `element.close()` ends it. */
export function mount({ model, el }, pane) {
  const notice = h("div", { class: "notice", role: "alert", hidden: true });
  const root = h("div", { class: "ft w", tabindex: -1 });
  const line = openLine(model, (error) => showError(notice, error));
  const state = () => Object.fromEntries(model.get("state_keys").map((key) => [key, model.get(`state_${key}`)]));
  let element = pane(state(), { ask: line.ask });
  root.append(notice, element);
  const update = (changed) => {
    const held = root.contains(document.activeElement);
    bring(changed);
    if (held && !root.contains(document.activeElement)) root.focus({ preventScroll: true }); // what had the focus is gone
  };
  const bring = (changed) => {
    if (element.update) { element.update(state(), changed); return; }
    element.close?.();
    const next = pane(state(), { ask: line.ask });
    element.replaceWith(next);
    element = next;
  };
  let changed = new Set(); // what one message changed is drawn at once
  for (const key of model.get("state_keys")) {
    model.on(`change:state_${key}`, () => {
      if (!changed.size) queueMicrotask(() => { const keys = changed; changed = new Set(); update(keys); });
      changed.add(key);
    });
  }
  line.hear((message) => element.hear?.(message));
  const unbind = bindKeys(root, () => element.keys ?? {});
  const hideTips = tooltips(root);
  const ends = watchWidth(root);
  el.appendChild(root);
  return () => { unbind(); hideTips(); ends(); line.close(); element.close?.(); };
}

/** Questions to Python and their answers. `ask(verb, values)` gives a promise of the answer. */
export function openLine(model, onError) {
  const open = new Map();
  const prefix = Math.random().toString(36).slice(2, 8); // two views of one model hear each other's answers
  let number = 0;
  let listener = () => {};
  const receive = (message) => {
    if (message.tell) { listener(message.tell); return; }
    const settle = open.get(message.id);
    if (!settle) return;
    open.delete(message.id);
    if (message.error) { onError(message.error); settle.reject(message.error); } else settle.resolve(message.answer);
  };
  model.on("msg:custom", receive);
  return {
    ask(verb, values = {}) {
      number += 1;
      const id = `${prefix}${number}`;
      const answer = new Promise((resolve, reject) => open.set(id, { resolve, reject }));
      answer.catch(() => {}); // the notice has shown it; whoever needs to know can still catch it
      model.send({ do: verb, id, ...values });
      return answer;
    },
    hear(callback) { listener = callback; },
    close() { model.off("msg:custom", receive); open.clear(); },
  };
}

function showError(notice, { message, remedy }) {
  notice.replaceChildren(
    icon("error", { label: "error" }),
    h("div", { class: "tx" }, h("b", {}, message), remedy && " ", remedy),
    button("", () => { notice.hidden = true; }, { sign: "cross", tip: "Close" }));
  notice.hidden = false;
}

/** Mark the root as narrow below 900 px; the pane's own width counts, not the window's. */
function watchWidth(root) {
  if (typeof ResizeObserver === "undefined") return () => {};
  const observer = new ResizeObserver(([entry]) => {
    root.classList.toggle("narrow", entry.contentRect.width > 0 && entry.contentRect.width < 900);
  });
  observer.observe(root);
  return () => observer.disconnect();
}
