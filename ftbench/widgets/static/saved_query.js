// The query language in a page without Python: the same words, asked of the examples that the page holds.
const ROLES = ["system", "developer", "user", "assistant", "tool", "function"];
const NUMBERS = ["tokens", "turns", "tools", "trained", "errors", "warnings", "infos", "line", "loss"];
const CHOICES = { decision: ["keep", "drop", "todo", "none"], edited: ["yes", "no"] };
const QUALIFIERS = ["role", "finding", "tag", "note", "tool", "weight", "sort", "format", "duplicate", ...NUMBERS, ...Object.keys(CHOICES)];
const TOKEN = /\s*(?:(?<bracket>[()])|(?<minus>-(?=[^\s)]))?(?:(?<open>\()|"(?<phrase>[^"]*)"?|\/(?<regex>(?:\\.|[^/\\])+)\/(?=[\s)]|$)|(?<word>(?:[\w:]+:"[^"]*"?|[^\s"()]+))))/uy;
const RANGE = /^(?<sign>>=|<=|>|<|=)?(?<low>-?(?:\d+(?:\.\d+)?|\.\d+))?(?<percent>%)?(?<dots>\.\.)?(?<high>-?(?:\d+(?:\.\d+)?|\.\d+))?(?<percents>%)?$/;

/** Letters as a search compares them. */
export const fold = (text) => text.toLowerCase().replaceAll("ß", "ss").replaceAll("ς", "σ");

/** What is wrong with a query, and what to do about it. */
export class QueryError extends Error {
  constructor(message, remedy) { super(message); this.remedy = remedy; }
}

/** A query as {test(example), sort: [column, down] | null}. An example: see `ftbench.widgets.saved`. */
export function parseQuery(query) {
  let at = 0;
  let sort = null;
  let depth = 0;
  const peek = () => {
    if (!query.slice(at).trim()) return null;
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(query);
    return found && { ...found.groups, end: TOKEN.lastIndex, text: found[0].trim() };
  };
  const isOr = (token) => token?.word?.toLowerCase() === "or" && !token.minus;
  const either = () => {
    const parts = [every()];
    for (let token = peek(); isOr(token); token = peek()) {
      at = token.end;
      parts.push(every());
    }
    if (parts.length > 1 && parts.includes(null)) throw new QueryError("Something is missing beside “or”.", 'Write what is looked for, or put "or" in quotation marks.');
    return parts.length === 1 ? parts[0] : (example) => parts.some((part) => part(example));
  };
  const every = () => {
    const tests = [];
    for (let token = peek(); token && token.bracket !== ")" && !isOr(token); token = peek()) {
      at = token.end;
      const test = token.bracket || token.open ? group() : term(token);
      if (test) tests.push(token.minus ? (example) => !test(example) : test);
    }
    return tests.length ? (example) => tests.every((test) => test(example)) : null;
  };
  const group = () => {
    depth += 1;
    const test = either();
    const token = peek();
    if (!test || !token) throw new QueryError(token ? "A bracket holds nothing." : "A bracket is not closed.", "Close it behind what belongs together.");
    at = token.end;
    depth -= 1;
    return test;
  };
  const term = (token) => {
    if (token.regex) return pattern(token.regex);
    if (token.word === undefined) return token.phrase ? hasText(token.phrase) : null;
    if (/^#\d+$/.test(token.word)) return (example) => example.number === Number(token.word.slice(1));
    const colon = token.word.indexOf(":");
    const key = { findings: "finding", tags: "tag" }[token.word.slice(0, colon).toLowerCase()] ?? token.word.slice(0, colon).toLowerCase();
    if (colon < 1 || !QUALIFIERS.includes(key)) return hasText(token.word);
    const words = token.word.slice(colon + 1).replace(/^"(.*?)"?$/, "$1");
    if (!words) throw new QueryError(`Nothing stands behind ${key}:.`, "Write what is looked for.");
    if (key !== "sort") return qualified(key, words);
    if (sort || depth || token.minus) throw new QueryError("A query has one order, outside brackets.", "Write sort:tokens or sort:-tokens once.");
    sort = [choice("sort", words.replace(/^-/, ""), NUMBERS), words.startsWith("-")];
    return null;
  };
  const test = either() ?? (() => true);
  if (peek()) throw new QueryError("No bracket is open.", "Leave it out, or put a text with brackets in quotation marks.");
  return { test, sort };
}

function hasText(words) {
  const wanted = fold(words);
  return (example) => example.folded.includes(wanted);
}

function pattern(source) {
  try {
    const found = new RegExp(source, "iu");
    return (example) => found.test(example.text);
  } catch (error) {
    throw new QueryError(`The regular expression cannot be read: ${error.message}.`, "Without Python it is read as JavaScript's; mend it.");
  }
}

function choice(key, words, choices) {
  if (choices.includes(words)) return words;
  throw new QueryError(`There is no ${key} ${words}.`, `Choose from ${choices.join(", ")}.`);
}

function qualified(key, words) {
  if (key === "duplicate") throw new QueryError("A page without Python cannot tell duplicates.", "Open the file: ds.select(\"duplicate:any\").");
  if (NUMBERS.includes(key)) { const [low, high] = range(key, words); return (example) => example[key] !== null && example[key] >= low && example[key] <= high; }
  if (key === "decision") { const wanted = choice(key, words, CHOICES.decision); return (example) => (example.decision ?? "none") === wanted; }
  if (key === "edited") { const wanted = choice(key, words, CHOICES.edited) === "yes"; return (example) => example.edited === wanted; }
  if (key === "format") return (example) => (example.format || "none") === words;
  if (key === "tag") return (example) => (words === "any" ? example.tags.length > 0 : words === "none" ? !example.tags.length : example.tags.includes(words));
  if (key === "note") return (example) => (words === "any" ? example.note !== "" : words === "none" ? !example.note : fold(example.note).includes(fold(words)));
  if (key === "tool") return (example) => example.messages.some((message) => message.calls.some((call) => call[0] === words));
  if (key === "weight") return (example) => example.messages.some((message) => message.role === "assistant" && message.weight === Number(words));
  if (key === "finding") return finding(words.replaceAll("-", "_"));
  return role(words);
}

function finding(words) {
  const severe = { error: "errors", warning: "warnings", info: "infos" }[words];
  if (severe) return (example) => example[severe] > 0;
  if (words === "any" || words === "none") return (example) => (example.findings.length > 0) === (words === "any");
  return (example) => example.findings.some((each) => each.code === words);
}

function role(words) {
  const colon = words.indexOf(":");
  const wanted = choice("role", colon < 0 ? words : words.slice(0, colon), ROLES);
  const text = colon < 0 ? "" : fold(words.slice(colon + 1).replaceAll('"', ""));
  return (example) => example.messages.some((message) => message.role === wanted && fold(message.text).includes(text));
}

function range(key, words) {
  const found = RANGE.exec(words)?.groups;
  if (!found || !(found.low || found.high) || (found.dots && found.sign) || (found.high && !found.dots)) {
    throw new QueryError(`${words} is not a number or a range.`, `Write ${key}:100, ${key}:>100, ${key}:100.., ${key}:..500 or ${key}:100..500.`);
  }
  const share = found.percent || found.percents ? 100 : 1;
  const [low, high] = [found.low, found.high].map((end) => (end === undefined ? null : Number(end) / share));
  const little = 1e-9 * Math.max(1, Math.abs(low ?? 0));
  if (found.sign?.startsWith(">")) return [found.sign === ">=" ? low : low + little, Infinity];
  if (found.sign?.startsWith("<")) return [-Infinity, found.sign === "<=" ? low : low - little];
  if (!found.dots) return [low, low];
  return [low ?? -Infinity, high ?? Infinity];
}

/** The examples a query finds, in its order; those of which nothing is known come last. */
export function search(examples, query) {
  const { test, sort } = parseQuery(query);
  const found = examples.filter(test);
  if (!sort) return found;
  const [column, down] = sort;
  const known = found.filter((example) => example[column] !== null);
  known.sort((one, other) => (down ? other[column] - one[column] : one[column] - other[column]) || one.index - other.index);
  return [...known, ...found.filter((example) => example[column] === null)];
}
