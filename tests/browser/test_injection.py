"""Nothing in the data runs, leaves the machine or becomes markup: over a hundred texts through every field, in the workbench and in the pages it writes."""
import json

import pytest

from ftbench.checks.report import check_file
from ftbench.data.dataset import open_dataset
from ftbench.widgets.base import answer
from ftbench.widgets.page import to_html

from live import TRIPWIRE, Screen
from payloads import PAYLOADS

DOT = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYPj/HwADAgH/p+FUpQAAAABJRU5ErkJggg=="
# Whatever stands inside the widget must be one of ours: no element that runs or fetches, no address but a picture of the data, no handler in an attribute.
LOOK = """() => { const wrong = [];
    const never = ["script", "iframe", "object", "embed", "link", "meta", "base", "style", "video", "audio", "source", "template", "foreignobject", "animate", "use", "image", "math", "marquee", "body", "frame"];
    for (const one of document.querySelectorAll(".ft *")) {
        if (never.includes(one.localName.toLowerCase())) wrong.push(one.localName);
        for (const { name, value } of one.attributes) {
            if (/^on/i.test(name) || (name === "style" && /url|expression|import/i.test(value))) wrong.push(`${one.localName} ${name}=${value}`);
            if (/^(href|src|srcset|action|formaction|xlink:href|data|poster|background)$/i.test(name) && !/^data:image\\/png;base64,/.test(value)) wrong.push(`${one.localName} ${name}=${value}`);
        } }
    if (({}).tripped !== undefined) wrong.push("the prototype of every object");
    return [...wrong, ...window.tripped, ...document.querySelectorAll(".ft").length ? [] : ["the widget is gone"]]; }"""


def example(text: str) -> dict:
    "An example with a text in every field."
    call = lambda id, arguments: {"id": id, "type": "function", "function": {"name": text, "arguments": arguments}}
    schema = {"type": "object", "description": text, "required": [text], "properties": {text: {"type": text, "enum": [text, 1], "description": text}, "in": {"type": "array", "items": {"type": "object", "properties": {text: {}}}}}}
    part = lambda url: {"type": "image_url", "image_url": {"url": url}}
    return {"tools": [{"type": "function", "function": {"name": text, "description": text, "parameters": schema}}], text or "entry": text, "metadata": {text: [text]}, "messages": [
        {"role": "system", "content": text}, {"role": "user", "name": text, "content": [{"type": "text", "text": text}, part(text), part(DOT), {"type": text}, {"type": "file", "file": {"filename": text}}]},
        {"role": text, "content": f"# {text}\n- {text}\n> {text}\n| {text} |\n|---|\n`{text}` **{text}**"}, {"role": "assistant", "tool_calls": [call(text, json.dumps({text: text, "in": [{text: 1}]})), call("b", text)]},
        {"role": "tool", "tool_call_id": text, "content": text}, {"role": "assistant", "content": text, "refusal": text, text: text, "weight": 1}]}


def pair(text: str) -> dict:
    "A preference with a text in every field."
    return {"input": {"messages": [{"role": "user", "content": text}], text: text}, "preferred_output": [{"role": "assistant", "content": text}], "non_preferred_output": [{"role": "assistant", "content": f"{text}.", text: 1}]}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    "A file whose name is hostile too, with every payload in every field of an example, as a preference, and as a line that is no example."
    path = tmp_path_factory.mktemp("hostile") / "<img src=x onerror=trip()>.jsonl"
    lines = [json.dumps(example(text)) for text in PAYLOADS] + [json.dumps(pair(text)) for text in PAYLOADS[::6]]
    lines += [" ".join(text.split()).encode("utf-8", "replace").decode() for text in PAYLOADS[::9] if text.strip()]
    path.write_text("\n".join(lines) + "\n")
    return path


def look(page, what: str) -> None:
    wrong = page.evaluate(LOOK)
    assert not wrong, f"{what[:80]!r}: {wrong[:4]}"


