"""A pane in a bare page with the real Python behind it: the script of the widget, its notice, its keys, and no Jupyter around.

FTBENCH_SHOTS=FOLDER keeps pictures.
"""
import json
import os
from pathlib import Path

from mails import write_examples
from patience import drawn, until

from ftbench.data.dataset import open_dataset
from ftbench.widgets.base import Pane, answer, css, esm, sendable
from ftbench.widgets.editor import Editor
from ftbench.widgets.wire import Parts

# What data might try: each would leave a trace here. A request is seen by the fixture `page`, and refused by the policy.
TRIPWIRE = """window.tripped = []; for (const name of ["alert", "confirm", "prompt", "open", "fetch"]) window[name] = (...what) => { window.tripped.push(name + what); };
Object.defineProperty(window, "trip", { configurable: true, get() { window.tripped.push("trip"); return () => {}; } });"""
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><style>body {{ margin: 0; }} .ft.w {{ height: calc(100vh - 4px); }}\n{css}</style><body>
<script>{tripwire}</script><script type="module">{esm}
const listeners = {{}};
const fire = (name, ...what) => (listeners[name] ?? []).forEach((call) => call(...what));
let state = {state};
Object.assign(window, {{ errors: [], sizes: [], pending: 0, delay: 0 }});
window.apply = (next) => {{
  const changed = Object.keys(next).filter((key) => JSON.stringify(next[key]) !== JSON.stringify(state[key]));
  window.sizes.push(new TextEncoder().encode(JSON.stringify(Object.fromEntries(changed.map((key) => [key, next[key]])))).length);
  state = next;
  changed.forEach((key) => fire(`change:state_${{key}}`));
}};
const model = {{
  get: (name) => (name === "state_keys" ? Object.keys(state) : state[name.slice(6)]),
  on: (name, call) => (listeners[name] ??= []).push(call), off: () => {{}},
  send: async (message) => {{
    window.pending += 1;
    const answered = await window.askPython(message);
    if (window.delay) await new Promise((done) => setTimeout(done, window.delay));
    if (window.dead) return;
    window.sizes.push(new TextEncoder().encode(JSON.stringify(answered.reply)).length);
    if (answered.state) window.apply(answered.state);
    (answered.told ?? []).forEach((tell) => fire("msg:custom", {{ tell }}));
    if (answered.reply.error) window.errors.push(`${{answered.reply.error.message}} ${{answered.reply.error.remedy}}`);
    fire("msg:custom", answered.reply);
    window.pending -= 1;
  }} }};
mount({{ model, el: document.body }}, {draws});
window.ready = true;</script></body></html>"""


def as_sent(value) -> object:
    "What arrives on the other side of the wire."
    return json.loads(json.dumps(sendable(value), ensure_ascii=False, allow_nan=False).encode())


class Screen:
    "A page whose pane asks the real one, as the widget does in a notebook."

    def __init__(self, page, folder: Path): self.page, self.folder, self.pane, self.told, self._bound, self._parts = page, folder, None, [], False, Parts()

    @property
    def editor(self) -> Editor: return self.pane if isinstance(self.pane, Editor) else self.pane.editor

    @property
    def ds(self): return self.editor.ds

    def show(self, *examples: dict, model: str = "nano", width: int = 900, height: int = 900) -> "Screen":
        "Open a file with these examples and show the first."
        return self.open(Editor(open_dataset(write_examples(self.folder / "talks.jsonl", examples)), model=model), width, height)

    def open(self, pane: Pane, width: int = 900, height: int = 900) -> "Screen":
        "Show a pane."
        self.pane, self.told = pane, []
        pane.subscribe(lambda message: message is not None and self.told.append(message))
        self.page.set_viewport_size({"width": width, "height": height})
        if not self._bound: self.page.expose_function("askPython", self._answer)
        self._bound = True
        self.page.set_content(PAGE.format(css=css(), tripwire=TRIPWIRE, esm=esm(pane.script, pane.draws), draws=pane.draws,
                                          state=json.dumps(as_sent(pane.state())).replace("<", "\\u003c")))
        self.page.wait_for_function("() => window.ready")
        return self

    def _answer(self, message: dict) -> dict:
        self.told.clear()
        if "more" in message: return {"reply": self._parts.more(message["more"])}
        reply = answer(self.pane, message)
        try: state = as_sent(self.pane.state())
        except Exception as error: return {"reply": {"id": message["id"], "error": {"message": str(error), "remedy": ""}}} # as FtWidget does
        return {"reply": self._parts.reply(as_sent(reply)), "state": state, "told": as_sent(self.told)}

    def bring(self) -> None:
        "Show what was changed in Python."
        self.page.evaluate("(state) => window.apply(state)", as_sent(self.pane.state()))
        drawn(self.page)

    def message(self, number: int): return self.page.locator(f'[data-message="{number}"]')

    @property
    def value(self) -> dict: return self.ds[self.editor.example].value

    @property
    def messages(self) -> list[dict]: return self.value["messages"]

    @property
    def texts(self) -> list: return [message.get("content") for message in self.messages]

    def wait(self, test) -> None:
        "Wait until something holds in Python and the page shows it; the page must be let go on meanwhile."
        until(self.page, test, lambda: f"{self.pane!r}; errors: {self.page.evaluate('window.errors')}")
        self.settle()

    def settle(self) -> None:
        "Wait until no question to Python is open and its answer is drawn."
        self.page.wait_for_function("() => window.pending === 0")
        drawn(self.page)

    def press(self, *keys: str) -> None:
        for key in keys: self.page.keyboard.press(key)

    def fits(self) -> bool: return self.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")

    def quiet(self) -> bool:
        "Did nothing run, and nothing fail?"
        return self.page.evaluate("() => window.tripped.length === 0 && window.errors.length === 0")

    def shots(self, name: str, widths: tuple[int, ...] = ()) -> None:
        "Pictures in both themes, and nothing wider than the page."
        for width in widths or (None,):
            if width: self.page.set_viewport_size({"width": width, "height": self.page.viewport_size["height"]})
            assert self.fits(), f"{name} is wider than {width} pixels"
            if not (folder := os.environ.get("FTBENCH_SHOTS")): continue
            for theme in ("light", "dark"):
                self.page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; document.body.style.background = theme === 'dark' ? '#111' : '#fff'; }", theme)
                self.page.wait_for_timeout(250)
                self.page.screenshot(path=f"{folder}/{name}{f'-{width}' if width else ''}-{theme}.png")
            self.page.evaluate("() => { document.documentElement.dataset.theme = 'light'; document.body.style.background = '#fff'; }")
