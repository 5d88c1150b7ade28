// Examples, checks, jobs and evals of one data set.
import { browserPane } from "./browser.js";
import { checklistPane } from "./checklist.js";
import { button, h, icon, keyHint, redraw, refill, visible } from "./dom.js";
import { editorPane } from "./editor.js";
import { evaluatorPane } from "./evaluator.js";
import { activeIn } from "./focus.js";
import { clock, count, plural } from "./format.js";
import { launcherPane } from "./launcher.js";
import { reviewBar } from "./review.js";
import { rewrittenNotice } from "./rewritten.js";

const TAB_WORDS = { examples: ["Examples", "chat"], checks: ["Checks", "error"], jobs: ["Jobs", "play"], evals: ["Evals", "diff"] };
const KEY_SHEET = [
  ["/", "search"],
  ["j k", "next, previous example"],
  ["↑ ↓", "example in the table, message in the conversation"],
  ["a x t", "keep, drop, todo, then the next"],
  ["#", "tag"],
  ["V", "saved views"],
  ["y", "copy as code"],
  ["v", "pick the row"],
  ["Shift+↑ Shift+↓", "pick several"],
  ["Ctrl+A", "pick all found"],
  ["W R F", "weights, replace, safe repairs in what is picked"],
  ["e", "edit the message"],
  ["w", "trained or context only"],
  ["n", "new message below"],
  ["d", "duplicate the message"],
  ["m", "merge it with the next message"],
  ["Alt+Enter", "split it at the caret, while editing"],
  ["N", "name its speaker"],
  ["s", "swap the two answers of a preference"],
  ["D", "difference to the file"],
  ["p", "Markdown preview"],
  ["J", "edit the message as JSON"],
  ["Home End", "first, last message"],
  ["Delete", "delete the message"],
  ["Alt+↑ Alt+↓", "move the message"],
  [".", "all actions on the message"],
  ["f", "first repair"],
  ["l", "lens"],
  ["u U", "undo, redo"],
  ["Esc", "leave a field"],
  ["?", "this sheet"],
];

const table = ({ browser, rows, summaries }) => ({ ...browser, ...rows, summaries });

