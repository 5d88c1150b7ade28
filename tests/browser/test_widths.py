"""What stands in a narrow pane stands there whole: facts, ranges, key hints, rules, cases; and on a wide page a score stays near its arm.

FTBENCH_SHOTS=FOLDER keeps pictures."""

import pytest
from playwright.sync_api import expect

from live import Screen
from test_results import compared

from ftbench.data.dataset import open_dataset
from ftbench.data.samples import sample_path
from ftbench.widgets.results import Results
from ftbench.widgets.start import Start
from ftbench.widgets.workbench import Workbench

# elements that show letters beyond the box of the first argument
BEYOND = """(frames) => [...document.querySelectorAll(frames)].filter((frame) => frame.offsetWidth).flatMap((frame) => { const box = frame.getBoundingClientRect();
  return [...frame.querySelectorAll("*")].filter((one) => one.textContent.trim() && one.offsetWidth).filter((one) => { const at = one.getBoundingClientRect();
    const hidden = at.top >= box.bottom || at.bottom <= box.top; return !hidden && (at.right > box.right + 1 || at.left < box.left - 1 || one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline"); })
    .map((one) => `${frame.className}: ${one.textContent.slice(0, 40)}`); })"""


@pytest.fixture
def ds(tmp_path):
    broken = '{"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi", "weight": 0}]}\n'
    (tmp_path / "mails.jsonl").write_text(sample_path("tools", "train").read_text(encoding="utf-8") + broken, encoding="utf-8")
    ds = open_dataset(tmp_path / "mails.jsonl")
    ds.columns.wait()
    return ds


@pytest.mark.parametrize("width", [380, 920, 940, 1200])
def test_nothing_is_cut_in_the_workbench(page, tmp_path, ds, width):
    wb = Workbench(ds)
    screen = Screen(page, tmp_path).open(wb, width=width)
    page.locator(".canvas .xr").nth(1).click()
    screen.settle() # the weight is that of the example that is shown
    screen.press("w")
    screen.wait(lambda: len(ds.edits) == 1)
    expect(page.get_by_role("button", name="diff")).to_be_visible()
    assert page.evaluate(BEYOND, ".facts-line, .sums .sm > .row, .workbench > .status, .exh > .seg") == []
    screen.shots(f"widths-examples-{width}")
    wb.do_tab("checks")
    screen.bring() # the list is made when it is shown
    expect(page.get_by_role("button", name="Repair 2…").first).to_be_visible()
    assert page.evaluate(BEYOND, ".checklist .summary, .rule-head") == []
    screen.shots(f"widths-checks-{width}")


def test_tags_leave_room_for_the_words_and_for_another_tag(page, tmp_path, ds):
    for tag in ("failure", "c-ef95e3f8", "to be asked again"): ds.review.tag([1], tag)
    Screen(page, tmp_path).open(Workbench(ds), width=1200)
    row = page.locator(".canvas .xr").nth(1)
    row.click()
    width = lambda one: one.bounding_box()["width"]
    assert width(row.locator(".c-w > .el").first) > width(row.locator(".c-w")) / 2
    expect(page.get_by_label("Take off the tag failure")).to_be_visible()
    assert page.evaluate(BEYOND, ".review .tags .btn, .exh > .seg") == []
    button, tags = page.get_by_role("button", name="Put a tag on").bounding_box(), page.locator(".review .tags").bounding_box()
    assert button["x"] + button["width"] <= tags["x"] + tags["width"]


def test_all_keys_is_said_last_and_opens_the_sheet(page, tmp_path, ds):
    Screen(page, tmp_path).open(Workbench(ds), width=920)
    expect(page.locator(".status .keys")).to_contain_text("search")
    page.locator(".status").get_by_role("button", name="all keys").click()
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


@pytest.mark.parametrize("width", [700, 840, 1000, 1600])
def test_cases_and_scores(page, tmp_path, width):
    screen = Screen(page, tmp_path).open(Results(compared(right=(0, .5, .8))), width=width)
    room = lambda selector: page.locator(selector).evaluate("(one) => one.getBoundingClientRect().width")
    assert room(".arms th.first") <= 230
    page.get_by_role("button", name="flips").click()
    expect(page.get_by_text("Why it failed")).to_have_count(0) # all of these are right now
    page.get_by_role("button", name="both fail").click()
    assert room(".rows th:nth-child(2)") >= 120
    screen.shots(f"widths-results-{width}")


def test_a_card_shown_anew_lists_the_files_and_says_what_is_not_there(page, tmp_path, ds):
    card = Start(tmp_path)
    card.do_look(".")
    Screen(page, tmp_path).open(card)
    expect(page.get_by_role("button", name="mails.jsonl")).to_be_visible()
    page.get_by_label("Path of a file or folder").fill("nails")
    expect(page.get_by_text("Nothing here is called “nails”")).to_be_visible()
