// Trees of elements as Python writes them, [tag, attributes, children], and the numbers behind every chart.
// `drawing.py` is the same in Python, for the places without a script; a test holds the two to each other.
import { h, svg } from "./dom.js";

const SHAPES = new Set(["svg", "g", "path", "circle", "rect", "text", "tspan", "title"]);

/** One element as a plain list; attributes that are null or undefined are left out. */
export function node(tag, attributes, ...children) {
  const named = Object.entries(attributes).filter(([, value]) => value !== null && value !== undefined);
  return [tag, Object.fromEntries(named), children.filter((child) => child !== null && child !== undefined)];
}

/** The tree as an element of the page. Text becomes text nodes, attribute values only strings. */
export function draw(tree) {
  if (typeof tree === "string") return tree;
  const [tag, attributes, children] = tree;
  const values = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, String(value)]));
  return (SHAPES.has(tag) ? svg : h)(tag, values, children.map(draw));
}

/** A coordinate with at most one decimal. */
export function at(value) {
  return String(Math.floor(value * 10 + 0.5) / 10 + 0);
}

/** The function from value to pixel. */
export function scale(low, high, start, end) {
  const span = (high - low) || 1;
  return (value) => start + ((value - low) / span) * (end - start);
}

/** Round values between both ends, and the decimals they need. */
export function ticks(low, high, count) {
  const raw = Math.max(high - low, 1e-9) / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((nice) => nice * power).find((size) => size >= raw * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const values = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
  return { values, decimals: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

/** The path through [value across, value up] pairs; `drawn` says that a line is already there to go on from. */
export function linePath(points, x, y, drawn = false) {
  return points.map(([a, b], index) => `${drawn || index ? "L" : "M"}${at(x(a))} ${at(y(b))}`).join("");
}
