"""What goes wrong while one edits: nothing typed is lost, and the cell says what happened and what to do. And what is too large for one page.

FTBENCH_SHOTS=FOLDER keeps pictures.
"""
import json
import logging
import sqlite3

import pytest
from playwright.sync_api import expect

from ftbench.data.edit.edits import InsertMessage, SetContent, SetWeight
from ftbench.data.edit.journal import Journal, journal_file

from patience import drawn, until

TALK = {"messages": [{"role": "user", "content": "Where is it?"}, {"role": "assistant", "content": "On its way."}]}
TOOL = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "properties": {"order": {"type": "string"}}}}}
CALL = {"tools": [TOOL], "target": 1, "messages": [{"role": "user", "content": "48?"}, {"role": "assistant", "tool_calls": [
    {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": '{"order": "48"}'}}]}, {"role": "tool", "tool_call_id": "call_1", "content": "{}"},
    {"role": "assistant", "content": "Done."}]}


def refuse(*_): raise sqlite3.OperationalError("database or disk is full")


@pytest.mark.parametrize("begin, field, written", [
    ("e", "Text of message 3", lambda value: value["messages"][3]["content"] == "typed"),
    ("N", "Name of the speaker of message 3", lambda value: value["messages"][3].get("name") == "typed"),
    ("J", "JSON of message 3", lambda value: value["messages"][3] == {"role": "assistant", "content": "typed"}),
    ('[data-call="0"]', "order, string", lambda value: '"typed"' in value["messages"][1]["tool_calls"][0]["function"]["arguments"]),
    ('[data-entry="target"]', "Value of target", lambda value: value["target"] == 7)])
def test_what_the_disk_refuses_stays_typed(screen, page, monkeypatch, caplog, begin, field, written):
    screen.show(CALL)
    if len(begin) > 1: page.locator(begin).click()
    else:
        screen.message(3).focus()
        screen.press(begin)
    typed = {"J": '{"role": "assistant", "content": "typed"}', '[data-entry="target"]': "7"}.get(begin, "typed")
    page.get_by_label(field).fill(typed)
    with monkeypatch.context() as broken, caplog.at_level(logging.WARNING):
        broken.setattr(Journal, "_insert", refuse)
        screen.press("Control+Enter")
        expect(page.get_by_role("alert")).to_contain_text("database or disk is full. Nothing was changed. Free some space")
        expect(page.get_by_label(field)).to_have_value(typed)
        assert "disk is full" in caplog.text and not screen.ds.edits
    page.get_by_label(field).press("Control+Enter") # there is room again
    screen.wait(lambda: written(screen.value))
    expect(page.get_by_label(field)).to_have_count(0)


def test_a_locked_journal_is_said(screen, page):
    screen.show(TALK)
    screen.ds.apply(SetWeight(0, 1, 0))
    screen.bring()
    other = sqlite3.connect(journal_file(screen.ds.path), isolation_level=None)
    other.execute("begin exclusive")
    screen.ds._shown.journal._database.execute("pragma busy_timeout = 50") # not the two seconds one would wait
    screen.message(1).focus()
    screen.press("e")
    page.keyboard.type(" Soon.")
    screen.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("its journal was locked")
    expect(page.get_by_role("alert")).to_contain_text("Try again in a moment")
    other.execute("rollback")
    screen.press("Control+Enter")
    screen.wait(lambda: screen.texts[1] == "On its way. Soon.")


@pytest.mark.parametrize("choice, first", [("Reapply the edits", "Where is it now?"), ("Discard the edits", "Where is it, please?")])
def test_a_file_that_changed_underneath_leaves_the_choice(screen, page, choice, first):
    from ftbench.widgets.workbench import Workbench
    path = screen.folder / "talks.jsonl"
    path.write_text(json.dumps(TALK) + "\n")
    screen.open(Workbench(path, tabs=("examples",)), width=1280)
    screen.ds.apply(SetContent(0, 0, "Where is it now?"))
    screen.bring()
    screen.message(1).focus()
    screen.press("e")
    page.keyboard.type(" Soon.")
    other = {"messages": [{"role": "user", "content": "Where is it, please?"}, TALK["messages"][1]]}
    path.write_text(json.dumps(other if first.endswith("please?") else TALK) + "\n" + json.dumps(other) + "\n")
    screen.press("Control+Enter")
    card = page.locator(".card", has_text="was rewritten by another program")
    expect(card).to_contain_text("Your edits are safe in the journal")
    expect(page.get_by_label("Text of message 1")).to_have_value("On its way. Soon.")
    screen.shots("file-changed", (380, 1280))
    card.get_by_role("button", name=choice).click()
    expect(card).to_have_count(0)
    page.get_by_label("Text of message 1").press("Control+Enter")
    screen.wait(lambda: screen.texts == [first, "On its way. Soon."])
    assert len(screen.ds) == 2


@pytest.mark.parametrize("hand", ["mouse", "keyboard"])
def test_one_may_see_what_changed_before_one_chooses(screen, page, hand):
    from ftbench.widgets.workbench import Workbench
    path = screen.folder / "talks.jsonl"
    path.write_text("".join(json.dumps({"messages": [{"role": "user", "content": text}, TALK["messages"][1]]}) + "\n" for text in ("Where is it?", "Refund, please.", "Hello!")))
    screen.open(Workbench(path), width=1280)
    screen.ds.apply(SetWeight(0, 1, 0))
    screen.ds.apply(SetContent(1, 1, "It is booked."))
    new = path.read_text().replace("Refund, please.", "A <b>refund</b>, please.") + path.read_text().splitlines()[0] + "\n"
    path.with_name("new").write_text(new)
    path.with_name("new").replace(path) # as git and most editors do
    screen.bring()
    card = page.locator(".card", has_text="was rewritten by another program")
    look = card.get_by_role("button", name="Difference")
    def press(button):
        if hand == "mouse": return button.click()
        button.focus()
        page.keyboard.press("Enter")
    expect(look).to_have_attribute("aria-expanded", "false")
    press(look)
    expect(card).to_contain_text("1 of 2 edits fits as it is, 1 needs a look")
    expect(card).to_contain_text("1 line added, 1 changed, 0 removed")
    seen = card.get_by_role("region", name="What changed")
    expect(seen.locator("li")).to_have_count(2)
    expect(seen.locator("li").first).to_contain_text("edit message 1 of example #2")
    expect(seen.locator("ins").last).to_have_text("A <b>refund</b>")
    hide = card.get_by_role("button", name="Hide the difference")
    expect(hide).to_be_focused()
    screen.shots(f"file-difference-{hand}", (380, 1280, 1600))
    press(hide)
    expect(seen).to_have_count(0)
    assert path.read_text() == new and len(screen.ds.rewritten().lost) == 1 # nothing was changed
    press(look)
    path.write_text(new + new) # once more: what was seen no longer holds
    screen.bring()
    expect(look).to_be_visible()
    press(card.get_by_role("button", name="Discard the edits"))
    expect(card).to_have_count(0)
    assert len(screen.ds) == 8 and not screen.ds.edits and screen.quiet()


def test_a_message_that_moved_is_not_overwritten(screen, page):
    screen.show(TALK)
    screen.message(0).focus()
    screen.press("e")
    page.keyboard.type(" Hm?")
    screen.ds.apply(InsertMessage(0, 0, {"role": "system", "content": "Be kind."})) # in another view, or in code
    screen.bring()
    expect(page.get_by_label("Text of message 0")).to_have_value("Where is it? Hm?") # the caret and the text stay
    screen.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("has changed since you began")
    expect(page.get_by_label("Text of message 0")).to_have_value("Where is it? Hm?")
    assert screen.texts == ["Be kind.", "Where is it?", "On its way."]


def test_another_example_does_not_take_what_was_typed(screen, page, monkeypatch):
    screen.show(TALK, {"messages": [{"role": "user", "content": "Other"}, {"role": "assistant", "content": "Yes."}]})
    screen.message(1).focus()
    screen.press("e")
    page.keyboard.type(" Soon.")
    screen.editor.example = 1
    screen.bring()
    screen.wait(lambda: screen.ds[0].value["messages"][1]["content"] == "On its way. Soon.")
    expect(screen.message(1)).to_contain_text("Yes.")
    screen.message(1).focus()
    screen.press("e")
    page.keyboard.type(" No.")
    with monkeypatch.context() as broken:
        broken.setattr(Journal, "_insert", refuse)
        screen.editor.example = 0
        screen.bring()
        expect(page.get_by_role("textbox", name="What you typed")).to_have_value("Yes. No.") # it could not be written, so it is shown
    page.get_by_role("button", name="Close").last.click()
    expect(page.get_by_role("textbox", name="What you typed")).to_have_count(0)


def test_a_kernel_that_does_not_answer_is_said(screen, page):
    screen.show(TALK)
    page.evaluate("() => { window.dead = true; }")
    screen.message(1).focus()
    screen.press("e")
    page.keyboard.type(" Soon.")
    screen.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Python has not answered yet.")
    expect(page.get_by_label("Text of message 1")).to_have_value("On its way. Soon.")


def test_a_fault_of_a_pane_is_said_and_logged(screen, page, caplog):
    screen.show(TALK)
    page.evaluate("() => { window.reportError = () => {}; }") # what reaches the console is a fault of the page, which other tests must not have
    with caplog.at_level(logging.ERROR):
        page.evaluate("(state) => window.apply(state)", {**screen.pane.state(), "messages": None})
        screen.wait(lambda: "could not be drawn" in caplog.text)
    expect(page.get_by_role("alert")).to_contain_text("The page could not be drawn")
    expect(page.get_by_role("alert")).to_contain_text("your edits are in the journal")


def test_keys_pressed_while_an_answer_is_on_its_way_are_not_lost(screen, page):
    screen.show(TALK, {"messages": [{"role": "user", "content": "Second"}, {"role": "assistant", "content": "Two."}]})
    page.evaluate("() => { window.delay = 150; }")
    screen.message(1).focus()
    screen.press("n") # opens a new message, which takes an answer; the rest is typed into it at once
    page.keyboard.type("xadD!")
    expect(page.get_by_label("Text of message 2")).to_have_value("xadD!")
    screen.press("Control+Enter")
    screen.wait(lambda: screen.texts == ["Where is it?", "On its way.", "xadD!"])
    screen.message(1).focus()
    screen.press("w", "d", "w") # the copy has the focus when its turn comes
    screen.wait(lambda: [message.get("weight") for message in screen.messages] == [None, 0, 1, None])


@pytest.mark.parametrize("message, begin, done", [(3, "e", "Control+Enter"), (3, "N", "Enter"), (1, "e", "Control+Enter")])
def test_a_key_pressed_while_a_text_is_written_is_for_what_comes_next(screen, page, message, begin, done):
    screen.show(CALL)
    screen.message(message).focus()
    screen.press(begin)
    field = page.locator("textarea, .name-field")
    expect(field).to_be_focused()
    page.evaluate("() => { window.delay = 300; }")
    page.keyboard.type("Soon")
    screen.press(done, "w", "Backspace", "w") # the field still stands
    screen.wait(lambda: len(screen.ds.edits) == 3 and screen.messages[message]["weight"] == 1)
    expect(field).to_have_count(0)
    assert "Soon" in json.dumps(screen.messages[message]) and screen.quiet()


def test_ten_megabytes_cross_the_wire_in_parts(screen, page):
    text = "Some words, and others too. " * 380_000
    screen.show({"messages": [{"role": "user", "content": text}, {"role": "assistant", "content": "ok"}]})
    expect(screen.message(0)).to_contain_text("about")
    expect(screen.message(0)).to_contain_text("more characters")
    screen.message(0).get_by_role("button", name="more characters").click()
    page.wait_for_function("() => document.querySelector('[data-message=\"0\"] .text').textContent.length === 20000")
    screen.message(1).focus()
    screen.press("w")
    screen.wait(lambda: screen.messages[1]["weight"] == 0)
    assert max(page.evaluate("window.sizes")) < 20_000
    screen.message(0).get_by_role("button", name="edit this part").click()
    area = page.get_by_label("Text of message 0")
    expect(area).to_be_focused()
    expect(screen.message(0)).to_contain_text("the others stay")
    area.evaluate("(area) => area.setSelectionRange(0, 4)")
    page.keyboard.type("Many")
    screen.press("Control+Enter")
    screen.wait(lambda: screen.texts[0] == "Many" + text[4:]) # nothing beyond is touched, and nothing beyond crossed the wire
    assert max(page.evaluate("window.sizes")) < 20_000 and screen.quiet()


def test_a_thousand_turns_are_read_from_end_to_end(screen, page):
    screen.show({"messages": [{"role": role, "content": f"turn {number} says a few words of its own"} for number in range(500) for role in ("user", "assistant")]})
    shown = lambda: [int(number) for number in page.locator("[data-message]").evaluate_all("(cards) => cards.map((card) => card.dataset.message)")]
    assert shown()[0] == 0 and len(shown()) < 60
    page.get_by_role("button", name="later messages").wait_for()
    page.locator(".conv").hover()
    def read_on():
        page.mouse.wheel(0, 400)
        return shown()[0] > 20
    until(page, read_on, shown) # the window follows what one reads
    screen.settle()
    seen = shown()
    assert len(seen) < 60
    page.locator(f'[data-message="{seen[4]}"]').focus()
    for _ in range(6): screen.press("ArrowDown")
    expect(screen.message(seen[10])).to_be_focused()
    screen.press("End")
    expect(screen.message(999)).to_be_focused()
    screen.press("w")
    screen.wait(lambda: screen.messages[999].get("weight") == 0)
    screen.press("Home")
    expect(screen.message(0)).to_be_focused()
    screen.press("Delete")
    screen.wait(lambda: len(screen.messages) == 999)
    assert max(page.evaluate("window.sizes")) < 12_000 and screen.quiet()


def test_the_page_stays_where_one_reads(screen, page):
    screen.show({"messages": [{"role": role, "content": f"turn {number}\n" * 8} for number in range(20) for role in ("user", "assistant")]})
    place = lambda: page.evaluate("() => [...document.querySelectorAll('[data-message]')].map((card) => [card.dataset.message, card.getBoundingClientRect().top]).find(([, top]) => top > 150)")
    page.locator(".conv").evaluate("(conv) => { conv.scrollTop = 900; }")
    drawn(page)
    number, top = before = place()
    screen.ds.apply(SetContent(0, 0, "one line")) # above, where one does not look
    screen.bring()
    assert place() == [number, pytest.approx(top, abs=2)], before


IN_SIGHT = """() => { const frame = document.querySelector('.conv').getBoundingClientRect();
  return [...document.querySelectorAll('[data-message]')].map((card) => [card.dataset.message, card.getBoundingClientRect()])
    .filter(([, { top, bottom }]) => bottom > frame.top && top < frame.bottom).map(([number, { top }]) => [Number(number), top]); }"""


def test_one_reads_past_a_huge_message_and_back_without_a_jump(screen, page):
    turns = [{"role": role, "content": f"turn {number} says " + "a few words of its own, " * 6} for number in range(30) for role in ("user", "assistant")]
    turns[10]["content"] = turns[11]["content"] = "Some words, and others too. " * 2_000
    screen.show({"messages": turns})
    conv, seen = page.locator(".conv"), lambda: page.evaluate(IN_SIGHT)
    def read(by, until_seen):
        until(page, lambda: (step(by), until_seen in dict(seen()))[1], seen)
    def step(by):
        screen.settle() # what the step before asked for is here
        before, top = dict(seen()), conv.evaluate("(conv) => conv.scrollTop")
        page.mouse.wheel(0, by)
        until(page, lambda: page.evaluate("() => window.pending") or conv.evaluate("(conv) => conv.scrollTop") != top, seen)
        screen.settle()
        moved = [before[number] - place for number, place in seen() if number in before]
        assert moved and all(min(by, 0) - 2 <= each <= max(by, 0) + 2 for each in moved), (before, seen())
    conv.hover()
    read(250, 25)
    read(-250, 3)
    assert max(page.evaluate("window.sizes")) < 20_000 and screen.quiet()


LONG_TALK = {"messages": [{"role": ("user", "assistant")[number % 2], "content": f"turn {number} says " + "a few words of its own, " * (1, 40, 2, 150, 5)[number % 5]} for number in range(2_000)]}
PLACES = """() => { const frame = document.querySelector('.conv').getBoundingClientRect();
  return { chosen: Number(document.activeElement.dataset.message), height: frame.height, cards: Object.fromEntries([...document.querySelectorAll('[data-message]')].map((card) => {
    const { top, bottom } = card.getBoundingClientRect(); return [card.dataset.message, [top - frame.top, bottom - frame.top]]; })) }; }"""


def in_sight(places):
    "The messages of which one sees something."
    return [int(number) for number, (top, bottom) in places["cards"].items() if bottom > 1 and top < places["height"] - 1]


def places_after(screen, page, key):
    "Where the messages are before and after a key."
    screen.settle()
    before = page.evaluate(PLACES)
    screen.press(key)
    screen.settle()
    return before, page.evaluate(PLACES)


@pytest.mark.parametrize("key, by, start", [("ArrowDown", 1, "Home"), ("ArrowUp", -1, "End")])
def test_an_arrow_goes_on_among_two_thousand_messages_and_drops_none_that_one_sees(screen, page, key, by, start):
    screen.show(LONG_TALK)
    screen.message(1).focus()
    screen.press(start)
    screen.settle()
    for _ in range(60):
        before, after = places_after(screen, page, key)
        assert after["chosen"] == before["chosen"] + by and after["chosen"] in in_sight(after), (before, after)
        moved = [after["cards"][number][0] - top for number, (top, _) in before["cards"].items() if number in after["cards"]]
        stay = {int(number) for number, (top, bottom) in before["cards"].items() if bottom + moved[0] > 1 and top + moved[0] < after["height"] - 1}
        assert max(moved) - min(moved) < 2 and stay & set(in_sight(before)) <= set(in_sight(after)), (before, after)
    assert screen.quiet()


def test_pages_of_two_thousand_messages_are_turned_with_the_chosen_one_in_sight(screen, page):
    screen.show(LONG_TALK)
    screen.message(1).focus()
    screen.press("Home")
    for key, turns in (("PageDown", 15), ("PageUp", 20)):
        for _ in range(turns):
            before, after = places_after(screen, page, key)
            seen, further = in_sight(before), in_sight(after)
            assert after["chosen"] in further and set(seen) & set(further), (before, after) # a page begins with the end of the one before
        assert (further[0] > 30) is (key == "PageDown")
    expect(screen.message(0)).to_be_focused()
    page.locator(".conv").evaluate("(conv) => { conv.scrollTop = 150; }") # as with a wheel, away from the chosen one
    before, after = places_after(screen, page, "ArrowUp")
    assert before["chosen"] not in in_sight(before) and after["chosen"] == in_sight(before)[0]
    screen.press("End", "PageDown")
    expect(screen.message(1_999)).to_be_focused()
    assert screen.quiet()


def test_one_comes_back_from_the_lens_to_where_one_read(screen, page):
    screen.show({"messages": [{"role": role, "content": f"turn {number}\n" * 8} for number in range(20) for role in ("user", "assistant")]})
    page.locator(".conv").evaluate("(conv) => { conv.scrollTop = 900; }")
    screen.settle()
    before = page.evaluate(IN_SIGHT)
    for name, shown in (("Lens", ".lens-pane"), ("Messages", ".conv")):
        page.get_by_role("radio", name=name).click()
        page.locator(shown).wait_for()
        screen.settle()
    assert page.evaluate(IN_SIGHT) == before


def test_keys_go_through_the_lens_of_a_thousand_turns(screen, page):
    screen.show({"messages": [{"role": role, "content": f"turn {number}"} for number in range(500) for role in ("user", "assistant")]})
    screen.message(1).focus()
    screen.press("l")
    chosen = page.locator(".rail .sel")
    expect(chosen).to_be_focused()
    number = int(chosen.locator(".ix").text_content())
    for further in range(1, 4): # beyond those that are listed
        screen.press("ArrowDown")
        expect(chosen.locator(".ix")).to_have_text(str(number + further))
        expect(chosen).to_be_focused()
    screen.press("l")
    page.locator(".conv").wait_for()
    screen.settle()
    assert page.evaluate("() => document.querySelector('.conv').contains(document.activeElement)")
