"""Safe repairs of many examples in the workbench: of picked rows by keys, of a rule by mouse, looked at first, one step back.

FTBENCH_SHOTS=FOLDER keeps pictures."""
import json
import re

import pytest
from playwright.sync_api import expect

from live import Screen

from ftbench.widgets.workbench import Workbench

TOOL = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "properties": {"order": {"type": "string"}, "days": {"type": "integer"}}}}}


def talk(number: int) -> dict:
    "An example with a number as text in its call; every third also weighs the user's message."
    call = {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": json.dumps({"order": f"48-{number}", "days": str(number)})}}
    return {"messages": [{"role": "user", "content": f"Where is order 48-{number}? <b>", **({"weight": 1} if number % 3 == 0 else {})}, {"role": "assistant", "tool_calls": [call]},
                         {"role": "tool", "tool_call_id": "call_1", "content": "sent"}, {"role": "assistant", "content": "On its way."}], "tools": [TOOL]}


@pytest.fixture
def screen(page, tmp_path):
    path = tmp_path / "orders.jsonl"
    path.write_text("".join(json.dumps(talk(number)) + "\n" for number in range(12)))
    screen = Screen(page, tmp_path).open(Workbench(path), width=1200)
    screen.page.locator(".canvas .xr").first.click()
    screen.settle()
    return screen


def left(screen, code: str) -> int: return len(screen.ds.select(f"finding:{code}"))


def test_picked_rows_by_keys(screen, page):
    tray = page.locator(".tray")
    screen.press("Shift+ArrowDown", "Shift+ArrowDown", "F")
    expect(tray.locator(".rules li")).to_have_count(2)
    expect(tray).to_contain_text(re.compile(r"Repair 3 examples.*nothing changed yet"))
    expect(tray.locator(".rules li").first).to_contain_text(re.compile(r'arguments_schema.*"0".*0.*3$'))
    screen.shots("bulk-repair", (1200, 420))
    page.set_viewport_size({"width": 1200, "height": 900})
    assert len(screen.ds.edits) == 0 and screen.pane.browser.code == "ds.select('#1 or #2 or #3').repair()"
    expect(tray.get_by_role("button", name="Apply, one undo")).to_be_focused()
    page.keyboard.press("Enter")
    screen.wait(lambda: left(screen, "arguments_schema") == 9)
    assert left(screen, "weight_role") == 3 and screen.messages[1]["tool_calls"][0]["function"]["arguments"] == '{"order": "48-2", "days": 2}'
    screen.press("u") # the focus has stayed inside
    screen.wait(lambda: left(screen, "arguments_schema") == 12 and not screen.ds.can_undo)
    screen.press("Escape", "j", "j", "F") # nothing is picked: the open example alone
    expect(tray).to_contain_text("Repair 1 example")
    assert screen.pane.browser.code == "ds.select('#5').repair()"
    screen.press("Escape")
    expect(tray).to_be_hidden()
    assert screen.quiet()


def test_a_rule_by_mouse_and_only_one_of_several(screen, page):
    tray = page.locator(".tray")
    page.get_by_role("tab", name=re.compile("Checks")).click()
    page.locator(".rule", has_text="arguments_schema").get_by_role("button", name="Repair 12…").click()
    expect(page.locator(".chip")).to_have_text(re.compile("finding:.*arguments_schema"))
    expect(tray).to_contain_text("Repair 12 examples")
    assert screen.pane.browser.code == "ds.select('finding:arguments_schema').repair('arguments_schema')"
    tray.get_by_role("button", name="Apply, one undo").click()
    screen.wait(lambda: left(screen, "arguments_schema") == 0 and left(screen, "weight_role") == 4)
    page.get_by_role("button", name="Undo").click()
    screen.wait(lambda: left(screen, "arguments_schema") == 12)
    screen.pane.browser.do_search("")
    screen.bring()
    page.locator(".canvas .xr").first.click()
    screen.press("Control+a")
    tray.get_by_role("button", name="Repair").click()
    tray.get_by_role("button", name="Only the repairs of weight_role").click()
    expect(tray.locator(".rules li")).to_have_count(1)
    tray.get_by_role("button", name="Apply, one undo").click()
    screen.wait(lambda: left(screen, "weight_role") == 0)
    assert left(screen, "arguments_schema") == 12 and screen.quiet()


def test_nothing_to_repair_is_said(screen, page):
    screen.ds.repair().apply(lambda share: None)
    screen.bring()
    page.locator(".canvas .xr").nth(2).click()
    screen.press("F")
    expect(page.locator(".tray")).to_contain_text("nothing to change")
    expect(page.get_by_role("button", name="Apply, one undo")).to_be_disabled()
    screen.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("safe repairs")
