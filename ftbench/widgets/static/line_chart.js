// Loss and token accuracy by step. Pure functions make the picture from numbers (line_chart.py draws the same);
// `lineChart` keeps one on the page and appends new points to it.
import { at, draw, linePath, node, scale, ticks } from "./drawing.js";

export const BEST_STAR = "M8 2l1.8 3.9l4.2.5l-3.1 2.9l.8 4.2L8 11.4l-3.7 2.1l.8-4.2L2 6.4l4.2-.5z";
const LOSS_SERIES = ["train", "smooth", "valid", "full"];
const ACCURACY_SERIES = ["accuracy", "valid_accuracy"];

/** The scales of the loss chart at a width. */
export function lossScales(data, width, height) {
  const high = Math.max(...chartValues(data, LOSS_SERIES), 0) || 1;
  return chartFrame({ left: 34, right: width - 36, top: 22, bottom: height - 20 }, data.total, 0, high * 1.04);
}

/** The scales of the accuracy chart at a width. */
export function accuracyScales(data, width, height) {
  const values = chartValues(data, ACCURACY_SERIES);
  const low = values.length ? Math.min(...values) : 0;
  return chartFrame({ left: 34, right: width - 36, top: 8, bottom: height - 4 }, data.total,
    Math.max(0, Math.floor(low * 10) / 10), 1);
}

/** Loss by step: train raw and smoothed, validation, full validation, checkpoints, the best one. */
export function lossChart(data, width = 748, height = 344) {
  const space = lossScales(data, width, height);
  const { x, y, bottom } = space;
  const diamond = (s, v) => node("rect", { class: "fv", x: at(x(s) - 4.5), y: at(y(v) - 4.5), width: 9, height: 9,
    transform: `rotate(45 ${at(x(s))} ${at(y(v))})` });
  return chartSheet(width, height, data.summary, [
    ...levelLines(space, 4), ...epochLines(data, x, 16, bottom, true),
    seriesPath("raw", "train", data.train, x, y), seriesPath("tr", "smooth", data.smooth, x, y),
    ...validLine(data.valid, x, y, 2.5), ...data.full.map(([s, v]) => diamond(s, v)),
    ...(data.best ? bestMark(data.best, space) : []), ...lastLabels(data.smooth, data.valid, x, y),
    ...stepAxis(data, space),
    ...data.checkpoints.map((s) => node("path", { d: `M${at(x(s) - 4.5)} ${at(bottom + 0.5)}h9l-4.5-7z`, fill: "var(--ft-ink-2)" })),
  ]);
}

/** Token accuracy on the same steps. */
export function accuracyChart(data, width = 748, height = 124) {
  const space = accuracyScales(data, width, height);
  const { x, y, bottom } = space;
  return chartSheet(width, height, data.accuracy_summary, [
    ...levelLines(space, 2), ...epochLines(data, x, 4, bottom, false), seriesPath("tr", "accuracy", data.accuracy, x, y),
    ...validLine(data.valid_accuracy, x, y, 2), ...lastLabels(data.accuracy, data.valid_accuracy, x, y),
  ]);
}

function chartValues(data, names) {
  return names.flatMap((name) => data[name].map(([, value]) => value));
}

function chartFrame(edges, total, low, high) {
  return { ...edges, low, high, x: scale(0, total || 1, edges.left, edges.right), y: scale(low, high, edges.bottom, edges.top) };
}

