// A list of any length of which only the visible rows exist. Rows come from Python a page at a time.
import { badges, h, icon, refill, visible } from "./dom.js";
import { count, percent } from "./format.js";

export const PAGE = 40; // rows asked for at once
const BOX = 24; // px on the left that pick a row

/** The rows to draw: first and one past the last, with a few spare ones on both sides. */
export function visibleRange(scrollTop, height, rowHeight, total, spare = 6) {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - spare);
  return [first, Math.min(total, Math.ceil((scrollTop + height) / rowHeight) + spare)];
}

/** The pages that hold rows [start, stop). */
export function pagesOf(start, stop) {
  const first = Math.floor(start / PAGE);
  return Array.from({ length: Math.max(0, Math.ceil(stop / PAGE) - first) }, (_, index) => first + index);
}

/** Where to scroll so that a row is in view; the same place if it is. */
export function scrollToShow(position, scrollTop, height, rowHeight) {
  const top = position * rowHeight;
  if (top < scrollTop) return top;
  if (top + rowHeight > scrollTop + height) return top + rowHeight - height;
  return scrollTop;
}

const DECISIONS = { keep: ["check", "ok"], drop: ["cross", "err"], todo: ["todo", "i2"] };

/** One row of the table; on a narrow page its cells make two lines. */
export function drawRow(row, position, selected) {
  const cells = row ? [
    h("span", { class: "c-p" }, h("span", { class: `box ${row.picked ? "on" : ""}` }, row.picked && icon("check", { label: "picked" }))),
    h("span", { class: "c-n num i3" }, count(row.number)),
    h("span", { class: "c-d" }, row.decision && icon(DECISIONS[row.decision][0], { label: row.decision, tone: DECISIONS[row.decision][1] })),
    h("span", { class: "c-w" }, h("span", { class: "el", dir: "auto", title: row.words }, row.broken
      ? h("code", { class: "i2" }, visible(row.words)) : visible(row.words)),
    (row.tags ?? []).map((tag) => h("span", { class: "tag el" }, visible(tag)))),
    h("span", { class: "c-t num" }, row.broken ? "" : count(row.turns)),
    h("span", { class: "c-o num" }, row.broken ? "" : count(row.tools)),
    h("span", { class: `c-k num ${row.cut ? "cut" : ""}`, "data-tip": row.cut ? "Longer than the model's context: a trained answer is cut off" : null },
      row.broken ? "" : row.tokens === null ? "…" : count(row.tokens)),
    h("span", { class: "c-s" }, row.broken || row.tokens === null ? "" : [h("span", { class: "share" }, h("i", { style: `width:${100 * row.trained}%` })),
      h("span", { class: "pc i2" }, percent(row.trained))]),
    h("span", { class: "c-f" }, row.edited && h("span", { class: "dot ac", role: "img", "aria-label": "edited", "data-tip": "Edited, not yet in the file" }), badges(row)),
  ] : [h("span", { class: "c-p" }), h("span", { class: "c-n num i3" }, count(position + 1)), h("span", { class: "c-d" }),
    h("span", { class: "c-w" }, h("span", { class: "sk", style: "width:60%" }))];
  const look = `xr ${selected ? "sel" : ""} ${row?.picked ? "picked" : ""}`;
  return h("div", { class: look.trim(), role: "row", id: row ? `ft-row-${row.example}` : null, "aria-rowindex": position + 2,
    "aria-selected": String(Boolean(selected || row?.picked)), style: `--at:${position}` }, cells.map((cell) => { cell.setAttribute("role", "gridcell"); return cell; }));
}

/** The list. `ask(start, stop)` promises rows; `choose(example, {more, stretch})` picks one. `list.show({shown, revision, selection, position, rows})` brings it up to date. */
export function virtualList(ask, choose) {
  const pages = new Map(); // page number -> rows; stale ones stay until fresh ones are there
  const fresh = new Set();
  let lastHeight = 0;
  let state = { shown: 0, revision: null };
  let timer = 0;
  const canvas = h("div", { class: "canvas", role: "presentation" });
  const list = h("div", { class: "rows", role: "grid", tabindex: 0, "aria-label": "Examples", "aria-readonly": "true", "aria-multiselectable": "true" }, canvas);
  const rowHeight = () => parseFloat(getComputedStyle(list).getPropertyValue("--row-height")) || 28;

  const fetchPages = (start, stop) => {
    const missing = pagesOf(start, stop).filter((page) => !fresh.has(page));
    for (const page of missing) {
      const revision = state.revision;
      fresh.add(page);
      ask(page * PAGE, (page + 1) * PAGE).then((rows) => {
        if (state.revision !== revision) return;
        pages.set(page, rows);
        draw();
      }, () => fresh.delete(page));
    }
  };
  const showSelection = () => {
    if (typeof state.position === "number" && list.clientHeight) list.scrollTop = scrollToShow(state.position, list.scrollTop, list.clientHeight, rowHeight());
  };
  const rowAt = (position) => pages.get(Math.floor(position / PAGE))?.[position % PAGE];
  const draw = () => {
    const height = rowHeight();
    canvas.style.height = `${state.shown * height}px`;
    if (height !== lastHeight) { lastHeight = height; showSelection(); } // the page became narrow, or wide
    const [start, stop] = visibleRange(list.scrollTop, list.clientHeight || 600, height, state.shown);
    const rows = [];
    for (let position = start; position < stop; position += 1) {
      const row = rowAt(position);
      rows.push(drawRow(row, position, row && row.example === state.selection));
    }
    refill(canvas, rows);
    clearTimeout(timer);
    timer = setTimeout(() => fetchPages(start, stop), 20); // a flick of the wheel passes many pages
  };
  // By its height, not by the row's element: rows may be drawn anew between the button's going down and coming up.
  canvas.addEventListener("click", (event) => {
    const row = rowAt(Math.floor((event.clientY - canvas.getBoundingClientRect().top) / rowHeight()));
    const onBox = event.clientX - canvas.getBoundingClientRect().left < BOX;
    if (row) choose(row.example, { more: onBox || event.ctrlKey || event.metaKey, stretch: event.shiftKey });
  });
  canvas.addEventListener("mousedown", (event) => event.shiftKey && event.preventDefault()); // no text is selected on the way
  list.addEventListener("scroll", draw, { passive: true });
  const watch = typeof ResizeObserver === "undefined" ? null : new ResizeObserver(draw);
  watch?.observe(list);
  list.show = (next) => {
    const moved = next.selection !== state.selection || state.revision === null;
    if (next.revision !== state.revision) fresh.clear();
    if (next.query !== state.query || next.shown !== state.shown) pages.clear();
    state = next;
    for (let at = 0; at < next.rows.length; at += PAGE) {
      const page = next.rows.slice(at, at + PAGE);
      if (page.length === PAGE || at + page.length === next.shown) { pages.set(at / PAGE, page); fresh.add(at / PAGE); }
    }
    list.classList.toggle("picking", next.picked > 0);
    list.setAttribute("aria-rowcount", next.shown + 1);
    list.setAttribute("aria-activedescendant", next.selection === null ? "" : `ft-row-${next.selection}`);
    if (moved) showSelection();
    draw();
  };
  list.close = () => { clearTimeout(timer); watch?.disconnect(); };
  return list;
}
