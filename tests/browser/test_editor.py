"""One example in Chromium with the real editor behind it, by mouse and by keyboard, from 380 to 1,600 pixels, light and dark.

FTBENCH_SHOTS=FOLDER keeps pictures.
"""
import pytest
from playwright.sync_api import expect

from ftbench.data.edit.edits import DeleteMessage, InsertMessage, SetContent, SetTools, SetWeight

MAIL = {"messages": [{"role": "system", "content": "You answer mails for a bicycle maker."},
                     {"role": "user", "content": "My battery stopped charging. Do I get a new one?", "name": "ann"},
                     {"role": "assistant", "content": "Your battery is under warranty. [WARRANTY]"},
                     {"role": "user", "content": "Good. <img src=x onerror=trip()>"}, {"role": "assistant", "content": "It is on its way."}]}


def test_the_lens_keeps_the_chosen_message(screen, page):
    screen.show(MAIL)
    screen.message(2).focus()
    page.keyboard.press("l")
    expect(page.locator(".rail .sel")).to_contain_text("2assistant")
    page.keyboard.press("w")
    screen.wait(lambda: [message.get("weight") for message in screen.messages] == [None, None, 0, None, None])


def test_split_at_the_caret_merge_and_duplicate_by_key(screen, page):
    screen.show(MAIL)
    screen.message(1).focus()
    page.keyboard.press("e")
    expect(page.locator("textarea")).to_be_focused()
    page.keyboard.press("Home")
    for _ in range(28): page.keyboard.press("ArrowRight")
    page.keyboard.press("Alt+Enter")
    screen.wait(lambda: screen.texts[1:3] == ["My battery stopped charging.", " Do I get a new one?"])
    expect(screen.message(2)).to_be_focused()
    assert [message.get("name") for message in screen.messages[1:3]] == ["ann", "ann"]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("m")
    screen.wait(lambda: screen.texts == [message["content"] for message in MAIL["messages"]])
    expect(screen.message(1)).to_be_focused()
    page.keyboard.press("d")
    screen.wait(lambda: screen.texts[1] == screen.texts[2])
    expect(screen.message(2)).to_be_focused()

    # what cannot be merged is said, and nothing is lost
    page.keyboard.press("m")
    page.wait_for_function("() => window.errors.length")
    assert "differ in their role" in page.evaluate("window.errors[0]") and len(screen.messages) == 6

    # a text is rewritten and cut in one gesture, undone in one
    screen.message(3).locator(".text").click()
    expect(page.locator("textarea")).to_be_focused()
    page.keyboard.type(" Bye.")
    for _ in range(5): page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="split here").click()
    screen.wait(lambda: screen.texts[4] == " Bye.")
    steps = screen.editor.ds.undo()
    assert len(steps) == 2


def test_the_menu_names_every_action_with_its_key(screen, page):
    screen.show(MAIL, width=380)
    screen.message(1).focus()
    page.keyboard.press(".")
    menu = page.get_by_role("menu")
    expect(menu.get_by_role("menuitem").first).to_be_focused()
    screen.shots("editor-menu-380")
    assert screen.fits()
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(screen.message(1)).to_be_focused()
    screen.message(1).get_by_role("button", name="All actions").click() # the only button there is at this width
    menu.get_by_role("menuitem", name="Name the speaker").click()
    expect(page.get_by_label("Name of the speaker of message 1")).to_be_focused()
    page.keyboard.type("bob")
    page.keyboard.press("Enter")
    screen.wait(lambda: screen.messages[1]["name"] == "bob")
    expect(screen.message(1)).to_contain_text("bob")
    expect(screen.message(1)).to_contain_text("edited")
    page.keyboard.press("N")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    screen.wait(lambda: "name" not in screen.messages[1])
    page.keyboard.press(".")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    screen.wait(lambda: len(screen.messages) == 4)
    page.set_viewport_size({"width": 1600, "height": 900})
    screen.message(0).focus()
    page.keyboard.press(".")
    screen.shots("editor-menu-1600")
    assert screen.fits() and screen.quiet()


LOOKUP = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "required": ["order"], "properties": {
    "order": {"type": "string", "description": "its number"}, "history": {"type": "boolean"}, "queue": {"enum": ["refund", "repair"]},
    "fields": {"type": "array", "items": {"type": "string"}}}}}}
SEND = {"type": "function", "function": {"name": "send", "parameters": {"type": "object", "properties": {"to": {"type": "string"}}}}}
CALLS = {"tools": [LOOKUP, SEND], "messages": [
    {"role": "user", "content": "Order 48?"},
    {"role": "assistant", "tool_calls": [{"id": "call_1", "type": "function", "function": {
        "name": "look_up", "arguments": '{"order": "48", "history": "yes", "size": 1e3}'}}]},
    {"role": "tool", "tool_call_id": "call_1", "content": "{}"}, {"role": "assistant", "content": "Done."}]}


