"A widget in a page without Jupyter, its questions answered by the real pane: quick, and any theme and width."
from patience import drawn

from ftbench.widgets.base import answer, css, esm

MODEL = """
const listeners = {};
const fire = (name, ...values) => (listeners[name] ?? []).forEach((listener) => listener(...values));
const values = await window.stateOfPython();
window.model = {
  get: (key) => (key === "state_keys" ? Object.keys(values) : values[key.replace("state_", "")]),
  on: (name, listener) => (listeners[name] ??= []).push(listener),
  off: (name, listener) => { listeners[name] = (listeners[name] ?? []).filter((one) => one !== listener); },
  send: async (message) => {
    const [reply, state] = await window.askPython(message);
    take(state);
    fire("msg:custom", reply);
  },
};
const take = (state) => {
  for (const [key, value] of Object.entries(state)) {
    if (JSON.stringify(values[key]) === JSON.stringify(value)) continue;
    values[key] = value;
    fire(`change:state_${key}`);
  }
};
window.bringUpToDate = async () => take(await window.stateOfPython());
window.widget.render({ model: window.model, el: window.placeFor() });
"""


def place(page, pane, shadow=False):
    "Show a pane on an empty page, or in a shadow tree with styles of its own, as marimo does."
    page.emulate_media(reduced_motion="reduce")  # no colour is met half-way
    page.expose_function("stateOfPython", pane.state)
    page.expose_function("askPython", lambda message: [answer(pane, message), pane.state()])
    script = esm(pane.script, pane.draws).replace("export default", "window.widget =")
    script = f"{SHADOW if shadow else PLAIN}\n{script}"
    page.goto("about:blank")
    page.set_content(f'<!doctype html><html lang="en" data-theme="light"><head><title>ftbench</title><style id="styles">{css()} {GROUND}</style></head>'
                     f'<body><main id="place"></main><script type="module">{script}\n{MODEL}</script></body></html>')
    page.locator(".ft.w > :nth-child(2)").first.wait_for()
    drawn(page)


PLAIN = 'window.placeFor = () => document.getElementById("place");'
SHADOW = """window.placeFor = () => {
  const tree = document.getElementById("place").attachShadow({ mode: "open" });
  tree.append(document.getElementById("styles"), document.createElement("div"));
  return tree.lastChild;
};"""
GROUND = "body { margin: 8px; background: #fff; } :root[data-theme=dark] body { background: #111; }"


def theme(page, name):
    "Switch between light and dark."
    page.evaluate("(name) => { document.documentElement.dataset.theme = name; }", name)
    drawn(page)
