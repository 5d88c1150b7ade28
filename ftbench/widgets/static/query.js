// The search box: finished filters as chips, the rest as text. The query itself is one string, the same as in code.
import { h, icon, refill } from "./dom.js";

const PAUSE = 120; // ms of rest before a search
const UNFINISHED = 700; // ms of rest before a filter that may still be typed counts

/** 'findings:error "no refund" bike' -> ['findings:error', '"no refund"', 'bike'] */
export function splitQuery(query) {
  return query.match(/(?:[^\s"]+:)?"[^"]*"?|\S+/g) ?? [];
}

/** Which terms become chips (those with a key), and the text that stays in the box. */
export function chipsAndText(query) {
  const terms = splitQuery(query);
  const isChip = (term) => /^\w+:\S/.test(term);
  return { chips: terms.filter(isChip), text: terms.filter((term) => !isChip(term)).join(" ") };
}

/** The query of some chips and a text. */
export function joinQuery(chips, text) {
  return [...chips, text.trim()].filter(Boolean).join(" ");
}

/** May the last word still become a filter, such as "role:to" or "tokens:"? */
export function unfinished(text) {
  return /(^|\s)\w+:[^\s"]*$/.test(text);
}

/** The box; `search(query)` is called when somebody has typed, and promises to be done. */
export function queryBox(query, search) {
  let { chips, text } = chipsAndText(query);
  let sent = query;
  let timer = 0;
  let waiting = 0; // searches on their way; what Python shows meanwhile is older than what stands in the box
  const holder = h("span", { class: "chips" });
  const input = h("input", { type: "text", placeholder: "Search, or role:tool, findings:error, tokens:100..", "aria-label": "Search examples",
    spellcheck: "false", autocomplete: "off", value: text });
  const box = h("div", { class: "q", role: "search", onclick: (event) => event.target === box && input.focus() },
    icon("search", { tone: "i3" }), holder, input, h("kbd", { "aria-hidden": "true", class: "hint" }, "/"));
  const send = () => {
    clearTimeout(timer);
    timer = 0;
    const next = joinQuery(chips, input.value);
    if (next === sent) return;
    sent = next;
    waiting += 1;
    const done = () => { waiting -= 1; };
    Promise.resolve(search(next)).then(done, done);
  };
  const draw = () => refill(holder, chips.map((chip, at) => {
    const [key] = chip.split(":", 1);
    return h("span", { class: "chip" }, h("span", { class: "k" }, `${key}:`), chip.slice(key.length + 1),
      h("button", { type: "button", class: "x", "aria-label": `Remove ${chip}`,
        onclick: () => { chips.splice(at, 1); draw(); send(); input.focus(); } }, icon("cross", { tone: "i3" })));
  }));
  const takeChips = () => {
    const typed = chipsAndText(input.value);
    if (!typed.chips.length) return;
    chips.push(...typed.chips);
    input.value = typed.text && `${typed.text} `;
    draw();
  };
  input.addEventListener("input", () => {
    if (/\s$/.test(input.value)) takeChips();
    clearTimeout(timer);
    timer = setTimeout(send, unfinished(input.value) ? UNFINISHED : PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { takeChips(); send(); box.leave?.(); }
    if (event.key === "Escape") { if (input.value) { input.value = ""; send(); } else box.leave?.(); }
    if (event.key === "ArrowDown") { send(); box.leave?.(); event.preventDefault(); }
    if (event.key === "Backspace" && !input.value && chips.length) { chips.pop(); draw(); send(); }
  });
  draw();
  box.take = () => { input.focus(); input.select(); };
  box.show = (next) => {
    if (next === sent || waiting || timer) return;
    sent = next;
    ({ chips, text } = chipsAndText(next));
    input.value = text;
    draw();
  };
  box.close = () => clearTimeout(timer);
  return box;
}