def arguments(screen, message=1, call=0): return screen.messages[message]["tool_calls"][call]["function"]["arguments"]


def test_a_tool_call_is_a_form_that_knows_the_schema(screen, page):
    screen.show(CALLS)
    screen.message(1).focus()
    page.keyboard.press("e")
    history = page.get_by_label("history, boolean")
    expect(history).to_be_focused() # the wrong one
    row = page.locator(".formrow", has=history)
    expect(row).to_contain_text('history must be of type boolean, not "yes".')
    expect(page.locator(".formrow.bad")).to_have_count(2) # and one that the schema does not know
    screen.shots("editor-call", (380, 900, 1600))
    history.select_option("true")
    expect(row).not_to_contain_text("must be")
    page.get_by_label("order, string").fill('48-"2217" 👍')
    page.get_by_role("button", name="+ fields").click()
    fields = page.get_by_label("fields, array of string")
    fields.fill('["status", 1]')
    expect(page.locator(".formrow", has=fields)).to_contain_text("must be of type string")
    fields.fill('["status"')
    expect(page.locator(".formrow", has=fields)).to_contain_text("not JSON")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".callform")).to_contain_text("texts stand in quotes") # nothing is lost: the form stays
    assert not screen.editor.ds.edits
    fields.fill('["status"]')
    page.keyboard.press("Control+Enter")
    screen.wait(lambda: screen.editor.ds.edits)
    assert arguments(screen) == '{"order": "48-\\"2217\\" 👍", "history": true, "size": 1e3, "fields": ["status"]}'
    expect(screen.message(1)).to_be_focused()
    page.keyboard.press("e")
    page.get_by_role("button", name="Take size out").click()
    page.get_by_label("order, string").press("Escape")
    expect(page.locator(".callform")).to_have_count(0)
    assert len(screen.editor.ds.edits) == 1
    assert screen.quiet()


def test_ids_stay_in_step_and_json_is_a_key_away(screen, page):
    screen.show(CALLS)
    screen.message(1).locator(".fields").click()
    page.get_by_label("Id of the call").fill("call_x")
    page.get_by_label("Function").select_option("send")
    expect(page.locator(".formrow.bad")).to_have_count(3) # none of its arguments
    page.get_by_label("Id of the call").press("Control+Enter")
    screen.wait(lambda: screen.messages[2]["tool_call_id"] == "call_x")
    assert screen.messages[1]["tool_calls"][0]["id"] == "call_x" and screen.messages[1]["tool_calls"][0]["function"]["name"] == "send"
    expect(screen.message(2)).to_contain_text("send")

    screen.message(1).locator(".fields").click()
    page.get_by_role("button", name="JSON").click()
    area = page.get_by_label("Arguments of the call in message 1")
    expect(area).to_be_focused()
    area.fill('{"to": "ann"}')
    page.keyboard.press("Control+Enter")
    screen.wait(lambda: arguments(screen) == '{"to": "ann"}')

    page.keyboard.press(".")
    page.get_by_role("menuitem", name="Add a tool call").click()
    expect(page.locator(".callform")).to_be_visible()
    page.get_by_label("order, string").fill("7")
    page.keyboard.press("Control+Enter")
    screen.wait(lambda: arguments(screen, call=1) == '{"order": "7"}')
    assert [message.get("tool_call_id") for message in screen.messages] == [None, None, "call_x", "call_1", None]
    screen.message(1).locator('[data-call="0"]').click()
    page.get_by_role("button", name="Remove the call").click()
    screen.wait(lambda: [message.get("tool_call_id") for message in screen.messages] == [None, None, "call_1", None])
    assert screen.quiet()


PAIR = {"input": {"messages": [{"role": "user", "content": "Where is it?"}, {"role": "assistant", "content": "Which order?"}, {"role": "user", "content": "48"}]},
        "preferred_output": [{"role": "assistant", "content": "It left on Monday and comes on Thursday."}],
        "non_preferred_output": [{"role": "assistant", "content": "It left, <img src=x onerror=trip()> I think."}]}


def test_a_pair_side_by_side_swapped_and_edited_by_key(screen, page):
    screen.show(PAIR)
    good, poor = page.locator(".answer").first, page.locator(".answer").last
    expect(good.locator("ins")).not_to_have_count(0)
    expect(page.get_by_role("switch")).to_have_count(0) # no message of it is trained
    screen.shots("editor-pair", (380, 900, 1600))
    value = lambda: screen.editor.ds[0].value
    screen.message(0).focus()
    page.keyboard.press("s")
    screen.wait(lambda: value()["preferred_output"] == PAIR["non_preferred_output"])
    expect(good).to_contain_text("I think")
    poor.focus()
    page.keyboard.press("e")
    expect(page.get_by_label("Not preferred answer").and_(page.locator("textarea"))).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(" Sorry.")
    page.keyboard.press("Control+Enter")
    screen.wait(lambda: value()["non_preferred_output"][0]["content"].endswith("Thursday. Sorry."))
    expect(poor).to_be_focused()
    expect(poor).to_contain_text("Sorry.")
    page.get_by_role("button", name="Swap").click()
    screen.wait(lambda: value()["non_preferred_output"] == PAIR["non_preferred_output"])
    screen.message(0).focus()
    page.keyboard.press("e") # the conversation is edited as ever
    expect(page.get_by_label("Text of message 0")).to_be_focused()
    page.keyboard.press("Escape")
    assert screen.quiet()


