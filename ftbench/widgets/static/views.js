// Saved views: a list below its button. Arrows walk, Enter shows a view, Delete forgets it, a field at the foot saves the query of now.
import { h, button, icon, refill, visible } from "./dom.js";
import { activeIn } from "./focus.js";
import { nextItem } from "./menu.js";

/** The button with its list. `show([[name, query], …], query)` brings it up to date; `ask` as of the table. */
export function viewsMenu(ask) {
  let views = [];
  let query = "";
  const open = button("Views", () => toggle(), { sign: "fold", tip: "Saved views", "aria-haspopup": "menu", "aria-expanded": "false", "aria-keyshortcuts": "V" });
  const list = h("ul", { role: "menu", "aria-label": "Saved views" });
  const name = h("input", { type: "text", class: "field", "aria-label": "Name for the query of now", placeholder: "Save this query as…", maxlength: 60, spellcheck: "false", autocomplete: "off" });
  const form = h("form", { class: "row" }, name, h("button", { type: "submit", class: "btn" }, "Save"));
  const panel = h("div", { class: "shelf", hidden: true }, list, form);
  const box = h("span", { class: "views" }, open, panel);
  const items = () => [...list.querySelectorAll("[role=menuitem]")];
  const toggle = (shown = panel.hidden) => {
    panel.hidden = !shown;
    open.setAttribute("aria-expanded", String(shown));
    if (shown) (items()[0] ?? name).focus();
  };
  const close = () => { toggle(false); open.focus({ preventScroll: true }); };
  const draw = () => refill(list, views.map(([title, words], at) => h("li", { role: "none" },
    h("button", { type: "button", role: "menuitem", tabindex: -1, class: words === query ? "on" : "", onclick: () => { close(); ask("views.show", { name: title }); } },
      h("b", { class: "m el" }, visible(title)), h("code", { class: "i3 el" }, visible(words || "all examples"))),
    h("button", { type: "button", class: "x", tabindex: -1, "aria-label": `Forget the view ${title}`, onclick: () => forget(at) }, icon("cross", { tone: "i3" })))));
  const forget = (at) => ask("views.forget", { name: views[at][0] }).then(() => (items()[Math.min(at, views.length - 1)] ?? name).focus(), () => {});
  panel.addEventListener("keydown", (event) => {
    const at = items().indexOf(activeIn(panel));
    if (event.key === "Escape") close();
    else if (["ArrowDown", "ArrowUp"].includes(event.key)) {
      const stops = [...items(), name];
      stops[nextItem(at < 0 ? stops.length - 1 : at, event.key, stops.length)].focus();
    } else if (event.key === "Delete" && at >= 0) forget(at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (name.value.trim()) ask("views.save", { name: name.value }).then(() => { name.value = ""; close(); }, () => {});
  });
  box.addEventListener("focusout", (event) => { if (event.relatedTarget && !box.contains(event.relatedTarget)) toggle(false); });
  box.open = () => { toggle(true); return true; };
  box.show = (next, now) => {
    if (JSON.stringify([next, now]) === JSON.stringify([views, query])) return; // what has the focus stays
    [views, query] = [next, now];
    draw();
  };
  return box;
}
