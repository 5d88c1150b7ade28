// The tools of an example: one line each, and opened a form in which every field is written as one leaves it.
import { button, h, icon, redraw, refill, visible } from "./dom.js";
import { activeIn } from "./focus.js";
import { plural } from "./format.js";
import { isTyping } from "./keys.js";
import { errorWords, jsonObjectFault, typingArea } from "./typing.js";

/** The tools as an element with `show({count, names}, example, stamp)`; another stamp means that a form may have changed.
 *  `ask(verb, values)` reaches the tools of an example. */
export function toolsPane(ask) {
  const element = h("div", { class: "tools-pane" });
  // open: the element of each tool whose form is shown; asked: how many questions about it are open; typing: the tools whose JSON is being edited
  const self = { element, example: null, stamp: null, open: new Map(), asked: new WeakMap(), typing: new Set(), ask: (verb, values) => ask(verb, { example: self.example, ...values }) };
  element.show = (tools, example, stamp) => {
    if (example === self.example && stamp === self.stamp) return;
    const other = example !== self.example;
    if (other) {
      if (element.contains(activeIn(element))) activeIn(element).blur(); // what is being typed is written
      self.open.clear();
      self.typing.clear();
    }
    Object.assign(self, { example, stamp });
    if (self.typing.size) return; // what is typed stays; leaving it draws the rest
    const list = element.querySelector("details.tools");
    if (!other && list && list.querySelectorAll(".toolcard").length === tools.count) renameTools(list, tools);
    else redraw(element, () => refill(element, tools.count > 0 && toolList(self, tools, !other && list?.open)));
    for (const number of [...self.open.keys()]) if (number < tools.count) fetchForm(self, number);
  };
  element.adds = () => self.ask("add").then((number) => { openTool(self, number); }, () => {});
  return element;
}

/** What each tool is called; only the first names are known before a form is opened. */
function toolNames({ count, names }) { return Array.from({ length: count }, (_, number) => names[number] ?? `tool ${number + 1}`); }

/** The same tools, perhaps under other names: what has the focus stays. */
function renameTools(list, tools) {
  toolNames(tools).forEach((name, number) => refill(list.querySelector(`[data-tool="${number}"] .head code`), visible(name)));
  refill(list.querySelector("summary .el"), visible(tools.names.join(", ")));
}

function toolList(self, tools, shown) {
  const { count, names } = tools;
  const all = toolNames(tools);
  return h("details", { class: "tools", open: Boolean(shown) }, h("summary", {}, h("span", { class: "b" }, plural(count, "tool")), " ",
    h("span", { class: "i3 el" }, visible(names.join(", ")))), all.map((name, number) => toolCard(self, name, number)),
  button("tool", self.element.adds, { sign: "add", look: "xs", tip: "Offer one more tool" }));
}

function toolCard(self, name, number) {
  const card = h("section", { class: "toolcard", "data-tool": number, "aria-label": `Tool ${name}` });
  const body = h("div", { class: "body", hidden: true });
  const head = h("button", { type: "button", class: "link head", "aria-expanded": String(self.open.has(number)), onclick: () => {
    if (self.open.delete(number)) { refill(body); body.hidden = true; } else { self.open.set(number, body); fetchForm(self, number); }
    head.setAttribute("aria-expanded", String(self.open.has(number)));
  } }, icon("fold"), h("code", { class: "b" }, visible(name)));
  if (self.open.has(number)) self.open.set(number, body);
  card.append(head, body);
  return card;
}

function openTool(self, number) {
  const list = self.element.querySelector("details.tools");
  if (list) list.open = true;
  const head = self.element.querySelector(`[data-tool="${number}"] .head`);
  if (head?.getAttribute("aria-expanded") === "false") head.click();
  head?.focus();
}

/** Keys wait while something is asked that draws the fields anew: they are for those. */
function whileAsked(self, tool, asked) {
  const body = self.open.get(tool);
  const count = (by) => {
    const open = (self.asked.get(body) ?? 0) + by;
    self.asked.set(body, open);
    body.setAttribute("aria-busy", String(open > 0));
  };
  if (!body) return asked;
  count(1);
  return asked.finally(() => count(-1));
}

function fetchForm(self, tool) {
  whileAsked(self, tool, self.ask("form", { tool })).then((form) => {
    const body = self.open.get(tool);
    if (!body || self.typing.has(tool)) return;
    body.hidden = false;
    redraw(body, () => refill(body, toolForm(self, tool, form)));
  }, () => {});
}

