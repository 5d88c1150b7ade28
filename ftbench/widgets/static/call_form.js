// A tool call as a form: its function, its id, and a field for each argument that the function knows.
import { button, h, icon, refill, visible } from "./dom.js";
import { activeIn } from "./focus.js";
import { attempt } from "./typing.js";

const CHECK_AFTER = 250; // ms without a key before the schema is asked

/** The JSON text of what stands in a field; null where it is none. */
export function fieldJson(kind, text) {
  if (kind === "text") return JSON.stringify(text);
  try { JSON.parse(text); return text; } catch { return null; }
}

/** What a field shows of a JSON text: a text comes without its quotes. */
export function fieldText(kind, json) {
  if (json === null) return "";
  if (kind !== "text") return json;
  const value = JSON.parse(json);
  return typeof value === "string" ? value : json;
}

/** What may be chosen, with what was written first if it is none of that. */
export function choicesOf({ choices, value }) {
  return value === null || choices.includes(value) ? choices : [value, ...choices];
}

/** The form as an element with `start()`. `check(name, fields)` gives the form as it would be with other values; `done(call)` gets
 *  {call_id, name, fields} when something changed, else `leave()`; `raw()` shows the JSON instead. Esc discards, Ctrl+Enter or leaving is done. */
export function callForm(form, { check, done, leave, raw, remove, label }) {
  const self = { form, rows: [], over: false, timer: 0, asked: 0, check };
  const name = h("select", { class: "field mono", "aria-label": "Function" }, (form.names.includes(form.name) ? form.names : [form.name, ...form.names])
    .map((each) => h("option", { value: each, selected: each === form.name }, each)));
  const id = h("input", { class: "field mono", "aria-label": "Id of the call", spellcheck: "false", value: form.id, disabled: !form.id });
  Object.assign(self, { name: () => name.value, grid: h("div", { class: "formgrid" }), more: h("div", { class: "row more" }), words: h("span", {}, "") });
  const finish = (keep) => {
    if (self.over) return;
    const fields = valuesOf(self);
    if (keep && !fields) { refill(self.words, "one value is not JSON; texts stand in quotes"); self.words.className = "err"; return; }
    clearTimeout(self.timer);
    const same = fields && name.value === form.name && id.value === form.id && JSON.stringify(fields) === JSON.stringify(givenFields(form.fields));
    self.over = true;
    if (!keep || same) { leave(); return; }
    attempt(element, self.words, () => done({ call_id: id.value, name: name.value, fields }), () => { self.over = false; });
  };
  const end = (act) => () => { self.over = true; clearTimeout(self.timer); act(); };
  const element = h("div", { class: "callform", role: "group", "aria-label": label },
    h("div", { class: "row heads" }, name, h("label", { class: "row s i3" }, "id ", id), h("span", { class: "sp" }),
      button("JSON", end(raw), { tip: "Edit the arguments as JSON" }), button("", end(remove), { sign: "delete", tip: "Remove the call and its answer" })),
    self.grid, self.more,
    h("div", { class: "row s i3 hint" }, self.words, h("span", { class: "sp" }), h("span", { class: "xs" }, h("kbd", {}, "Esc"), " discard"),
      h("span", { class: "xs" }, h("kbd", {}, "Ctrl"), " ", h("kbd", {}, "Enter"), " done")));
  name.addEventListener("change", () => askSchema(self));
  element.addEventListener("keydown", (event) => {
    if (self.over) return; // it is being written: the key is for what comes next
    if (event.key === "Escape") { finish(false); event.preventDefault(); }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { finish(true); event.preventDefault(); }
    event.stopPropagation();
  });
  element.addEventListener("focusout", (event) => { if (!element.contains(event.relatedTarget) && !self.redrawing) finish(true); });
  drawForm(self);
  element.finish = () => finish(true);
  element.typed = () => (self.rows.some((row) => row.touched) ? JSON.stringify(Object.fromEntries(self.rows.map((row) => [row.field.name, row.input.value]))) : null);
  element.start = () => {
    self.grid.querySelectorAll("textarea").forEach(growArea);
    (self.grid.querySelector(".bad :is(textarea, select)") ?? self.grid.querySelector("textarea, select") ?? name).focus({ preventScroll: true });
    element.scrollIntoView?.({ block: "nearest" });
  };
  return element;
}

function givenFields(fields) { return fields.filter((field) => field.value !== null).map((field) => [field.name, field.value]); }

