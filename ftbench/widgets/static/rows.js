// A list of any length of which only the visible rows exist.
import { h } from "./dom.js";
import { rowWords, tableRow } from "./row.js";
import { rowStore } from "./row_store.js";

const TALLEST = 15_000_000; // px; Firefox makes no element taller than 17 million, and a million rows are 28
const QUIET = 150; // ms without a move before the selection is read out
const SOON = 60; // ms for which a place stays empty before it says that its row is on the way
const BOX = 24; // px on the left that pick a row
const SPARE = 6; // rows drawn on both sides of what one sees
const UNUSED = 60; // elements of rows that are kept for others at most

/** The rows to draw: first and one past the last, with a few spare ones on both sides. */
export function visibleRange(scrollTop, height, rowHeight, total, spare = SPARE) {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - spare);
  return [first, Math.min(total, Math.ceil((scrollTop + height) / rowHeight) + spare)];
}

/** Where to scroll so that a row is in view; the same place if it is. */
export function scrollToShow(position, scrollTop, height, rowHeight) {
  const top = position * rowHeight;
  if (top < scrollTop) return top;
  if (top + rowHeight > scrollTop + height) return top + rowHeight - height;
  return scrollTop;
}

/** Is a row, or null, wholly in sight? */
export function isInSight(position, scrollTop, height, rowHeight) {
  return typeof position === "number" && scrollToShow(position, scrollTop, height, rowHeight) === scrollTop;
}

/** Where a list of `whole` px stands whose bar has only `tall` px: a small step of the bar is that step, a large one a share of the whole. */
export function topAfter(scrollTop, before, top, { whole, tall, height }) {
  if (whole <= tall) return scrollTop;
  const by = scrollTop - before;
  const share = Math.abs(by) < 2 * height ? top + by : (scrollTop / (tall - height)) * (whole - height);
  return Math.min(whole - height, Math.max(0, share));
}

/** Where its bar stands then. */
export function barAt(top, { whole, tall, height }) {
  return whole <= tall ? top : (top / (whole - height)) * (tall - height);
}

let tables = 0; // made so far, for the ids of their rows

/** The list. `ask(start, stop)` promises rows, `cutOf(examples)` what `rowStore` says; `choose(example, {more, stretch})` picks one.
 *  `list.show({shown, revision, selection, position, rows})` brings it up to date. */
