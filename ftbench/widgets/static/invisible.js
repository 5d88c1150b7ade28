// Characters that change a text without being seen. They are drawn, so that nobody trains on them unawares.
const NAMES = {
  0x00ad: ["SHY", "soft hyphen"], 0x061c: ["ALM", "Arabic letter mark"], 0x200b: ["ZWSP", "zero width space"],
  0x200c: ["ZWNJ", "zero width non-joiner"], 0x200d: ["ZWJ", "zero width joiner"], 0x200e: ["LRM", "left-to-right mark"],
  0x200f: ["RLM", "right-to-left mark"], 0x202a: ["LRE", "left-to-right embedding"], 0x202b: ["RLE", "right-to-left embedding"],
  0x202c: ["PDF", "pop directional formatting"], 0x202d: ["LRO", "left-to-right override"],
  0x202e: ["RLO", "right-to-left override"], 0x2060: ["WJ", "word joiner"], 0x2066: ["LRI", "left-to-right isolate"],
  0x2067: ["RLI", "right-to-left isolate"], 0x2068: ["FSI", "first strong isolate"], 0x2069: ["PDI", "pop directional isolate"],
  0x034f: ["CGJ", "combining grapheme joiner"], 0x180e: ["MVS", "Mongolian vowel separator"], 0x2028: ["LS", "line separator"], 0x2029: ["PS", "paragraph separator"],
  0xfeff: ["BOM", "byte order mark"], 0xfffd: ["U+FFFD", "replacement character: bytes that were not UTF-8"],
};
// joiners shape the letters of some scripts and bind pictures into one, and tags make a flag: there they belong to what one sees
const SEEN = "[\\u0620-\\u07bf\\u08a0-\\u0dff\\u0f00-\\u109f\\u1780-\\u18af\\ufb50-\\ufdff\\ufe70-\\ufefc][\\u200c\\u200d]+"
  + "|[\\u2190-\\u2bff\\u{1f000}-\\u{1faff}]\\ufe0f?\\u200d|\\u{1f3f4}[\\u{e0020}-\\u{e007e}]{1,12}\\u{e007f}";
const INVISIBLE = new RegExp(`(${SEEN})|[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b-\\u200f\\u2028-\\u202e`
  + "\\u2060-\\u2064\\u2066-\\u206f\\u3164\\ud800-\\udfff\\ufeff\\uffa0\\ufff9-\\ufffb\\ufffd-\\uffff\\u{1d173}-\\u{1d17a}\\u{e0001}\\u{e0020}-\\u{e007f}\\u{e0100}-\\u{e01ef}]", "gu");

/** [mark, name] of one invisible character */
export function describeInvisible(character) {
  const code = character.codePointAt(0);
  const hex = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  const [mark, name] = NAMES[code] ?? [hex, "control character"];
  return [mark, `${hex} ${name}`];
}

/** Cut a text into {text} and {mark, name} pieces. */
export function splitInvisible(text) {
  const pieces = [];
  let from = 0;
  for (const match of text.matchAll(INVISIBLE)) {
    if (match[1]) continue;
    if (match.index > from) pieces.push({ text: text.slice(from, match.index) });
    const [mark, name] = describeInvisible(match[0]);
    pieces.push({ mark, name });
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from) });
  return pieces;
}
