// What could come next in the search box: a list below it, taken with Tab or a click.
import { h, refill, visible } from "./dom.js";
import { count } from "./format.js";

let lists = 0; // made so far, for their ids

/** The list of `input`; `take({text, start, stop})` puts one in its place. */
export function completionList(input, take) {
  let items = [];
  let chosen = 0;
  let moved = false; // somebody has chosen one with the arrows
  lists += 1;
  const id = `ft-complete-${lists}`;
  const list = h("ul", { class: "completions", role: "listbox", id, "aria-label": "Completions" });
  const hints = h("div", { class: "hints", "aria-hidden": "true" }, h("kbd", {}, "Tab"), " take ", h("kbd", {}, "Esc"), " close");
  const panel = h("div", { class: "completing", hidden: true }, list, hints);
  input.setAttribute("aria-controls", id);
  const draw = (typed) => {
    refill(list, items.map((item, at) => h("li", { role: "option", id: `${id}-${at}`, "aria-selected": String(at === chosen), class: at === chosen ? "on" : "",
      // before the blur that closes the list
      onmousedown: (event) => { event.preventDefault(); take(item); } },
    h("code", {}, h("b", {}, visible(item.text.slice(0, typed.length))), visible(item.text.slice(typed.length))),
    h("span", { class: "i2" }, item.words), h("span", { class: "num i3" }, item.count === null ? "" : count(item.count)))));
    input.setAttribute("aria-activedescendant", items.length ? `${id}-${chosen}` : "");
  };
  panel.show = (next, place = {}, typed = "") => {
    if (!next.length && !items.length) return;
    items = next.map((item) => ({ ...item, ...place }));
    chosen = 0;
    moved = false;
    panel.hidden = !items.length;
    panel.typed = typed;
    input.setAttribute("aria-expanded", String(items.length > 0));
    draw(typed);
  };
  panel.key = (event) => {
    if (!items.length || event.ctrlKey || event.metaKey || event.altKey) return false;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) { chosen = (chosen + by + items.length) % items.length; moved = true; draw(panel.typed); return true; }
    if ((event.key === "Tab" && !event.shiftKey) || (event.key === "Enter" && moved)) { take(items[chosen]); return true; }
    if (event.key === "Escape") { panel.show([]); return true; }
    return false;
  };
  return panel;
}
