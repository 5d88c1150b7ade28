// A list of actions below what they act on: arrows walk, Enter acts, Esc closes and gives the focus back.
import { h } from "./dom.js";
import { activeIn } from "./focus.js";

/** Where an arrow leads in a list of so many. */
export function nextItem(at, key, count) {
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return { ArrowDown: (at + 1) % count, ArrowUp: (at - 1 + count) % count }[key] ?? at;
}

/** Open a menu inside `owner`; items: [words, key, action], action false where it cannot be done now. */
export function openMenu(owner, items) {
  owner.querySelector(".menu")?.remove();
  const back = owner.contains(activeIn(owner)) ? activeIn(owner) : owner;
  let open = true;
  const close = (focus) => {
    if (!open) return; // taking the focus out closes it too
    open = false;
    if (focus) back.focus({ preventScroll: true });
    menu.remove();
  };
  const buttons = items.map(([words, key, action]) => h("button", { type: "button", role: "menuitem", tabindex: -1, disabled: !action,
    onclick: () => { close(true); action(); } }, h("span", {}, words), key && h("kbd", { "aria-hidden": "true" }, key)));
  const menu = h("div", { class: "menu", role: "menu", "aria-label": "What to do with the message" }, buttons);
  const live = buttons.filter((one) => !one.disabled);
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" || event.key === "Tab") close(true);
    else if (["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) live[nextItem(live.indexOf(activeIn(menu)), event.key, live.length)].focus();
    else if (event.key !== "Enter" && event.key !== " ") return;
    if (event.key !== "Enter" && event.key !== " ") event.preventDefault();
    event.stopPropagation();
  });
  menu.addEventListener("focusout", (event) => { if (!menu.contains(event.relatedTarget)) close(false); });
  owner.appendChild(menu);
  menu.scrollIntoView?.({ block: "nearest" });
  live[0]?.focus({ preventScroll: true });
}
