// Copying text, also where the page may not use the clipboard's own interface.
import { button, h, icon, refill } from "./dom.js";

const SAID = 1500; // ms for which the button says that it was done

/** Put a text on the clipboard; promises whether it worked. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { return copyBySelection(text); } // no permission, or not a secure page
}

function copyBySelection(text) {
  const before = document.activeElement;
  const area = h("textarea", { class: "vh", "aria-hidden": "true", value: text });
  (before?.closest?.(".ft") ?? document.body).appendChild(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  before?.focus?.({ preventScroll: true });
  return done;
}

/** A button that copies what `text()` gives or promises. */
export function copyButton(text, tip) {
  const said = h("span", { class: "vh", role: "status" });
  const press = button("", async () => {
    const done = await copyText(await text());
    refill(said, done ? "Copied" : "The browser does not allow copying");
    refill(press, icon(done ? "check" : "error", { tone: done ? "ok" : "err" }));
    setTimeout(() => { refill(press, icon("copy")); refill(said); }, SAID);
  }, { sign: "copy", tip });
  return h("span", { class: "copy" }, press, said);
}
