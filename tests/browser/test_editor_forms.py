"""Tools, entries, pictures, Markdown and long things in the editor, in Chromium with the real editor behind it.

FTBENCH_SHOTS=FOLDER keeps pictures.
"""
import base64
import json
import struct

from playwright.sync_api import expect

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYPj/HwADAgH/p+FUpQAAAABJRU5ErkJggg=="
LOOKUP = {"type": "function", "function": {"name": "look_up", "description": "Finds an order.", "parameters": {"type": "object", "required": ["order"], "properties": {
    "order": {"type": "string", "description": "its number", "minLength": 4}, "history": {"type": "boolean"}, "queue": {"enum": ["refund", "repair"]},
    "lines": {"type": "array", "items": {"type": "object", "properties": {"sku": {"type": "string"}}}}}}}}
CALLS = {"tools": [LOOKUP, {"type": "function", "function": {"name": "send"}}], "parallel_tool_calls": True, "response_format": {"type": "json_object"}, "messages": [
    {"role": "user", "content": "Order 48?"},
    {"role": "assistant", "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": '{"order": "48", "history": "yes"}'}}]},
    {"role": "tool", "tool_call_id": "call_1", "content": "{}"}, {"role": "assistant", "content": "Done."}]}
GRADED = {"messages": [{"role": "user", "content": "Reach 24 with 4 and 6."}], "target": 24, "nums": [4, 6], "note": "as it is"}


def open_tool(screen, page, number=0):
    page.locator("details.tools > summary").click()
    page.locator(f'[data-tool="{number}"] .head').click()
    expect(page.get_by_label(f"Name of tool {number}")).to_be_visible()


def test_a_tool_is_a_form(screen, page):
    screen.show(CALLS)
    open_tool(screen, page)
    screen.shots("tool-form", (380, 900, 1600))
    function = lambda: screen.value["tools"][0]["function"]
    parameters = lambda: function()["parameters"]
    page.get_by_label("What history means").fill("of the last year")
    page.keyboard.press("Enter")
    screen.wait(lambda: parameters()["properties"]["history"] == {"type": "boolean", "description": "of the last year"})
    expect(page.get_by_label("What history means")).to_be_focused() # drawn anew, and the caret is where it was
    page.get_by_label("history is required").check()
    screen.wait(lambda: parameters()["required"] == ["order", "history"])
    page.get_by_label("Type of sku").select_option("integer")
    screen.wait(lambda: parameters()["properties"]["lines"]["items"]["properties"] == {"sku": {"type": "integer"}})
    page.get_by_label("Allowed values of queue").fill("refund, repair, other")
    page.keyboard.press("Tab")
    screen.wait(lambda: parameters()["properties"]["queue"]["enum"] == ["refund", "repair", "other"])
    assert parameters()["properties"]["order"]["minLength"] == 4 # what the form does not show is left alone
    page.get_by_label("Name of tool 0").fill("find_order")
    page.keyboard.press("Enter")
    screen.wait(lambda: function()["name"] == "find_order")
    assert screen.messages[1]["tool_calls"][0]["function"]["name"] == "find_order" and screen.quiet()


def test_parameters_and_tools_come_and_go(screen, page):
    screen.show(CALLS)
    open_tool(screen, page)
    properties = lambda: screen.value["tools"][0]["function"]["parameters"]["properties"]
    page.locator(".toolform > .btn", has_text="parameter").click()
    screen.wait(lambda: properties().get("parameter_1") == {"type": "string"})
    page.get_by_role("button", name="Take queue out").click()
    screen.wait(lambda: "queue" not in properties())
    page.get_by_role("button", name="One more field of each item").click()
    screen.wait(lambda: "parameter_1" in properties()["lines"]["items"]["properties"])
    page.get_by_label("Name of history").fill("order") # taken
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name of history")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("alert")).to_contain_text("There is a parameter order already")
    page.get_by_label("Name of history").press("Escape")
    expect(page.get_by_label("Name of history")).to_have_value("history")
    page.locator("details.tools > .btn").click()
    screen.wait(lambda: [tool["function"]["name"] for tool in screen.value["tools"]] == ["look_up", "send", "tool_1"])
    expect(page.get_by_label("Name of tool 2")).to_be_visible()
    page.get_by_role("button", name="Offer send no longer").or_(page.locator('[data-tool="1"] .head')).first.click()
    page.get_by_role("button", name="Offer send no longer").click()
    screen.wait(lambda: [tool["function"]["name"] for tool in screen.value["tools"]] == ["look_up", "tool_1"])


