// The tokens of a lens: unpacked from what crossed the wire, drawn once, only shaded anew when a weight is switched, and others
// asked for when somebody scrolls to the end of those that are here.
import { h, refill, visible } from "./dom.js";
import { count, plural } from "./format.js";
import { lossLook, lossWords } from "./loss.js";

const SHIFT = 36; // see `ftbench.widgets.token_window`
const MOST = 4_000; // tokens that stay drawn beside new ones
const TOKENS_NEAR = 300; // pixels before the end of what is drawn at which more tokens are asked for

/** The numbers that characters stand for; null where one stands for none. */
export function numbersOf(text) {
  return [...text].map((letter) => {
    const code = letter.codePointAt(0);
    return code < SHIFT ? null : (code < 0xe000 ? code : code - 0x800) - SHIFT;
  });
}

/** The tokens of one block as [text, "", id, loss before, loss after]; their looks come apart. */
export function unpackTokens({ text, cuts, ids = "", losses = "" }) {
  const [numbers, told] = [numbersOf(ids), numbersOf(losses)];
  let start = 0;
  return numbersOf(cuts).map((length, index) => {
    const token = [text.slice(start, start + length), "", numbers[index]];
    start += length;
    return (told[2 * index] ?? null) === null ? token : [...token, told[2 * index] / 100, told[2 * index + 1] / 100];
  });
}

/** A function that gives the look of the token at a place, of {first, rows: [[tokens, their look], …]}. */
export function lookAt({ first, rows }) {
  const looks = rows.flatMap(([number, look]) => Array(number).fill(look));
  return (place) => looks[place - first];
}

/** What a window holds, token by token: the token, whose it is, and how many are folded before it. */
function unpackWindow({ blocks }) {
  return blocks.flatMap((block) => {
    const tokens = unpackTokens(block);
    return tokens.map((token, at) => ({ token, message: block.message, can: block.switch, folded: at === tokens.length - 1 ? block.folded : 0 }));
  });
}

/** The classes of a token. */
export function tokenClass(token, view = "weight") {
  const look = token[1];
  const weighed = view === "weight";
  return [look.includes("s") ? "sp1" : "t", weighed && look.includes("1") && "w1", weighed && look.includes("5") && "w5", look.includes("x") && "x",
    !weighed && lossLook(token, view)].filter(Boolean).join(" ");
}

/** One token; a line break is drawn, so that nobody wonders where it is. */
export function tokenSpan(token, view = "weight") {
  const [text, , id, before] = token;
  const parts = text.split("\n").flatMap((part, index) => [index > 0 && h("span", { class: "nl" }, "↵"), index > 0 && "\n", visible(part)]);
  return h("span", { class: tokenClass(token, view), "data-id": id, "data-tip": view !== "weight" && before !== undefined && lossWords(token) }, text ? parts : "·");
}

/** One column of tokens. `show(state)` draws them, or only shades them when they are the same; `view` is what their colours mean.
 *  `actions`: flip(message), unfold(message), look({place, to, held}) where more can be asked for. */
export function tokenColumn(view, actions, head) {
  const lines = h("div", { class: "lens ln" });
  const element = h("div", { class: "lb", tabindex: 0, role: "group", "aria-label": head ? `Tokens, loss ${view} tuning` : "Tokens" }, head, lines);
  const self = { element, view, actions, lines, items: [], spans: [], blocks: [], first: 0, count: 0, drawn: "", stamp: null, held: null, top: 0, asked: false };
  element.addEventListener("scroll", () => tokensScrolled(self), { passive: true });
  return Object.assign(element, { show: (state) => showTokens(self, state), scrollTo: (message) => scrollToMessage(self, message),
    holds: (message) => self.blocks.some((block) => block.message === message),
    choose: (message) => self.blocks.forEach((block) => block.element.classList.toggle("sel", message !== null && block.message === message)) });
}

function showTokens(self, { window: shown, looks }) {
  const look = lookAt(looks);
  const text = JSON.stringify(shown);
  const same = text === self.drawn;
  const held = same ? { first: self.first, items: self.items } : joined(self, shown, look);
  held.items.forEach((item, index) => { item.token[1] = look(held.first + index) ?? ""; });
  if (!same) keepTokens(self, () => drawTokens(self, shown, held));
  self.items.forEach(({ span, token }) => span.setAttribute("class", tokenClass(token, self.view)));
  self.drawn = text;
  fillUp(self);
}

