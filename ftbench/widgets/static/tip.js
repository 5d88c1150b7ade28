// Tooltips: after 300 ms under the pointer, at once on keyboard focus, gone with any key. Any element with data-tip has one.
import { h } from "./dom.js";

const DELAY = 300; // ms

/** Show the tips of everything inside `root`; returns the function that ends it. */
export function tooltips(root) {
  const tip = h("div", { class: "tip", role: "tooltip", hidden: true });
  root.appendChild(tip);
  let timer = 0;
  const hide = () => { clearTimeout(timer); tip.hidden = true; changes.disconnect(); };
  const changes = new MutationObserver(hide); // a cell of the table may be given to another example while its tip is shown
  const show = (target) => {
    if (!target.isConnected || !target.hasAttribute("data-tip")) return; // it was given to another one before
    tip.textContent = target.getAttribute("data-tip");
    tip.hidden = false;
    changes.observe(target, { attributeFilter: ["data-tip"] });
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
    if (target) timer = setTimeout(show, delay, target);
  };
  root.addEventListener("mouseover", (event) => about(event, DELAY));
  root.addEventListener("focusin", (event) => event.target.matches?.(":focus-visible") && about(event, 0));
  for (const name of ["mouseleave", "focusout", "mousedown", "keydown"]) root.addEventListener(name, hide);
  return hide;
}
