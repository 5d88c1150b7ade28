// Nothing to work on yet: choose a file, paste messages or take a sample. Then the workbench, in the same place.
import { button, h, icon, refill, visible } from "./dom.js";
import { activeIn } from "./focus.js";
import { bytes, count, plural } from "./format.js";
import { nextItem } from "./menu.js";
import { workbenchPane } from "./workbench.js";

const isPath = (typed) => /[\\/~]/.test(typed);

/** The entries of a folder that hold what was typed; a path of several folders narrows nothing. */
export function entriesLike(entries, typed) {
  const wanted = typed.trim().toLowerCase();
  return !wanted || isPath(wanted) ? entries : entries.filter(({ name }) => name.toLowerCase().includes(wanted));
}

/** The path that was typed; where it is a part of only one name, this name. */
export function entryNamed(entries, typed) {
  const like = typed.trim() && !isPath(typed) ? entriesLike(entries, typed) : [];
  return like.length === 1 ? like[0].name : typed;
}

/** The card, or the workbench; state: {start, …the workbench's}. */
export function startPane(state, actions) {
  const inside = { ask: (verb, values) => actions.ask(`workbench.${verb}`, values) };
  let card = state.start && startCard(state.start, actions);
  let work = state.start ? null : workbenchPane(state, inside);
  const pane = h("div", { class: "begin" }, card ?? work);
  pane.update = (next, changed) => {
    if (next.start) { card.show(next.start); return; }
    if (work) { work.update(next, changed); return; }
    const held = pane.contains(activeIn(pane));
    work = workbenchPane(next, inside);
    card = null;
    refill(pane, work);
    if (held) work.querySelector(".rows")?.focus({ preventScroll: true }); // whoever chose by key goes on by key
  };
  Object.defineProperty(pane, "keys", { get: () => work?.keys ?? {} });
  pane.hear = (message) => work?.hear(message);
  pane.close = () => work?.close();
  return pane;
}

function startCard(state, actions) {
  let now = state;
  let drawn = null; // the names that are listed
  const look = button("Choose…", () => actions.ask("look", { folder: now.listing ? null : "." }), { look: "pri", "aria-expanded": "false" });
  const paste = button("Paste", () => { texts.hidden = !texts.hidden; paste.setAttribute("aria-expanded", String(!texts.hidden)); if (!texts.hidden) area.focus(); }, { "aria-expanded": "false" });
  const area = h("textarea", { rows: 6, dir: "auto", "aria-label": "Messages to paste", placeholder: '{"messages": […]}   or a question, a blank line, and the answer' });
  const texts = h("form", { class: "pasting", hidden: true }, area, h("div", { class: "row" }, h("span", { class: "s i3 el where" }), h("span", { class: "sp" }),
    h("button", { type: "submit", class: "btn" }, "Make a file of it")));
  texts.addEventListener("submit", (event) => { event.preventDefault(); actions.ask("paste", { text: area.value }); });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); texts.requestSubmit(); }
    if (event.key === "Escape") { texts.hidden = true; paste.setAttribute("aria-expanded", "false"); paste.focus(); }
    event.stopPropagation();
  });
  const files = fileList(actions, look);
  const samples = h("ul", { class: "choices", "aria-label": "Samples" }, now.samples.map(({ name, words, count: many }) => h("li", {},
    h("button", { type: "button", class: "choice", onclick: () => actions.ask("sample", { name }) }, icon("database", { tone: "i3" }), h("code", {}, visible(name)),
      h("span", { class: "i2 el" }, visible(words)), h("span", { class: "num i3" }, plural(many, "example"))))));
  const card = h("div", { class: "workbench-start" },
    h("div", { class: "bar" }, h("span", { class: "b" }, "No examples yet")),
    h("div", { class: "intro" }, h("h2", {}, "Start with a file, a text or a sample"), h("p", { class: "s i2" }, "One example a line, in OpenAI's chat format.")),
    way("file", "Open a JSONL file", ["or type ", h("code", {}, 'ft.open("mails.jsonl")')], look), files,
    way("copy", "Paste messages", "one conversation as JSON, or question and answer as text", paste), texts,
    way("database", "Take a sample", "written for ftbench; you work on a copy", null), samples,
    h("div", { class: "status" }, h("span", { class: "folder el" })));
  card.show = (next) => {
    const names = JSON.stringify(next.listing);
    const listed = next.listing && names !== drawn;
    [now, drawn] = [next, names];
    look.setAttribute("aria-expanded", String(Boolean(next.listing)));
    files.show(next.listing, listed);
    for (const [place, words] of [[".folder", `In the folder ${next.folder}`], [".where", `becomes a file in ${next.folder}`]]) refill(card.querySelector(place), visible(words));
  };
  card.show(state);
  return card;
}

function way(sign, title, words, act) {
  return h("div", { class: "way" }, icon(sign, { tone: "i3" }), h("span", { class: "m" }, title), h("span", { class: "d" }, words), act);
}

/** The files of a folder below a field for a path: arrows walk, Enter opens, Esc puts the list away. */
function fileList(actions, opener) {
  let listing = null;
  const field = h("input", { type: "text", class: "field", "aria-label": "Path of a file or folder", placeholder: "Type a path, or a part of a name", spellcheck: "false", autocomplete: "off" });
  const list = h("ul", { class: "choices", "aria-label": "Files" });
  const form = h("form", { class: "choosing", hidden: true }, h("div", { class: "row" }, field, h("button", { type: "submit", class: "btn" }, "Open")), list);
  const items = () => [...list.querySelectorAll("button")];
  const choice = (name, sign, act, size) => h("li", {}, h("button", { type: "button", class: "choice", tabindex: -1, onclick: act }, icon(sign, { tone: "i3" }),
    h("span", { class: "el m", dir: "auto" }, visible(name)), h("span"), h("span", { class: "num i3" }, size)));
  const all = () => [...listing.folders.map((name) => ({ name, folder: true })), ...listing.files];
  const draw = () => {
    const shown = entriesLike(all(), field.value);
    refill(list, choice("the folder above", "up", () => actions.ask("look", { folder: ".." }), ""),
      shown.map(({ name, folder, size }) => (folder ? choice(`${name}/`, "folder", () => actions.ask("look", { folder: name }), "")
        : choice(name, "file", () => actions.ask("open", { path: name }), bytes(size)))),
      !shown.length && h("li", { class: "s i3 note" }, all().length ? visible(`Nothing here is called “${field.value.trim()}”; Enter opens it as a path.`) : "No training file in this folder."),
      listing.more > 0 && h("li", { class: "s i3 note" }, `and ${count(listing.more)} more; type the name`));
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); actions.ask("open", { path: entryNamed(all(), field.value) }); });
  field.addEventListener("input", draw);
  form.addEventListener("keydown", (event) => {
    const stops = [field, ...items()];
    const at = stops.indexOf(activeIn(form));
    if (event.key === "Escape") { opener.focus(); actions.ask("look", { folder: null }); }
    else if (["ArrowDown", "ArrowUp"].includes(event.key) && at >= 0) stops[nextItem(at, event.key, stops.length)].focus();
    else { if (event.key !== "Tab") event.stopPropagation(); return; }
    event.preventDefault();
    event.stopPropagation();
  });
  form.show = (next, other) => {
    const holds = form.hidden || form.contains(activeIn(form));
    listing = next;
    form.hidden = !next;
    if (!next || !other) return;
    field.value = "";
    draw();
    if (holds) field.focus();
  };
  return form;
}