/** The form of a tool. */
function toolForm(self, tool, { name, description, rows, types }) {
  const { example } = self;
  const write = (verb, values) => whileAsked(self, tool, self.ask(verb, { example, tool, ...values }));
  const add = (path) => write("add_parameter", { path }).catch(() => {});
  return h("div", { class: "toolform" },
    h("div", { class: "row heads" }, committed(h("input", { class: "field mono", "aria-label": `Name of tool ${tool}`, spellcheck: "false", value: name }), (text) => write("rename", { name: text })),
      h("span", { class: "sp" }), button("JSON", () => editDefinition(self, tool), { tip: "Edit the definition as JSON" }),
      button("", () => write("remove").catch(() => {}), { sign: "delete", tip: `Offer ${name} no longer` })),
    committed(h("textarea", { class: "field", rows: 2, "aria-label": `What ${name} does`, placeholder: "what it does", dir: "auto", value: description }), (text) => write("describe", { text })),
    rows.length > 0 && h("div", { class: "params", role: "table", "aria-label": `Parameters of ${name}` },
      h("div", { class: "param top", role: "row" }, ["name", "type", "required", "allowed values", "what it means", ""].map((word) => h("span", { role: "columnheader", class: "i3 xs" }, word))),
      rows.map((row) => paramRow(row, types, { set: (key, value) => write("set", { path: row.path, key, value }), add: () => add(row.path),
        remove: () => write("remove_parameter", { path: row.path }).catch(() => {}) }))),
    button("parameter", () => add([]), { sign: "add", look: "xs" }));
}

function paramRow({ name, depth, type, required, enum: allowed, description, more }, types, acts) {
  const label = name ?? "each item";
  const cell = (...children) => h("span", { role: "cell" }, children);
  const kinds = types.includes(type) ? types : [type, ...types];
  const box = h("input", { type: "checkbox", checked: required === true, "aria-label": `${label} is required` });
  box.addEventListener("change", () => acts.set("required", box.checked).catch(() => { box.checked = !box.checked; }));
  return h("div", { class: "param", role: "row", style: `--depth:${depth}` },
    cell(name === null ? h("span", { class: "i3 item" }, "each item")
      : committed(h("input", { class: "field mono", "aria-label": `Name of ${name}`, spellcheck: "false", value: name }), (text) => acts.set("name", text))),
    cell(committed(h("select", { class: "field", "aria-label": `Type of ${label}` }, kinds.map((kind) => h("option", { value: kind, selected: kind === type }, kind || "any"))),
      (kind) => acts.set("type", kind))),
    cell(name !== null && box),
    cell(committed(h("input", { class: "field mono", "aria-label": `Allowed values of ${label}`, placeholder: "any value", spellcheck: "false", value: allowed }), (text) => acts.set("enum", text))),
    cell(committed(h("input", { class: "field", "aria-label": `What ${label} means`, placeholder: "what it means", dir: "auto", value: description }), (text) => acts.set("description", text))),
    cell(type === "object" && button("", acts.add, { sign: "add", tip: `One more field of ${label}` }), button("", acts.remove, { sign: "cross", tip: `Take ${label} out` }),
      more !== "{}" && h("span", { class: "tag", "data-tip": more.slice(0, 300) }, "+")));
}

/** A field that is written when one leaves it; Enter is done, Esc takes back. What could not be written stays, with the reason. */
function committed(field, write) {
  let before = field.value;
  let tried = before;
  field.addEventListener(field.tagName === "SELECT" ? "change" : "blur", () => {
    if (field.value === tried) return;
    const value = tried = field.value;
    field.removeAttribute("aria-invalid");
    write(value).then(() => { before = value; }, (error) => { field.setAttribute("aria-invalid", "true"); field.setAttribute("data-tip", errorWords(error)); });
  });
  field.addEventListener("keydown", (event) => {
    if (!isTyping(field)) return; // something is being written: the key is for the field that comes then
    if (event.key === "Escape" && field.value !== before) { field.value = tried = before; field.removeAttribute("aria-invalid"); event.preventDefault(); }
    if (event.key === "Enter" && field.tagName === "INPUT") { field.blur(); field.focus({ preventScroll: true }); event.preventDefault(); }
    if (event.key !== "Escape") event.stopPropagation();
  });
  return field;
}

function editDefinition(self, tool) {
  const { example } = self;
  self.ask("text", { tool }).then((text) => {
    const body = self.open.get(tool);
    if (!body || self.typing.has(tool)) return;
    self.typing.add(tool);
    const over = () => { self.typing.delete(tool); fetchForm(self, tool); };
    const area = typingArea(text, { label: `Definition of tool ${tool} as JSON`, mono: true, check: jsonObjectFault, leave: over,
      done: (next) => self.ask("write", { example, tool, text: next }).then(over) });
    refill(body, area);
    area.start();
  }, () => {});
}
