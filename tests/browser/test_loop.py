"""The whole loop in JupyterLab, by mouse and keyboard: a sample, an edit, a job, the loss, the comparison.

FTBENCH_SHOTS=FOLDER keeps a picture of every stage, light and dark."""
import os
import re
from pathlib import Path

from playwright.sync_api import expect

OPEN = """import shutil
import ftbench as ft
from ftbench.data.samples import sample_path
for split in ("train", "validation", "test_values"): shutil.copy(sample_path("routing", split), f"{split}.jsonl")
wb = ft.Workbench("train.jsonl", valid="validation.jsonl", cases=ft.open("test_values.jsonl"))
wb"""

LINE = ".monitor-place svg path.tr"
# from here on the page itself keeps every line it draws: a job may have ended before a test looks twice
WATCH_THE_LINE = """(line) => {
  window.lines = new Set();
  const look = () => document.querySelectorAll(`${line}[d]`).forEach((path) => window.lines.add(path.getAttribute("d")));
  new MutationObserver(look).observe(document.querySelector(".ft.w"), { subtree: true, childList: true, attributes: true });
}"""


def keep(notebook, stage: str) -> None:
    "Pictures for a person to look at, when asked for."
    if not (folder := os.environ.get("FTBENCH_SHOTS")): return
    Path(folder).mkdir(parents=True, exist_ok=True)
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        notebook.theme(theme)
        name = Path(folder) / f"loop-{stage}-{theme.split()[-1].lower()}.png"
        notebook.page.locator(".ft.w").first.screenshot(path=name)


def edit_weigh_and_save(notebook, view):
    "Find one, weigh it off and on again, edit it, take the edit back, save."
    page = notebook.page
    view.locator(".canvas .xr").nth(2).click()
    expect(view.get_by_text("#3", exact=True).first).to_be_visible()
    expect(view.locator(".conv .msg").last).to_contain_text("[")
    page.keyboard.press("w")
    expect(view.get_by_role("switch").last).to_have_attribute("aria-checked", "false")
    notebook.wait("wb.ds[2].value['messages'][-1]['weight']", "0")
    page.keyboard.press("e")
    expect(view.locator("textarea")).to_be_focused()
    page.keyboard.type("Hello! ")
    page.keyboard.press("Control+Enter")
    notebook.wait("len(wb.ds.edits)", "2")
    keep(notebook, "2-edited")
    for left in (1, 0):
        page.keyboard.press("u")
        notebook.wait("len(wb.ds.edits)", str(left))
    for edits in (1, 2):
        page.keyboard.press("w")
        notebook.wait("len(wb.ds.edits)", str(edits))
    view.get_by_role("button", name=re.compile("^Save")).click()
    notebook.wait("len(wb.ds.edits)", "0")


def launch(notebook, view):
    "The form says what auto means before anything is sent."
    page = notebook.page
    view.get_by_role("button", name="Fine-tune…").first.click()
    form = view.get_by_role("form", name="Fine-tune")
    expect(form).to_contain_text("accepted, no errors")
    expect(form.get_by_label("n_epochs")).to_have_attribute("placeholder", re.compile(r"auto: \d+"))
    form.get_by_label("n_epochs").fill("5")
    form.get_by_label("batch_size").fill("4")
    form.get_by_label("suffix").fill("loop")
    form.get_by_label("suffix").press("Tab")
    notebook.wait("wb.launcher.suffix", "'loop'")
    keep(notebook, "3-form")
    page.evaluate(WATCH_THE_LINE, LINE)
    form.get_by_role("button", name="Launch").click()


def watch_the_loss(notebook, view):
    "The line grows while the job runs."
    expect(view.locator(LINE).first).to_have_attribute("d", re.compile(r"\d"), timeout=300_000)
    keep(notebook, "4-running")
    expect(view.locator(".monitor-place .pill")).to_contain_text("succeeded", timeout=600_000)
    assert notebook.page.evaluate("window.lines.size") > 1
    keep(notebook, "5-succeeded")


def compare(notebook, view):
    "On the same cases; the difference comes with its interval."
    view.get_by_role("tab", name=re.compile("^Evals")).click()
    view.get_by_role("button", name="Compare base, few-shot, tuned").click()
    results = view.locator(".eval-place")
    expect(results).to_contain_text(re.compile(r"tuned .*points|cannot tell"), timeout=600_000)
    expect(results.locator("svg").first).to_be_visible()
    keep(notebook, "6-compared")
    assert notebook.ask("wb.result.verdict('tuned', 'base').low > 0") == "True"


def launch_in_another_cell(notebook, view):
    "A job that a cell launches on the same file stands in the open workbench, and is followed, without a click."
    expect(view.get_by_role("tab", name="Jobs 1")).to_be_visible()
    started = notebook.ask("ft.launch(wb.ds, suffix='cell', hyperparameters={'n_epochs': 1}).id")
    expect(view.get_by_role("tab", name="Jobs 2")).to_be_visible()
    view.get_by_role("tab", name="Jobs 2").click()
    expect(view.locator(".job-list .job")).to_have_count(2)
    expect(view.locator(".monitor-place .where")).to_contain_text(started.strip("'"))
    keep(notebook, "7-cell")


def test_from_examples_to_a_comparison(notebook, page):
    notebook.open("whole_loop.ipynb", [OPEN])
    view = page.locator(".ft.w").first
    expect(view.locator(".canvas .xr").first).to_be_visible()
    keep(notebook, "1-open")
    for step in (edit_weigh_and_save, launch, watch_the_loss, compare, launch_in_another_cell): step(notebook, view)
