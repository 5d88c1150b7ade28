"The card to choose what to work on, by mouse and by keys, with Python behind it. FTBENCH_SHOTS=FOLDER keeps pictures."
import json

import pytest
from ftbench.widgets.start import Start
from playwright.sync_api import expect

from live import Screen

TALK = {"messages": [{"role": "user", "content": "Where is order 12?"}, {"role": "assistant", "content": "On its way. [DELIVERY]"}]}


@pytest.fixture
def screen(page, tmp_path):
    folder = tmp_path / "work"
    (folder / "old").mkdir(parents=True)
    for name in ("mails.jsonl", "mails_test.jsonl", "<img src=x onerror=trip>.jsonl"): (folder / name).write_text((json.dumps(TALK) + "\n") * 4)
    (folder / "old" / "first.jsonl").write_text(json.dumps(TALK) + "\n")
    screen = Screen(page, tmp_path).open(Start(folder), 900, 620)
    yield screen
    assert page.evaluate("() => window.tripped.length === 0")


def test_a_file_by_keys(screen):
    page = screen.page
    screen.shots("start", (380, 582, 1600))
    page.get_by_role("button", name="Choose…").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Path of a file or folder")).to_be_focused()
    screen.shots("start-files", (380, 582))
    page.keyboard.type("old")
    expect(page.locator(".choosing .choice")).to_have_count(2) # the folder above, and this one
    screen.press("ArrowDown", "ArrowDown", "Enter")
    expect(page.get_by_text("first.jsonl")).to_be_visible()
    screen.press("Escape")
    expect(page.get_by_role("button", name="Choose…")).to_be_focused()
    screen.press("Enter")
    page.keyboard.type("../mail.jsonl")
    screen.press("Enter")
    expect(page.locator(".notice")).to_contain_text("Did you mean mails.jsonl")
    screen.shots("start-error", (380, 900))
    page.get_by_label("Path of a file or folder").fill("../mails.jsonl")
    screen.press("Enter")
    expect(page.locator(".canvas .xr")).to_have_count(4)
    expect(page.locator(".notice")).to_be_hidden() # a file did open
    expect(page.locator(".rows")).to_be_focused()
    screen.press("x")
    screen.wait(lambda: screen.pane.ds.review[0].decision == "drop")
    screen.wait(lambda: screen.pane.workbench.browser.state()["position"] == 1)


def test_a_part_of_a_name_is_enough_where_only_one_has_it(screen):
    page = screen.page
    page.get_by_role("button", name="Choose…").click()
    page.keyboard.type("OLD")
    screen.press("Enter")
    expect(page.get_by_text("first.jsonl")).to_be_visible() # now in this folder, of which it is the only file
    page.keyboard.type("../mails")
    screen.press("Enter")
    expect(page.locator(".notice")).to_contain_text("There is no file")
    page.get_by_label("Path of a file or folder").fill("irs")
    screen.press("Enter")
    expect(page.locator(".workbench .bar .name")).to_have_text("first.jsonl")


def test_a_sample_and_pasted_messages_by_mouse(screen):
    page = screen.page
    page.get_by_role("button", name="Paste", exact=True).click()
    area = page.get_by_label("Messages to paste")
    area.fill("Where is it?")
    page.get_by_role("button", name="Make a file of it").click()
    expect(page.locator(".notice")).to_contain_text("without an answer")
    expect(area).to_have_value("Where is it?") # nothing typed is lost
    screen.shots("start-paste", (380, 900))
    area.fill("Where is it?\n\nHere.")
    page.get_by_role("button", name="Make a file of it").click()
    expect(page.locator(".canvas .xr")).to_have_count(1)
    assert screen.pane.ds.path.name == "pasted.jsonl"
    screen.open(Start(screen.pane.ds.path.parent), 900, 620)
    page.get_by_role("button", name="routing").click()
    expect(page.locator(".workbench .bar .name")).to_have_text("routing_train.jsonl")
