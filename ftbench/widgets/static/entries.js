// What an example holds beside its conversation: the fields a grader reads, settings, anything else; read, written, added and taken out.
import { button, h, redraw, refill, visible } from "./dom.js";
import { activeIn } from "./focus.js";
import { plural } from "./format.js";
import { moreWords } from "./pair.js";
import { jsonFault, nameField, typingArea } from "./typing.js";

/** The entries as an element with `show(entries, example)`; `ask(verb, values)` reaches those of an example. */
export function entriesPane(ask) {
  const element = h("div", { class: "entries-pane" });
  const self = { element, typing: false, drawn: "", entries: null, example: null, ask: (verb, values) => ask(verb, { example: self.example, ...values }) };
  element.show = (entries, example) => {
    const text = JSON.stringify(entries);
    const other = example !== self.example;
    if (other && element.contains(activeIn(element))) activeIn(element).blur(); // what is being typed is written
    if (!other && (self.typing || text === self.drawn)) { self.entries = entries; return; }
    Object.assign(self, { entries, example, typing: false, drawn: text });
    redraw(element, () => refill(element, entries.rows.length > 0 && entryList(self, entries)));
  };
  element.adds = () => addEntry(self);
  return element;
}

function entryDone(self, focus) {
  self.typing = false;
  self.drawn = "";
  self.element.show(self.entries, self.example);
  if (focus) self.element.querySelector(`[data-entry="${CSS.escape(focus)}"]`)?.focus();
}

function entryList(self, { rows, more, graded }) {
  const title = graded ? plural(rows.length + more, "reference field") : plural(rows.length + more, "other entry", "other entries");
  return h("section", { class: `msg entries ${graded ? "graded" : ""}`, "aria-label": graded ? "Reference fields" : "Other entries" },
    h("div", { class: "mh" }, h("b", {}, title), h("span", { class: "i3 s el beside" }, graded ? "read by the grader, not by the model" : "beside the messages"), h("span", { class: "sp" }),
      button("", () => addEntry(self), { sign: "add", tip: "Add an entry" })),
    h("div", { class: "mb" }, h("div", { class: "fields" }, rows.map((row) => entryRow(self, row))), more > 0 && h("p", { class: "s i3" }, `${more} more`)));
}

function entryRow(self, row) {
  const { path, name, text, folded, plain } = row;
  const key = path.join(".");
  const edit = () => editEntry(self, row, plain);
  const value = text === "true" || text === "false" ? entryChoice(self, row)
    : h("button", { type: "button", class: "value", "data-entry": key, "aria-label": `Edit ${name}`, dir: "auto", onclick: edit },
    plain && text === "" ? h("span", { class: "i3" }, "empty") : visible(text), folded && h("span", { class: "i3" }, " … ", moreWords(folded)));
  return [h("span", { class: "fn" }, visible(name)), h("span", { class: "fv", "data-row": key }, value),
    h("span", { class: "ft-t" }, plain && button("JSON", () => editEntry(self, row, false), { look: "ghost xs", tip: `Write ${name} as JSON` }),
      button("", () => self.ask("remove", { path }).catch(() => {}), { sign: "cross", tip: `Take ${name} out` }))];
}

function entryChoice(self, { path, name, text, plain }) {
  if (plain) return h("button", { type: "button", class: "value", "data-entry": path.join("."), "aria-label": `Edit ${name}`, onclick: () => editEntry(self, { path, name }, true) }, text);
  const choice = h("select", { class: "field mono", "aria-label": name, "data-entry": path.join(".") }, ["true", "false"].map((each) => h("option", { value: each, selected: each === text }, each)));
  choice.addEventListener("change", () => self.ask("write", { path, text: choice.value, plain: false }).catch(() => { choice.value = text; }));
  return choice;
}

function editEntry(self, { path, name }, plain) {
  if (self.typing) return;
  const key = path.join(".");
  const { example } = self;
  self.ask("text", { path, plain }).then((text) => {
    if (self.typing) return;
    self.typing = true;
    const area = typingArea(text, { label: `Value of ${name}`, mono: !plain, check: plain ? undefined : jsonFault, leave: () => entryDone(self, key),
      done: (next) => self.ask("write", { example, path, text: next, plain }).then(() => entryDone(self, key)) });
    self.element.querySelector(`[data-row="${CSS.escape(key)}"]`).replaceChildren(area);
    area.start();
  }, () => {});
}

function addEntry(self) {
  if (self.typing) return;
  self.typing = true;
  const { example } = self;
  const field = nameField("", { label: "Name of the new entry", hint: "name", leave: () => entryDone(self),
    done: (name) => self.ask("add", { example, name }).then((path) => { entryDone(self); editEntry(self, { path, name: path.join(".") }, true); }) });
  self.element.appendChild(h("div", { class: "row adding" }, field));
  field.start();
}