/** The workbench; state: {bar, rows, summaries, browser, editor, checks, launcher, evals}, those of its tabs. */
export function workbenchPane(state, actions) {
  const to = (part, up = {}) => ({ ask: (verb, values) => actions.ask(up[verb] ?? `${part}.${verb}`, values) });
  const panes = {};
  const checks = to("checks", { open: "open", filter: "filter", repair: "repair" });
  const review = reviewBar(to("browser"));
  if (state.browser) {
    panes.browser = browserPane(table(state), to("browser"));
    panes.editor = editorPane(state.editor, { ...to("editor", { move: "browser.move" }), beside: review, sort: () => actions.ask("filter", { query: "sort:-loss" }) });
  }
  if (state.checks) panes.checks = checklistPane(state.checks, checks);
  if (state.launcher) panes.launcher = launcherPane(state.launcher, { ...to("launcher"), ...waysFrom(state, actions) });
  if (state.evals) panes.evals = evaluatorPane(state.evals, { ...to("evals"), ...(state.browser && { filter: (query) => actions.ask("filter", { query }) }) });
  const bar = h("div", { class: "bar" });
  const alert = h("div", {});
  const status = h("div", { class: "status" });
  const sheet = h("div", { class: "sheet", role: "dialog", "aria-label": "Keys", tabindex: -1, hidden: true }, h("h2", {}, "Keys"),
    h("ul", {}, KEY_SHEET.map(([keys, words]) => h("li", {}, keyHint(keys, words)))));
  const bodies = {
    examples: panes.browser && h("div", { class: "two" }, h("div", { class: "lp" }, panes.browser), dragBar(), h("div", { class: "rp" }, panes.editor)),
    checks: panes.checks && h("div", { class: "one" }, panes.checks), jobs: panes.launcher && h("div", { class: "one" }, panes.launcher),
    evals: panes.evals && h("div", { class: "one" }, panes.evals),
  };
  const main = h("div", { class: "main" }, Object.values(bodies));
  const pane = h("div", { class: "workbench" }, bar, alert, main, sheet, status);
  let now = state;

  let back = null; // what had the focus before the sheet
  const showSheet = (open) => {
    if (open) back = activeIn(pane);
    sheet.hidden = !open;
    if (open) sheet.focus(); else if (back?.isConnected) back.focus({ preventScroll: true });
  };
  sheet.addEventListener("keydown", (event) => { if (event.key === "Escape") showSheet(false); });
  const own = { u: () => actions.ask("undo"), U: () => actions.ask("redo"), "?": () => showSheet(sheet.hidden),
    Escape: () => (sheet.hidden ? panes.browser?.keys.Escape() ?? false : showSheet(false)) };
  const keysOf = () => {
    const part = { examples: [panes.browser, panes.editor], jobs: [panes.launcher], evals: [panes.evals], checks: [panes.checks] }[now.bar.tab];
    const tables = part.map((each) => each?.keys ?? {});
    const names = new Set(tables.flatMap(Object.keys));
    // the pane that has the focus decides first; a handler that returns false passes the key on
    const first = (name) => (event) => tables.map((table) => table[name]).filter(Boolean).some((act) => act(event) !== false);
    const merged = Object.fromEntries([...names].map((name) => [name, first(name)]));
    return { ...merged, ...own, "#": () => (!now.browser?.picked && review.open()) || panes.browser?.keys["#"]() };
  };
  Object.defineProperty(pane, "keys", { get: keysOf });
  pane.says = (message) => now.bar.changed === message; // it stands there, with its choices
  pane.hear = (message) => {
    if (message.focus && message.focus.message !== null) requestAnimationFrame(() => panes.editor?.choose(message.focus.message));
    panes.launcher?.hear(message);
  };
  pane.update = (next, changed) => {
    now = next;
    const touched = (name) => !changed || changed.has(name) || (name === "browser" && (changed.has("rows") || changed.has("summaries")));
    if (touched("bar")) drawFrame();
    for (const name of Object.keys(panes)) {
      if (!touched(name)) continue;
      if (name === "browser") review.show(now.browser);
      if (panes[name].update) panes[name].update(name === "browser" ? table(now) : now[name]);
      else { const fresh = checklistPane(now.checks, checks); panes[name].replaceWith(fresh); panes[name] = fresh; }
    }
    if (touched("browser")) drawStatus();
  };
  pane.close = () => Object.values(panes).forEach((each) => each.close?.());
  const drawFrame = () => {
    const launch = () => { actions.ask("tab", { tab: "jobs" }); actions.ask("launcher.form", { open: true }); };
    redraw(bar, () => refill(bar, barParts(now.bar, actions, launch)));
    redraw(alert, () => refill(alert, now.bar.changed && rewrittenNotice(now.bar, actions)));
    for (const [tab, body] of Object.entries(bodies)) if (body) body.hidden = tab !== now.bar.tab;
    drawStatus();
  };
  const drawStatus = () => refill(status, statusParts(now, showSheet));
  drawFrame();
  if (state.browser) review.show(state.browser);
  return pane;
}

/** Where the launch form may lead, as far as there are tabs for it. */
function waysFrom({ browser, checks, evals }, { ask }) {
  return { ...(evals && { evaluate: (model) => ask("evaluate", { model }), baseline: () => ask("tab", { tab: "evals" }) }),
    ...(checks && { findings: () => ask("tab", { tab: "checks" }) }), ...(browser && { begin: () => ask("begin") }) };
}

