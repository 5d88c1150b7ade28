"""The table in JupyterLab, in stories that share one notebook: search, filters, decisions, tags, picking, changes of many, saved views; by keys and by mouse.

The kernel is the witness. FTBENCH_SHOTS=FOLDER keeps pictures."""
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from patience import drawn, until

SAMPLE = """import ftbench as ft, shutil
from ftbench.data.samples import sample_path
shutil.copy(sample_path('tools'), 'table.jsonl')
wb = ft.Workbench('table.jsonl')
ds, browser = wb.ds, wb.browser
def begin():
    while wb.steps.can_undo: wb.do_undo()
    browser.query, browser.example = '', 0
    browser.do_pick_none()
wb"""


class Table:
    "The table on the page."

    def __init__(self, page, notebook):
        self.page, self.notebook, self.view = page, notebook, page.locator(".ft.w").first
        self.rows, self.tray = self.view.locator(".canvas .xr"), self.view.locator(".tray")
        self.ask, self.wait = notebook.ask, notebook.wait

    def press(self, *keys):
        for key in keys: self.page.keyboard.press(key)

    def type(self, text): self.page.keyboard.type(text)

    def search(self, text):
        "Put this into the search box in one go: typed slowly, half of it would be searched for."
        self.press("/")
        expect(self.view.locator(".finder input")).to_be_focused()
        self.press("Control+a")
        self.page.keyboard.insert_text(text)

    def button(self, name, place=None): return (place or self.view).get_by_role("button", name=name)

    def shot(self, name):
        "Keep a picture of the widget."
        if not (folder := os.environ.get("FTBENCH_SHOTS")): return
        Path(folder).mkdir(parents=True, exist_ok=True)
        self.page.mouse.move(0, 0)
        self.view.screenshot(path=Path(folder, f"{name}.png"))


@pytest.fixture(scope="module")
def shared(shared_notebook):
    page = shared_notebook.page
    page.set_viewport_size({"width": 1600, "height": 1400})
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return Table(page, shared_notebook.open("table.ipynb", [SAMPLE, "wb"]))


@pytest.fixture
def table(shared):
    "The table as it was in the beginning, with its first row chosen."
    shared.ask("begin()")
    shared.wait("[browser.query, browser.example, len(ds.edits), len(ds.review)]", "['', 0, 0, 0]")
    drawn(shared.page)
    expect(shared.view.locator(".chip")).to_have_count(0)
    expect(shared.rows.first.locator(".c-d svg")).to_have_count(0)
    shared.rows.first.click()
    expect(shared.view.locator(".exh .b").first).to_have_text("#1")
    return shared


def test_completion_by_keyboard(table):
    options = table.view.locator(".completions li")
    table.press("/")
    table.type("ro")
    expect(options.first).to_contain_text("role:system")
    table.shot("completion")
    table.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    table.press("Tab")
    expect(table.view.locator(".chip")).to_have_text(re.compile("role:.*user"))
    table.wait("browser.query", "'role:user'")
    table.type("tokens:")
    options.first.click()
    table.wait("browser.query", "'role:user tokens:>1000'")
    table.press("Backspace")
    table.wait("browser.query", "'role:user'")


def test_a_mistake_is_said_with_its_place_and_the_table_stays(table):
    table.search("tokn:>5 ")
    expect(table.view.locator(".fault .wrong")).to_have_text("tokn:>5")
    expect(table.view.locator(".fault")).to_contain_text("Did you mean tokens:?")
    expect(table.rows.first).to_be_visible()
    table.shot("mistake")
    table.press("Control+a")
    table.page.keyboard.insert_text("role:user or role:tool")
    table.press("Enter")
    expect(table.view.locator(".fault")).to_be_hidden()
    expect(table.view.locator(".chip")).to_have_count(0)
    expect(table.view.locator(".finder input")).to_have_value("role:user or role:tool")
    assert table.ask("len(browser.view) == len(ds.select(browser.query))") == "True"


def test_sort_by_the_heads_and_filter_by_a_brush(table):
    table.button("Sort by Tokens").click()
    table.wait("browser.query", "'sort:-tokens'")
    expect(table.rows.locator(".c-k").first).to_have_text(f"{int(table.ask('ds.columns.tokens.max().item()')):,}")
    table.button("Tokens, largest first").click()
    table.button("Tokens, smallest first").click()
    table.wait("browser.query", "''")
    expect(table.view.locator(".chip")).to_have_count(0)
    drawn(table.page)
    frame, mouse = table.view.locator(".brush").first.bounding_box(), table.page.mouse
    mouse.move(frame["x"] + 2, frame["y"] + 10)
    mouse.down()
    mouse.move(frame["x"] + frame["width"] / 2, frame["y"] + 10, steps=4)
    mouse.up()
    table.wait("browser.query.startswith('tokens:') and 0 < len(browser.view) < len(ds)", "True")
    table.shot("brushed")
    table.button("Take the filter on tokens away").click()
    table.wait("len(browser.find()) == len(ds)", "True")


