// What is done to the rows that are picked: decisions at once, changes after a look at what they would do.
import { button, h, icon, redraw, refill, visible } from "./dom.js";
import { activeIn } from "./focus.js";
import { count, percent, plural } from "./format.js";
import { changedWords } from "./message.js";
import { decisionButtons } from "./review.js";

const POLICIES = [["last_assistant", "only the last assistant message"], ["all_assistant", "all assistant messages"], ["none", "no assistant message"],
  ["matching", "the assistant messages that match…"]];
const SPEAKERS = ["", "user", "assistant", "system", "tool"];

/** 3906, "examples" -> "3,906 examples"; 1, "messages" -> "1 message" */
export function countWords([what, number]) {
  return number === 1 ? `1 ${what.replace(/s$/, "")}` : `${count(number)} ${what}`;
}

/** The tray under the table; hidden while nothing is picked and nothing asked for. */
export function bulkTray(actions) {
  let now = { picked: 0, preview: null };
  let form = null; // which form is open
  const tray = h("section", { class: "tray", "aria-label": "Picked examples", hidden: true });
  let drawn = "";
  let previewed = false; // is a preview on the page?
  let waits = false; // does a key wait for one, to go there?
  const draw = () => {
    const text = JSON.stringify([now.picked, now.preview, form]);
    if (text === drawn) return; // what is being typed stays
    drawn = text;
    tray.hidden = !now.picked && !now.preview && !form;
    if (tray.hidden) { previewed = false; refill(tray); return; }
    const held = tray.contains(activeIn(tray));
    if (now.preview && previewed) { redraw(tray, () => refill(tray, drawPreview(now.preview, actions))); return; } // it goes on; the focus stays
    previewed = Boolean(now.preview);
    if (now.preview) refill(tray, drawPreview(now.preview, actions));
    else refill(tray, drawTray(now.picked, actions, open), form && FORMS[form](submit, () => open(null)));
    const first = tray.querySelector?.(now.preview ? ".btn.pri:not([disabled])" : ".form input, .form select") ?? tray.querySelector?.(".btn:not([disabled])");
    if ((form && !now.preview) || held || (waits && now.preview)) first?.focus();
    if (now.preview) waits = false;
  };
  const open = (name) => { form = form === name ? null : name; draw(); return true; };
  const submit = (action, values) => {
    form = null;
    if (action === "tag") { actions.ask("tag", values); draw(); } else actions.ask("preview", { action, ...values });
  };
  tray.open = open;
  tray.repair = () => { waits = true; repairAll(actions); return true; };
  tray.leave = () => {
    if (form) { form = null; draw(); return true; }
    if (now.preview) { actions.ask("cancel"); return true; }
    if (now.picked) { actions.ask("pick_none"); return true; }
    return false;
  };
  tray.show = ({ picked, preview }) => { now = { picked, preview }; draw(); };
  return tray;
}

function drawTray(picked, actions, open) {
  const act = (words, name, sign) => button(words, () => open(name), { sign, "aria-expanded": "false" });
  return h("div", { class: "row wrap" }, h("span", { class: "b s" }, picked ? `${count(picked)} picked` : "This example"),
    decisionButtons(null, (decision) => actions.ask("decide", { decision })), act("Tag", "tag", "tag"),
    act("Weights", "weights"), act("Replace", "replace"),
    button("Repair", () => repairAll(actions), { sign: "repair", tip: "Preview all safe repairs (F)", "aria-keyshortcuts": "F" }),
    button("", () => actions.ask("preview", { action: "delete" }), { sign: "delete", tip: "Delete", look: "danger" }),
    h("span", { class: "sp" }), picked > 0 && button("", () => actions.ask("pick_none"), { sign: "cross", tip: "Pick none", key: "Esc" }));
}

/** Look at the safe repairs of what is picked, or of the open example. */
function repairAll(actions) { return actions.ask("preview", { action: "repair" }); }

function formOf(label, parts, send, leave) {
  const form = h("form", { class: "form row wrap", "aria-label": label }, parts, button("Cancel", leave, { look: "ghost" }));
  form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
  form.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); leave(); } });
  return form;
}

const trayField = (label, more = {}) => h("input", { type: "text", class: "field", "aria-label": label, placeholder: label, spellcheck: "false", autocomplete: "off", ...more });
const lookButton = () => h("button", { type: "submit", class: "btn" }, "Preview");

