// A text shown as the Markdown it is. Everything is built of text nodes: links lead nowhere, pictures are named and not fetched,
// and HTML stays the text it is. Every pattern has a bound, so a hostile text costs no more than its length.
import { h, visible } from "./dom.js";

const DEEPEST = 5; // lists and quotes inside each other
const INLINE = new RegExp([
  /\\([\\`*_{}[\]()#+\-.!|~>])/, // 1: a character that stands for itself
  /(`{1,3})([^`]{1,500})\2/, // 3: code
  /(!?)\[([^[\]\n]{0,300})\]\(([^()\s]{0,1000})(?:[ \t]{1,4}"[^"\n]{0,200}")?\)/, // 4, 5, 6: picture or link
  /(\*\*|__)(?=\S)([^\n]{1,500}?)\7/, // 8: strong
  /([*_])(?=\S)([^\n*_]{1,500}?)\9/, // 10: emphasis
  /~~([^~\n]{1,500})~~/, // 11: struck
].map((part) => part.source).join("|"), "gu");

/** The pieces of one line: texts and elements. */
export function inline(text, depth = 0) {
  const pieces = [];
  let from = 0;
  for (const match of depth > DEEPEST ? [] : text.matchAll(INLINE)) {
    if (match.index > from) pieces.push(visible(text.slice(from, match.index)));
    pieces.push(inlinePiece(match, depth + 1));
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push(visible(text.slice(from)));
  return pieces;
}

function inlinePiece([whole, literal, , code, picture, label, address, , strong, , emphasis, struck], depth) {
  if (literal !== undefined) return literal;
  if (code !== undefined) return h("code", {}, visible(code));
  if (address !== undefined) {
    return picture ? h("span", { class: "tag" }, "picture not fetched: ", visible(label || "no description"), " ", h("span", { class: "i3" }, visible(address.slice(0, 120))))
      : h("span", { class: "md-link" }, inline(label, depth), h("span", { class: "i3 s" }, " ", visible(address)));
  }
  if (strong !== undefined) return h("strong", {}, inline(strong, depth));
  if (emphasis !== undefined) return h("em", {}, inline(emphasis, depth));
  return struck !== undefined ? h("s", {}, inline(struck, depth)) : visible(whole);
}

const ITEM = /^( {0,12})([-*+]|\d{1,9}[.)]) (.*)$/s;
const RULE = /^ {0,3}([-*_])(?: {0,3}\1){2,}\s*$/;
const DIVIDER = /^\|? {0,9}:?-{2,60}:? {0,9}(?:\| {0,9}:?-{2,60}:? {0,9}){0,60}\|?\s*$/;

/** A text as an element. */
export function markdown(text) {
  return h("div", { class: "text md", dir: "auto" }, blocks(text.replaceAll("\r\n", "\n").split("\n"), 0));
}

function blocks(lines, depth) {
  const found = [];
  for (let at = 0; at < lines.length;) {
    const [block, next] = depth > DEEPEST ? [paragraph(lines.slice(at)), lines.length] : blockAt(lines, at, depth);
    if (block) found.push(block);
    at = Math.max(next, at + 1);
  }
  return found;
}

/** The block that begins in a line, and the line after it. */
function blockAt(lines, at, depth) {
  const line = lines[at];
  if (!line.trim()) return [null, at + 1];
  if (line.startsWith("```") || line.startsWith("~~~")) return fenced(lines, at);
  const heading = /^(#{1,6}) (.*)$/s.exec(line);
  if (heading) return [h("div", { class: `md-h md-h${heading[1].length}`, role: "heading", "aria-level": heading[1].length + 2 }, inline(heading[2])), at + 1];
  if (RULE.test(line)) return [h("hr", {}), at + 1];
  if (/^ {0,3}>/.test(line)) return quoted(lines, at, depth);
  if (ITEM.test(line)) return listed(lines, at, depth);
  if (line.includes("|") && DIVIDER.test(lines[at + 1] ?? "")) return tabled(lines, at);
  let end = at + 1;
  while (end < lines.length && lines[end].trim() && !startsBlock(lines[end])) end += 1;
  return [paragraph(lines.slice(at, end)), end];
}

function startsBlock(line) { return /^(#{1,6} | {0,3}>|```|~~~)/.test(line) || ITEM.test(line) || RULE.test(line); }

function paragraph(lines) {
  return h("p", {}, lines.map((line, at) => [at > 0 && h("br", {}), inline(line)]));
}

function fenced(lines, at) {
  const fence = lines[at].slice(0, 3);
  let end = at + 1;
  while (end < lines.length && !lines[end].startsWith(fence)) end += 1;
  return [h("pre", {}, h("code", {}, visible(lines.slice(at + 1, end).join("\n")))), end + 1];
}

function quoted(lines, at, depth) {
  let end = at;
  while (end < lines.length && /^ {0,3}>/.test(lines[end])) end += 1;
  return [h("blockquote", {}, blocks(lines.slice(at, end).map((line) => line.replace(/^ {0,3}> ?/, "")), depth + 1)), end];
}

function listed(lines, at, depth) {
  const [, indent, mark] = ITEM.exec(lines[at]);
  const ordered = /\d/.test(mark);
  const items = [];
  let end = at;
  while (end < lines.length) {
    const item = ITEM.exec(lines[end]);
    if (item && item[1].length <= indent.length) {
      if (/\d/.test(item[2]) !== ordered) break;
      items.push([item[3]]);
    } else if (lines[end].trim() && (item || /^\s/.test(lines[end])) && items.length) items.at(-1).push(lines[end].slice(Math.min(indent.length + 2, /^\s*/.exec(lines[end])[0].length)));
    else break;
    end += 1;
  }
  const drawn = items.map((item) => h("li", {}, inline(item[0]), item.length > 1 && blocks(item.slice(1), depth + 1)));
  return [h(ordered ? "ol" : "ul", { start: ordered ? parseInt(mark, 10) : null }, drawn), end];
}

function tabled(lines, at) {
  const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
  let end = at + 2;
  while (end < lines.length && lines[end].includes("|")) end += 1;
  return [h("table", {}, h("thead", {}, h("tr", {}, cells(lines[at]).map((cell) => h("th", {}, inline(cell))))),
    h("tbody", {}, lines.slice(at + 2, end).map((line) => h("tr", {}, cells(line).map((cell) => h("td", {}, inline(cell))))))), end];
}