def test_one_types_on_in_the_form_of_a_tool_while_python_writes(screen, page):
    screen.show(CALLS)
    open_tool(screen, page)
    properties = lambda: screen.value["tools"][0]["function"]["parameters"]["properties"]
    page.evaluate("() => { window.delay = 300; }")
    page.get_by_label("What history means").fill("of")
    page.keyboard.press("Enter") # each of these keys comes before the answer to the one before it
    page.keyboard.type(" a yeer")
    screen.press("Backspace", "Backspace")
    page.keyboard.type("ar")
    screen.press("Enter")
    screen.wait(lambda: properties()["history"] == {"type": "boolean", "description": "of a year"})
    expect(page.get_by_label("What history means")).to_be_focused()
    name = page.get_by_label("Name of history")
    name.focus()
    name.select_text()
    page.keyboard.type("past")
    screen.press("Tab", "ArrowDown", "Tab", "Tab", "a", "Tab") # its type is an array, its only value a, and the next field is chosen as a whole
    page.keyboard.type("old")
    screen.press("Enter")
    screen.wait(lambda: properties().get("past") == {"type": "array", "description": "old", "enum": ["a"]})
    assert "history" not in properties() and screen.quiet()


def test_the_json_of_a_tool_is_a_key_away(screen, page):
    screen.show(CALLS)
    open_tool(screen, page)
    page.get_by_role("button", name="JSON").first.click()
    area = page.get_by_label("Definition of tool 0 as JSON")
    expect(area).to_be_focused()
    area.fill('{"name": "x"')
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toolform, .toolcard .typing").first).to_contain_text("not JSON")
    area.fill('{"name": "look_up", "parameters": {"type": "object", "properties": {"order": {"type": "number"}}}}')
    page.keyboard.press("Control+Enter")
    screen.wait(lambda: screen.value["tools"][0]["function"]["parameters"]["properties"] == {"order": {"type": "number"}})
    expect(screen.message(1).locator(".fv.bad")).to_have_count(2) # the call is wrong now, where it stands
    expect(page.get_by_label("Type of order")).to_have_value("number")
    assert screen.quiet()


def test_settings_stand_beside_the_messages(screen, page):
    screen.show(CALLS)
    shown = page.get_by_label("Other entries")
    expect(shown).to_contain_text("2 other entries")
    screen.shots("entries", (380, 900))
    page.get_by_label("parallel_tool_calls", exact=True).select_option("false")
    screen.wait(lambda: screen.value["parallel_tool_calls"] is False)
    page.get_by_role("button", name="Edit response_format").click()
    area = page.get_by_label("Value of response_format")
    area.fill("{")
    page.keyboard.press("Control+Enter")
    expect(shown).to_contain_text("not JSON")
    area.fill('{"type": "text"}')
    page.keyboard.press("Control+Enter")
    screen.wait(lambda: screen.value["response_format"] == {"type": "text"})
    page.get_by_role("button", name="Take parallel_tool_calls out").click()
    screen.wait(lambda: "parallel_tool_calls" not in screen.value)
    assert screen.quiet()


def test_reference_fields_are_written_added_and_taken_out(screen, page):
    screen.show(GRADED, {**GRADED, "target": 5}, width=380)
    shown = page.get_by_label("Reference fields")
    expect(shown).to_contain_text("3 reference fields")
    expect(page.get_by_role("switch")).to_have_count(0)
    screen.shots("reference-fields", (380, 1600))
    page.get_by_role("button", name="Edit target").click()
    page.get_by_label("Value of target").fill("42")
    screen.press("Control+Enter")
    screen.wait(lambda: screen.value["target"] == 42)
    expect(page.get_by_role("button", name="Edit target")).to_be_focused()
    page.get_by_role("button", name="Edit note").click()
    page.get_by_label("Value of note").fill('now "so"')
    screen.press("Control+Enter")
    screen.wait(lambda: screen.value["note"] == 'now "so"') # a text stays a text
    page.get_by_role("button", name="Add an entry").click()
    page.get_by_label("Name of the new entry").fill("reference_answer")
    screen.press("Enter")
    page.get_by_label("Value of reference_answer").fill("4 * 6")
    screen.press("Control+Enter")
    screen.wait(lambda: screen.value.get("reference_answer") == "4 * 6")
    page.get_by_role("button", name="Take nums out").click()
    screen.wait(lambda: "nums" not in screen.value)
    assert screen.quiet()


