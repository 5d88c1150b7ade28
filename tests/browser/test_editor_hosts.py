"""Every action of the editor by mouse and by key, in JupyterLab and in Notebook 7, with the kernel as the witness."""
import json
from ast import literal_eval

import pytest
from playwright.sync_api import expect

from conftest import Notebook, watched_page
from editor_actions import ACTIONS, EXAMPLES
from patience import drawn, until

CELL = """import json
import ftbench as ft
from ftbench.widgets.editor import Editor
open({name!r}, "w").write({text!r})
editor = Editor(ft.open({name!r}))
def again(example):
    editor.ds.revert()
    editor.view, editor.preview, editor.compare, editor.example = "messages", False, False, example
def told(): return json.dumps([editor.ds[editor.example].value, editor.example, editor.view, editor.preview, editor.compare, len(editor.ds)])
editor"""


class HostScreen:
    "An editor in a notebook, asked through its kernel."

    def __init__(self, notebook, all_ways):
        self.notebook, self.page, self.view, self.all_ways = notebook, notebook.page, notebook.page.locator(".ft.w").first, all_ways

    def message(self, number): return self.view.locator(f'[data-message="{number}"]')

    def press(self, *keys):
        for key in keys: self.page.keyboard.press(key)

    def told(self) -> list: return json.loads(literal_eval(self.notebook.ask("told()")))

    @property
    def value(self) -> dict: return self.told()[0]

    @property
    def messages(self) -> list: return self.value["messages"]

    @property
    def texts(self) -> list: return [message.get("content") for message in self.messages]

    @property
    def count(self) -> int: return self.told()[5]

    def shown(self, name): return dict(zip(("example", "view", "preview", "compare"), self.told()[1:]))[name]

    def again(self, example):
        "The example as the file has it, and the page too."
        until(self.page, self.closed)
        assert self.notebook.ask(f"again({example})") == "None"
        drawn(self.page)
        expect(self.view.locator(".exh .b").first).to_have_text(f"#{example + 1}")
        expect(self.view.locator(".edited, .menu, .callform, [aria-pressed=true]")).to_have_count(0)
        expect(self.view.get_by_role("button", name="diff")).to_have_count(0)
        expect(self.view.locator("[data-message]")).to_have_count(len(EXAMPLES[example].get("messages", [0])))

    def closed(self) -> bool:
        "Is no field open? What a gesture has opened is left."
        drawn(self.page)
        open_fields = self.page.locator("[data-message] textarea, .callform").count()
        if open_fields: self.press("Escape")
        return not open_fields

    def wait(self, test): until(self.page, test, self.told)


@pytest.fixture(scope="module", params=["lab/tree", "notebooks"])
def screen(request, chromium, lab):
    with watched_page(chromium) as page:
        page.set_viewport_size({"width": 1500, "height": 1400}) # wide enough for the buttons of a message
        name = f"actions_{request.param[:3]}"
        notebook = Notebook(page, *lab).open(f"{name}.ipynb", [CELL.format(name=f"{name}.jsonl", text="".join(json.dumps(each) + "\n" for each in EXAMPLES))], place=request.param)
        yield HostScreen(notebook, all_ways=request.param == "lab/tree")


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_by_mouse_and_by_key(screen, name):
    example, gestures, done = ACTIONS[name]
    for gesture in gestures if screen.all_ways else gestures[:2]: # one by mouse and one by key; JupyterLab sees the menus, too
        screen.again(example)
        gesture(screen)
        screen.wait(lambda: done(screen))
    assert screen.page.locator(".ft.w .notice:visible").count() == 0