def test_a_brush_by_keys(table):
    low, high = (table.view.get_by_role("slider", name=f"Tokens {end}") for end in ("from", "to"))
    low.focus()
    table.press("ArrowRight", "ArrowRight", "Tab", "PageDown", "Enter")
    table.wait("browser.query.startswith('tokens:') and 0 < len(browser.view) < len(ds)", "True")
    expect(high).to_be_focused() # though all was drawn anew
    expect(low).to_have_attribute("aria-valuetext", re.compile("[0-9]"))
    table.shot("brush-by-keys")
    table.press("Delete")
    table.wait("browser.query", "''")
    expect(high).to_be_focused()
    table.press("Home", "Escape") # thought better of
    table.page.wait_for_timeout(500)
    assert table.ask("browser.query") == "''"


def test_one_key_decides_and_goes_on(table):
    decisions = "[ds.review[n].decision for n in range(4)]"
    table.press(*"axt") # as fast as it goes: the next key waits until the row before is decided
    table.wait(decisions, "['keep', 'drop', 'todo', None]")
    table.wait("browser.example", "3")
    expect(table.rows.nth(1).locator(".c-d svg")).to_have_attribute("aria-label", "drop")
    expect(table.view.locator(".vh[role=status]").filter(has_text="Row 4 of")).to_have_count(1) # read out
    table.press("u")
    table.wait(decisions, "['keep', 'drop', None, None]")
    table.wait("browser.example", "2") # so that one sees what happened
    table.press("U")
    table.wait(decisions, "['keep', 'drop', 'todo', None]")


def test_thirty_examples_by_one_key_each(table): # a hundred with two at most: in Notebook 7, in test_workbench
    for number in range(30): table.press("axt"[number % 3])
    table.wait("[sum(1 for _, r in ds.review if r.decision == d) for d in ('keep', 'drop', 'todo')]", "[10, 10, 10]")
    table.ask("browser.do_select(0)")
    table.rows.first.click()
    for _ in range(5): table.press("w", "j")
    table.wait("len(ds.select('weight:0'))", "5")
    for _ in range(6): table.press("u")
    table.wait("[len(ds.edits), len(ds.review)]", "[0, 29]")
    assert table.ask("[wb.do_undo() for _ in range(29)] and len(ds.review)") == "0"


def test_keys_that_wait_are_not_lost(table):
    table.press(*"jjj#") # the field for the tag opens on the fourth example, and takes what is typed
    table.type("XY")
    table.press("Enter", "j")
    table.wait("[n for n, r in ds.review if 'XY' in r.tags]", "[3]")
    table.wait("browser.example", "4")


def test_decide_and_tag_by_mouse(table):
    keep = table.view.locator(".review").get_by_role("button", name="Keep")
    table.rows.nth(2).click()
    expect(table.view.locator(".exh").first).to_contain_text("#3") # Keep is for what is shown
    keep.click()
    table.wait("ds.review[2].decision", "'keep'")
    expect(keep).to_have_attribute("aria-pressed", "true")
    keep.click()
    table.wait("ds.review[2].decision", "None")
    table.press("#")
    table.type("late <b>")
    table.press("Enter")
    table.wait("ds.review[2].tags", "('late <b>',)")
    expect(table.rows.nth(2).locator(".tag")).to_have_text("late <b>")
    table.button("Take off the tag late <b>").click()
    table.wait("ds.review[2].tags", "()")


def test_pick_several_and_change_them_in_one_step(table):
    table.rows.nth(1).click(modifiers=["Control"])
    table.rows.nth(4).click(modifiers=["Shift"])
    table.wait("browser.selection.numbers.tolist()", "[1, 2, 3, 4]")
    expect(table.tray).to_contain_text("4 picked")
    table.press("Shift+ArrowDown")
    table.wait("browser.selection.numbers.tolist()", "[1, 2, 3, 4, 5]")
    table.press("x", "#")
    table.type("check")
    table.press("Enter")
    table.wait("[len(ds.select('decision:drop')), len(ds.select('tag:check'))]", "[5, 5]")
    table.shot("picked")
    table.button("Weights", table.tray).click()
    table.tray.locator("select").select_option("none")
    table.button("Preview", table.tray).click()
    expect(table.tray).to_contain_text("nothing changed yet")
    assert table.ask("len(ds.edits)") == "0" and "set_weights('none')" in table.ask("browser.code")
    table.shot("preview")
    table.button("Apply, one undo", table.tray).click()
    table.wait("len(ds.edits) > 0 and ds.select('weight:0').numbers.tolist()", "[1, 2, 3, 4, 5]")
    table.rows.nth(1).click()
    table.press("u")
    table.wait("len(ds.edits)", "0")
    table.press("Escape", "Control+a")
    table.wait("len(browser.selection) == len(ds)", "True")


