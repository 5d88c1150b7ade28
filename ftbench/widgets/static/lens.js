// The tokens of one example: chips, trained, masked, cut off. Click a message, or press w on it, and its weight switches.
// After a job the colours can mean its loss instead, before and after tuning.
import { button, h, icon, keyHint, refill, visible } from "./dom.js";
import { activeIn } from "./focus.js";
import { count, plural } from "./format.js";
import { lossHead, lossLegend, lossLook, lossViews, lossWords } from "./loss.js";

/** The pane of one example. `actions`: toggleWeight(message), unfold(message), go(by) where there are neighbours, sort() where there is
 *  a table. `colours` is what the colours mean: `weight`, or the loss `before`, `after`, `both`. */
export function lensPane(state, actions, colours = "weight") {
  if (state.problem) {
    return h("div", { class: "lens-pane" }, lensBar(state, actions), h("div", { class: "find" },
      icon("error", { label: "error" }), h("div", { class: "tx" }, visible(state.problem))));
  }
  const assistants = state.messages.filter((message) => message.switch);
  let selected = (assistants.at(-1) ?? state.messages[0])?.number ?? null;
  const flip = (message) => message?.switch && actions.toggleWeight?.(message.number);
  let view = state.loss && state.loss.reason === null ? colours : "weight";
  let [rows, blocks] = [[], []];
  const rail = h("ul", { class: "rail", role: "listbox", "aria-label": "Messages" });
  const side = h("div", { class: "side" }, rail, tokenUse(state));
  const [totals, body, status] = ["tot", "lg", "status"].map((name) => h("div", { class: name }));
  const select = (number) => {
    selected = number;
    rows.forEach((row, index) => {
      const on = state.messages[index].number === number;
      row.classList.toggle("sel", on);
      row.setAttribute("aria-selected", String(on));
      row.setAttribute("tabindex", on ? 0 : -1);
    });
    blocks.forEach(({ element, message }) => element.classList.toggle("sel", number !== null && message === number));
  };
  const step = (by) => {
    const next = Math.min(Math.max(0, selected + by), rows.length - 1);
    select(next);
    rows[next].focus();
    blocks.find(({ message }) => message === next)?.element.scrollIntoView({ block: "nearest" });
  };
  const column = (colour, head) => {
    const drawn = state.blocks.map((block) => ({ message: block.message, element: tokenBlock(block, state.messages[block.message], actions, flip, colour) }));
    blocks.push(...drawn);
    return h("div", { class: "lb", tabindex: 0, role: "group", "aria-label": head ? `Tokens, loss ${colour} tuning` : "Tokens" }, head,
      h("div", { class: "lens ln" }, drawn.map((each) => each.element)));
  };
  const choose = (name) => { view = name; draw(); totals.querySelector("[aria-checked=true]")?.focus(); };
  const draw = () => {
    blocks = [];
    rows = state.messages.map((message) => railRow(message, view, () => { select(message.number); flip(message); }));
    refill(rail, rows);
    refill(totals, lensTotals(state), state.loss && lossViews(state.loss, view, choose));
    const sides = view === "both" ? ["before", "after"] : [view];
    body.classList.toggle("both", view === "both");
    const columns = sides.map((colour) => column(colour, colour !== "weight" && lossHead(state.loss, colour)));
    // the two sides stay at the same place
    columns.forEach((one, at) => columns[1 - at] && one.addEventListener("scroll", () => { columns[1 - at].scrollTop = one.scrollTop; }, { passive: true }));
    refill(body, view !== "both" && side, columns);
    refill(status, view === "weight" ? [lensLegend(state), h("span", { class: "sp" }),
      h("span", { class: "keys" }, keyHint("w", "weight"), keyHint("j k", "message"))] : lossLegend(actions.sort));
    select(selected);
  };
  draw();
  const element = h("div", { class: "lens-pane", role: "group", "aria-label": "Lens" }, lensBar(state, actions), totals, body, status);
  element.keys = {
    j: () => step(1), k: () => step(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1), w: () => flip(state.messages[selected]),
  };
  element.selected = () => selected;
  element.select = select;
  element.view = () => view;
  return element;
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
    h("span", { class: "tr b" }, `${count(state.trained)} trained`), h("span", {}, `in ${plural(state.trained_messages, "message")}`),
    h("span", {}, "template ", h("code", {}, state.template)),
    h("span", { class: `${sure[2]} m` }, icon(sure[0]), ` ${sure[1]}`), h("span", { class: "i3 s note" }, state.note),
    state.cut_trained > 0 && h("span", { class: "warn s" }, icon("warning", { label: "warning" }),
      ` ${plural(state.cut_trained, "trained token")} beyond the limit of ${count(state.limit)}`)];
}