function chartSheet(width, height, summary, parts) {
  return node("svg", { class: "c", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": summary }, ...parts);
}

function levelLines({ low, high, left, right, y }, number) {
  const { values, decimals } = ticks(low, high, number);
  return values.flatMap((value) => [
    node("path", { class: "grid", d: `M${left} ${at(y(value))}H${right}` }),
    node("text", { x: left - 6, y: at(y(value) + 4), "text-anchor": "end" }, value.toFixed(decimals))]);
}

function epochLines(data, x, top, bottom, named) {
  const parts = [];
  let start = 0;
  let shown = -1e9;
  data.epochs.forEach((end, index) => {
    const middle = (x(start) + x(end)) / 2;
    parts.push(node("path", { class: "grid", "stroke-dasharray": "2 3", d: `M${at(x(end))} ${top}V${bottom}` }));
    if (named && middle - shown >= 60) {
      parts.push(node("text", { x: at(middle), y: 12, "text-anchor": "middle" }, `epoch ${index + 1}`));
      shown = middle;
    }
    start = end;
  });
  return parts;
}

function seriesPath(look, name, points, x, y) {
  return node("path", { class: look, "data-series": name, d: linePath(points, x, y) });
}

function validDot([s, v], x, y, radius) {
  return node("circle", { class: "vp", cx: at(x(s)), cy: at(y(v)), r: radius });
}

/** Would dots stand beside each other, not on top of one another and of the other lines? */
function dotsApart(points, x, radius) {
  return points.length < 2 || x(points.at(-1)[0]) - x(points[0][0]) > 2.5 * radius * (points.length - 1);
}

function validLine(points, x, y, radius) {
  const dots = dotsApart(points, x, radius) ? points : [];
  return [seriesPath("va", "valid", points, x, y), ...dots.map((point) => validDot(point, x, y, radius))];
}

// the last values beside their lines, moved apart where they would touch
function lastLabels(train, valid, x, y) {
  if (!train.length) return [];
  const [step, value] = train.at(-1);
  let [first, second] = [y(value), valid.length ? y(valid.at(-1)[1]) : 0];
  if (valid.length && Math.abs(first - second) < 13) {
    const middle = (first + second) / 2;
    [first, second] = first <= second ? [middle - 6.5, middle + 6.5] : [middle + 6.5, middle - 6.5];
  }
  const label = (look, name, number, height) => node("text",
    { class: look, "data-label": name, x: at(x(step) + 5), y: at(height + 4) }, number.toFixed(2));
  return [label("i", "train", value, first), ...(valid.length ? [label("a", "valid", valid.at(-1)[1], second)] : [])];
}

function bestMark({ step, value, label }, { x, y, left, right, top }) {
  const across = x(step);
  const point = y(value);
  const height = Math.max(point - 54, top + 6);
  const inwards = across > (left + right) / 2;
  const room = inwards ? across - left : right - across;
  const said = label.length * 6.4 < room ? label : `best ${value.toFixed(3)}`;
  return [
    node("path", { class: "ok", "stroke-width": 1.5, d: `M${at(across)} ${at(point - 9)}V${at(height)}` }),
    node("text", { class: "g", x: at(inwards ? across - 6 : across + 8), y: at(height - 4), "text-anchor": inwards ? "end" : null }, said),
    node("path", { d: BEST_STAR, fill: "var(--ft-ok)", transform: `translate(${at(across - 7)} ${at(height - 15)}) scale(.9)` }),
  ];
}

function stepAxis(data, { x, left, right, bottom }) {
  const { values } = ticks(0, data.total || 1, Math.max(2, Math.floor((right - left) / 64)));
  return [node("path", { class: "ax", d: `M${left} ${bottom}H${right}` }), ...values.filter(Number.isInteger)
    .map((value) => node("text", { x: at(x(value)), y: bottom + 15, "text-anchor": "middle" }, value.toFixed(0)))];
}

/** A chart on the page: {element, show(data), append(points), resize(width)}.
 *  New points are added to the lines that stand there; only points beyond the axes draw it anew. */
export function lineChart(data, { picture, scales, height, names, radius }) {
  let width = 748;
  let space = scales(data, width, height); // as it is drawn now
  const hasDots = () => dotsApart(data[names.valid], space.x, radius);
  let dotted = hasDots();
  const element = draw(picture(data, width, height));
  const show = (next = data) => {
    data = next;
    space = scales(data, width, height);
    dotted = hasDots();
    const drawn = draw(picture(data, width, height));
    element.setAttribute("viewBox", drawn.getAttribute("viewBox"));
    element.setAttribute("aria-label", data[names.summary]);
    element.replaceChildren(...drawn.childNodes);
  };
  const extend = (added, { x, y }) => {
    for (const [name, role] of names.lines) {
      const path = element.querySelector(`[data-series="${role}"]`);
      path.setAttribute("d", path.getAttribute("d") + linePath(added[name] ?? [], x, y, path.getAttribute("d") !== ""));
    }
    const dots = (dotted ? added[names.valid] ?? [] : []).map((point) => draw(validDot(point, x, y, radius)));
    element.querySelector("[data-series=valid]").after(...dots);
    for (const label of element.querySelectorAll("[data-label]")) label.remove();
    element.append(...lastLabels(data[names.train], data[names.valid], x, y).map(draw));
  };
  const append = (added, next) => {
    data = next;
    const { low, high } = scales(data, width, height);
    if (low !== space.low || high !== space.high || added.redraw || dotted !== hasDots()) show(); else extend(added, space);
  };
  const resize = (next) => {
    if (next < 240 || Math.abs(next - width) < 2) return;
    width = Math.round(next);
    show();
  };
  return { element, show, append, resize };
}

export const LOSS_CHART = { picture: lossChart, scales: lossScales, height: 344, radius: 2.5,
  names: { summary: "summary", lines: [["train", "train"], ["smooth", "smooth"], ["valid", "valid"]], valid: "valid", train: "smooth" } };

export const ACCURACY_CHART = { picture: accuracyChart, scales: accuracyScales, height: 124, radius: 2,
  names: { summary: "accuracy_summary", lines: [["accuracy", "accuracy"], ["valid_accuracy", "valid"]], valid: "valid_accuracy", train: "accuracy" } };
