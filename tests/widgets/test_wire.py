"Whatever an example holds, and whatever one does with it, no message to the page is larger than twenty kilobytes."
import json

import pytest

from ftbench.data.dataset import open_dataset
from ftbench.widgets.base import FtWidget
from ftbench.widgets.editor import Editor
from ftbench.widgets.lens import Lens
from ftbench.widgets.wire import Parts, wire_size

LARGEST = 20_000
TOOL = {"type": "function", "function": {"name": "look_up", "description": "Finds an order by its number. " * 8, "parameters": {"type": "object", "required": ["order"], "properties": {
    f"field_{number}": {"type": "string", "description": "what it means, at some length " * 4, "enum": ["one", "two", "three"]} for number in range(12)}}}}
STORY = "On a day the parcel went on, and nobody knew where it was. " * 520 # over thirty thousand characters
EXAMPLES = {
    "ten megabytes": {"messages": [{"role": "user", "content": "Some words, and others too. " * 380_000}, {"role": "assistant", "content": "ok"}]},
    "a thousand turns": {"messages": [{"role": role, "content": f"turn {number} says a few words of its own"} for number in range(500) for role in ("user", "assistant")]},
    "thirty thousand characters": {"messages": [{"role": "user", "content": STORY}, {"role": "assistant", "content": STORY, "weight": 0}, {"role": "assistant", "content": "你好 👍 " * 6_000}]},
    "sixty-four tools": {"tools": [{**TOOL, "function": {**TOOL["function"], "name": f"look_up_{number}"}} for number in range(64)], "messages": [
        {"role": "user", "content": "Order 48?"}, {"role": "assistant", "tool_calls": [{"id": f"call_{number}", "type": "function", "function": {
            "name": f"look_up_{number}", "arguments": json.dumps({f"field_{at}": "one" for at in range(12)})}} for number in range(64)]},
        *({"role": "tool", "tool_call_id": f"call_{number}", "content": '{"status": "sent"}'} for number in range(64)), {"role": "assistant", "content": "Done."}]}}


class Page:
    "What a page hears of a widget: the size of every message, and the answers put together again."

    def __init__(self, pane):
        self.sizes, self.answers, self.text = [], {}, {}
        self.widget = FtWidget(pane)
        self.widget._send = self.hear

    def hear(self, message, buffers=None):
        self.sizes.append(wire_size(message))
        content = message.get("content", {})
        if "error" in content: raise AssertionError(content)
        if "part" in content:
            self.text[content["id"]] = self.text.get(content["id"], "") + content["part"]
            if content["left"]: self.widget._receive(None, {"more": content["id"]}, [])
            else: self.answers[content["id"]] = json.loads(self.text[content["id"]])
        elif "id" in content: self.answers[content["id"]] = content["answer"]

    def ask(self, verb, **values):
        self.widget._receive(None, {"do": verb, "id": f"{verb} {len(self.sizes)}", **values}, [])
        return list(self.answers.values())[-1]


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_message_is_large(tmp_path, name):
    value = EXAMPLES[name]
    (tmp_path / "talks.jsonl").write_text(json.dumps(value) + "\n")
    ds = open_dataset(tmp_path / "talks.jsonl")
    page, last = Page(Editor(ds)), len(value["messages"]) - 1
    here = {"example": 0}
    for message in (0, last // 2, last): page.ask("show", **here, message=message)
    page.ask("messages.more", **here, message=0, start=4000)
    page.ask("look", view="lens")
    for message in (0, last): page.ask("unfold", **here, message=message)
    place = 0
    for _ in range(4): # scrolling down, and up again
        page.ask("tokens", **here, place=place, to="down", held=[max(0, place - 4_000), place], message=0)
        place += 1_100
    for _ in range(2): page.ask("tokens", **here, place=place, to="up", held=[place, place + 4_000], message=0)
    page.ask("tokens", **here, message=last)
    before = len(page.sizes)
    page.ask("messages.weight", **here, message=last)
    assert sum(page.sizes[before:]) < 9_000, "the tokens themselves are not sent again"
    page.ask("look", view="messages")
    page.ask("compare", on=True)
    page.ask("preview", on=True)
    page.ask("messages.insert", **here, message=0)
    if name != "ten megabytes": assert page.ask("line", **here) == ds[0].bytes.decode()
    for part, verb in (("tools", "text"), ("tools", "form")):
        if "tools" in value: page.ask(f"{part}.{verb}", **here, tool=1)
    assert max(page.sizes) < LARGEST, sorted(page.sizes)[-3:]


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_message_of_the_lens_is_large(tmp_path, name):
    (tmp_path / "talks.jsonl").write_text(json.dumps(EXAMPLES[name]) + "\n")
    page = Page(Lens(open_dataset(tmp_path / "talks.jsonl"), 0))
    page.ask("unfold", message=0)
    page.ask("tokens", place=900, to="down", held=[0, 900], message=0)
    page.ask("tokens", message=len(EXAMPLES[name]["messages"]) - 1)
    page.ask("weight", message=len(EXAMPLES[name]["messages"]) - 1)
    assert max(page.sizes) < LARGEST
    assert len(page.widget.pane._repr_html_()) < 600_000, "what is saved in a notebook has bounds, too"


@pytest.mark.parametrize("text", ["plain " * 40_000, '"\\' * 40_000, "你好👍" * 20_000, "\x00\x1b" * 20_000])
def test_a_large_answer_comes_in_parts_and_is_whole(text):
    parts, got = Parts(), ""
    reply = parts.reply({"id": "a", "answer": {"text": text}})
    while True:
        assert wire_size(reply) < LARGEST
        got += reply["part"]
        if not reply["left"]: break
        reply = parts.more("a")
    assert json.loads(got) == {"text": text} and "Ask again" in parts.more("a")["error"]["remedy"]
