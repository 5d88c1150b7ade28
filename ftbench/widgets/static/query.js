// The search box: finished filters as chips, the rest as text. The query is one string, the same as in code, and only Python reads it:
// it says which terms become chips, what could come next, and where a mistake stands.
import { completionList } from "./completion.js";
import { h, icon, refill, visible } from "./dom.js";

const PAUSE = 120; // ms of rest before a search
const HINT = "Search, or role:tool, finding:error, tokens:>1000";
const HINT_AFTER = 40; // ms of rest before one asks what could come next; whoever types fast, or presses Enter, does not wait for the answers
const UNFINISHED = 700; // ms of rest before a filter that may still be typed counts

/** The query of some chips and a text. */
export function joinQuery(chips, text) {
  return [...chips, text.trim()].filter(Boolean).join(" ");
}

/** May the last word still become a filter, such as "role:to" or "tokens:"? */
export function unfinished(text) {
  return /(^|\s)\w+:[^\s"]*$/.test(text);
}

/** Should the chips that Python names take the place of what stands in the box? */
export function takesChips(chips, named, text, done) {
  if (chips.some((chip) => !named.includes(chip))) return true; // `or`, or a bracket: the order matters now
  return named.length > chips.length && (done || /\s$/.test(text));
}

/** What is wrong, and the words it is about; null when nothing is. */
export function faultLine(fault, query) {
  if (!fault) return null;
  const { text, start, stop } = fault;
  const words = start !== null && h("code", {}, visible(query.slice(Math.max(0, start - 30), start)),
    h("span", { class: "wrong" }, visible(query.slice(start, stop))), visible(query.slice(stop, stop + 30)));
  return [icon("error", { label: "error", tone: "err" }), words, h("span", {}, visible(text))];
}

/** The box. `shown` is {query, chips, text, error}; `search(query)` promises {chips, text}, `complete(query, at)` {start, stop, items}. */
export function queryBox(shown, { search, complete }) {
  let { chips } = shown;
  let sent = shown.query;
  let answer = null; // what Python said of `sent`
  let timer = 0;
  let asking = 0;
  let hinting = 0;
  let waiting = 0; // searches on their way; what Python shows meanwhile is older than what stands in the box
  const holder = h("span", { class: "chips" });
  const input = h("input", { type: "text", placeholder: HINT, "aria-label": "Search examples", role: "combobox",
    "aria-expanded": "false", "aria-autocomplete": "list", spellcheck: "false", autocomplete: "off", value: shown.text });
  const frame = h("div", { class: "q", role: "search", onclick: (event) => event.target === frame && input.focus() },
    icon("search", { tone: "i3" }), holder, input, h("kbd", { "aria-hidden": "true", class: "hint" }, "/"));
  const fault = h("div", { class: "fault s", role: "alert", hidden: true });
  const list = completionList(input, (item) => take(item));
  const box = h("div", { class: "finder" }, frame, list, fault);

  const settle = (done) => {
    if (!answer?.chips || joinQuery(chips, input.value) !== answer.typed || !takesChips(chips, answer.chips, input.value, done)) return;
    ({ chips } = answer);
    input.value = answer.text && `${answer.text} `;
    sent = joinQuery(chips, input.value);
    answer = { ...answer, typed: sent };
    draw();
  };
  const send = (done = false) => {
    clearTimeout(timer);
    timer = 0;
    const typed = joinQuery(chips, input.value);
    if (typed === sent) { settle(done); return false; }
    sent = typed;
    waiting += 1;
    const over = (reply) => { waiting -= 1; if (typed === sent) { answer = { ...reply, typed }; settle(done); } };
    Promise.resolve(search(typed)).then(over, () => over({}));
    return true;
  };
  const go = () => { // Python is at it before anything else
    const asks = send(true);
    box.leave?.(asks);
    hush();
  };
  const drawChip = (chip, at) => {
    const key = chip.includes(":") ? chip.slice(0, chip.indexOf(":") + 1) : "";
    return h("span", { class: "chip" }, h("span", { class: "k" }, key), visible(chip.slice(key.length)),
      h("button", { type: "button", class: "x", "aria-label": `Remove ${chip}`,
        onclick: () => { chips = chips.filter((_, other) => other !== at); draw(); send(); input.focus(); } }, icon("cross", { tone: "i3" })));
  };
  const draw = () => {
    refill(holder, chips.map(drawChip));
    input.placeholder = chips.length ? "" : HINT;
    requestAnimationFrame(() => { holder.scrollLeft = holder.scrollWidth; }); // the last is nearest to what is typed; at once it would cost a layout
  };
  const ask = () => {
    const mine = asking += 1;
    const before = chips.length ? joinQuery(chips, "").length + 1 : 0;
    const typed = input.value;
    const query = chips.length ? `${joinQuery(chips, "")} ${input.value}` : input.value;
    const at = before + (input.selectionStart ?? input.value.length);
    if (!/[^\s(]$/.test(query.slice(0, at))) { list.show([]); return; }
    Promise.resolve(complete(query, at)).then((found) => {
      if (mine !== asking || !found) return;
      list.show(found.items, { start: found.start - before, stop: found.stop - before, typed }, query.slice(found.start, at));
    }, () => {});
  };
  const hush = () => { clearTimeout(hinting); asking += 1; list.show([]); };
  const take = ({ text, start, stop: then, typed }) => {
    const stop = then + input.value.length - typed.length; // more of the word may have been typed since
    const more = text.endsWith(":");
    input.value = input.value.slice(0, start) + text + (more ? "" : " ") + input.value.slice(stop).trimStart();
    const caret = start + text.length + (more ? 0 : 1);
    input.focus();
    input.setSelectionRange(caret, caret);
    list.show([]);
    if (more) ask(); else send();
  };
  input.addEventListener("input", () => {
    [timer, hinting].forEach(clearTimeout);
    hinting = setTimeout(ask, HINT_AFTER);
    if (/\s$/.test(input.value)) { send(); return; }
    timer = setTimeout(send, unfinished(input.value) ? UNFINISHED : PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (list.key(event)) { event.preventDefault(); event.stopPropagation(); return; }
    if (event.key === "Enter") go();
    if (event.key === "Escape") { if (input.value) { input.value = ""; send(); } else box.leave?.(false); }
    if (event.key === "ArrowDown") { go(); event.preventDefault(); }
    if (event.key === "Backspace" && !input.value && chips.length) { chips = chips.slice(0, -1); draw(); send(); }
  });
  input.addEventListener("blur", hush);
  draw();
  box.take = () => { input.focus(); input.select(); };
  box.show = (next) => {
    const line = faultLine(next.error, next.query);
    fault.hidden = !line;
    refill(fault, line);
    frame.classList.toggle("bad", Boolean(line));
    input.setAttribute("aria-invalid", String(Boolean(line)));
    if (waiting || timer || next.query === sent) return;
    sent = next.query;
    ({ chips } = next);
    input.value = next.text;
    draw();
  };
  box.close = () => [timer, hinting].forEach(clearTimeout);
  box.show(shown);
  return box;
}
