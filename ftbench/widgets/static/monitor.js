// A fine-tuning job while it runs and afterwards. New points come one by one and are added to the lines that stand there.
import { adviceCards } from "./advice.js";
import { button, h, icon, redraw, refill, svg, visible } from "./dom.js";
import { ACCURACY_CHART, BEST_STAR, LOSS_CHART, lineChart } from "./line_chart.js";

const JOB_STATES = { // sign and tone of each state
  validating_files: ["todo", "i2"], queued: ["todo", "i2"], running: ["play", "ac"], paused: ["pause", "warn"],
  succeeded: ["check", "ok"], failed: ["error", "err"], cancelled: ["cross", "i2"],
};
const EVENT_SIGNS = { warn: ["warning", "warn"], error: ["error", "err"], done: ["check", "i3"] };
const POINT_SERIES = ["train", "smooth", "accuracy", "valid", "valid_accuracy", "full"]; // the order of a point's numbers

/** The pane of one job. `actions`: cancel(), pause(), resume(), since(step) -> promise of a message with what came after `step`, and those of `adviceCards`. */
export function monitorPane(state, actions) {
  const chart = structuredClone(state.chart);
  const loss = lineChart(chart, LOSS_CHART);
  const accuracy = lineChart(chart, ACCURACY_CHART);
  const parts = {
    head: h("div", { class: "head" }), facts: h("div", { class: "facts-row" }), failed: h("div", { class: "failed", hidden: true }),
    waiting: h("p", { class: "waiting" }), checkpoints: h("div", { class: "checkpoints" }),
    advice: h("section", { class: "advices", "aria-label": "Advice", "aria-live": "polite" }), numbers: h("section", { class: "sec" }),
    events: h("section", { class: "sec" }), foot: h("div", { class: "status" }), said: h("div", { class: "vh", "aria-live": "polite" }),
  };
  const element = h("div", { class: "monitor", role: "group", "aria-label": "Fine-tuning job" }, parts.said, parts.head,
    parts.facts, parts.failed, monitorColumns(parts, loss, accuracy), parts.foot);
  let now = state;
  const show = (next) => { now = next; fillMonitor(parts, now, chart, actions); };
  show(state);
  const observer = new ResizeObserver(([entry]) => { for (const one of [loss, accuracy]) one.resize(entry.contentRect.width); });
  observer.observe(element.querySelector(".charts"));
  element.hear = (message) => {
    if (message.state) { element.update(message.state); return; }
    const added = addPoints(chart, message);
    if (message.chart) { Object.assign(chart, message.chart); loss.show(chart); accuracy.show(chart); }
    else if (added) for (const one of [loss, accuracy]) one.append(added, chart);
    const events = message.events ? joinEvents(message.events, now.events) : now.events;
    show({ ...now, head: { ...now.head, ...message.head }, events, checkpoints: message.checkpoints ?? now.checkpoints,
      hyperparameters: message.hyperparameters ?? now.hyperparameters, advice: message.advice ?? now.advice });
  };
  element.update = (next) => { Object.assign(chart, structuredClone(next.chart)); show(next); loss.show(chart); accuracy.show(chart); };
  element.close = () => observer.disconnect();
  actions.since?.(lastStep(chart)).then((message) => element.isConnected && element.hear(message)).catch(() => {});
  return element;
}

/** The last step that a chart shows. */
export function lastStep(chart) {
  return chart.train.at(-1)?.[0] ?? 0;
}

/** Put the points of a message into the chart's series; gives only the new ones, or null when there are none. */
export function addPoints(chart, message) {
  const last = lastStep(chart);
  const fresh = (message.points ?? []).filter(([step]) => step > last);
  if (!fresh.length) return null;
  const added = {};
  POINT_SERIES.forEach((name, index) => {
    added[name] = fresh.filter((point) => point[index + 1] !== null && point[index + 1] !== undefined)
      .map((point) => [point[0], point[index + 1]]);
    chart[name].push(...added[name]);
  });
  added.redraw = added.full.length > 0;
  return added;
}

