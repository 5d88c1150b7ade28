// Which words of a text an older one has not.
const WORD = /\s+|[\p{L}\p{M}\p{N}_]+|[^\s\p{L}\p{M}\p{N}_]/gu;
const COMPARED = 600; // words between the first and the last change that are compared one by one; of more all count as new

/** A text in pieces [is it new?, words], beside an older one. */
export function insertedPieces(before, after) {
  const [old, now] = [before, after].map((text) => text.match(WORD) ?? []);
  const most = Math.min(old.length, now.length);
  let start = 0, end = 0;
  while (start < most && old[start] === now[start]) start += 1;
  while (end < most - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const changed = [old, now].map((words) => words.slice(start, words.length - end));
  const isNew = newAmong(...changed);
  const pieces = [];
  now.forEach((word, at) => {
    const fresh = at >= start && at < now.length - end && isNew[at - start];
    if (pieces.at(-1)?.[0] === fresh) pieces.at(-1)[1] += word; else pieces.push([fresh, word]);
  });
  return pieces;
}

/** For each word whether it is new: not in the longest sequence that both have. */
function newAmong(old, now) {
  const isNew = now.map(() => true);
  if (old.length > COMPARED || now.length > COMPARED) return isNew;
  const width = now.length + 1;
  const common = new Uint16Array((old.length + 1) * width); // words in common from here to the end
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      common[i * width + j] = old[i] === now[j] ? common[(i + 1) * width + j + 1] + 1 : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
    }
  }
  for (let i = 0, j = 0; i < old.length && j < now.length;) {
    if (old[i] === now[j]) { isNew[j] = false; i += 1; j += 1; }
    else if (common[(i + 1) * width + j] >= common[i * width + j + 1]) i += 1;
    else j += 1;
  }
  return isNew;
}
