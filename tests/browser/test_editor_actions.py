"""Every action of the editor by mouse and by key, and every repair on the bad files of the shared data, in Chromium with the real editor behind it."""
import json
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ftbench.data.dataset import open_dataset
from ftbench.widgets.editor import Editor

sys.path.insert(0, str(Path(__file__).parent))
from live import Screen

BAD = Path(__file__).parents[2].parent / "shared" / "data" / "bad"
TALK = {"messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Where is it?"}, {"role": "assistant", "content": "On its way."},
                     {"role": "user", "content": "Good."}, {"role": "assistant", "content": "You are welcome."}]}


@pytest.fixture
def screen(page, tmp_path): return Screen(page, tmp_path)


def press(name): return lambda screen: screen.message(2).get_by_role("button", name=name, exact=True).click()


def choose(name, message=2):
    def act(screen):
        screen.message(message).get_by_role("button", name="All actions").click()
        screen.page.get_by_role("menuitem", name=name, exact=True).click()
    return act


def key(*names):
    def act(screen):
        screen.message(2).focus()
        screen.press(*names)
    return act


def down_then_merge(screen):
    key("Alt+ArrowDown")(screen)
    screen.wait(lambda: screen.texts[3] == "On its way.")
    choose("Merge with the next", 3)(screen)


roles = lambda screen: [message["role"] for message in screen.messages]
ACTIONS = {
    "weight": ([lambda screen: screen.message(2).get_by_role("switch").click(), key("w"), choose("Make it context only")], lambda screen: screen.messages[2].get("weight") == 0),
    "insert": ([press("Insert a message below"), key("n"), choose("New message below")], lambda screen: len(screen.messages) == 6 and screen.texts[3] == ""),
    "duplicate": ([press("Duplicate"), key("d"), choose("Duplicate")], lambda screen: screen.texts[2] == screen.texts[3]),
    "delete": ([press("Delete"), key("Delete"), choose("Delete")], lambda screen: screen.texts == ["Be kind.", "Where is it?", "Good.", "You are welcome."]),
    "up": ([press("Move up"), key("Alt+ArrowUp"), choose("Move up")], lambda screen: screen.texts[1] == "On its way."),
    "down": ([press("Move down"), key("Alt+ArrowDown"), choose("Move down")], lambda screen: screen.texts[3] == "On its way."),
    "merge": ([key("Alt+ArrowDown", "m"), down_then_merge], lambda screen: "On its way.\nYou are welcome." in screen.texts),
    "role": ([lambda screen: screen.message(2).get_by_role("combobox").select_option("user")], lambda screen: roles(screen)[2] == "user"),
    "lens": ([lambda screen: screen.page.get_by_role("radio", name="Lens").click(), key("l")], lambda screen: screen.editor.view == "lens"),
    "preview": ([lambda screen: screen.page.get_by_role("button", name="preview").click(), key("p")], lambda screen: screen.editor.preview),
    "next": ([lambda screen: screen.page.get_by_role("button", name="Next example").click()], lambda screen: screen.editor.example == 1),
    "copy": ([lambda screen: screen.page.get_by_role("button", name="Duplicate this example").click()], lambda screen: len(screen.ds) == 3),
    "drop": ([lambda screen: screen.page.get_by_role("button", name="Delete this example").click()], lambda screen: len(screen.ds) == 1),
}


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_by_mouse_and_by_key(screen, page, name):
    gestures, done = ACTIONS[name]
    screen.show(TALK, TALK, width=1000)
    for gesture in gestures:
        gesture(screen)
        screen.wait(lambda: done(screen))
        if page.locator("textarea").count(): screen.press("Escape")
        screen.ds.revert()
        screen.editor.view, screen.editor.preview, screen.editor.example = "messages", False, 0
        screen.bring()
        expect(page.locator("[data-message]")).to_have_count(5)


@pytest.mark.parametrize("gesture", [lambda screen: screen.message(2).locator(".text").click(), press("Edit"), key("e"), key("Enter"), choose("Edit")])
def test_a_text_is_edited_in_place(screen, page, gesture):
    screen.show(TALK, width=1000)
    gesture(screen)
    expect(page.get_by_label("Text of message 2")).to_be_focused()
    page.keyboard.type(" Soon.")
    expect(screen.message(2)).to_contain_text("+1 word")
    screen.press("Control+Enter")
    screen.wait(lambda: screen.texts[2] == "On its way. Soon.")
    expect(screen.message(2)).to_be_focused()
    screen.press("e")
    page.keyboard.type(" No.")
    screen.press("Escape")
    expect(screen.message(2)).to_contain_text("On its way. Soon.")
    assert len(screen.ds.edits) == 1 and screen.quiet()


def test_a_line_that_is_no_example_is_mended_by_hand(screen, page):
    screen.show('{"messages": [{"role": "user", "content": "Hi"}', TALK)
    expect(page.locator(".top")).to_contain_text("This line cannot be read")
    screen.shots("broken-line", (380, 900))
    page.locator(".conv").focus()
    screen.press("e")
    area = page.get_by_label("The line as it stands in the file")
    expect(area).to_be_focused()
    area.fill(json.dumps(TALK, indent=1)) # over several lines
    screen.press("Control+Enter")
    screen.wait(lambda: screen.ds[0].value == TALK)
    expect(screen.message(4)).to_be_visible()
    assert len(screen.ds) == 2 and screen.quiet()


@pytest.mark.skipif(not BAD.exists(), reason="the shared data is not beside the repository")
def test_every_repair_of_the_bad_files_is_one_click(screen, page):
    repaired, bound = set(), {"file": None}
    for path in sorted(BAD.glob("*.jsonl")):
        (copy := screen.folder / path.name).write_bytes(path.read_bytes())
        editor = Editor(open_dataset(copy))
        for number in range(min(len(editor.ds), 12)):
            editor.example = number
            if not any(finding.repair for finding in editor.findings): continue
            if bound["file"] != path.name: screen.open(editor)
            else: screen.bring()
            bound["file"] = path.name
            for _ in range(8):
                wanted = [finding for finding in editor.findings if finding.repair]
                if not wanted: break
                before = editor.ds[number].bytes if number < len(editor.ds) else b""
                buttons = page.locator(".find .btn.fix")
                expect(buttons).not_to_have_count(0)
                label = buttons.first.inner_text().strip()
                codes = {finding.code for finding in wanted if finding.repair.label == label}
                buttons.first.click()
                screen.wait(lambda: number >= len(editor.ds) or editor.ds[number].bytes != before)
                assert len([finding for finding in editor.findings if finding.code in codes]) < len([finding for finding in wanted if finding.code in codes]) or editor.example is None
                repaired |= codes
            assert not [finding for finding in editor.findings if finding.repair], path.name
    assert len(repaired) >= 6, repaired
    assert not page.evaluate("window.errors")