/** New events before the old ones; of a run of steps only the newest is listed. */
export function joinEvents(fresh, old) {
  const rows = old.rows[0]?.[1] === "step" && fresh.rows.at(-1)?.[1] === "step" ? old.rows.slice(1) : old.rows;
  return { total: fresh.total, rows: [...fresh.rows, ...rows].slice(0, 200) };
}

function monitorColumns(parts, loss, accuracy) {
  return h("div", { class: "cols" },
    h("div", { class: "left" },
      h("div", { class: "sech" }, h("h2", {}, "Loss"), h("span", { class: "sp" }), chartLegend()), parts.waiting,
      h("div", { class: "charts" }, loss.element,
        h("div", { class: "sech accuracy" }, h("h2", {}, "Token accuracy"), h("span", { class: "sp" }),
          h("span", { class: "s i3" }, "same steps, same colours")), accuracy.element),
      parts.checkpoints),
    h("div", { class: "right" }, parts.advice, parts.numbers, parts.events));
}

function chartLegend() {
  const entry = (words, look, ...shapes) => h("span", { class: "key" },
    svg("svg", { class: look, viewBox: look === "key-line" ? "0 0 18 8" : "0 0 12 12", "aria-hidden": "true" }, shapes), words);
  const stroke = (color, rest) => svg("path", { d: "M0 4H18", stroke: color, ...rest });
  return [
    entry("train, raw", "key-line", stroke("var(--ft-mark)", { opacity: 0.55 })),
    entry("train, smoothed", "key-line", stroke("var(--ft-ink-2)", { "stroke-width": 2 })),
    entry("validation", "key-line", stroke("var(--ft-accent)", { opacity: 0.6 }), svg("circle", { cx: 9, cy: 4, r: 2.5, fill: "var(--ft-accent)" })),
    entry("full validation", "key-mark", svg("rect", { x: 2.5, y: 2.5, width: 7, height: 7, transform: "rotate(45 6 6)", fill: "none", stroke: "var(--ft-accent)", "stroke-width": 1.75 })),
    entry("checkpoint", "key-mark", svg("path", { d: "M1 10h10L6 2z", fill: "var(--ft-ink-2)" })),
  ];
}

function fillMonitor(parts, state, chart, actions) {
  const { head } = state;
  const [sign, tone] = JOB_STATES[head.state] ?? ["todo", "i2"];
  refill(parts.head, h("span", { class: "name" }, visible(head.name)),
    h("span", { class: `pill ${tone}` }, icon(sign), head.state.replaceAll("_", " ")),
    h("span", { class: "s i3 where" }, visible(head.model), " on ", h("code", {}, visible(head.service)), " · ", h("code", {}, visible(head.id))),
    h("span", { class: "sp" }),
    head.live && actions.cancel && h("span", { class: "row" }, pauseButton(head.state, actions), button("Cancel job", actions.cancel, { look: "danger", sign: "cross" })));
  refill(parts.facts, jobProgress(head), head.stats.map(([value, words]) => h("div", { class: "stat" }, h("b", {}, value), h("span", {}, words))));
  parts.failed.hidden = !head.error;
  refill(parts.failed, head.error && h("div", { class: "find", role: "alert" }, icon("error", { label: "error" }),
    h("div", { class: "tx" }, h("b", {}, "The job failed. "), visible(head.error))));
  parts.waiting.hidden = chart.train.length > 0;
  parts.waiting.textContent = head.live ? "waiting for the first step" : "no step was trained";
  refill(parts.checkpoints, checkpointTable(state.checkpoints, head.live, actions.use));
  if (parts.told !== state.advice) redraw(parts.advice, () => refill(parts.advice, adviceCards(state.advice, actions)));
  parts.told = state.advice;
  refill(parts.numbers, h("div", { class: "sech" }, h("h2", {}, "Hyperparameters")), h("div", { class: "hp" },
    state.hyperparameters.map(([name, origin, value]) => [h("span", {}, name), origin && h("span", { class: "i3" }, origin), h("span", { class: origin ? "v" : "v whole" }, visible(value))])));
  refill(parts.events, h("div", { class: "sech" }, h("h2", {}, "Events"), h("span", { class: "sp" }),
    h("span", { class: "s i3" }, `newest first, ${state.events.total} in all`)), h("div", { class: "events", tabindex: 0, role: "group", "aria-label": "Events" },
    h("div", { class: "ev" }, state.events.rows.map(jobEvent))));
  const following = head.problem ? ["warn", `no answer, asking again: ${head.problem}`] : head.live ? ["ok", "following"] : ["i3", head.ended];
  refill(parts.foot, h("span", { class: "row" }, h("span", { class: `dot ${following[0]}` }), visible(following[1])),
    h("span", {}, head.live ? "safe to close: the job goes on, " : "", h("code", {}, `ft.job("${head.id}")`), " brings this back"));
  if (parts.said.dataset.state !== head.state) parts.said.textContent = `job ${head.state.replaceAll("_", " ")}`;
  parts.said.dataset.state = head.state;
}