function barParts(bar, actions, launch) {
  const undo = button("Undo", () => actions.ask("undo"), { look: "ghost undo", sign: "undo", key: "u", disabled: !bar.can_undo });
  const save = bar.changed ? "Not saved" : bar.edits ? h("span", {}, "Save", h("span", { class: "wide" }, ` ${plural(bar.edits, "edit")}`)) : "Saved";
  return [h("span", { class: "b el name" }, visible(bar.name)),
    bar.saved_at && h("span", { class: "row xs i3 saved" }, h("span", { class: "dot ok" }), clock(bar.saved_at)),
    tabRow(bar, actions), h("span", { class: "sp" }), undo,
    button("", () => actions.ask("redo"), { sign: "redo", tip: "Redo", key: "U", disabled: !bar.can_redo }),
    button(save, () => actions.ask("save"), { look: "save", disabled: !bar.edits || Boolean(bar.changed) }),
    bar.tabs.includes("jobs") && button("Fine-tune…", launch, { look: "pri tune" })];
}

function tabRow(bar, actions) {
  if (bar.tabs.length < 2) return null;
  const tabs = bar.tabs.map((tab) => h("button", { type: "button", role: "tab", "aria-selected": String(tab === bar.tab), tabindex: tab === bar.tab ? 0 : -1,
    onclick: () => actions.ask("tab", { tab }) },
  icon(TAB_WORDS[tab][1]), h("span", {}, TAB_WORDS[tab][0], " ", bar.counts[tab] > 0 && h("span", { class: "n" }, count(bar.counts[tab])))));
  const row = h("div", { class: "tabs", role: "tablist" }, tabs);
  row.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const at = (bar.tabs.indexOf(bar.tab) + by + bar.tabs.length) % bar.tabs.length;
    actions.ask("tab", { tab: bar.tabs[at] });
    event.stopPropagation();
  });
  return row;
}

function statusParts({ bar, browser }, showSheet) {
  const found = browser?.reads_all ? "found so far; this search reads every example" : browser?.looking ? "found so far" : "shown";
  const counts = [h("span", {}, `${bar.complete ? "" : "at least "}${plural(bar.examples, "example")}`),
    browser && h("span", { class: "shown" }, `${count(browser.shown)} ${found}`),
    browser && browser.measured !== null && h("span", { class: "i3" }, `${count(browser.measured)} measured`)];
  return [counts, bar.saved_at && h("span", { class: "row saved" }, h("span", { class: "dot ok" }), `journal saved ${clock(bar.saved_at)}`),
    h("span", {}, bar.changed ? "edits wait in the journal" : bar.edits ? `${plural(bar.edits, "edit")} not yet in the file` : "no edits"), h("span", { class: "sp" }),
    h("span", { class: "keys" },
      bar.tab === "examples" && [["/", "search"], ["j k", "move"], ["a x t", "decide"], ["e", "edit"], ["w", "weight"], ["f", "fix"], ["l", "lens"]].map(([keys, words]) => keyHint(keys, words))),
    h("button", { type: "button", class: "link xs", onclick: () => showSheet(true) }, keyHint("?", "all keys"))];
}

/** The line between table and conversation; drag it, or move it with the arrow keys. */
function dragBar() {
  const bar = h("div", { class: "drag", role: "separator", tabindex: 0, "aria-label": "Width of the table",
    "aria-orientation": "vertical", "aria-valuenow": 50, "aria-valuemin": 25, "aria-valuemax": 75 });
  const set = (share) => {
    const to = Math.min(75, Math.max(25, share));
    bar.setAttribute("aria-valuenow", Math.round(to));
    bar.parentElement.style.setProperty("--split", to);
  };
  bar.addEventListener("pointerdown", (down) => {
    bar.setPointerCapture(down.pointerId);
    const frame = bar.parentElement.getBoundingClientRect();
    const stacked = frame.width < 900;
    bar.onpointermove = (event) => set(stacked ? (100 * (event.clientY - frame.top)) / frame.height : (100 * (event.clientX - frame.left)) / frame.width);
  });
  bar.addEventListener("pointerup", () => { bar.onpointermove = null; });
  bar.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -2, ArrowUp: -2, ArrowRight: 2, ArrowDown: 2 }[event.key];
    if (by) { set(Number(bar.getAttribute("aria-valuenow")) + by); event.preventDefault(); event.stopPropagation(); }
  });
  return bar;
}
