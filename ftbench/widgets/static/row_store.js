// The rows of a table that the page has, and those it asks Python for: what one sees at once, what lies next to it when nothing else is wanted.
export const PAGE = 40; // rows asked for at once
const KEPT = 2000; // rows held at most; those farthest away go
const AHEAD = 30; // rows on both sides of what one sees that are asked for when it is quiet
const RESTED = 40; // ms without a wish after which they are
const DRAWN = 80; // the same after an answer, whose rows are to be painted first
const UNHURRIED = 150; // ms without one after which tokens are counted
const COUNTED = 8; // rows whose tokens are counted at once, so that Python is soon there for other questions

/** The stretch to ask for so that all of [start, stop) are known: at most a page, unless `alone` filled up on the side that is not known; null when all are. */
export function stretchFor(start, stop, total, known, alone = false) {
  let first = start;
  while (first < stop && known(first)) first += 1;
  if (first === stop) return null;
  let last = stop - 1;
  while (known(last)) last -= 1;
  const end = Math.min(last + 1, first + PAGE);
  let from = first;
  let to = end;
  if (alone) return [from, to];
  while (to - from < PAGE && to < total && !known(to)) to += 1;
  while (to - from < PAGE && from > 0 && !known(from - 1)) from -= 1;
  return [from, to];
}

/** Does something hold for every position of a stretch? */
function inAll([start, stop], test) {
  for (let at = start; at < stop; at += 1) if (!test(at)) return false;
  return true;
}

/** The rows; `ask(start, stop)` promises some, `cutOf(examples)` how many messages of each lie beyond the context, `arrived()` is called when they are there.
 *  Stale ones stay until fresh ones come. */
export function rowStore(ask, arrived, cutOf) {
  const rows = new Map(); // position -> row
  const counted = new WeakMap(); // row as it came -> the same with what lies beyond the context
  const fresh = new Set(); // positions that are known, or asked for
  let state = { shown: 0, revision: null };
  let timer = 0;
  let asked = 0; // when rows were wanted last
  let rest = RESTED; // after the next wish
  const query = (one) => one.applied ?? one.query;
  const take = (start, some) => some.forEach((row, at) => { rows.set(start + at, counted.get(row) ?? row); fresh.add(start + at); });
  const fetch = ([start, stop]) => {
    const now = state.revision;
    for (let at = start; at < stop; at += 1) fresh.add(at);
    ask(start, stop).then((some) => {
      if (state.revision !== now) return;
      rest = DRAWN;
      take(start, some);
      arrived();
    }, () => { for (let at = start; at < stop; at += 1) if (!rows.has(at)) fresh.delete(at); });
  };
  const forget = (middle) => {
    if (rows.size <= KEPT) return;
    const far = [...rows.keys()].sort((one, other) => Math.abs(other - middle) - Math.abs(one - middle));
    for (const at of far.slice(0, rows.size - KEPT)) { rows.delete(at); fresh.delete(at); }
  };
  const missing = ([start, stop], alone = false) => stretchFor(start, stop, state.shown, (at) => fresh.has(at), alone);
  const count = ([start, stop]) => {
    const now = state.revision;
    const open = Array.from({ length: stop - start }, (_, at) => start + at).filter((at) => rows.get(at)?.cut === null).slice(0, COUNTED);
    const some = open.map((at) => rows.get(at));
    if (!some.length) return;
    cutOf(some.map((row) => row.example)).then((cuts) => {
      if (state.revision !== now) return; // the numbers may mean others
      some.forEach((row, at) => counted.set(row, { ...row, cut: cuts[at] }));
      for (const at of open) if (counted.has(rows.get(at))) rows.set(at, counted.get(rows.get(at)));
      arrived();
    }, () => {}); // the notice has said it
  };
  const lookAhead = ([start, stop]) => {
    timer = setTimeout(count, UNHURRIED - RESTED, [start, stop]);
    const more = missing([Math.max(0, start - AHEAD), Math.min(state.shown, stop + AHEAD)]);
    if (more) fetch(more);
    forget(start);
  };
  return {
    row: (position) => rows.get(position),
    /** Rows in sight are wanted, and those near them. Only those in sight after a leap, since a short answer comes sooner, and while an answer is painted. */
    want(sight, near) {
      clearTimeout(timer);
      const leap = inAll(sight, (at) => !fresh.has(at));
      const next = () => (leap || rest === DRAWN ? missing(sight, leap) : missing(near));
      if (!next()) { timer = setTimeout(lookAhead, rest, near); rest = RESTED; return; }
      const wait = performance.now() - asked < 60 ? 25 : 0; // a flick of the wheel passes many
      const go = () => { asked = performance.now(); for (let stretch = next(); stretch; stretch = next()) fetch(stretch); };
      if (wait) timer = setTimeout(go, wait); else go();
    },
    show(next) {
      if (next.revision !== state.revision) fresh.clear();
      if (query(next) !== query(state)) rows.clear();
      state = next;
      rest = DRAWN;
      take(next.start ?? 0, next.rows);
      for (const at of rows.keys()) if (at >= next.shown) { rows.delete(at); fresh.delete(at); }
    },
    close: () => clearTimeout(timer),
  };
}
