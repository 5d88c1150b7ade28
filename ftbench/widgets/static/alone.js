// A pane in a page without a notebook: it takes the place of its still form, and asks nobody.
import { h } from "./dom.js";
import { bindKeys } from "./keys.js";
import { tooltips } from "./tip.js";
import { watchWidth } from "./widget.js";

/** Draw `pane` from the state that the page holds; without what that needs, the still form stays. */
export async function standAlone(draw, number) {
  const element = draw(await readState(document.getElementById(`state-${number}`)), {});
  const root = h("main", { class: "ft w", tabindex: -1, "aria-label": document.title }, element);
  bindKeys(root, () => element.keys ?? {});
  tooltips(root);
  watchWidth(root);
  document.getElementById(`still-${number}`).replaceWith(root);
}

async function readState(script) {
  if (script.type === "application/json") return JSON.parse(script.textContent);
  const packed = Uint8Array.from(atob(script.textContent), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
}
