"""Editing in place, and every repair on the bad files of the shared data, in Chromium with the real editor behind it. Every other action: test_editor_hosts.py."""
import json

import pytest
from playwright.sync_api import expect
from shared_data import SHARED, needs_shared

from ftbench.data.dataset import open_dataset
from ftbench.widgets.editor import Editor

from editor_actions import TALK, choose, key, press


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


@needs_shared
def test_every_repair_of_the_bad_files_is_one_click(screen, page):
    repaired, bound = set(), {"file": None}
    for path in sorted(SHARED.glob("bad/*.jsonl")):
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
