"""The table in JupyterLab: search with completion, decisions, tags, sorting, picking and bulk changes, by keys and by mouse, the kernel as the witness.

FTBENCH_SHOTS=FOLDER keeps pictures."""
import os
import re
from pathlib import Path

from playwright.sync_api import expect

SAMPLE = ("import ftbench as ft, shutil\n"
          "from ftbench.data.samples import sample_path\n"
          "shutil.copy(sample_path('tools'), 'table.jsonl')\n"
          "wb = ft.Workbench('table.jsonl')\nds, browser = wb.ds, wb.browser\nwb")

expect.set_options(timeout=20_000) # a loaded machine


def shot(page, name):
    "Keep a picture of the widget."
    if not (folder := os.environ.get("FTBENCH_SHOTS")): return
    Path(folder).mkdir(parents=True, exist_ok=True)
    page.mouse.move(0, 0)
    page.locator(".ft.w").first.screenshot(path=Path(folder, f"{name}.png"))


def test_the_search_box(notebook, page):
    notebook.open("table_search.ipynb", [SAMPLE])
    view = page.locator(".ft.w").first
    field, options = view.locator(".finder input"), view.locator(".completions li")
    page.set_viewport_size({"width": 1600, "height": 1400})
    count = int(notebook.ask("len(ds)"))
    view.locator(".canvas .xr").first.click()

    # completion by keyboard: names, then values with what they would leave
    page.keyboard.press("/")
    page.keyboard.type("ro")
    expect(options.first).to_contain_text("role:system")
    shot(page, "completion")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Tab")
    expect(view.locator(".chip")).to_have_text(re.compile("role:.*user"))
    notebook.wait("browser.query", "'role:user'")
    page.keyboard.type("tokens:")
    options.first.click()
    notebook.wait("browser.query", "'role:user tokens:>1000'")
    page.keyboard.press("Backspace")
    notebook.wait("browser.query", "'role:user'")

    # a mistake is said with its place, and the table stays
    page.keyboard.type("tokn:>5 ")
    expect(view.locator(".fault .wrong")).to_have_text("tokn:>5")
    expect(view.locator(".fault")).to_contain_text("Did you mean tokens:?")
    expect(view.locator(".canvas .xr").first).to_be_visible()
    shot(page, "mistake")
    page.keyboard.press("Control+a")
    page.keyboard.type("or role:tool")
    page.keyboard.press("Enter")
    expect(view.locator(".fault")).to_be_hidden()
    expect(view.locator(".chip")).to_have_count(0)
    expect(field).to_have_value("role:user or role:tool ")
    assert notebook.ask("len(browser.view) == len(ds.select(browser.query))") == "True"

    # a filter by a click on the head and by a drag over a histogram
    notebook.ask("browser.do_search('')")
    view.get_by_role("button", name="Sort by Tokens").click()
    notebook.wait("browser.query", "'sort:-tokens'")
    expect(view.locator(".canvas .xr .c-k").first).to_have_text(f"{int(notebook.ask('ds.columns.tokens.max().item()')):,}")
    view.get_by_role("button", name="Tokens, largest first").click()
    view.get_by_role("button", name="Tokens, smallest first").click()
    notebook.wait("browser.query", "''")
    frame = view.locator(".brush").first.bounding_box()
    page.mouse.move(frame["x"] + 2, frame["y"] + 10)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] / 2, frame["y"] + 10, steps=4)
    page.mouse.up()
    notebook.wait("browser.query.startswith('tokens:') and 0 < len(browser.view) < len(ds)", "True")
    shot(page, "brushed")
    view.get_by_role("button", name="Take the filter on tokens away").click()
    notebook.wait("len(browser.find())", str(count))


