// One row of the table. Its elements are made once and filled for one example after the other: to make them takes a browser longer.
import { badges, h, icon, refill, visible } from "./dom.js";
import { count, percent, plural } from "./format.js";

/** A row in words, for who does not see it. */
export function rowWords(row, position, shown) {
  const counts = row.broken ? ["cannot be read"] : [plural(row.turns, "turn"), row.tokens !== null && plural(row.tokens, "token"), row.trained !== null && `${percent(row.trained)} trained`];
  const found = [row.errors && plural(row.errors, "error"), row.warnings && plural(row.warnings, "warning")];
  return [`Row ${count(position + 1)} of ${count(shown)}`, `number ${count(row.number)}`, row.words, ...counts, ...found, row.decision, ...(row.tags ?? []), row.picked && "picked",
    row.edited && "edited"].filter(Boolean).join(", ");
}

const DECISIONS = { keep: ["check", "ok"], drop: ["cross", "err"], todo: ["todo", "i2"] };

const number = (name) => (row) => (!row || row.broken ? "" : row[name] === null ? "…" : count(row[name]));
const writeText = (cell, row, words) => { cell.textContent = words; };

/** The cells: their columns, what they show of a row as one text, by which one sees whether that has changed, and how they show it. */
const CELLS = [
  ["c-p", (row) => String(row?.picked), (cell, row) => refill(cell, row && h("span", { class: `box ${row.picked ? "on" : ""}` }, row.picked && icon("check", { label: "picked" })))],
  ["c-n num i3", (row, position) => count(row ? row.number : position + 1), writeText],
  ["c-d", (row) => row?.decision ?? "", (cell, row, decision) => refill(cell, decision && icon(DECISIONS[decision][0], { label: decision, tone: DECISIONS[decision][1] }))],
  ["c-w", (row) => (row ? JSON.stringify([row.words, row.broken, row.tags]) : "…"), writeWords],
  ["c-t num", number("turns"), (cell, row, words) => { cell.textContent = words; cell.classList.toggle("one", words === "1"); }],
  ["c-o num", number("tools"), writeText],
  ["c-k num", (row) => number("tokens")(row) + (row?.cut ? "!" : ""), (cell, row) => {
    cell.textContent = number("tokens")(row);
    cell.classList.toggle("cut", Boolean(row?.cut));
    if (row?.cut) cell.setAttribute("data-tip", "Longer than the model's context: a trained answer is cut off"); else cell.removeAttribute("data-tip");
  }],
  ["c-s", (row) => (!row || row.broken || row.tokens === null ? "" : String(row.trained ?? "–")), writeShare],
  ["c-f", (row) => (row ? `${row.edited} ${row.errors} ${row.warnings}` : ""),
    (cell, row) => refill(cell, row?.edited && h("span", { class: "dot ac", role: "img", "aria-label": "edited", "data-tip": "Edited, not yet in the file" }), row && badges(row))],
];

function writeWords(cell, row) {
  if (!row) { refill(cell, h("span", { class: "sk", style: "width:60%" })); return; }
  cell.words ??= h("span", { class: "el", dir: "auto" });
  cell.words.setAttribute("title", row.words);
  refill(cell.words, row.broken ? h("code", { class: "i2" }, visible(row.words)) : visible(row.words));
  if (cell.words.parentNode === cell && cell.children.length === 1 && !row.tags?.length) return;
  refill(cell, cell.words, (row.tags ?? []).map((tag) => h("span", { class: "tag el" }, visible(tag))));
}

const UNWEIGHED = "No message is trained: a preference teaches to tell two answers apart, a reinforcement example what its grader likes";

function writeShare(cell, row, trained) {
  if (trained === "–") cell.setAttribute("data-tip", UNWEIGHED); else cell.removeAttribute("data-tip");
  if (!trained || trained === "–") { refill(cell, trained && h("span", { class: "i3 no-share" }, trained)); return; }
  if (cell.children.length < 2) refill(cell, h("span", { class: "share" }, h("i", {})), h("span", { class: "pc i2" }));
  const [share, words] = cell.children;
  share.children[0].setAttribute("style", `width:${100 * trained}%`);
  words.textContent = percent(row.trained);
}

/** A row; `show(row, position, selected, {top, id})` fills it. On a narrow page its cells make two lines. */
export function tableRow() {
  const cells = CELLS.map(([look]) => h("span", { class: look, role: "gridcell" }));
  const element = h("div", { role: "row" }, cells);
  const shown = {};
  const set = (name, value) => {
    if (shown[name] === value) return;
    shown[name] = value;
    element.setAttribute(name, value);
  };
  element.show = (row, position, selected, { top = 0, id = "" } = {}) => {
    set("class", `xr ${selected ? "sel" : ""} ${row?.picked ? "picked" : ""}`.trim());
    set("id", id);
    set("aria-rowindex", position + 2);
    set("aria-selected", String(Boolean(selected || row?.picked)));
    set("style", `top:${top}px`);
    CELLS.forEach(([look, wordsOf, fill], at) => {
      const words = wordsOf(row, position);
      if (shown[look] === words) return;
      shown[look] = words;
      fill(cells[at], row, words);
    });
    return element;
  };
  return element;
}