def test_weights_by_a_query_from_the_keyboard(table):
    table.press("Control+a", "W")
    table.tray.locator("select").select_option("matching")
    table.type("tokens:>100000")
    table.press("Enter")
    expect(table.tray).to_contain_text(re.compile(r"messages.*nothing changed yet"))
    assert "matching_weights('tokens:>100000')" in table.ask("browser.code")
    table.button("Apply, one undo", table.tray).click()
    table.wait("len(ds.select('weight:0')) == len(ds)", "True")
    table.press("Escape", "u")
    table.wait("len(ds.edits)", "0")


def test_saved_views_by_key_and_by_mouse(table):
    table.ask("browser.do_search('tokens:>150')")
    expect(table.view.locator(".chip")).to_have_count(1)
    table.press("V")
    table.type("long <i>")
    table.press("Enter")
    table.wait("dict(browser.views)", "{'long <i>': 'tokens:>150'}")
    table.ask("browser.do_search('')")
    expect(table.view.locator(".chip")).to_have_count(0)
    table.rows.first.click()
    table.press("V")
    expect(table.view.get_by_role("menuitem")).to_be_focused()
    table.shot("views")
    table.press("Enter")
    table.wait("browser.query", "'tokens:>150'")
    table.button("Views").click()
    table.button("Forget the view long <i>").click()
    table.wait("len(browser.views)", "0")
    table.press("Escape")
    expect(table.button("Views")).to_be_focused()


# it is said for a moment only: on a busy machine that may be over before one looks
KEEP_WHAT_IS_SAID = """() => {
  window.said = new Set();
  const hear = () => document.querySelectorAll(".ft [role=status]").forEach((one) => window.said.add(one.textContent));
  new MutationObserver(hear).observe(document.body, { subtree: true, childList: true });
}"""


def test_the_line_of_python_for_what_one_sees(table):
    table.ask("browser.do_search('role:tool sort:-tokens')")
    expect(table.view.locator(".chip")).to_have_count(2)
    table.page.evaluate(KEEP_WHAT_IS_SAID)
    table.button(re.compile("Copy as code")).click()
    table.page.wait_for_function("() => window.said.has('Copied')")
    assert table.page.evaluate("navigator.clipboard.readText()") == "ds.select('role:tool sort:-tokens')"
    table.ask("browser.do_search('')")
    table.rows.first.click()
    table.press("v", "y")
    table.page.wait_for_function("async () => await navigator.clipboard.readText() === \"ds.select('#1')\"")


def test_every_key_of_the_sheet_is_named_and_the_focus_comes_back(table):
    table.press("?")
    sheet = table.page.get_by_role("dialog", name="Keys").first
    expect(sheet).to_be_focused()
    for words in ("saved views", "copy as code", "undo, redo", "keep, drop, todo"): expect(sheet).to_contain_text(words)
    table.press("Escape")
    expect(sheet).to_be_hidden()
    expect(table.view.locator(".rows")).to_be_focused()


def test_two_views_of_one_widget_stay_in_step(table):
    second = table.page.locator(".ft.w").nth(1)
    table.search("tokens:>150 ")
    expect(second.locator(".chip")).to_have_text(re.compile("tokens:.*>150"))
    table.press("Escape")
    table.rows.nth(1).click(modifiers=["Control"])
    expect(second.locator(".tray")).to_contain_text("1 picked")
    table.press("x")
    expect(second.locator(".canvas .xr.picked .c-d svg")).to_have_attribute("aria-label", "drop")
    ids = table.page.evaluate("() => [...document.querySelectorAll('.ft [id]')].map((each) => each.id)")
    assert len(ids) == len(set(ids))


def test_light_and_dark_wide_and_narrow(table):
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        table.notebook.theme(theme)
        for width in (1980, 1280, 752): # the widget is 372 px narrower than the window
            table.page.set_viewport_size({"width": width, "height": 1400})
            drawn(table.page)
            wide = lambda: [part for part in (".browser", ".exh", ".workbench > .bar") if table.view.locator(part).first.evaluate("(pane) => pane.scrollWidth > pane.clientWidth")]
            until(table.page, lambda: not wide(), lambda: (width, wide()))
            table.shot(f"table-{width}-{theme.split()[-1].lower()}")
    table.notebook.theme("JupyterLab Light")
    table.page.set_viewport_size({"width": 1600, "height": 1400})