def test_the_difference_to_the_file(screen, page):
    screen.show({**MAIL, "tools": []})
    edits = screen.editor.ds
    edits.apply(SetContent(0, 2, "Your battery is certainly under warranty. [WARRANTY]"), SetWeight(0, 2, 0))
    edits.apply(DeleteMessage(0, 0))
    edits.apply(InsertMessage(0, 4, {"role": "user", "content": "Ta <b>"}))
    edits.apply(SetTools(0, None))
    screen.bring()
    expect(page.get_by_role("button", name="edited")).to_have_count(2)
    screen.message(1).focus()
    page.keyboard.press("D")
    expect(screen.message(1).locator("ins")).to_have_text("certainly ")
    expect(screen.message(1)).to_contain_text("weight: absent → 0")
    expect(screen.message(4)).to_contain_text("new message")
    expect(page.locator(".removed del")).to_have_text("You answer mails for a bicycle maker.")
    expect(page.locator(".top")).to_contain_text("also changed since the file was saved: tools")
    expect(screen.message(1)).to_be_focused()
    screen.shots("editor-diff", (380, 1600))
    page.keyboard.press("e") # one edits while one compares
    expect(page.locator("textarea")).to_have_value("Your battery is certainly under warranty. [WARRANTY]")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="hide diff").click()
    expect(page.locator("ins, del")).to_have_count(0)
    screen.editor.ds.revert()
    screen.bring()
    expect(page.get_by_role("button", name="edited")).to_have_count(0)
    expect(page.get_by_role("button", name="diff")).to_have_count(0)


NEW = """() => [...document.querySelectorAll(".typing .marks ins")].map((each) => each.textContent)"""
# how far the marks are from the words they stand behind: both are laid out alike
APART = """() => { const [one, other] = ["textarea", ".marks"].map((kind) => document.querySelector(`.typing ${kind}`));
  const [a, b] = [one, other].map((each) => each.getBoundingClientRect()), [c, d] = [one, other].map((each) => getComputedStyle(each));
  const alike = ["font", "lineHeight", "letterSpacing", "padding", "whiteSpace", "direction", "textAlign"].filter((name) => c[name] !== d[name]);
  return [a.left - b.left, a.top - b.top, a.width - b.width, one.scrollHeight - other.scrollHeight, ...alike]; }"""


@pytest.mark.parametrize("width", [380, 1600])
def test_new_words_are_marked_while_one_types(screen, page, width):
    screen.show(MAIL)
    screen.editor.ds.apply(SetContent(0, 2, "Your battery is surely under warranty. [WARRANTY]"))
    screen.bring()
    page.set_viewport_size({"width": width, "height": 900})
    screen.message(2).focus()
    page.keyboard.press("e") # marked are words that the file does not have, those typed before among them
    page.wait_for_function(f"({NEW})().join() === 'surely '")
    page.keyboard.type(" לא <b>now</b>, " + "and a great deal more of it " * 4)
    page.wait_for_function(f"({NEW})().at(-1).startsWith(' לא <b>now</b>, and')")
    assert page.evaluate(APART) == [0, 0, 0, 0]
    expect(page.get_by_role("status").filter(has_text="+")).to_have_text("+31 words")
    screen.shots("editor-typing", (width,))
    page.keyboard.press("Escape")
    screen.message(0).locator(".text").click() # by mouse, and of a message as it is in the file
    page.keyboard.type("!")
    page.wait_for_function(f"({NEW})().join() === '!'")
    page.keyboard.press("Backspace")
    page.wait_for_function(f"!({NEW})().length")
    assert screen.quiet()


def test_the_context_limit_is_a_line_where_it_falls(screen, page):
    long = {"messages": [{"role": "user", "content": "one two three " * 240}, {"role": "assistant", "content": "uno dos tres " * 60}, {"role": "user", "content": "late"}]}
    screen.show(long)
    line = page.locator(".limit")
    expect(line).to_have_count(1)
    expect(line).to_contain_text("1,024 tokens: context limit of the chosen model")
    expect(screen.message(1).locator(".text .limit")).to_be_visible() # at the very token
    assert screen.message(1).locator(".limit ~ .x").count() and not screen.message(1).locator(".x ~ .limit").count()
    expect(screen.message(2).locator("xpath=self::*[contains(@class, 'cut')]")).to_have_count(1)
    screen.shots("editor-limit", (380, 1600))