def test_nothing_in_the_conversation_runs(page, tmp_path, hostile):
    from ftbench.widgets.editor import Editor
    screen = Screen(page, tmp_path).open(Editor(open_dataset(hostile)), width=700)
    editor = screen.editor
    for number in range(len(editor.ds)):
        editor.example, editor.preview, editor.view = number, number % 2 == 0, "lens" if number % 6 == 5 and len(PAYLOADS[number % len(PAYLOADS)]) < 1000 else "messages"
        screen.bring()
        page.evaluate("() => { document.querySelectorAll('details').forEach((one) => { one.open = true; }); document.querySelectorAll('.toolcard .head[aria-expanded=false]').forEach((one) => one.click()); }")
        if number % 5 == 0: page.wait_for_function("() => window.pending === 0")
        look(page, PAYLOADS[number % len(PAYLOADS)])


def test_nothing_that_is_typed_runs(page, tmp_path):
    screen = Screen(page, tmp_path).show(example("plain"), width=900)
    for text in PAYLOADS[::9]:
        for verb, values in (("write", {"message": 0, "text": text}), ("name", {"message": 0, "name": text}), ("entries.write", {"path": ["plain"], "text": text, "plain": True}),
                             ("tools.describe", {"tool": 0, "text": text}), ("calls.write_text", {"message": 3, "call": 1, "text": json.dumps({"a": text})}), ("answers.swap", {}), (text, {})):
            answer(screen.editor, {"do": verb, "id": 1, "example": 0, **values})
        screen.editor.compare = True
        screen.bring()
        screen.message(0).focus()
        screen.press("e")
        page.locator("textarea").fill(text.encode("utf-8", "replace").decode() + "!")
        screen.press("Control+Enter")
        page.wait_for_function("() => window.pending === 0")
        look(page, text)


def test_nothing_in_the_table_and_its_lists_runs(page, tmp_path, hostile):
    from ftbench.widgets.workbench import Workbench
    ds = open_dataset(hostile)
    for number, text in enumerate(text.encode("utf-8", "replace").decode() for text in PAYLOADS):
        word = "".join(text.split())[:60] # a tag is one word
        if word: ds.review.tag(number, word)
        ds.review.note(number, text)
    bench = Workbench(ds)
    screen = Screen(page, tmp_path).open(bench, width=1280)
    for number, text in enumerate(PAYLOADS):
        answer(bench, {"do": "browser.search", "id": 1, "query": text if number % 2 else f"tag:{json.dumps(text)}"})
        answer(bench, {"do": "browser.complete", "id": 1, "query": text, "at": min(4, len(text))})
        answer(bench, {"do": "browser.views.save", "id": 1, "name": text[:60]})
        if number % 3 == 0:
            screen.bring()
            look(page, text)
    answer(bench, {"do": "browser.search", "id": 1, "query": ""})
    for start in range(0, len(PAYLOADS), 12):
        answer(bench, {"do": "browser.select", "id": 1, "example": start})
        screen.bring()
        look(page, PAYLOADS[start])
    assert "error" not in answer(bench, {"do": "tab", "id": 1, "tab": "checks"})
    screen.bring()
    screen.wait(lambda: bench.checks.report is not None)
    screen.bring()
    look(page, "the findings")


def test_nothing_in_a_page_that_is_kept_runs(page, tmp_path, hostile):
    from ftbench.widgets.editor import Editor
    ds = open_dataset(hostile)
    # the policy of the test page is not there: what is written must be harmless by itself
    parts = "".join(Editor(ds, number)._repr_html_() for number in range(0, len(ds), 4)) + check_file(hostile)._repr_html_() + ds.review._repr_html_()
    pages = {"parts": f"<!doctype html><meta charset=utf-8><body>{parts}</body>", "dataset": to_html(ds), "editor": to_html(Editor(ds, 3))}
    page.add_init_script(TRIPWIRE)
    for name, text in pages.items():
        (path := tmp_path / f"{name}.html").write_text(text, encoding="utf-8")
        page.goto(path.as_uri())
        page.wait_for_timeout(100)
        own = "[...document.querySelectorAll('.ft style')].forEach((one) => one.remove());" # each still form brings our own styles
        page.evaluate(f"() => {{ {own} }}")
        look(page, name)