def test_decide_tag_and_change_many(notebook, page):
    notebook.open("table_many.ipynb", [SAMPLE.replace("table.jsonl", "many.jsonl")])
    view = page.locator(".ft.w").first
    rows = view.locator(".canvas .xr")
    decisions = "[ds.review[n].decision for n in range(4)]"

    # one key a row: it is decided, and the next one is there
    rows.first.click()
    for key in "axt": page.keyboard.press(key)
    notebook.wait(decisions, "['keep', 'drop', 'todo', None]")
    notebook.wait("browser.selection", "3")
    expect(rows.nth(1).locator(".c-d svg")).to_have_attribute("aria-label", "drop")
    page.keyboard.press("u")
    notebook.wait(decisions, "['keep', 'drop', None, None]")
    notebook.wait("browser.selection", "2") # so that one sees what happened
    page.keyboard.press("U")
    notebook.wait(decisions, "['keep', 'drop', 'todo', None]")

    # by mouse, and back; a tag by key and off again
    view.get_by_role("group", name="Decision").get_by_role("button", name="Keep").first.click()
    notebook.wait("ds.review[2].decision", "'keep'")
    view.get_by_role("group", name="Decision").get_by_role("button", name="Keep").first.click()
    notebook.wait("ds.review[2].decision", "None")
    rows.nth(2).click()
    page.keyboard.press("#")
    page.keyboard.type("late <b>")
    page.keyboard.press("Enter")
    notebook.wait("ds.review[2].tags", "('late <b>',)")
    expect(rows.nth(2).locator(".tag")).to_have_text("late <b>")
    view.get_by_role("button", name="Take off the tag late <b>").click()
    notebook.wait("ds.review[2].tags", "()")

    # several: Ctrl and Shift with the mouse, Shift and arrows, all found
    rows.nth(1).click(modifiers=["Control"])
    rows.nth(4).click(modifiers=["Shift"])
    notebook.wait("browser.picked.numbers.tolist()", "[1, 2, 3, 4]")
    expect(view.locator(".tray")).to_contain_text("4 picked")
    page.keyboard.press("Shift+ArrowDown")
    notebook.wait("browser.picked.numbers.tolist()", "[1, 2, 3, 4, 5]")
    page.keyboard.press("x")
    notebook.wait("[ds.review[n].decision for n in (1, 5)]", "['drop', 'drop']")
    shot(page, "picked")
    page.keyboard.press("#")
    page.keyboard.type("check")
    page.keyboard.press("Enter")
    notebook.wait("len(ds.select('tag:check'))", "5")

    # a change of many: looked at, applied as one step, taken back in one
    view.locator(".tray").get_by_role("button", name="Weights").click()
    view.locator(".tray select").select_option("none")
    view.locator(".tray").get_by_role("button", name="Preview").click()
    expect(view.locator(".tray")).to_contain_text("nothing changed yet")
    assert notebook.ask("len(ds.edits)") == "0"
    assert "set_weights('none')" in notebook.ask("browser.code")
    shot(page, "preview")
    view.locator(".tray").get_by_role("button", name="Apply, one undo").click()
    notebook.wait("len(ds.edits) > 0 and ds.select('weight:0').numbers.tolist()", "[1, 2, 3, 4, 5]")
    rows.nth(1).click()
    page.keyboard.press("u")
    notebook.wait("len(ds.edits)", "0")
    page.keyboard.press("u")
    notebook.wait("len(ds.select('tag:check'))", "0")
    page.keyboard.press("Escape")
    notebook.wait("browser.state()['picked']", "0")
    page.keyboard.press("Control+a")
    notebook.wait("len(browser.picked) == len(ds)", "True")

    # the line of Python for what one sees
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.keyboard.press("Escape")
    notebook.ask("browser.do_search('role:tool sort:-tokens')")
    expect(view.locator(".chip")).to_have_count(2)
    view.get_by_role("button", name=re.compile("Copy as code")).click()
    expect(view.locator(".copy [role=status]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "ds.select('role:tool sort:-tokens')"

    # light and dark, wide and narrow
    notebook.ask("browser.do_search('')")
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        notebook.theme(theme)
        for width in (1600, 1280, 760): # the widget is 372 px narrower than the window
            page.set_viewport_size({"width": width, "height": 1400})
            page.wait_for_timeout(400)
            overflow = view.locator(".browser").evaluate("(pane) => pane.scrollWidth - pane.clientWidth")
            assert overflow <= 0
            shot(page, f"table-{width}-{theme.split()[-1].lower()}")
