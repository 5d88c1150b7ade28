"""Every widget in every situation, light and dark: no violation that axe-core knows of, AA contrast among them.

FTBENCH_SHOTS=FOLDER keeps a picture of each situation."""
import json
import os
import re
from pathlib import Path
from types import SimpleNamespace

import axe_playwright_python
import pytest
from playwright.sync_api import expect

from bare_page import place, theme
from patience import drawn, until
from test_monitor import made
from test_results import compared

from ftbench.data.dataset import open_dataset
from ftbench.data.samples import sample_path
from ftbench.widgets.lens import Lens
from ftbench.widgets.monitor import Monitor
from ftbench.widgets.page import to_html
from ftbench.widgets.reading import reader
from ftbench.widgets.results import Results
from ftbench.widgets.start import Start
from ftbench.widgets.workbench import Workbench

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
# rules about the whole page, which is the host's
OFF = ["region", "page-has-heading-one", "landmark-one-main", "landmark-no-duplicate-main", "landmark-main-is-top-level", "bypass", "heading-order"]
HURT = [{"messages": [{"role": "user", "content": "Where is it? \u200b\u202e"}, {"role": "assistant", "content": "Sent.", "weight": 0}]},
        {"messages": [{"role": "user", "content": "a"}, {"role": "robot", "content": "b"}, {"role": "assistant", "content": "c", "weight": 2}]},
        {"messages": [{"role": "user", "content": "Broken."}, {"role": "assistant", "content": None, "tool_calls": [
            {"id": "c", "type": "function", "function": {"name": "look", "arguments": '{"order": "yes", "more": [1, 2]}'}}]},
            {"role": "tool", "tool_call_id": "c", "content": "line\n" * 30}, {"role": "assistant", "content": "Done."}],
         "tools": [{"type": "function", "function": {"name": "look", "parameters": {"type": "object", "required": ["order", "day"], "properties": {
             "order": {"type": "boolean"}, "day": {"type": "string", "enum": ["mon", "tue"]}}}}}]}]


@pytest.fixture
def ds(tmp_path):
    lines = sample_path("routing", "train").read_text(encoding="utf-8").splitlines()[:6]
    (tmp_path / "mails.jsonl").write_text("".join(f"{line}\n" for line in [*map(json.dumps, HURT), *lines]) + '{"messages": [\n', encoding="utf-8")
    ds = open_dataset(tmp_path / "mails.jsonl")
    ds.columns.wait()
    ds.review.decide([1], "drop")
    ds.review.tag([1, 2], "odd")
    return ds


def losses(ds):
    rendered = reader("nano").read(ds[2].value)
    before, after = ([None, *(at % 9 * share for at in range(1, len(rendered.ids)))] for share in (.8, .5))
    after[-3:] = [5., 5., 5.]
    return SimpleNamespace(id="ftjob-1", model="nano", token_losses=lambda: [{"file": "train", "line": 3, "tokens": rendered.ids, "weights": rendered.weights,
                                                                              "before": before, "after": after, "loss_before": 2., "loss_after": 1.}])


def faults(page, scheme):
    "What axe finds: the rule, and where. In the dark only colours are other ones."
    if not page.evaluate("Boolean(window.axe)"): page.evaluate(AXE)
    rules = {"runOnly": ["color-contrast"]} if scheme == "dark" else {"rules": {name: {"enabled": False} for name in OFF}}
    return page.evaluate("""async (rules) => (await axe.run('.ft', { resultTypes: ['violations'], ...rules }))
        .violations.map((one) => `${one.id}: ` + one.nodes.slice(0, 4).map((node) => node.html.slice(0, 160) + ' ' + (node.any[0]?.message ?? '')).join(' | '))""", rules)


def check(page, name):
    for scheme in ("light", "dark"):
        theme(page, scheme)
        if folder := os.environ.get("FTBENCH_SHOTS"): page.screenshot(path=Path(folder) / f"access-{name}-{scheme}.png", full_page=True)
        assert not (found := faults(page, scheme)), f"{name}, {scheme}:\n" + "\n".join(found)


def test_card_to_choose_a_file(page, tmp_path):
    (tmp_path / "mails.jsonl").write_text("{}\n", encoding="utf-8")
    card = Start(tmp_path)
    card.do_look(".")
    place(page, card)
    page.get_by_role("button", name="Paste", exact=True).click()
    check(page, "start")


