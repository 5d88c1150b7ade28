// Tooltips: after 300 ms under the pointer, at once on keyboard focus, gone with Esc. Any element with data-tip has one.
import { h } from "./dom.js";

const DELAY = 300; // ms

/** Show the tips of everything inside `root`; returns the function that ends it. */
export function tooltips(root) {
  const tip = h("div", { class: "tip", role: "tooltip", hidden: true });
  root.appendChild(tip);
  let timer = 0;
  const hide = () => { clearTimeout(timer); tip.hidden = true; };
  const show = (target) => {
    tip.textContent = target.getAttribute("data-tip");
    tip.hidden = false;
    const frame = root.getBoundingClientRect();
    const place = target.getBoundingClientRect();
    const left = Math.min(place.left - frame.left, frame.width - tip.offsetWidth - 8);
    const below = place.bottom - frame.top + 6;
    const fits = below + tip.offsetHeight < frame.height;
    tip.style.left = `${Math.max(4, left)}px`;
    tip.style.top = `${fits ? below : place.top - frame.top - tip.offsetHeight - 6}px`;
  };
  const about = (event, delay) => {
    hide();
    const target = event.target.closest?.("[data-tip]");
    if (target) timer = setTimeout(() => target.isConnected && target.hasAttribute("data-tip") && show(target), delay); // a row may show another example by then
  };
  root.addEventListener("mouseover", (event) => about(event, DELAY));
  root.addEventListener("focusin", (event) => event.target.matches?.(":focus-visible") && about(event, 0));
  for (const name of ["mouseleave", "focusout", "mousedown"]) root.addEventListener(name, hide);
  root.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  return hide;
}
