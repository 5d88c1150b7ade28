"""Two views of one workbench, and its table, its editor and the lens each in a cell of its own: after a restart of the kernel, and after the page was
loaded anew, all of them show what they showed before, and stay in step."""
import re

import pytest
from playwright.sync_api import expect

CELLS = """import ftbench as ft, os, shutil
from ftbench.data.samples import sample_path
from ftbench.widgets.lens import Lens
os.path.exists('{name}.jsonl') or shutil.copy(sample_path('tools'), '{name}.jsonl')
wb = ft.Workbench('{name}.jsonl')
wb
---
wb
---
wb.browser
---
wb.editor
---
lens = Lens(wb.ds, wb.browser.example)
lens"""
KEPT = "str([wb.browser.query, wb.browser.example, wb.editor.view, wb.tab, [(n, r.decision) for n, r in wb.ds.review], [edit.weight for edit in wb.ds.edits]])" # a long list would be printed over several lines
FRESH = ".ft.w:not([data-before])"


class Views:
    "What stands in the five cells."

    def __init__(self, notebook):
        self.notebook, self.page = notebook, notebook.page
        first, second, table, editor, self.lens = (self.page.locator(FRESH).nth(number) for number in range(5))
        self.tables, self.editors = (first, second, table), (first, second, editor)

    def show(self, number: int, decided: list[tuple[int, str]]) -> None:
        "Every table has this row chosen and these decided; every editor and the lens show its answer as context only."
        self.notebook.ask(f"lens.do_show({number - 1})")
        for view in self.tables:
            expect(view.locator(".chip")).to_have_text(re.compile("tokens:.*>150"))
            expect(view.locator(".canvas .xr.sel .c-n")).to_have_text(str(number))
            for row, decision in decided: expect(view.locator(f".canvas .xr:has(.c-n:text-is('{row}')) .c-d svg")).to_have_attribute("aria-label", decision)
        for view in self.editors: expect(view.locator(".exh .b").first).to_have_text(f"#{number}")
        expect(self.lens.locator(".bar .b").first).to_have_text(f"#{number}")
        for view in (*self.editors, self.lens): expect(view.locator(".rail .sel")).to_have_text(re.compile("assistant.*context"))

    def until_fresh(self) -> None:
        expect(self.page.locator(FRESH)).to_have_count(5)

    def restart(self) -> None:
        "Restart the kernel, see that the old view says so, and run all cells again."
        self.page.evaluate("() => document.querySelectorAll('.ft.w').forEach((view) => { view.dataset.before = '1' })")
        self.page.evaluate("async () => { await window.jupyterapp.shell.currentWidget.sessionContext.restartKernel() }")
        self.page.locator("[data-before] .canvas .xr").nth(1).click() # somebody goes on in the old view
        expect(self.page.locator("[data-before] .notice").first).to_contain_text("The kernel that this view belongs to has ended. Run the cell again")
        self.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
        self.until_fresh()

    def reload(self) -> None:
        "Load the page anew while the kernel goes on."
        self.page.evaluate("async () => { await window.jupyterapp.commands.execute('docmanager:save') }")
        self.page.reload()
        try: self.until_fresh()
        except AssertionError: # Jupyter waits some seconds for the model of a widget and then leaves its view out: on a busy machine one loads the page again
            self.page.reload()
            self.until_fresh()


@pytest.mark.parametrize("place", ["lab/tree", "notebooks"])
def test_several_views_come_back_and_stay_in_step(notebook, page, place):
    name = f"views-{place.split('/')[0]}"
    views = Views(notebook.open(f"{name}.ipynb", CELLS.format(name=name).split("\n---\n"), place=place))
    views.until_fresh()
    notebook.ask("wb.browser.do_search('tokens:>150')")
    rows = views.tables[0].locator(".canvas .xr")
    rows.nth(3).click()
    page.keyboard.press("x") # goes on to the next
    page.keyboard.press("w")
    page.keyboard.press("l")
    notebook.wait(KEPT, repr("['tokens:>150', 6, 'lens', 'examples', [(5, 'drop')], [0]]"))
    views.show(7, [(6, "drop")])

    # what one was at was kept on disk
    notebook.wait("wb.browser.shelf.place()['view'], wb.browser.shelf.place()['example']", "('lens', 6)")
    views.restart()
    notebook.wait(KEPT, repr("['tokens:>150', 6, 'lens', 'examples', [(5, 'drop')], [0]]"), 300)
    views.show(7, [(6, "drop")])
    views.tables[1].locator(".canvas .xr.sel").click() # from here on by the second view
    page.keyboard.press("a")
    page.keyboard.press("w")
    notebook.wait(KEPT, repr("['tokens:>150', 7, 'lens', 'examples', [(5, 'drop'), (6, 'keep')], [0, 0]]"))
    views.show(8, [(6, "drop"), (7, "keep")])

    views.reload()
    views.show(8, [(6, "drop"), (7, "keep")])
    views.tables[2].locator(".canvas .xr.sel").click() # by the table alone
    page.keyboard.press("k")
    views.show(7, [(6, "drop"), (7, "keep")])
    page.keyboard.press("t")
    views.show(8, [(6, "drop"), (7, "todo")])
    views.editors[2].locator(".rail .sel").click() # by the editor alone: a click switches the weight
    for view in (*views.editors, views.lens): expect(view.locator(".rail .sel")).to_have_text(re.compile("assistant.*trained"))
    notebook.wait(KEPT, repr("['tokens:>150', 7, 'lens', 'examples', [(5, 'drop'), (6, 'todo')], [0, 0, 1]]"))
    notebook.ask("wb.do_undo()")
    views.show(8, [(6, "drop"), (7, "todo")])