def test_table_and_conversation(page, ds):
    wb = Workbench(ds, cases=compared().cases)
    place(page, wb)
    check(page, "table")
    page.locator(".canvas .xr").nth(2).click()
    expect(page.locator(".exh .b").first).to_have_text("#3")
    check(page, "conversation")
    page.locator("input").first.focus()
    page.keyboard.type("fin")
    expect(page.locator(".completions li").first).to_be_visible()
    check(page, "completion")
    page.keyboard.type("ding:nonsense ")
    page.keyboard.press("Enter")
    expect(page.locator(".fault .wrong")).to_be_visible()
    check(page, "wrong-query")
    wb.browser.do_search("nothing at all is here")
    page.evaluate("bringUpToDate()")
    expect(page.locator(".canvas .xr")).to_have_count(0)
    check(page, "nothing-found")


def test_picked_rows_and_the_sheet_of_keys(page, ds):
    place(page, Workbench(ds))
    page.locator(".canvas .xr").nth(1).click(modifiers=["Control"])
    page.locator(".canvas .xr").nth(2).click(modifiers=["Control"])
    expect(page.locator(".tray")).to_contain_text("2 picked")
    check(page, "picked")
    page.locator(".rows").focus()
    page.keyboard.press("?")
    check(page, "keys")


def test_checks_form_and_error(page, ds):
    wb = Workbench(ds, valid=ds.path)
    place(page, wb)
    wb.do_tab("checks")
    page.evaluate("bringUpToDate()")
    until(page, lambda: wb.checks.report is not None)
    page.evaluate("bringUpToDate()")
    drawn(page)
    check(page, "checks")
    wb.do_tab("jobs")
    wb.launcher.do_form(True)
    page.evaluate("bringUpToDate()")
    check(page, "launch-form")
    page.evaluate("model.send({ do: 'tab', id: 'none', tab: 'nowhere' })")
    wb.do_tab("evals")
    page.evaluate("bringUpToDate()")
    check(page, "evals-empty")


def test_a_file_that_another_program_rewrote(page, ds):
    from ftbench.data.edit.edits import SetContent
    wb = Workbench(ds)
    ds.apply(SetContent(3, 1, "Where is it?"))
    place(page, wb)
    ds.path.with_name("new").write_bytes(ds.path.read_bytes().replace(b'"user"', b'"tool"'))
    ds.path.with_name("new").replace(ds.path)
    wb.do_rewritten(True)
    page.evaluate("bringUpToDate()")
    expect(page.get_by_role("region", name="What changed")).to_be_visible()
    check(page, "rewritten")
    page.locator(".msg").last.focus()
    page.keyboard.press("e")
    page.keyboard.type("New words.")
    expect(page.locator(".marks ins")).to_have_count(1)
    check(page, "typing")


@pytest.mark.parametrize("view", ["Weight", "Loss after", "Side by side"])
def test_lens(page, ds, view):
    place(page, Lens(ds, 2, loss=losses(ds)))
    page.get_by_role("radio", name=view).click()
    check(page, f"lens-{view.lower().replace(' ', '-')}")


def test_the_lens_of_a_long_example(page, tmp_path):
    turns = [{"role": role, "content": f"turn {number} " + "says a few words of its own " * 6} for number in range(200) for role in ("user", "assistant")]
    (tmp_path / "long.jsonl").write_text(json.dumps({"messages": turns}) + "\n")
    lens = Lens(open_dataset(tmp_path / "long.jsonl"), 0)
    lens.do_tokens(message=200)
    place(page, lens)
    page.get_by_role("button", name="earlier messages").wait_for()
    assert page.get_by_role("button", name="later tokens").count()
    check(page, "lens-paged")


@pytest.mark.parametrize("status, steps", [("queued", 0), ("running", 130), ("succeeded", 180), ("failed", 40)])
def test_monitor(page, status, steps):
    job = made(steps, status=status)
    if status == "failed": job.error = "The training file has no examples."
    place(page, Monitor(job))
    check(page, f"monitor-{status}")


def test_results(page):
    place(page, Results(compared(right=(0, .8, .9))))
    check(page, "results")
    page.get_by_role("button", name=re.compile("^all")).click()
    page.locator(".rows tbody tr").nth(2).click()
    check(page, "results-cases")


def test_saved_page(page, ds, tmp_path):
    to_html(ds, tmp_path / "mails.html")
    page.goto((tmp_path / "mails.html").as_uri())
    page.locator(".saved .canvas .xr").first.wait_for()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        drawn(page)
        assert not (found := faults(page, scheme)), "\n".join(found)
