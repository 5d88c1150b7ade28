// The tokens of one example: chips, trained, masked, cut off. Click a message, or press w on it, and its weight switches.
// After a job the colours can mean its loss instead, before and after tuning.
import { button, h, icon, keyHint, redraw, refill, visible } from "./dom.js";
import { activeIn } from "./focus.js";
import { count, plural } from "./format.js";
import { tokenColumn } from "./lens_tokens.js";
import { lossHead, lossLegend, lossViews } from "./loss.js";

/** What the lens shows, of the three values in which Python tells it. */
export function lensOf({ lens, lens_window: window, lens_looks: looks }) { return { ...lens, window, looks }; }

/** The pane of one example, with `show(state)` for what has changed of it. `actions`: toggleWeight(message), unfold(message), look({place, to} or
 *  {message}) where only some tokens are here, go(by) where there are neighbours, sort() where there is a table. `colours` is what the
 *  colours mean: `weight`, or the loss `before`, `after`, `both`. */
export function lensPane(state, actions, colours = "weight") {
  const [totals, body, status, rail, use] = ["tot", "lg", "status", "railing", "use"].map((name) => h("div", { class: name }));
  const bar = h("div", {});
  const self = { state, actions, view: colours, rail, columns: [], rows: [], selected: chosenMessage(state), asking: null };
  const side = h("div", { class: "side" }, rail, use);
  const draw = () => {
    if (self.state.loss?.reason !== null) self.view = "weight";
    const sides = self.view === "both" ? ["before", "after"] : [self.view];
    self.columns = sides.map((colour) => tokenColumn(colour, columnActions(self), colour !== "weight" && lossHead(self.state.loss, colour)));
    // the two sides stay at the same place
    self.columns.forEach((one, at, all) => all[1 - at] && one.addEventListener("scroll", () => { all[1 - at].scrollTop = one.scrollTop; }, { passive: true }));
    body.classList.toggle("both", self.view === "both");
    refill(body, self.view !== "both" && side, self.columns);
    bringUp();
  };
  const choose = (name) => { self.view = name; draw(); totals.querySelector("[aria-checked=true]")?.focus(); };
  const bringUp = () => {
    const held = rail.contains(activeIn(rail));
    redraw(bar, () => refill(bar, lensBar(self.state, actions)));
    redraw(totals, () => refill(totals, lensTotals(self.state), self.state.loss && lossViews(self.state.loss, self.view, choose)));
    drawRail(self);
    refill(use, tokenUse(self.state));
    redraw(status, () => refill(status, self.view === "weight" ? [lensLegend(self.state), h("span", { class: "sp" }),
      h("span", { class: "keys" }, self.state.weighed && keyHint("w", "weight"), keyHint("j k", "message"))] : lossLegend(actions.sort)));
    self.columns.forEach((column) => column.show(self.state));
    selectRow(self, self.selected);
    if (held) rail.querySelector("[tabindex='0']")?.focus({ preventScroll: true }); // with other rows too, keys go on from the chosen one
  };
  const element = h("div", { class: "lens-pane", role: "group", "aria-label": "Lens" }, bar, totals, body, status);
  element.show = (next) => {
    const other = Boolean(next.problem || self.state.problem) || JSON.stringify(next.loss) !== JSON.stringify(self.state.loss);
    self.state = next;
    if (next.problem) {
      refill(element, refill(bar, lensBar(next, actions)), h("div", { class: "find" }, icon("error", { label: "error" }), h("div", { class: "tx" }, visible(next.problem))));
    } else if (other) { refill(element, bar, totals, body, status); draw(); } else bringUp();
  };
  if (state.problem) element.show(state); else draw();
  return Object.assign(element, { keys: lensKeys(self), selected: () => self.selected, select: (message) => selectRow(self, message), view: () => self.view });
}

/** The message that is chosen when none was: the last assistant message of those that are shown. */
function chosenMessage({ rail: { first, rows } }) {
  const last = rows.findLastIndex((row) => row.role === "assistant");
  return rows.length ? first + Math.max(0, last) : null;
}

function columnActions(self) {
  const { toggleWeight, unfold, look } = self.actions;
  return { flip: toggleWeight, unfold, look: look && ((where) => askOnce(self, where)) };
}

/** Ask for other tokens, once at a time. */
function askOnce(self, where) {
  self.asking ??= self.actions.look(where).finally(() => { self.asking = null; });
  return self.asking;
}

function drawRail(self) {
  const { rail: { first, rows }, count: all } = self.state;
  self.rows = rows.map((row, at) => railRow(first + at, row, self, () => { selectRow(self, first + at); if (self.state.weighed) flipWeight(self, first + at); }));
  const more = (number, word, message) => number > 0 && h("button", { type: "button", class: "link xs more-tokens", onclick: () => goToMessage(self, message) }, plural(number, `${word} message`));
  const after = first + rows.length;
  refill(self.rail, more(first, "earlier", first - 1), h("ul", { class: "rail", role: "listbox", "aria-label": "Messages" }, self.rows), more(all - after, "later", after));
}

function selectRow(self, message) {
  const { first } = self.state.rail;
  const stop = self.rows[message - first] ? message - first : 0;
  self.selected = message;
  self.rows.forEach((row, at) => {
    const on = first + at === message;
    row.classList.toggle("sel", on);
    row.setAttribute("aria-selected", String(on));
    row.setAttribute("tabindex", at === stop ? 0 : -1);
  });
  self.columns.forEach((column) => column.choose(message));
}

function flipWeight(self, message) {
  if (self.state.rail.rows[message - self.state.rail.first]?.role === "assistant") self.actions.toggleWeight?.(message);
}

