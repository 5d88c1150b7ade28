// Just enough of a document for Node: elements that remember what was done to them.
class FakeElement {
  constructor(tag) { Object.assign(this, { tagName: tag.toUpperCase(), attributes: {}, children: [], listeners: {} }); }
  setAttribute(name, value) { this.attributes[name] = value; }
  removeAttribute(name) { delete this.attributes[name]; }
  getAttribute(name) { return this.attributes[name] ?? null; }
  appendChild(child) { this.children.push(child); return child; }
  append(...children) { this.children.push(...children); }
  replaceChildren(...children) { this.children = children; }
  replaceWith(other) { this.replacedBy = other; }
  remove() { this.removed = true; }
  contains(other) { return other === this || this.children.some((child) => child.contains?.(other)); }
  addEventListener(name, listener) { (this.listeners[name] ??= []).push(listener); }
  removeEventListener(name, listener) { this.listeners[name] = (this.listeners[name] ?? []).filter((one) => one !== listener); }
  fire(name, event = {}) { for (const listener of this.listeners[name] ?? []) listener({ target: this, ...event }); }
  focus() { globalThis.document.activeElement = this; }
  get textContent() { return this.children.map((child) => child.textContent).join(""); }
  set textContent(text) { this.children = [{ textContent: String(text) }]; }
  get classList() {
    const names = () => (this.attributes.class ?? "").split(" ").filter(Boolean);
    const write = (list) => { this.attributes.class = list.join(" "); };
    return {
      contains: (name) => names().includes(name),
      add: (name) => write([...new Set([...names(), name])]),
      remove: (name) => write(names().filter((one) => one !== name)),
      toggle: (name, on) => write(on ? [...new Set([...names(), name])] : names().filter((one) => one !== name)),
    };
  }
}

/** Make `document` and `window` known to the modules under test. */
export function fakePage() {
  const window = new FakeElement("window");
  globalThis.window = window;
  globalThis.requestAnimationFrame = () => {}; // nothing is ever drawn
  globalThis.document = {
    createElement: (tag) => new FakeElement(tag),
    createElementNS: (_, tag) => new FakeElement(tag),
    createTextNode: (text) => ({ textContent: text }),
  };
  return window;
}

/** Every element below `element` (and itself) for which `test` holds. */
export function findAll(element, test) {
  const found = test(element) ? [element] : [];
  for (const child of element.children ?? []) found.push(...findAll(child, test));
  return found;
}

/** By class name. */
export const withClass = (element, name) => findAll(element, (one) => one.classList?.contains(name));
