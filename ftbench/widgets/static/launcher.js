// From examples to a job: the form that says everything first, the list of jobs, the monitor of the chosen one.
import { adviceCards } from "./advice.js";
import { button, h, icon, problemNote, redraw, refill, visible } from "./dom.js";
import { count, plural } from "./format.js";
import { monitorWidget } from "./monitor.js";

const STATUS_SIGNS = { queued: "todo", validating_files: "todo", running: "play", paused: "pause", succeeded: "check", failed: "error", cancelled: "cross" };

/** The pane; state: see `ftbench.widgets.launcher`. `actions.evaluate(model)` compares a checkpoint, `actions.baseline()` goes to the evals,
 *  `actions.findings()` to the checks, `actions.begin()` to a new example, where there are some. */
export function launcherPane(state, actions) {
  const form = h("div", { class: "form-place" });
  const list = h("nav", { class: "job-list", "aria-label": "Jobs" });
  const place = h("div", { class: "monitor-place" });
  const pane = h("div", { class: "launcher" }, form, list, place);
  let shown = null; // the id of the job whose monitor stands there
  let monitor = null;
  pane.hear = (message) => message.monitor && monitor?.hear?.(message.monitor);
  pane.update = (now) => {
    refreshForm(form, now, actions);
    refill(list, now.jobs.length > 1 ? now.jobs.map((job) => jobButton(job, actions)) : []);
    list.hidden = now.jobs.length < 2 || now.open;
    place.hidden = now.open;
    const job = now.jobs.find((each) => each.chosen);
    if (!job) { if (!now.open) redraw(place, () => refill(place, noJob(now, actions))); return; }
    if (job.id === shown) { monitor.update?.(now.monitor); return; }
    monitor?.close?.();
    shown = job.id;
    monitor = monitorWidget(now.monitor, { ask: (verb, values) => actions.ask(`monitor.${verb}`, values),
      change: (changes) => actions.ask("again", { changes }), use: actions.evaluate });
    refill(place, monitor);
  };
  pane.close = () => monitor?.close?.();
  pane.update(state);
  return pane;
}

function noJob({ tool, measured }, actions) {
  const list = (title, words, sign, tone) => h("div", {}, h("h3", {}, title), h("ul", {}, words.map((each) => h("li", {}, icon(sign, { tone }), h("span", {}, each)))));
  return h("div", { class: "empty" }, h("h2", {}, "No job yet"), h("p", {}, "A job trains the model on the messages of these examples that are marked Trained."),
    h("div", { class: "fitting" }, list("Fine-tuning is good for", tool.good, "check", "ok"), list("It is not for", tool.not, "cross", "err")),
    h("div", { class: "before" }, button("Fine-tune…", () => actions.ask("form", { open: true }), { look: "pri" }),
      !measured && actions.baseline && button("Measure the baseline first", actions.baseline)));
}

function jobButton(job, actions) {
  return h("button", { type: "button", class: "job", "aria-current": String(job.chosen), onclick: () => actions.ask("show", { id: job.id }) },
    icon(STATUS_SIGNS[job.status] ?? "todo"), h("code", { class: "el" }, job.model), h("span", { class: "i3" }, job.status.replaceAll("_", " ")));
}

function refreshForm(place, now, actions) {
  place.hidden = !now.open;
  if (!now.open) { refill(place); return; }
  redraw(place, () => refill(place, launchForm(now, actions)));
}

/** What will be sent, what auto means here, what stops it. */
export function launchForm(now, actions) {
  const { form } = now;
  const set = (name) => (event) => actions.ask("set", { name, value: event.target.type === "checkbox" ? event.target.checked : event.target.value });
  const refused = now.problem ?? form.refused;
  return h("form", { class: "launch", "aria-label": "Fine-tune", onsubmit: (event) => { event.preventDefault(); actions.ask("launch"); } },
    h("div", { class: "sech" }, h("h2", {}, "Fine-tune ", h("code", {}, now.model)), h("span", { class: "sp" }),
      button("", () => actions.ask("form", { open: false }), { sign: "cross", tip: "Close the form" })),
    fileFacts(now, set("use_valid")),
    h("table", { class: "hyper" }, h("tbody", {}, form.hyperparameters.map((row) => hyperRow(row, set(row.name))), suffixRow(now.suffix, set("suffix")))),
    refused && problemNote(refused), form.refused && waysOut(form.refused, actions),
    form.advice.length > 0 && h("section", { class: "advices", "aria-label": "Before you launch" }, adviceCards(form.advice)),
    h("div", { class: "row go" },
      button(now.launching ? "Launching" : "Launch", () => {},
        { look: "pri", type: "submit", disabled: now.launching || Boolean(form.refused), "aria-busy": now.launching || null }),
      h("span", { class: "s i2" }, `${plural(form.steps, "step")}, about ${count(form.tokens)} tokens (an estimate)`,
        now.local && ", on this machine, no cost")));
}

/** What to do about a refusal, where the workbench has the examples. */
function waysOut({ few }, { findings, begin }) {
  const way = (words, detail, label, act, sign) => h("div", { class: "way" }, h("span"), h("span", { class: "m" }, words), h("span", { class: "d" }, detail), button(label, act, { sign }));
  return [few && begin && way("Write one more", "opens an empty example", "New example", begin, "add"),
    !few && findings && way("See what is wrong", "the list of checks leads to each place, and repairs what it can", "Open the checks", findings, "error")];
}

function fileFacts(now, setValid) {
  const { train, valid, refused } = now.form;
  const words = (file) => [visible(file.name), `, ${plural(file.examples, "example")}`];
  const chosen = h("label", {}, h("input", { type: "checkbox", name: "use_valid", checked: now.use_valid, onchange: setValid }), " ",
    valid ? words(valid) : "not used");
  return h("dl", { class: "kv" },
    h("dt", {}, "training file"), h("dd", {}, words(train),
      now.unsaved > 0 && h("span", { class: "i3" }, ` with ${plural(now.unsaved, "edit")} not yet in the file`)),
    h("dt", {}, "validation file"), h("dd", {}, now.has_valid ? chosen : h("span", { class: "i3" }, "none; name one with valid=… when you open the workbench")),
    now.form.method === "dpo" && [h("dt", {}, "method"), h("dd", {}, "dpo", h("span", { class: "i3" }, ", learns which of two answers is preferred"))],
    h("dt", {}, "check"), h("dd", { class: refused ? "err" : "ok" }, icon(refused ? "error" : "check"), refused ? " refused" : " accepted, no errors"));
}

function suffixRow(suffix, onchange) {
  const field = h("input", { class: "field", name: "suffix", value: suffix, placeholder: "none", onchange, "aria-label": "suffix" });
  return h("tr", {}, h("td", { class: "fn" }, "suffix"), h("td", {}, field), h("td", { class: "i3" }, "becomes part of the tuned model's name"));
}

function hyperRow({ name, value, resolved, rule }, onchange) {
  const auto = value === "auto";
  const field = h("input", { class: "field", name, value: auto ? "" : value, placeholder: `auto: ${resolved}`, inputmode: "decimal",
    onchange, "aria-label": name });
  return h("tr", {}, h("td", { class: "fn" }, name), h("td", {}, field), h("td", { class: "i3" }, auto ? rule : "set by you"));
}