function railRow(message, view, onFlip) {
  const edge = message.switch ? (message.weight ? "trained" : "context") : message.role;
  const loss = view === "weight" || !message.loss ? null : message.loss[view === "before" ? 0 : 1];
  const words = loss === null ? h("span", { class: message.weight ? "tr b" : "i3" }, message.words) : h("span", { class: "num" }, loss.toFixed(2));
  return h("li", { role: "option", onclick: onFlip, "data-tip": message.switch ? "Click or press w to switch the weight" : "Only assistant messages are trained" },
    h("span", { class: `e ${edge}` }), h("span", { class: "ix" }, message.number), h("span", { class: "m el" }, visible(message.role)),
    h("span", { class: "tk" }, count(message.tokens)), h("span", { class: "st" }, words));
}

function tokenBlock(block, message, actions, flip, view) {
  const tokens = block.tokens.map((token) => tokenSpan(token, view));
  if (block.folded) {
    const words = `⋯ ${plural(block.folded, "token")} folded`;
    tokens.splice(-1, 0, " ", actions.unfold ? h("button", { type: "button", class: "link xs", onclick: (event) => { event.stopPropagation(); actions.unfold(block.message); } }, words)
      : h("span", { class: "folded" }, words), " ");
  }
  const press = message?.switch && actions.toggleWeight ? () => { if (!String(window.getSelection?.() ?? "")) flip(message); } : null;
  return h("div", { dir: "auto", "data-flip": Boolean(press), onclick: press }, tokens);
}

/** One token; a line break is drawn, so that nobody wonders where it is. */
export function tokenSpan(token, view = "weight") {
  const [text, look, id, before] = token;
  const weighed = view === "weight";
  const classes = [look.includes("s") ? "sp1" : "t", weighed && look.includes("1") && "w1", weighed && look.includes("5") && "w5", look.includes("x") && "x",
    !weighed && lossLook(token, view)];
  const lines = text.split("\n");
  const parts = lines.flatMap((part, index) => [index > 0 && h("span", { class: "nl" }, "↵"), index > 0 && "\n", visible(part)]);
  return h("span", { class: classes.filter(Boolean).join(" "), "data-id": id, "data-tip": !weighed && before !== undefined && lossWords(token) }, text ? parts : "·");
}

function tokenUse(state) {
  const rows = [["trained", state.trained, "var(--ft-trained)"], ["masked", state.masked, "var(--ft-mark)"],
    ["cut off", state.cut, "var(--ft-warning)"]].filter(([, number], index) => number > 0 || index < 2);
  const most = Math.max(state.trained, state.masked, state.cut, 1);
  return h("div", { class: "use" }, h("h3", {}, "Where the tokens go"), h("ul", {}, rows.map(([words, number, color]) => h("li", {},
    h("span", {}, words), h("span", { class: "b2", style: `width:${(100 * number) / most}%;background:${color}` }), h("span", { class: "num i2" }, count(number))))));
}

function lensLegend(state) {
  const entry = (look, sample, words) => h("span", {}, h("span", { class: look }, sample), words);
  return h("div", { class: "leg lens" }, entry("t w1 sw", "token", "weight 1"),
    state.fraction && entry("t w5 sw", "token", "a fraction (extension, own engine only)"), entry("t sw", "token", "masked: context only"),
    state.cut > 0 && entry("t x sw", "token", `cut off at ${count(state.limit)}`), entry("sp1", visible(state.special), "special token"));
}

/** The pane as a widget of its own; the selected message stays selected when the example changes under it. */
export function lensWidget(state, { ask }) {
  const actions = {
    toggleWeight: (message) => ask("weight", { message }), unfold: (message) => ask("unfold", { message }),
    go: (by) => ask("show", { example: shown.example + by }),
  };
  let shown = state;
  let pane = lensPane(state.lens, actions);
  const element = h("div", {}, pane);
  element.update = (next) => {
    const same = next.example === shown.example;
    const selected = pane.selected?.();
    const focused = pane.contains(activeIn(pane));
    shown = next;
    const fresh = lensPane(next.lens, actions, pane.view?.());
    pane.replaceWith(fresh);
    pane = fresh;
    element.keys = pane.keys;
    if (same && selected !== undefined) pane.select?.(selected);
    if (focused) (pane.querySelector(".rail .sel") ?? pane.querySelector("button"))?.focus();
  };
  element.keys = pane.keys;
  return element;
}