/** The tokens of a window, and those around it that are still here. */
function joined(self, shown, look) {
  const fresh = unpackWindow(shown);
  const end = shown.first + fresh.length;
  const [from, until] = self.held ?? [self.first, self.first + self.items.length];
  if (self.stamp !== shown.stamp || until < shown.first || from > end) return { first: shown.first, items: fresh };
  // only those whose looks came with it: another view may have asked for other ones
  const kept = (start, stop) => self.items.filter((_, index) => self.first + index >= start && self.first + index < stop && look(self.first + index) !== undefined);
  const before = kept(from, Math.min(until, shown.first));
  return { first: shown.first - before.length, items: [...before, ...fresh, ...kept(Math.max(from, end), until)] };
}

function drawTokens(self, { count: all, stamp }, { first, items }) {
  Object.assign(self, { first, items, stamp, count: all, held: null, spans: [], blocks: [] });
  for (let at = 0; at < items.length;) {
    let end = at + 1;
    while (end < items.length && items[end].message === items[at].message) end += 1;
    self.blocks.push({ message: items[at].message, element: drawBlock(self, items.slice(at, end)) });
    at = end;
  }
  const after = first + items.length;
  const more = (number, word, to) => number > 0 && h("button", { type: "button", class: "link xs more-tokens", onclick: () => askTokens(self, to) }, `${count(number)} ${word} tokens`);
  refill(self.lines, more(first, "earlier", "up"), self.blocks.map((block) => block.element), more(all - after, "later", "down"));
}

function drawBlock(self, items) {
  const { flip, unfold } = self.actions;
  const [{ message, can }, { folded }] = [items[0], items.at(-1)];
  items.forEach((item) => { item.span ??= tokenSpan(item.token, self.view); }); // what was drawn is only moved
  const spans = items.map((item) => item.span);
  self.spans.push(...spans);
  const children = [...spans];
  if (folded) {
    const words = `⋯ ${plural(folded, "token")} folded`;
    children.splice(-1, 0, " ", unfold && message !== null ? h("button", { type: "button", class: "link xs", onclick: (event) => { event.stopPropagation(); unfold(message); } }, words)
      : h("span", { class: "folded" }, words), " ");
  }
  const press = can && flip ? () => { if (!String(window.getSelection?.() ?? "")) flip(message); } : null;
  return h("div", { dir: "auto", "data-flip": Boolean(press), onclick: press }, children);
}

/** The first token of which something is seen. */
function firstSeen({ element, spans }) {
  const { top } = element.getBoundingClientRect();
  return spans.findIndex((span) => span.getBoundingClientRect().bottom > top);
}

/** Draw, and let the token that was seen first stay where it was. */
function keepTokens(self, redrawn) {
  const { element, spans, first } = self;
  const index = element.isConnected && (element.scrollTop > 0 || first > 0) ? firstSeen(self) : -1;
  const top = index < 0 ? 0 : spans[index].getBoundingClientRect().top;
  redrawn();
  const again = index < 0 ? null : self.spans[first + index - self.first];
  if (again) element.scrollTop += again.getBoundingClientRect().top - top;
  self.top = element.scrollTop;
}

/** Ask for what follows `up` or `down`; what is far behind is let go. */
function askTokens(self, to) {
  const { first, items, actions } = self;
  if (self.asked || !actions.look) return;
  const end = first + items.length;
  self.held = to === "down" ? [Math.max(first, end - MOST), end] : [first, Math.min(end, first + MOST)];
  self.asked = true;
  const over = () => { self.asked = false; fillUp(self); };
  actions.look({ place: to === "down" ? end : first - 1, to, held: self.held, message: items[Math.max(0, firstSeen(self))].message }).then(over, () => { self.asked = false; });
}

function tokensScrolled(self) {
  const by = self.element.scrollTop - self.top;
  self.top = self.element.scrollTop;
  if (by) fillUp(self, by < 0);
}

/** Near the end of what is here, more is asked for; at the beginning only by who scrolls there. */
function fillUp(self, up = false) {
  const { element, spans, first } = self;
  if (self.asked || !element.isConnected || !spans.length || !element.clientHeight) return;
  const { top, bottom } = element.getBoundingClientRect();
  if (up && first > 0 && spans[0].getBoundingClientRect().top > top - TOKENS_NEAR) askTokens(self, "up");
  else if (first + spans.length < self.count && spans.at(-1).getBoundingClientRect().bottom < bottom + TOKENS_NEAR) askTokens(self, "down");
}

function scrollToMessage(self, message) {
  self.blocks.find((block) => block.message === message)?.element.scrollIntoView({ block: "nearest" });
  self.top = self.element.scrollTop;
}