/** [name, JSON text] of each argument that is there; null while one of them is no JSON. */
function valuesOf({ rows }) {
  const fields = rows.map((row) => [row.field.name, row.touched ? fieldJson(row.field.kind, row.input.value) : row.field.value, row.touched]);
  if (fields.some(([, value, touched]) => touched && value === null)) return null;
  return fields.filter(([, value]) => value !== null).map(([name, value]) => [name, value]);
}

/** Let the schema look at the values as they are now. */
function askSchema(self) {
  const fields = valuesOf(self);
  self.rows.forEach((row) => { if (row.touched && fieldJson(row.field.kind, row.input.value) === null) markRow(row, "not JSON"); });
  if (!fields) return;
  self.asked += 1;
  const number = self.asked;
  const name = self.name();
  self.check(name, fields).then((form) => {
    if (self.over || number !== self.asked || !form) return;
    const known = new Map(form.fields.map((field) => [field.name, field]));
    if (name !== self.form.name || self.rows.some((row) => !known.has(row.field.name))) { self.form = { ...form, name }; redrawForm(self); return; }
    self.rows.forEach((row) => markRow(row, known.get(row.field.name).fault));
  }, () => {});
}

function markRow(row, fault) {
  row.holder.classList.toggle("bad", Boolean(fault));
  refill(row.words, fault ? [icon("error", { label: "error", tone: "err" }), fault] : row.field.type);
  row.words.classList.toggle("err", Boolean(fault));
}

function redrawForm(self) {
  self.redrawing = true; // the focus leaves the fields that go
  drawForm(self);
  self.redrawing = false;
  self.grid.querySelectorAll("textarea").forEach(growArea);
  if (!self.grid.parentElement?.contains(activeIn(self.grid))) self.grid.querySelector("textarea, select")?.focus({ preventScroll: true });
}

function drawForm(self) {
  const more = (field) => button(`+ ${field.name}`, () => {
    self.form = { ...self.form, fields: [...fieldsNow(self), { ...field, value: field.choices[0] ?? (field.kind === "text" ? '""' : "null") }],
      more: self.form.more.filter((each) => each !== field) };
    redrawForm(self);
    self.rows.at(-1).input.focus();
    askSchema(self);
  }, { look: "xs mono", tip: field.help || null });
  self.rows = self.form.fields.map((field) => drawField(self, field));
  refill(self.grid, self.rows.map((row) => row.holder));
  refill(self.more, self.form.more.length > 0 && h("span", { class: "i3 s" }, "not given:"), self.form.more.map(more));
}

/** The fields with what stands in them now. */
function fieldsNow(self) {
  return self.rows.map((row) => ({ ...row.field, value: (row.touched ? fieldJson(row.field.kind, row.input.value) : row.field.value) ?? row.field.value }));
}

function drawField(self, field) {
  const label = `${field.name}, ${field.type || "any JSON"}`;
  const input = field.kind === "choice"
    ? h("select", { class: "field mono", "aria-label": label }, field.value === null && h("option", { value: "", selected: true, disabled: true }, "choose"),
      choicesOf(field).map((each) => h("option", { value: each, selected: each === field.value }, each)))
    : h("textarea", { class: field.kind === "text" ? "" : "mono", rows: 1, "aria-label": label, spellcheck: "false", dir: "auto", value: fieldText(field.kind, field.value) });
  const row = { field, input, touched: false, words: h("span", { class: "ft-t" }) };
  const drop = (!field.required || !field.known) && button("", () => {
    self.form = { ...self.form, fields: fieldsNow(self).filter((each) => each.name !== field.name), more: field.known ? [...self.form.more, { ...field, value: null, fault: null }] : self.form.more };
    redrawForm(self);
    askSchema(self);
  }, { sign: "cross", tip: `Take ${field.name} out`, tabindex: -1 });
  row.holder = h("div", { class: "formrow" },
    h("label", { class: "fn", "data-tip": field.help || null }, visible(field.name), field.required && h("span", { class: "i3", "aria-label": "required" }, " *")),
    h("div", { class: "fi" }, input), row.words, drop || h("span", {}));
  input.addEventListener(field.kind === "choice" ? "change" : "input", () => {
    row.touched = true;
    if (field.kind !== "choice") growArea(input);
    clearTimeout(self.timer);
    self.timer = setTimeout(() => askSchema(self), field.kind === "choice" ? 0 : CHECK_AFTER);
  });
  markRow(row, field.fault);
  return row;
}

function growArea(area) { area.style.height = "0"; area.style.height = `${area.scrollHeight + 2}px`; }
