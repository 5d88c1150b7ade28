// One row of the table. Its elements are made once and filled for one example after the other: to make them takes a browser longer.
import { badges, h, icon, refill, visible } from "./dom.js";
import { count, percent, plural } from "./format.js";

/** A row in words, for who does not see it. */
export function rowWords(row, position, shown) {
  const counts = row.broken ? ["cannot be read"] : [
    plural(row.turns, "turn"), row.tokens !== null && plural(row.tokens, "token"), row.cut && "a trained answer is cut off", row.trained !== null && `${percent(row.trained)} trained`];
  const found = [row.errors && plural(row.errors, "error"), row.warnings && plural(row.warnings, "warning")];
  return [`Row ${count(position + 1)} of ${count(shown)}`, `number ${count(row.number)}`, row.words, ...counts, ...found,
    row.decision, ...(row.tags ?? []), row.picked && "picked", row.edited && "edited"].filter(Boolean).join(", ");
}

const DECISIONS = { keep: ["check", "ok"], drop: ["cross", "err"], todo: ["todo", "i2"] };
const CUT = "Longer than the model's context: a trained answer is cut off";
const UNWEIGHED = "No message is trained: a preference teaches to tell two answers apart, a reinforcement example what its grader likes";

/** The cells: the class of their column; a text that is another one when the cell shows something else; and how it is filled. Without a row, it is on its way. */
const CELLS = [
  ["c-p", (row) => String(row?.picked), fillPick],
  ["c-n num i3", (row, position) => count(row ? row.number : position + 1), fillText],
  ["c-d", (row) => row?.decision ?? "", fillDecision],
  ["c-w", (row) => (row ? JSON.stringify([row.words, row.broken, row.tags]) : "…"), fillWords],
  ["c-t num", countOf("turns"), fillTurns],
  ["c-o num", countOf("tools"), fillText],
  ["c-k num", (row) => countOf("tokens")(row) + (row?.cut ? "!" : ""), fillTokens],
  ["c-s", (row) => (!row || row.broken || row.tokens === null ? "" : String(row.trained ?? "–")), fillShare],
  ["c-f", (row) => (row ? `${row.edited} ${row.errors} ${row.warnings}` : ""), fillFindings],
];

function countOf(name) {
  return (row) => (!row || row.broken ? "" : row[name] === null ? "…" : count(row[name]));
}

function fillText(cell, row, text) { cell.textContent = text; }

function fillPick(cell, row) {
  refill(cell, row && h("span", { class: `box ${row.picked ? "on" : ""}` }, row.picked && icon("check", { label: "picked" })));
}

function fillDecision(cell, row, decision) {
  const [sign, tone] = DECISIONS[decision] ?? [];
  refill(cell, sign && icon(sign, { label: decision, tone }));
}

function fillWords(cell, row) {
  if (!row) { refill(cell, h("span", { class: "sk", style: "width:60%" })); return; }
  cell.words ??= h("span", { class: "el", dir: "auto" });
  cell.words.setAttribute("title", row.words);
  refill(cell.words, row.broken ? h("code", { class: "i2" }, visible(row.words)) : visible(row.words));
  const tags = row.tags ?? [];
  if (cell.words.parentNode === cell && cell.children.length === 1 && !tags.length) return;
  refill(cell, cell.words, tags.map((tag) => h("span", { class: "tag el", title: tag }, visible(tag))));
}

function fillTurns(cell, row, text) {
  cell.textContent = text;
  cell.classList.toggle("one", text === "1");
}

function fillTokens(cell, row) {
  cell.textContent = countOf("tokens")(row);
  cell.classList.toggle("cut", Boolean(row?.cut));
  explain(cell, row?.cut && CUT);
}

function fillShare(cell, row, trained) {
  explain(cell, trained === "–" && UNWEIGHED);
  if (!trained) { refill(cell); return; }
  if (trained === "–") { refill(cell, h("span", { class: "i3 no-share" }, trained)); return; }
  if (cell.children.length < 2) refill(cell, h("span", { class: "share" }), h("span", { class: "pc i2" }));
  const [share, words] = cell.children;
  share.setAttribute("style", `--share:${100 * trained}%`);
  words.textContent = percent(row.trained);
}

function fillFindings(cell, row) {
  const edited = row?.edited && h("span", { class: "dot ac", role: "img", "aria-label": "edited", "data-tip": "Edited, not yet in the file" });
  refill(cell, edited, row && badges(row));
}

/** Give a cell a tip, or take it away. */
function explain(cell, tip) {
  if (tip) cell.setAttribute("data-tip", tip); else cell.removeAttribute("data-tip");
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
    CELLS.forEach(([look, textOf, fill], at) => {
      const text = textOf(row, position);
      if (shown[look] === text) return;
      shown[look] = text;
      fill(cells[at], row, text);
    });
    return element;
  };
  return element;
}
