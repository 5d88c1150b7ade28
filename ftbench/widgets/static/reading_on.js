// A long conversation is drawn a window at a time: which messages are in sight, and what is asked for as one reads on.
// `self` is the conversation: element, now, current, ask(), choose().
const NEAR = 240; // pixels before the end of what is drawn at which more messages are asked for
const OVERLAP = 40; // pixels of a page that are seen on the next one too
export const told = () => {}; // the notice has shown what went wrong

export function cardOf(self, message) { return self.element.querySelector(`[data-message="${message}"]`); }

export function isShown({ now }, message) { return message >= now.first && message < now.first + now.messages.length; }

/** Near the end of what is drawn, ask for more, until there is enough; only where somebody scrolls to. */
export function readOn(self, way) {
  const { element, now } = self;
  const { scrollTop, scrollHeight, clientHeight } = element;
  const [left, beyond] = way > 0 ? [now.count - now.first - now.messages.length, scrollHeight - scrollTop - clientHeight] : [now.first, scrollTop];
  if (self.loading || self.typing || left <= 0 || beyond >= NEAR) return;
  const seen = messagesInSight(element);
  const end = way > 0 ? now.first + now.messages.length - 1 : now.first;
  if (!seen.length) return;
  const upto = way > 0 ? seen.at(-1) + 1 : seen.at(-1);
  const further = way > 0 && upto > self.upto;
  const message = further ? seen[0] : nextAsked(way, self.asked, seen, end);
  if (further || message !== self.asked) load(self, message, upto).then(() => readOn(self, way), told);
}

export function messagesInSight(element) {
  const frame = element.getBoundingClientRect();
  return [...element.querySelectorAll(":scope > .slot > [data-message]")].filter((card) => {
    const { top, bottom } = card.getBoundingClientRect();
    return bottom > frame.top && top < frame.bottom;
  }).map((card) => Number(card.dataset.message));
}

/** Bring a message into view with those around it, first those behind it up to one; meanwhile scrolling asks for no others. */
function load(self, message, upto = message) {
  Object.assign(self, { asked: message, upto });
  self.loading = true;
  return self.ask("show", { message, upto }).finally(() => { self.loading = false; });
}

/** Which message to ask for when one scrolls on (`way` 1 down, -1 up): the first in sight, so that all in sight stay. If that was asked for,
 *  nothing, until one sees the `end` of what is drawn: then one further, though what is in sight on the other side may have to go. */
export function nextAsked(way, asked, seen, end) {
  if (way > 0) return asked < seen[0] ? seen[0] : seen.at(-1) === end ? Math.min(asked + 1, end) : asked;
  return asked > seen[0] ? seen[0] : seen[0] === end ? end - 1 : asked;
}

/** Fetch a message with those around it; the next one beside those that are drawn with all that are in sight, if there is room for them. */
export async function fetchMessage(self, to) {
  const { first, messages } = self.now;
  const seen = messagesInSight(self.element);
  if (seen.length && to === first - 1) await load(self, to, seen.at(-1));
  else if (seen.length && to === first + messages.length) await load(self, seen[0], to);
  if (!isShown(self, to)) await load(self, to);
}

/** The one of some messages, in order, that is nearest to a message. */
export function nearest(message, among) { return Math.max(among[0], Math.min(message, among.at(-1))); }

/** Go on from the chosen message; from one that is out of sight to the nearest in sight. */
export function stepFrom(self, by) {
  const seen = messagesInSight(self.element);
  const from = seen.length ? nearest(self.current, seen) : self.current;
  self.choose(from === self.current ? from + by : from);
}

/** Scroll by a page and choose what is in sight then; false where the conversation does not scroll by itself. */
export function turnPage(self, way) {
  const { element } = self;
  if (element.scrollHeight <= element.clientHeight) return false;
  const before = element.scrollTop;
  element.scrollTop += way * (element.clientHeight - OVERLAP);
  const seen = messagesInSight(element);
  if (!seen.length) return true;
  const further = element.scrollTop === before; // at an end of what is drawn
  const to = further ? seen.at(way > 0 ? -1 : 0) + way : nearest(self.current, seen);
  self.choose(to, further);
  if (!further) cardOf(self, to).focus({ preventScroll: true });
  return true;
}
