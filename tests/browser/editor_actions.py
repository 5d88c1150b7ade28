"""Every action of the editor: how one does it by mouse and by key, and what is then so. `screen` is a page with an editor, in a notebook or bare."""
import json

from playwright.sync_api import expect

TALK = {"messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Where is it?"}, {"role": "assistant", "content": "On its way."},
                     {"role": "user", "content": "Good.", "weight": 1}, {"role": "assistant", "content": "You are welcome."}]}
LOOKUP = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "required": ["order"], "properties": {
    "order": {"type": "string"}, "history": {"type": "boolean"}}}}}
CALL = {"tools": [LOOKUP], "target": 24, "messages": [{"role": "user", "content": "Order 48?"}, {"role": "assistant", "tool_calls": [
    {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": '{"order": "48", "history": "yes"}'}}]},
    {"role": "tool", "tool_call_id": "call_1", "content": "{}"}, {"role": "assistant", "content": "Done."}]}
PAIR = {"input": {"messages": [{"role": "user", "content": "Where is it?"}]}, "preferred_output": [{"role": "assistant", "content": "It left on Monday."}],
        "non_preferred_output": [{"role": "assistant", "content": "It left, I think."}]}
GRADED = {"messages": [{"role": "user", "content": "Reach 24."}], "target": 24}
EXAMPLES = [TALK, CALL, PAIR, GRADED]


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


def menu_by_key(name, message=2):
    "The same menu, opened and walked with keys."
    def act(screen):
        screen.message(message).focus()
        screen.press(".")
        expect(screen.page.locator(".menu [role=menuitem]").first).to_be_focused()
        while screen.page.evaluate("document.activeElement.innerText").split("\n")[0].strip() != name: screen.press("ArrowDown")
        screen.press("Enter")
    return act


def typed(begin, label, text, end="Control+Enter"):
    "Open a field, fill it, and finish."
    def act(screen):
        begin(screen)
        field = screen.page.get_by_label(label, exact=True).and_(screen.page.locator("textarea, input, select"))
        expect(field).to_be_focused()
        field.fill(text)
        screen.press(end)
    return act


def at(message, *names):
    def act(screen):
        screen.message(message).focus()
        screen.press(*names)
    return act


def click(selector): return lambda screen: screen.page.locator(selector).first.click()


def button(name): return lambda screen: screen.page.get_by_role("button", name=name, exact=True).first.click()


def enter(name):
    "Focus a button and press it, as one does who came by Tab."
    def act(screen):
        screen.page.get_by_role("button", name=name, exact=True).first.focus()
        screen.press("Enter")
    return act


def both(*acts):
    def act(screen):
        for each in acts: each(screen)
    return act


def back_to_the_first_field(screen):
    expect(screen.page.get_by_label("history, boolean")).to_be_focused() # the wrong one
    for _ in range(4):
        screen.press("Shift+Tab")
        if screen.page.evaluate("document.activeElement.getAttribute('aria-label')") == "order, string": return


def split_by(how):
    def act(screen):
        screen.message(1).locator(".text").click()
        area = screen.page.get_by_label("Text of message 1")
        expect(area).to_be_focused()
        area.evaluate("(area) => area.setSelectionRange(5, 5)")
        how(screen)
    return act


def lens_flip(how):
    def act(screen):
        screen.message(2).focus()
        screen.press("l")
        expect(screen.page.locator(".rail li").first).to_be_visible()
        how(screen)
    return act


def rail(screen): return screen.page.locator(".rail li").nth(2)


def tool_type(how):
    def act(screen):
        how(screen)
        screen.page.get_by_label("Type of history").select_option("integer")
    return act


def open_tool_by_key(screen):
    screen.page.locator("details.tools > summary").focus()
    screen.press("Enter")
    screen.page.locator('[data-tool="0"] .head').focus()
    screen.press("Enter")


def role_by_key(screen):
    screen.message(2).get_by_role("combobox").focus()
    screen.press("u")


is_open = lambda screen, field: screen.page.locator(f".ft.w {field}").count() == 1
answer = lambda screen, key: screen.value[key][0]["content"]
talk = json.dumps({"role": "assistant", "content": "typed"})
written = lambda screen: screen.messages[2] == {"role": "assistant", "content": "typed"}
# name: (the example, how one does it, by mouse and by key, what is then so)
ACTIONS = {
    "weight": (0, [lambda screen: screen.message(2).get_by_role("switch").click(), key("w"), choose("Make it context only")], lambda screen: screen.messages[2].get("weight") == 0),
    "insert": (0, [press("Insert a message below"), key("n"), choose("New message below")], lambda screen: len(screen.messages) == 6 and screen.texts[3] == "" and is_open(screen, "textarea")),
    "duplicate": (0, [press("Duplicate"), key("d"), choose("Duplicate")], lambda screen: screen.texts[2] == screen.texts[3]),
    "delete": (0, [press("Delete"), key("Delete"), choose("Delete")], lambda screen: screen.texts == ["Be kind.", "Where is it?", "Good.", "You are welcome."]),
    "up": (0, [press("Move up"), key("Alt+ArrowUp"), choose("Move up")], lambda screen: screen.texts[1] == "On its way."),
    "down": (0, [press("Move down"), key("Alt+ArrowDown"), choose("Move down")], lambda screen: screen.texts[3] == "On its way."),
    "merge": (0, [key("Alt+ArrowDown", "m"), down_then_merge], lambda screen: "On its way.\nYou are welcome." in screen.texts),
    "role": (0, [lambda screen: screen.message(2).get_by_role("combobox").select_option("user"), role_by_key], lambda screen: screen.messages[2]["role"] == "user"),
    "lens": (0, [lambda screen: screen.page.get_by_role("radio", name="Lens").click(), key("l")], lambda screen: screen.shown("view") == "lens"),
    "preview": (0, [lambda screen: screen.page.get_by_role("button", name="preview").click(), key("p")], lambda screen: screen.shown("preview")),
    "next": (0, [button("Next example"), key("j")], lambda screen: screen.shown("example") == 1),
    "copy": (0, [button("Duplicate this example"), enter("Duplicate this example")], lambda screen: screen.count == len(EXAMPLES) + 1),
    "drop": (0, [button("Delete this example"), enter("Delete this example")], lambda screen: screen.count == len(EXAMPLES) - 1),
    "edit": (0, [typed(lambda screen: screen.message(2).locator(".text").click(), "Text of message 2", "typed"), typed(press("Edit"), "Text of message 2", "typed"), typed(key("e"), "Text of message 2", "typed"),
                 typed(key("Enter"), "Text of message 2", "typed"), typed(menu_by_key("Edit"), "Text of message 2", "typed")], lambda screen: screen.texts[2] == "typed"),
    "name": (0, [typed(choose("Name the speaker…"), "Name of the speaker of message 2", "ann", "Enter"), typed(key("N"), "Name of the speaker of message 2", "ann", "Enter")], lambda screen: screen.messages[2].get("name") == "ann"),
    "json": (0, [typed(choose("Edit as JSON"), "JSON of message 2", talk), typed(key("J"), "JSON of message 2", talk)], written),
    "split": (0, [split_by(lambda screen: screen.page.get_by_role("button", name="split here").click()), split_by(lambda screen: screen.press("Alt+Enter"))], lambda screen: screen.texts[1:3] == ["Where", " is it?"]),
    "repair": (0, [click(".find .btn.fix"), key("f")], lambda screen: "weight" not in screen.messages[3]),
    "difference": (0, [both(key("w"), button("diff")), both(key("w"), at(2, "D"))], lambda screen: screen.shown("compare") and "weight: absent" in screen.message(2).inner_text()),
    "weight in the lens": (0, [lens_flip(lambda screen: rail(screen).click()), lens_flip(lambda screen: (rail(screen).focus(), screen.press("k", "j", "w"))), lens_flip(lambda screen: screen.page.locator(".lens > div", has_text="On its way").first.click())],
                           lambda screen: screen.messages[2].get("weight") == 0),
    "call": (1, [typed(both(click('[data-call="0"]'), lambda screen: screen.page.get_by_label("order, string").focus()), "order, string", "49"), typed(both(at(1, "e"), back_to_the_first_field), "order, string", "49")],
             lambda screen: '"49"' in screen.messages[1]["tool_calls"][0]["function"]["arguments"]),
    "add a call": (1, [choose("Add a tool call", 1), menu_by_key("Add a tool call", 1)], lambda screen: len(screen.messages[1]["tool_calls"]) == 2 and is_open(screen, ".callform")),
    "tool": (1, [tool_type(both(click("details.tools > summary"), click('[data-tool="0"] .head'))), tool_type(open_tool_by_key)],
             lambda screen: screen.value["tools"][0]["function"]["parameters"]["properties"]["history"] == {"type": "integer"}),
    "entry": (3, [typed(button("Edit target"), "Value of target", "25"), typed(enter("Edit target"), "Value of target", "25")], lambda screen: screen.value["target"] == 25),
    "take an entry out": (3, [button("Take target out"), enter("Take target out")], lambda screen: "target" not in screen.value),
    "swap": (2, [button("Swap"), at(0, "s")], lambda screen: answer(screen, "preferred_output") == "It left, I think."),
    "answer": (2, [typed(button("Edit the preferred answer"), "Preferred answer", "typed"), typed(lambda screen: (screen.page.locator(".answer").first.focus(), screen.press("e")), "Preferred answer", "typed")],
               lambda screen: answer(screen, "preferred_output") == "typed"),
}