/** Choose a message and bring it into view; one that is not here is asked for. */
function goToMessage(self, message) {
  const to = Math.min(Math.max(0, message), self.state.count - 1);
  const show = () => {
    selectRow(self, to);
    self.rows[to - self.state.rail.first]?.focus();
    self.columns.forEach((column) => column.scrollTo(to));
  };
  const here = self.rows[to - self.state.rail.first] && self.columns[0].holds(to);
  if (here || !self.actions.look) show(); else (self.asking ?? Promise.resolve()).then(() => askOnce(self, { message: to })).then(show, () => {});
}

function lensKeys(self) {
  const step = (by) => () => goToMessage(self, (self.selected ?? 0) + by);
  return { j: step(1), k: step(-1), ArrowDown: step(1), ArrowUp: step(-1),
    Home: () => goToMessage(self, 0), End: () => goToMessage(self, self.state.count - 1), w: () => flipWeight(self, self.selected) };
}

function lensBar(state, { go }) {
  if (!go) return null;
  return h("div", { class: "bar" }, h("span", { class: "b" }, state.title),
    button("", () => go(-1), { sign: "up", tip: "Previous example" }), button("", () => go(1), { sign: "down", tip: "Next example" }),
    h("span", { class: "s i3 el" }, "tokens of ", h("code", {}, visible(state.model))));
}

function lensTotals(state) {
  const sure = state.exact ? ["check", "exact", "ok"] : ["warning", "approximation", "warn"];
  return [h("b", { class: "b" }, plural(state.total, "token")),
    state.weighed && [h("span", { class: "tr b" }, `${count(state.trained)} trained`), h("span", {}, `in ${plural(state.trained_messages, "message")}`)],
    h("span", {}, "template ", h("code", {}, state.template)),
    h("span", { class: `${sure[2]} m` }, icon(sure[0]), ` ${sure[1]}`), h("span", { class: "i3 s note" }, state.note),
    state.cut_trained > 0 && h("span", { class: "warn s" }, icon("warning", { label: "warning" }),
      ` ${plural(state.cut_trained, "trained token")} beyond the limit of ${count(state.limit)}`)];
}

/** A weight in words. */
export function weightInWords(weight) {
  if (weight === 1) return "trained";
  return weight > 0 ? `${weight === 0.5 ? "½" : weight} weight` : "context";
}

function railRow(number, { role, tokens, weight, loss: means }, { view, state: { weighed } }, onFlip) {
  const can = role === "assistant";
  const tip = !weighed ? "Read by the model; no message of this example is trained" : can ? "Click or press w to switch the weight" : "Only assistant messages are trained";
  const loss = view === "weight" || !means ? null : means[view === "before" ? 0 : 1];
  const words = loss === null ? h("span", { class: weight ? "tr b" : "i3" }, weightInWords(weight)) : h("span", { class: "num" }, loss.toFixed(2));
  return h("li", { role: "option", onclick: onFlip, "data-tip": tip },
    h("span", { class: `e ${can ? (weight ? "trained" : "context") : role}` }), h("span", { class: "ix" }, number), h("span", { class: "m el" }, visible(role)),
    h("span", { class: "tk" }, count(tokens)), h("span", { class: "st" }, words));
}

function tokenUse(state) {
  const rows = [state.weighed && ["trained", state.trained, "var(--ft-trained)"], [state.weighed ? "masked" : "context", state.masked, "var(--ft-mark)"],
    ["cut off", state.cut, "var(--ft-warning)"]].filter((row, index) => row && (row[1] > 0 || index < 2));
  const most = Math.max(state.trained, state.masked, state.cut, 1);
  return [h("h3", {}, "Where the tokens go"), h("ul", {}, rows.map(([words, number, color]) => h("li", {},
    h("span", {}, words), h("span", { class: "b2", style: `width:${number > 0 ? `max(1px, ${(100 * number) / most}%)` : 0};background:${color}` }), h("span", { class: "num i2" }, count(number)))))];
}

function lensLegend(state) {
  const entry = (look, sample, words) => h("span", {}, h("span", { class: look }, sample), words);
  return h("div", { class: "leg lens" }, state.weighed && entry("t w1 sw", "token", "weight 1"),
    state.fraction && entry("t w5 sw", "token", "a fraction (extension, own engine only)"), entry("t sw", "token", state.weighed ? "masked: context only" : "context: read, not trained"),
    state.cut > 0 && entry("t x sw", "token", `cut off at ${count(state.limit)}`), entry("sp1", visible(state.special), "special token"));
}

/** The pane as a widget of its own; the chosen message stays chosen when the example changes under it. */
export function lensWidget(state, { ask }) {
  const actions = {
    toggleWeight: (message) => ask("weight", { message }), unfold: (message) => ask("unfold", { message }), look: (where) => ask("tokens", where),
    go: (by) => ask("show", { example: shown.example + by }),
  };
  let shown = state;
  let pane = lensPane(lensOf(state), actions);
  const element = h("div", {}, pane);
  element.update = (next) => {
    const same = next.example === shown.example;
    const focused = pane.contains(activeIn(pane));
    shown = next;
    if (same) pane.show(lensOf(next));
    else {
      const fresh = lensPane(lensOf(next), actions, pane.view());
      pane.replaceWith(fresh);
      pane = fresh;
    }
    element.keys = pane.keys;
    if (focused && !pane.contains(activeIn(pane))) (pane.querySelector(".rail .sel") ?? pane.querySelector("button"))?.focus();
  };
  element.keys = pane.keys;
  return element;
}