def test_pictures_of_the_data_are_shown_and_others_never_fetched(screen, page):
    part = lambda url: {"type": "image_url", "image_url": {"url": url}}
    screen.show({"messages": [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, part(f"data:image/png;base64,{DOT}"), part("https://example.org/a.png?who=me"),
                                                          part("data:image/svg+xml;base64,PHN2Zy8+"), part("data:image/png;base64,iVBORw0KGgoAAA=="), {"type": "input_audio", "input_audio": {"data": "AA"}}]},
                              {"role": "assistant", "content": "A dot.", "audio": {"id": "a1"}}]})
    card = screen.message(0)
    expect(card.locator("img")).to_have_count(1)
    expect(card.locator("img")).to_have_attribute("src", f"data:image/png;base64,{DOT}")
    for words in ("picture at example.org, not fetched", "picture that cannot be shown", "damaged PNG picture", "input_audio"): expect(card).to_contain_text(words)
    expect(screen.message(1)).to_contain_text('{"id": "a1"}')
    screen.shots("pictures", (380, 900))
    card.focus()
    screen.press("J") # several parts are edited as JSON
    area = page.get_by_label("JSON of message 0")
    area.fill(json.dumps({"role": "user", "content": "A dot?"}))
    screen.press("Control+Enter")
    screen.wait(lambda: screen.messages[0] == {"role": "user", "content": "A dot?"})
    assert screen.quiet()


def test_pictures_as_browsers_write_them_and_one_too_large(screen, page):
    part = lambda url: {"type": "image_url", "image_url": {"url": url}}
    drawn = page.evaluate("""() => { const canvas = Object.assign(document.createElement('canvas'), { width: 30, height: 20 }); canvas.getContext('2d').fillRect(0, 0, 9, 9);
        return ['image/png', 'image/jpeg', 'image/webp'].map((kind) => canvas.toDataURL(kind)); }""")
    head = base64.b64decode(DOT)
    bomb = base64.b64encode(head[:16] + struct.pack(">II", 50_000, 50_000) + head[24:]).decode()
    screen.show({"messages": [{"role": "user", "content": [*map(part, drawn), part(f"data:image/png;base64,{bomb}")]}, {"role": "assistant", "content": "Four."}]})
    card = screen.message(0)
    expect(card.locator("img")).to_have_count(3)
    page.wait_for_function("() => [...document.images].every((one) => one.complete && one.naturalWidth === 30 && one.naturalHeight === 20)")
    expect(card).to_contain_text("PNG picture, 50,000 × 50,000 pixels, too large to show")
    screen.shots("picture-too-large", (380,))
    assert screen.quiet()


MARKDOWN = """# Answer
Your order **48** is *on its way*, see `status` and [the label](https://example.org/label?who=me).

1. Pack it
2. Send it
   - today
   - tomorrow

> It is free. ![logo](https://example.org/logo.png)

| part | days |
|---|---|
| motor | 3 |

```python
print("<b>")
```
<script>trip()</script> \u202etfel\u202c a\u200bb"""


def test_markdown_is_shown_by_key_and_built_of_text(screen, page):
    screen.show({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": MARKDOWN}]})
    screen.message(1).focus()
    screen.press("p")
    screen.message(1).get_by_role("button", name="more lines").click()
    shown = screen.message(1).locator(".md")
    expect(shown.get_by_role("heading", name="Answer")).to_be_visible()
    for tag, number in (("strong", 1), ("em", 1), ("li", 4), ("blockquote", 1), ("td", 2), ("pre", 1), ("a", 0), ("img", 0), ("script", 0)): expect(shown.locator(tag)).to_have_count(number)
    for words in ("picture not fetched: logo", "https://example.org/label?who=me", "<script>trip()</script>", "RLO", "ZWSP"): expect(shown).to_contain_text(words)
    screen.shots("markdown", (380, 900))
    shown.locator("strong").click() # one edits what is written
    expect(page.get_by_label("Text of message 1")).to_have_value(MARKDOWN)
    screen.press("Escape", "p")
    expect(screen.message(1).locator(".md")).to_have_count(0)
    expect(screen.message(1)).to_be_focused()
    assert screen.quiet()
