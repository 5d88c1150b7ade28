// Building the page. Text from data reaches it only as text nodes: nothing here builds HTML from strings.
import { activeIn } from "./focus.js";
import { count } from "./format.js";
import { ICONS } from "./icons.js";
import { splitInvisible } from "./invisible.js";

const SVG = "http://www.w3.org/2000/svg";

/** An element: h("button", {class: "btn", onclick: go}, icon("undo"), "Undo").
 *  Properties that are null, undefined or false are left out; functions become listeners. */
export function h(tag, properties, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** The same for SVG elements. */
export function svg(tag, properties, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(element, child);
    else element.appendChild(typeof child === "object" ? child : document.createTextNode(String(child)));
  }
}

/** Put `children` in the place of whatever `element` holds. */
export function refill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

/** Draw a part of the page anew; the focus stays where it was, on the element of the same kind in the same place, and so does the caret. */
export function redraw(container, draw) {
  const kind = (element) => `${element.tagName} ${element.getAttribute("role")}`;
  const { value, selectionStart: from, selectionEnd: to } = activeIn(container) ?? {};
  const path = [];
  for (let at = activeIn(container); at && at !== container; at = at.parentElement) {
    if (!at.parentElement) { draw(); return; } // the focus is elsewhere
    path.unshift([[...at.parentElement.children].indexOf(at), kind(at)]);
  }
  draw();
  if (!path.length) return;
  let found = container;
  for (const [index, wanted] of path) {
    const children = [...found.children];
    const next = [children[index], ...children].find((child) => child && kind(child) === wanted);
    if (!next) break;
    found = next;
  }
  const target = found.closest("[tabindex], button, input, select");
  if (!target || target === activeIn(container)) return;
  target.focus({ preventScroll: true });
  if (typeof from === "number" && target.value === value) target.setSelectionRange(from, to);
}

/** One of ICONS; with a label it speaks, without it is decoration. */
export function icon(name, { label, tone = "" } = {}) {
  const speaks = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
  return svg("svg", { class: `i ${tone}`.trim(), viewBox: "0 0 16 16", ...speaks }, svg("path", { d: ICONS[name] }));
}

/** Nodes for a text of the data, with its invisible characters drawn as small marks. */
export function visible(text) {
  return splitInvisible(text).map((piece) => (piece.mark
    ? h("span", { class: "inv", "data-tip": piece.name, "aria-label": piece.name }, piece.mark) : piece.text));
}

/** A button with an icon, a text, or both. Without a text, `tip` is its name. */
export function button(text, action, { look = "", sign, tip, key, disabled = false, ...rest } = {}) {
  return h("button", {
    type: "button", class: `btn ${look} ${text ? "" : "ico ghost"}`.trim().replace(/\s+/g, " "), onclick: action, disabled,
    "data-tip": tip && (key ? `${tip} (${key})` : tip), "aria-label": text ? null : tip, "aria-keyshortcuts": key, ...rest,
  }, sign && icon(sign), text, text && key && h("kbd", { "aria-hidden": "true" }, key));
}

/** The finding counts of a row or a message: octagon for errors, triangle for warnings. */
export function badges({ errors = 0, warnings = 0 }) {
  return [["errors", errors, "error", "err"], ["warnings", warnings, "warning", "warn"]]
    .filter(([, number]) => number > 0)
    .map(([label, number, sign, tone]) => h("span", { class: `bdg ${tone}` }, icon(sign, { label }), count(number)));
}

/** What went wrong in Python, with its remedy: the first line stands out. */
export function problemNote({ message, remedy }) {
  const [first, ...more] = message.split("\n");
  return h("div", { class: "find", role: "alert" }, icon("error", { label: "error" }),
    h("div", { class: "tx" }, h("b", {}, visible(first)), " ", visible(more.join(" ")), " ", visible(remedy)));
}

/** A key as it is printed: <kbd>. */
export function keyHint(keys, words) {
  return h("span", {}, keys.split(" ").map((key) => [h("kbd", {}, key), " "]), words);
}