export function virtualList(ask, choose, cutOf) {
  tables += 1;
  const id = `ft-rows-${tables}`;
  const store = rowStore(ask, () => { draw(true); if (unsaid) speak(); }, cutOf);
  let drawn = new Map(); // position -> {element, row, top}, in their order
  const unused = new Map(); // the same of rows that are no longer near
  let state = { shown: 0, revision: null };
  let lastHeight = 0; // of a row, when one could see it
  let rowHeight = 28;
  let height = 0; // of the list, 0 while nobody sees it; asked for rarely, since an answer costs the layout of the page
  let tall = -1; // of the canvas
  let top = 0; // px of the whole list above what one sees
  let bar = 0; // where its bar was heard to stand
  let leading = false; // is the bar to go there?
  let settling = 0;
  let empty = 0; // since when rows are missing in sight
  let rest = 0; // when what was left out is drawn
  let unsaid = false; // does the voice wait for what lies beyond the context?
  const canvas = h("div", { class: "canvas", role: "presentation" });
  const list = h("div", { class: "rows", role: "grid", tabindex: 0, "aria-label": "Examples", "aria-readonly": "true", "aria-multiselectable": "true" }, canvas);
  list.voice = h("div", { class: "vh", role: "status" });
  const measure = () => {
    rowHeight = parseFloat(getComputedStyle(list).getPropertyValue("--row-height")) || 28;
    height = list.clientHeight;
  };
  const sizes = () => { const whole = state.shown * rowHeight; return { whole, tall: Math.min(whole, TALLEST), height }; };
  const goTo = (next) => { // a bar that stands there is left alone: to put it, the browser lays the page out
    top = next;
    const to = Math.round(barAt(top, sizes()));
    leading ||= to !== bar;
    bar = to;
  };
  const follow = () => { if (list.scrollTop !== bar) top = topAfter(list.scrollTop, bar, top, sizes()); bar = list.scrollTop; };
  const settle = () => { follow(); goTo(top); draw(); }; // small steps have moved the bar from its share; another may not have been heard yet
  const showSelection = () => {
    if (typeof state.position !== "number" || !height) return;
    const next = scrollToShow(state.position, top, height, rowHeight);
    if (next !== top) goTo(next);
  };
  const showFound = () => { // other rows: the first that were found, or all again round the chosen one; Python has sent them
    const { whole } = sizes();
    const middle = !(state.applied ?? state.query) && typeof state.position === "number" ? (state.position + 0.5) * rowHeight - height / 2 : 0;
    goTo(Math.max(0, Math.min(whole - height, middle)));
  };
  const around = (spare) => visibleRange(top, height || 600, rowHeight, state.shown, spare);
  const draw = (hurry = false) => {
    if (tall !== sizes().tall) { ({ tall } = sizes()); canvas.style.height = `${tall}px`; }
    if (rowHeight !== lastHeight && height) { lastHeight = rowHeight; showSelection(); } // the page came, became narrow, or wide
    store.want(around(1), around(SPARE)); // Python is at it while they are drawn
    place(hurry);
    if (!leading) return;
    leading = false;
    list.scrollTop = bar;
    if (list.scrollTop === bar) return;
    bar = list.scrollTop; // it goes in steps of its own, or not at all
    place(hurry);
  };
  const place = (hurry) => {
    const shift = state.shown * rowHeight > TALLEST ? bar - top : 0;
    const positions = positionsNow(hurry);
    for (const [position, one] of drawn) if (!positions.includes(position)) { drawn.delete(position); unused.set(position, one); }
    drawn = new Map(positions.map((position) => {
      const row = store.row(position);
      const spot = { top: position * rowHeight + shift, id: `${id}-${position}` };
      const { element } = drawn.get(position) ?? takeUnused(position);
      element.show(row, position, Boolean(row) && row.example === state.selection, spot);
      return [position, { element, row, top: spot.top }];
    }));
    // While rows are on their way, elements stay where nobody sees them: to take them out of the page and put them in again takes a browser longer.
    const staying = empty ? [...unused.values()].filter((one) => one.top + rowHeight <= bar || one.top >= bar + height) : [];
    putInOrder(canvas, [...drawn.values(), ...staying].map(({ element }) => element));
    for (const position of [...unused.keys()].slice(UNUSED)) unused.delete(position);
    const chosen = typeof state.position === "number" && drawn.has(state.position);
    if (chosen) list.setAttribute("aria-activedescendant", `${id}-${state.position}`); else list.removeAttribute("aria-activedescendant");
  };
  /** The rows to draw: those near what one sees, as far as they are known. In a hurry, those that one does not see yet wait.
   *  A place in sight stays empty for a moment before it says that its row is on the way. */
  const positionsNow = (hurry) => {
    const [first, last] = around(1);
    const inSight = (position) => position >= first && position < last;
    const near = positionsIn(around(SPARE)).filter((position) => store.row(position) || inSight(position));
    if (near.every(store.row)) empty = 0; else empty ||= performance.now();
    const late = empty && performance.now() - empty > SOON - 5; // to draw twice what comes at once would make it late
    const now = near.filter((position) => {
      const row = store.row(position);
      if (!row) return late;
      return !hurry || inSight(position) || row === drawn.get(position)?.row;
    });
    if (now.length < near.length) rest ||= setTimeout(() => { rest = 0; draw(); }, SOON);
    return now;
  };
  /** An element for a row: the one it had, if that is still there. */
  const takeUnused = (position) => {
    const key = unused.has(position) ? position : unused.keys().next().value;
    const one = unused.get(key) ?? { element: tableRow() };
    unused.delete(key);
    return one;
  };
  const speak = () => {
    const row = store.row(state.position);
    if (!row || row.example !== state.selection) return;
    unsaid = row.cut === null;
    if (!unsaid) list.voice.textContent = rowWords(row, state.position, state.shown);
  };
  // By its height, not by the row's element: rows may be drawn anew between the button's going down and coming up.
  list.addEventListener("click", (event) => {
    follow(); // the list may have been scrolled since it was drawn
    const frame = canvas.getBoundingClientRect();
    const row = store.row(Math.floor((event.clientY - list.getBoundingClientRect().top + top) / rowHeight));
    if (row && event.clientX < frame.right) choose(row.example, { more: event.clientX - frame.left < BOX || event.ctrlKey || event.metaKey, stretch: event.shiftKey });
  });
  canvas.addEventListener("mousedown", (event) => event.shiftKey && event.preventDefault()); // no text is selected on the way
  list.addEventListener("scroll", () => {
    if (!list.clientHeight || list.scrollTop === bar) return; // hidden for a moment, as when the theme changes, it says 0; or it is where it was put, and that is drawn
    follow();
    draw(true);
    clearTimeout(settling);
    if (sizes().whole > TALLEST) settling = setTimeout(settle, QUIET);
  }, { passive: true });
  const watch = typeof ResizeObserver === "undefined" ? null : new ResizeObserver(() => {
    const before = height;
    const seen = isInSight(state.position, top, height, rowHeight);
    measure();
    if (seen && height < before) showSelection(); // as when the tray opens below
    if (!before && height) { bar = list.scrollTop; goTo(top); } // what nobody saw could not be scrolled
    draw();
  });
  watch?.observe(list);
  let speaking = 0;
  list.show = (next) => {
    const moved = next.selection !== state.selection || state.revision === null;
    const searched = state.revision !== null && (next.applied ?? next.query) !== (state.applied ?? state.query);
    store.show(next);
    state = next;
    list.classList.toggle("picking", next.picked > 0);
    list.setAttribute("aria-rowcount", next.shown + 1);
    if (!height || list.hidden) measure();
    if (height) { if (searched) showFound(); else if (moved) showSelection(); else if (top > sizes().whole) goTo(0); }
    draw(true);
    clearTimeout(speaking);
    speaking = setTimeout(speak, QUIET);
  };
  list.close = () => { [settling, speaking, rest].forEach(clearTimeout); store.close(); watch?.disconnect(); };
  return list;
}

function positionsIn([start, stop]) { return Array.from({ length: stop - start }, (_, at) => start + at); }

/** Make these the children of an element; those that stay are not touched. */
function putInOrder(element, wanted) {
  const staying = new Set(wanted);
  for (const child of [...element.children]) if (!staying.has(child)) child.remove();
  let next = element.firstChild;
  for (const child of wanted) {
    if (child === next) next = next.nextSibling; else element.insertBefore(child, next);
  }
}