function pauseButton(state, { pause, resume }) {
  if (state === "paused") return button("Resume", resume, { sign: "play" });
  return state === "running" && button("Pause", pause, { sign: "pause", tip: "Stop for now; Resume goes on with the next step" });
}

function jobProgress(head) {
  const share = head.steps ? Math.min(1, head.step / head.steps) : 0;
  const epoch = head.epochs && head.step ? `, epoch ${head.epoch} of ${head.epochs}` : "";
  return h("div", { class: "stat steps" },
    h("span", { class: "row" }, h("span", {}, head.steps ? [h("b", { class: "b" }, `step ${head.step}`), ` of ${head.steps}${epoch}`] : "no step yet"),
      h("span", {}, `${Math.floor(share * 100)} %`)),
    h("span", { class: "prog", role: "progressbar", "aria-label": "steps", "aria-valuemin": 0, "aria-valuemax": head.steps || 1, "aria-valuenow": head.step },
      h("i", { style: `transform:scaleX(${share})` })));
}

function jobEvent([time, level, words]) {
  const [sign, tone] = EVENT_SIGNS[level] ?? [null, "i3"];
  return [h("span", { class: "i3 xs" }, time), h("span", { class: tone }, sign && icon(sign, { label: level === "done" ? null : level })),
    h("span", { class: "el", "data-tip": words }, visible(words))];
}

function checkpointTable(rows, live, use) {
  const head = [[h("span", { class: "vh" }, "Number"), ""], ["Step", "num"], ["Train", "num"], ["Full valid.", "num"], ["Accuracy, valid.", "num"], ["Model", ""],
    ...(use ? [[h("span", { class: "vh" }, "Evaluate"), ""]] : [])];
  const widths = [34, 60, 64, 92, 116, null, ...(use ? [92] : [])];
  return h("table", { "aria-label": "Checkpoints" },
    h("colgroup", {}, widths.map((width) => h("col", { style: width && `width:${width}px` }))),
    h("thead", {}, h("tr", {}, head.map(([words, look]) => h("th", { class: look || null }, words)))),
    h("tbody", {}, rows.length ? rows.map((row) => checkpointRow(row, use))
      : h("tr", {}, h("td", { class: "i3", colspan: head.length }, live ? "checkpoints appear here at the end of an epoch" : "no checkpoint was kept"))));
}

function checkpointRow(row, use) {
  const full = row.best ? h("span", { class: "ok b" }, bestStar(), " ", row.full) : row.full;
  return h("tr", { class: row.best ? "sel" : null }, h("td", { class: "num i3" }, row.number), h("td", { class: "num" }, row.step),
    h("td", { class: "num" }, row.train), h("td", { class: "num" }, full), h("td", { class: "num" }, row.accuracy),
    h("td", { "data-tip": row.model }, h("code", {}, visible(row.model))),
    use && h("td", {}, button("Evaluate", () => use(row.model), { look: "ghost", "aria-label": `Evaluate checkpoint ${row.number}` })));
}

function bestStar() {
  return svg("svg", { class: "i", viewBox: "0 0 16 16", role: "img", "aria-label": "best" }, svg("path", { d: BEST_STAR }));
}

/** The pane as a widget of its own. */
export function monitorWidget(state, { ask, change, use }) {
  return monitorPane(state, { change, use, cancel: () => ask("cancel"), pause: () => ask("pause"), resume: () => ask("resume"), since: (step) => ask("since", { step }) });
}
