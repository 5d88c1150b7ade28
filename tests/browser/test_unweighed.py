"""Files of preferences and of reinforcement in the workbench: a dash where no message is trained, and no weight by mouse or key.

FTBENCH_SHOTS=FOLDER keeps pictures."""
import json

import pytest
from playwright.sync_api import expect

from live import Screen

from ftbench.widgets.workbench import Workbench

TALK = [{"role": "user", "content": "Where is my order?"}, {"role": "assistant", "content": "Which one?"}, {"role": "user", "content": "The blue one."}]
ANSWER = lambda text: [{"role": "assistant", "content": text}]
FILES = {"dpo": {"input": {"messages": TALK}, "preferred_output": ANSWER("It is on its way."), "non_preferred_output": ANSWER("No idea.")},
         "rft": {"messages": TALK, "reference_answer": "on its way"}}


@pytest.mark.parametrize("kind", FILES)
def test_no_share_and_no_weight(page, tmp_path, kind):
    path = tmp_path / f"{kind}.jsonl"
    path.write_text((json.dumps(FILES[kind]) + "\n") * 12)
    screen = Screen(page, tmp_path).open(Workbench(path), width=1200)
    share = page.locator(".canvas .c-s").first
    expect(share).to_have_text("–")
    share.hover()
    expect(page.get_by_role("tooltip")).to_contain_text("No message is trained")
    expect(page.locator(".sums .sm")).to_have_count(3)
    screen.shots(f"unweighed-{kind}", (1600, 1200, 420))
    page.set_viewport_size({"width": 1200, "height": 900})
    page.locator(".canvas .xr").first.click()
    screen.press("w") # in the conversation, by key: it is said why nothing happens
    expect(page.get_by_role("alert").filter(has_text="weights belong to supervised fine-tuning")).to_be_visible()
    screen.press("l")
    assistant = page.locator(".rail li").nth(1)
    expect(assistant).to_have_attribute("data-tip", "Read by the model; no message of this example is trained")
    expect(page.locator(".lens-pane .tot")).not_to_contain_text("trained in")
    assistant.click()
    page.locator(".lens .t", has_text="Which").first.click()
    screen.settle()
    expect(assistant).to_have_class("sel")
    screen.shots(f"unweighed-{kind}-lens")
    assert not screen.ds.can_undo and screen.ds[0].value == FILES[kind]
