// What a message holds beside text: named with its size, a picture in the data shown, nothing fetched.
import { button, h, icon, refill, visible } from "./dom.js";
import { bytes } from "./format.js";

const ADDRESS = /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*$/;

/** One part; `load()` promises the address of its picture. */
export function attachment({ words, where, bytes: size, picture, at_once: atOnce }, load) {
  const name = h("span", { class: "tag", "data-tip": where || null }, icon("file"), visible(words), " ", bytes(size));
  if (!picture) return name;
  const holder = h("figure", { class: "picture" }, name);
  const show = () => load().then((address) => refill(holder, image(address, words, size)), () => {});
  if (atOnce) show(); else holder.appendChild(button("Show it", show, { look: "xs" }));
  return holder;
}

function image(address, words, size) {
  if (!ADDRESS.test(address)) return h("span", { class: "tag" }, "no picture");
  const element = h("img", { src: address, alt: words, decoding: "async", loading: "lazy", "data-tip": `${words}, ${bytes(size)}` });
  element.addEventListener("error", () => element.replaceWith(h("span", { class: "tag" }, icon("error", { tone: "err" }), "damaged ", words)));
  return element;
}
