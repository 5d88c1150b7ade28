"The workbench in JupyterLab, by mouse and by keyboard, with the kernel as the witness."
import json
import re

from patience import drawn
from playwright.sync_api import expect

SAMPLE = ("import ftbench as ft, shutil\n"
          "from ftbench.data.samples import sample_path\n"
          "shutil.copy(sample_path('routing'), 'mails.jsonl')\n"
          "wb = ft.Workbench('mails.jsonl')\nwb")

def widget(page): return page.locator(".ft.w").first


def opened(notebook, name):
    "The workbench on a copy of the sample, its fifth example chosen; and the lines of the file."
    notebook.open(f"{name}.ipynb", [SAMPLE.replace("mails.jsonl", f"{name}.jsonl")])
    view = widget(notebook.page)
    expect(view.locator(".workbench > .status")).to_contain_text(re.compile(r"\d+ examples"))
    view.locator(".canvas .xr").nth(4).click()
    expect(view.locator(".exh .b").first).to_have_text("#5")
    return view, (notebook.work / f"{name}.jsonl").read_text().splitlines()


def test_find_by_words_and_weigh(notebook, page):
    view, saved = opened(notebook, "weigh")
    word = json.loads(saved[4])["messages"][-2]["content"].split()[-1].strip(".!?,")
    page.keyboard.press("/")
    page.keyboard.type(f"{word} role:user ")
    notebook.wait("wb.browser.query", repr(f"{word} role:user"))
    assert notebook.ask("4 in wb.browser.find()") == "True"

    # by click, then by key; both are edits, and the count follows
    switch = view.get_by_role("switch").last
    expect(switch).to_have_attribute("aria-checked", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(view.locator(".facts-line")).to_contain_text("0 trained in 0 of 1 assistant message")
    expect(view.locator(".conv .msg.t1")).to_have_count(0)
    notebook.wait("[edit.weight for edit in wb.ds.edits]", "[0]")
    page.keyboard.press("w")
    expect(switch).to_have_attribute("aria-checked", "true")
    notebook.wait("[edit.weight for edit in wb.ds.edits]", "[0, 1]")


def test_edit_undo_and_save(notebook, page):
    view, saved = opened(notebook, "edit")
    area, answer = view.locator("textarea"), view.locator(".conv .msg.t1 .text").last
    answer.click()
    expect(area).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(" Thank you. jkwux")
    page.keyboard.press("Control+Enter")
    expect(area).to_have_count(0)
    expect(answer).to_contain_text("Thank you. jkwux")
    notebook.wait("wb.ds[4].value['messages'][-1]['content'].endswith(' Thank you. jkwux')", "True")
    page.keyboard.press("e")
    expect(area).to_be_focused()
    page.keyboard.type("never")
    page.keyboard.press("Escape") # a draft is discarded
    expect(area).to_have_count(0)
    for keys, edits in (("u", 0), ("U", 1)):
        page.keyboard.press(keys)
        notebook.wait("len(wb.ds.edits)", str(edits))

    # save: one line differs, the others keep every byte
    view.get_by_role("button", name=re.compile("^Save")).click()
    notebook.wait("len(wb.ds.edits)", "0")
    expect(view.get_by_role("button", name="Saved")).to_be_disabled()
    after = (notebook.work / "edit.jsonl").read_text().splitlines()
    assert [number for number, pair in enumerate(zip(saved, after)) if pair[0] != pair[1]] == [4]
    view.get_by_role("button", name="Undo").click() # beyond the save
    notebook.wait("len(wb.ds.edits)", "1")
    expect(answer).not_to_contain_text("Thank you")


HOSTILE = """import ftbench as ft, json
talk = lambda text: json.dumps({"messages": [{"role": "user", "content": text, "name": text}, {"role": "assistant", "content": text}]})
tripwire = "window.tripped=1"
payloads = [f"<img src=x onerror={tripwire}>", f"<script>{tripwire}</script>", f"<svg onload={tripwire}>", f"javascript:{tripwire}",
            f"</textarea><script>{tripwire}</script>", "\\u202eevil\\u200b", '"><iframe src=//example.com>']
open("hostile.jsonl", "w").write("\\n".join(map(talk, payloads)))
wb = ft.Workbench("hostile.jsonl")
wb"""


def test_hostile_text_two_views_and_the_notebooks_own_keys(notebook, page):
    notebook.open("hostile.ipynb", [HOSTILE, "wb"])
    first, second = page.locator(".ft.w").nth(0), page.locator(".ft.w").nth(1)
    rows = first.locator(".canvas .xr")
    expect(rows).to_have_count(7)
    for number in range(7):
        rows.nth(number).click()
        expect(first.locator(".exh .b").first).to_have_text(f"#{number + 1}")
        page.keyboard.press("l")
        expect(first.locator(".lens-pane")).to_be_visible()
        page.keyboard.press("l")
        expect(first.locator(".conv")).to_be_visible()
        page.keyboard.press("e")
        expect(first.locator("textarea")).to_be_focused()
        page.keyboard.press("Escape")
        expect(first.locator("textarea")).to_have_count(0)
    assert page.evaluate("window.tripped") is None and page.locator(".ft.w img, .ft.w script, .ft.w iframe").count() == 0
    rows.nth(5).click()
    expect(first.locator(".inv").first).to_have_text("RLO")

    # the second view shows the same, and follows
    expect(second.locator(".exh .b").first).to_have_text("#6")
    first.get_by_role("switch").click()
    expect(second.get_by_role("switch")).to_have_attribute("aria-checked", "false")

    # keys that would cut or delete the cell stay inside
    cells = page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length")
    rows.nth(1).click()
    for key in ("b", "x", "d", "d", "b", "a"):
        page.keyboard.press(key)
        drawn(page) # what the notebook should not do, it would have done
        page.wait_for_function("() => document.activeElement.closest('.ft.w') !== null")
    assert page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length") == cells
    assert notebook.ask("len(wb.ds)") == "7"

    # an option nobody knows is named, with the one that was meant
    error = notebook.ask("ft.Workbench('hostile.jsonl', modle='nano')")
    assert "Workbench has no option 'modle'" in error and "Did you mean model?" in error


def test_a_hundred_examples_with_two_keys_each_at_most_in_notebook_7(notebook, page):
    notebook.open("seven.ipynb", [SAMPLE.replace("mails.jsonl", "seven.jsonl").replace("routing", "tools")], place="notebooks")
    view = widget(page)
    view.locator(".canvas .xr").first.click()
    for number in range(100):
        for key in ("a", "x", "wj")[number % 3]: page.keyboard.press(key)
    notebook.wait("[sum(review.decision == wanted for _, review in wb.ds.review) for wanted in ('keep', 'drop')]", "[34, 33]", 300)
    notebook.wait("[edit.weight for edit in wb.ds.edits] == [0] * 33", "True", 300)
    expect(view.locator(".exh .b").first).to_have_text("#100")
    page.keyboard.press("u")
    notebook.wait("len(wb.ds.review)", "66")
    assert notebook.ask("[wb.do_undo() for _ in range(99)] and [len(wb.ds.review), len(wb.ds.edits)]") == "[0, 0]"