const FORMS = {
  tag: (submit, leave) => {
    const name = trayField("Tag", { maxlength: 60 });
    return formOf("Tag", [name, h("button", { type: "submit", class: "btn" }, "Put the tag on")], () => name.value.trim() && submit("tag", { name: name.value }), leave);
  },
  weights: (submit, leave) => {
    const policy = h("select", { "aria-label": "What is trained" }, POLICIES.map(([value, words]) => h("option", { value }, `Train ${words}`)));
    const query = trayField("Which messages", { placeholder: "tool:name, tokens:>300, -sorry, /regex/", hidden: true });
    query.classList.add("wide-field");
    policy.addEventListener("change", () => { query.hidden = policy.value !== "matching"; if (!query.hidden) query.focus(); });
    return formOf("Weights", [policy, query, lookButton()],
      () => (query.hidden || query.value.trim()) && submit("weights", query.hidden ? { policy: policy.value } : { policy: policy.value, query: query.value }), leave);
  },
  replace: (submit, leave) => {
    const old = trayField("Find");
    const next = trayField("Replace with");
    const role = h("select", { "aria-label": "In messages of" }, SPEAKERS.map((name) => h("option", { value: name }, name ? `in ${name} messages` : "in all messages")));
    const pattern = h("input", { type: "checkbox" });
    return formOf("Find and replace", [old, next, role, h("label", { class: "row s" }, pattern, "regular expression"), lookButton()],
      () => old.value && submit("replace", { old: old.value, new: next.value, role: role.value, pattern: pattern.checked }), leave);
  },
};

function drawPreview({ problem, label, counts, looked, made, rules, more_rules: more, samples }, actions) {
  if (problem) {
    return h("div", { class: "row wrap", role: "alert" }, icon("error", { label: "error", tone: "err" }), h("span", { class: "s" }, visible(problem)),
      button("Close", () => actions.ask("cancel"), {}));
  }
  const cancel = button("Cancel", () => actions.ask("cancel"), { look: "ghost" });
  if (made !== null) {
    return [h("div", { class: "row wrap" }, h("span", { class: "b s label" }, visible(label)), h("span", { class: "s i2" }, `${percent(made)} made`),
      h("span", { class: "s i3 nw" }, "nothing is changed until all is"), h("span", { class: "sp" }), cancel), shareBar(made, "Making the change")];
  }
  const some = counts.some(([, number]) => number > 0);
  const found = some ? counts.map(countWords).join(", ") : "nothing to change";
  const title = rules.length ? `Repair ${countWords(counts[0])}` : visible(label);
  const apply = button("Apply, one undo", () => { apply.setAttribute("aria-busy", "true"); actions.ask("apply"); }, { look: "pri", disabled: !some || looked < 1 });
  return [h("div", { class: "row wrap", role: looked < 1 ? null : "status" }, h("span", { class: "b s label" }, title),
    (looked < 1 || !rules.length) && h("span", { class: "s i2" }, looked < 1 ? `${some ? found : "nothing"} so far` : found),
    h("span", { class: "s i3 nw" }, rules.length ? "preview, nothing changed yet" : "nothing changed yet"), h("span", { class: "sp" }), h("span", { class: "row nw" }, cancel, apply)),
  looked < 1 && shareBar(looked, "Looking at the examples"),
  rules.length > 0 && h("ul", { class: "rules" }, rules.map((rule) => ruleRow(rule, rules.length > 1 && actions)), more > 0 && h("li", { class: "i3" }, `and ${plural(more, "more rule")}`)),
  h("ul", { class: "samples" }, samples.map(({ number, text }) => h("li", {}, h("span", { class: "num i3 xs" }, count(number)),
    h("span", { class: "el", dir: "auto" }, changedWords(text)))))];
}

/** What would be repaired of one rule, and the way to repair that alone. */
function ruleRow({ code, count: number, label, samples }, actions) {
  const alone = () => actions.ask("preview", { action: "repair", codes: [code] });
  return h("li", {}, h("code", { class: "el", title: code }, code),
    h("span", { class: "el", "data-tip": label, dir: "auto" },
      samples.map(([before, after]) => [before && h("del", {}, visible(before)), " ", after && h("ins", {}, visible(after)), " "])),
    actions && h("button", { type: "button", class: "link xs", "aria-label": `Only the repairs of ${code}`, onclick: alone }, "only these"),
    h("span", { class: "num i2" }, count(number)));
}

function shareBar(share, label) {
  return h("div", { class: "prog", role: "progressbar", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": Math.round(100 * share) },
    h("i", { style: `width:${100 * share}%` }));
}
