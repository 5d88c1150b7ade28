"Every gesture of the editor is an edit, and what cannot be is said before anything is written."
import json
import time

import pytest
from mails import write_examples
from ftbench.core import FtbenchError
from ftbench.data.chat import calls_of
from ftbench.data.dataset import open_dataset
from ftbench.data.edit.edits import (DeleteExample, DeleteMessage, DuplicateMessage, InsertExample, InsertMessage, MergeMessages, MoveMessage, SetContent,
                                SetName, SetRole, SetWeight, SplitMessage)
from ftbench.widgets.base import answer, sendable
from ftbench.widgets.changes import word_changes
from ftbench.widgets.conversation import conversation_state
from ftbench.widgets.editor import Editor
from ftbench.widgets.wire import FOLD_CHARACTERS, fold, wire_size

TOOL = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "required": ["order"], "properties": {
    "order": {"type": "string"}, "history": {"type": "boolean"}, "queue": {"enum": ["refund", "repair"]}}}}}


def call(arguments): return {"role": "assistant", "tool_calls": [
    {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": arguments}}]}


@pytest.fixture
def editor(tmp_path):
    examples = [
        {"tools": [TOOL], "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Order 48?"},
                                       call('{"order": "48", "history": "yes"}'), {"role": "tool", "tool_call_id": "call_1", "content": "{}"},
                                       {"role": "assistant", "content": "Done.", "weight": 0}, {"role": "user", "content": "Ta"},
                                       {"role": "assistant", "content": "You are welcome."}]},
        {"messages": [{"role": "user", "content": "Hi", "weight": 1}, {"role": "assistant", "content": "Yo"}]}]
    return Editor(open_dataset(write_examples(tmp_path / "talks.jsonl", [*examples, '{"messages": ['])))


def do(editor, verb, **values):
    reply = answer(editor, {"do": verb, "id": 1, **values})
    assert "error" not in reply, reply
    return reply["answer"]


@pytest.mark.parametrize("verb, values, edit", [
    ("messages.weight", {"message": 6}, SetWeight(0, 6, 0)), ("messages.weight", {"message": 4}, SetWeight(0, 4, 1)),
    ("messages.write", {"message": 1, "text": "Order 49?"}, SetContent(0, 1, "Order 49?")), ("messages.role", {"message": 0, "role": "developer"}, SetRole(0, 0, "developer")),
    ("messages.insert", {"message": 1}, InsertMessage(0, 2, {"role": "assistant", "content": ""})),
    ("messages.duplicate", {"message": 1}, DuplicateMessage(0, 1)), ("messages.split", {"message": 1, "at": 5}, SplitMessage(0, 1, 5)),
    ("messages.name", {"message": 1, "name": " ann "}, SetName(0, 1, "ann")),
    ("messages.remove", {"message": 5}, DeleteMessage(0, 5)), ("messages.shift", {"message": 5, "by": -1}, MoveMessage(0, 5, 4)),
])
def test_gestures_are_edits(editor, verb, values, edit):
    before = editor.ds.to_jsonl()
    do(editor, verb, example=0, **values)
    assert editor.ds.edits == [edit]
    editor.ds.undo()
    assert editor.ds.to_jsonl() == before


def test_arguments_are_written_into_their_call(editor):
    do(editor, "calls.write_text", example=0, message=2, call=0, text='{"order": "49"}')
    message = editor.ds[0].value["messages"][2]
    assert message["tool_calls"][0]["function"] == {"name": "look_up", "arguments": '{"order": "49"}'}
    assert do(editor, "calls.text", example=0, message=2, call=0) == '{"order": "49"}'


def test_a_form_of_a_call_writes_only_what_was_touched(editor):
    form = do(editor, "calls.form", example=0, message=2, call=0)
    assert [field["fault"] is not None for field in form["fields"]] == [False, True] and [field["name"] for field in form["more"]] == ["queue"]
    fields = [[field["name"], field["value"]] for field in form["fields"]]
    do(editor, "calls.write", example=0, message=2, call=0, call_id="call_1", name="look_up", fields=fields)
    assert editor.ds.edits == [], "nothing changed"
    do(editor, "calls.write", example=0, message=2, call=0, call_id="call_7", name="look_up", fields=[fields[0], ["history", "true"]])
    messages = editor.ds[0].value["messages"]
    assert calls_of(messages[2])[0] == ("call_7", "look_up", '{"order": "48", "history": true}') and messages[3]["tool_call_id"] == "call_7"
    editor.ds.undo()
    assert editor.ds.edits == [], "a call and its answer are one step"
    assert do(editor, "calls.add", example=0, message=2) == 1
    assert [message.get("tool_call_id") for message in editor.ds[0].value["messages"][3:5]] == ["call_1", "call_2"]
    do(editor, "calls.remove", example=0, message=2, call=0)
    assert [message.get("tool_call_id") for message in editor.ds[0].value["messages"]].count("call_1") == 0


def test_differences_are_worked_out_only_when_asked_for(editor):
    do(editor, "messages.write", example=0, message=1, text="Order 49?")
    assert editor.state()["changed"] and editor.state()["messages"][1]["change"] is None
    do(editor, "compare", on=True)
    state = editor.state()
    assert state["messages"][1]["change"]["text"] == [["=", "Order "], ["-", "48"], ["+", "49"], ["=", "?"]] and state["removed"] == []
    do(editor, "messages.remove", example=0, message=0)
    assert [message["role"] for message in editor.state()["removed"]] == ["system"]
    editor.ds.revert()
    assert not editor.state()["changed"] and editor.state()["messages"][1]["change"] is None


def test_a_difference_of_huge_texts_is_short_and_quick():
    before, after = "word " * 400_000, "word " * 200_000 + "other " * 200_000
    started = time.process_time()
    assert len(json.dumps(word_changes(before, after))) < 20_000 and time.process_time() - started < 5


def test_a_pair_is_swapped_and_edited_and_its_input_too(tmp_path):
    pair = {"input": {"messages": [{"role": "user", "content": "Where?"}, {"role": "assistant", "content": "Here."}]}, "preferred_output": [{"role": "assistant", "content": "Yes."}],
            "non_preferred_output": [{"role": "assistant", "content": "No.", "tool_calls": []}]}
    (tmp_path / "pairs.jsonl").write_text(json.dumps(pair) + "\n" + json.dumps({**pair, "preferred_output": 5}) + "\n")
    editor = Editor(open_dataset(tmp_path / "pairs.jsonl"))
    assert editor.state()["tokens"]["trained"] is None and all(card["weight"] is None for card in editor.state()["messages"])
    assert "Not preferred" in editor._repr_html_()
    do(editor, "answers.swap", example=0)
    do(editor, "answers.write", example=0, key="non_preferred_output", text="Perhaps.")
    do(editor, "messages.write", example=0, message=0, text="Where to?")
    assert editor.ds[0].value == {"input": {"messages": [{"role": "user", "content": "Where to?"}, pair["input"]["messages"][1]]},
                                  "preferred_output": pair["non_preferred_output"], "non_preferred_output": [{"role": "assistant", "content": "Perhaps."}]}
    for values in ({"key": "input", "text": ""}, {"key": "preferred_output", "text": "{"}):
        assert answer(editor, {"do": "answers.write", "id": 1, "example": 0, **values})["error"]["remedy"]
    editor.example = 1
    assert "".join(text for _, text in editor.state()["pair"][0]["pieces"]) == "5"
    editor.do_look("lens")
    assert editor.state()["lens"] and json.dumps(editor.state())


@pytest.mark.parametrize("text", ["{cut", "[1]", "5", "", '{"a": NaN}', "[" * 10_000, '{"a": ' * 10_000])
def test_arguments_that_are_no_object_have_no_form(text, tmp_path):
    (tmp_path / "odd.jsonl").write_text(json.dumps({"messages": [call(text)]}) + "\n")
    assert do(Editor(open_dataset(tmp_path / "odd.jsonl")), "calls.form", example=0, message=0, call=0) is None


@pytest.mark.parametrize("verb, values", [
    ("messages.weight", {"message": 1}), ("messages.weight", {"message": 99}), ("messages.write", {"message": -1, "text": "x"}), ("messages.role", {"message": 0, "role": "robot"}),
    ("messages.shift", {"message": 0, "by": -1}), ("repair", {"finding": 0, "code": "gone"}), ("messages.text", {"message": 99}),
    ("calls.form", {"message": 2, "call": 1}), ("calls.write", {"message": 2, "call": 0, "call_id": "", "name": "look_up", "fields": []}),
    ("calls.write", {"message": 2, "call": 0, "call_id": "call_1", "name": "look_up", "fields": [["order", "Oslo"]]}), ("calls.add", {"message": 9}), ("calls.remove", {"message": 1, "call": 0}),
    ("messages.split", {"message": 1, "at": 0}), ("messages.split", {"message": 2, "at": 1}), ("messages.merge", {"message": 6}), ("messages.merge", {"message": 1}),
])
def test_what_cannot_be_changes_nothing(editor, verb, values):
    reply = answer(editor, {"do": verb, "id": 1, "example": 0, **values})
    assert reply["error"]["message"] and reply["error"]["remedy"] and editor.ds.edits == []


def test_a_repair_is_one_edit(editor):
    editor.example = 1
    [finding] = [one for card in editor.state()["messages"] for one in card["findings"] if one["repair"]]
    do(editor, "repair", example=1, finding=finding["number"], code=finding["code"])
    assert "weight" not in editor.ds[1].value["messages"][0]
    assert not any(card["findings"] for card in editor.state()["messages"])
    reply = answer(editor, {"do": "repair", "id": 1, "example": 1, "finding": finding["number"], "code": finding["code"]})
    assert "gone" in reply["error"]["message"]


def test_whole_examples(editor):
    do(editor, "duplicate_example", example=1)
    assert editor.ds[2].bytes == editor.ds[1].bytes
    do(editor, "remove_example", example=2)
    assert isinstance(editor.ds.edits[0], InsertExample) and editor.ds.edits[1] == DeleteExample(2)
    editor.example = 2
    assert editor.state()["broken"]["raw"] == '{"messages": [' and editor.state()["findings"][0]["severity"] == "error"
    for _ in range(3): do(editor, "remove_example", example=0)
    assert editor.example is None and editor.state()["messages"] == []
    assert "No example" in editor._repr_html_()
    do(editor, "add_example")
    assert editor.example == 0 and [message["role"] for message in editor.state()["messages"]] == ["user", "assistant"]


def test_the_state_says_where_the_fault_is(editor):
    state = editor.state()
    fields = {row["name"]: row for row in state["messages"][2]["calls"][0]["fields"]}
    assert fields["history"]["fault"] and fields["history"]["type"] == "boolean" and not fields["order"]["fault"]
    assert state["messages"][3]["answers"] == "look_up"
    assert state["tools"] == {"count": 1, "names": ["look_up"]}


def test_the_limit_falls_where_the_context_ends():
    state = conversation_state({"messages": [{"role": "user", "content": "one two three " * 600}, {"role": "assistant", "content": "late"}]})
    assert state["limit"]["message"] == 0 and state["limit"]["tokens"] == 1024
    assert state["messages"][1]["findings"][0]["code"] == "target_cut_off" and state["tokens"]["trained"] == 0
    assert conversation_state({"messages": [{"role": "user", "content": "short"}]})["limit"] is None


@pytest.mark.parametrize("text", ["", "short", "x" * 4000, "x" * 4001, "l\n" * 12, "l\n" * 13, "x" * 10_000_000, "\n" * 100_000])
def test_long_texts_are_folded(text):
    shown, rest = fold(text)
    assert len(shown) <= FOLD_CHARACTERS and text.startswith(shown) and (rest is None) == (shown == text)
    if rest: assert rest["characters"] == len(text) - len(shown)


def test_a_huge_example_stays_small_on_the_wire(tmp_path):
    (tmp_path / "huge.jsonl").write_text(json.dumps({"messages": [{"role": "user", "content": "word " * 200_000}, {"role": "assistant", "content": "ok"}]}) + "\n")
    editor = Editor(open_dataset(tmp_path / "huge.jsonl"), model="gpt-4.1-mini")
    assert len(json.dumps(editor.state())) < 60_000
    assert len(do(editor, "messages.text", example=0, message=0)) == 1_000_000


@pytest.mark.parametrize("value", [
    {"messages": "text"}, {"messages": [1, None, "x"]}, {"messages": [{"role": 7, "content": {"a": 1}}]}, {}, {"tools": "x", "messages": []},
    {"messages": [{"role": "assistant", "tool_calls": [{"function": {"arguments": 5}}, 3]}]},
    {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 5000}}]}]},
    {"tools": [{"function": {"name": "f", "parameters": {"properties": 3, "required": 4}}}],
     "messages": [{"role": "assistant", "tool_calls": [{"id": "a", "function": {"name": "f", "arguments": "{}"}}]}]},
])
def test_any_shape_can_be_looked_at(value, tmp_path):
    (tmp_path / "odd.jsonl").write_text(json.dumps(value) + "\n")
    editor = Editor(open_dataset(tmp_path / "odd.jsonl"))
    json.dumps(editor.state())
    assert editor._repr_html_() and repr(editor)


def test_split_a_rewritten_text_and_merge_it_again(editor):
    do(editor, "messages.split", example=0, message=1, at=6, text="Hello. Order 48?")
    texts = [message.get("content") for message in editor.ds[0].value["messages"][1:3]]
    assert texts == ["Hello.", " Order 48?"]
    do(editor, "messages.merge", example=0, message=1)
    assert editor.ds[0].value["messages"][1]["content"] == "Hello. Order 48?" and editor.ds.edits[-1] == MergeMessages(0, 1)
    editor.ds.undo(), editor.ds.undo()
    assert editor.ds.edits == [], "the new text and the cut are one step"


def test_what_was_edited_is_marked_wherever_it_stands(editor):
    edited = lambda: [number for number, card in enumerate(editor.state()["messages"]) if card["edited"]]
    assert edited() == []
    do(editor, "messages.name", example=0, message=1, name="ann")
    assert edited() == [1]
    do(editor, "messages.insert", example=0, message=0)
    assert edited() == [1, 2]
    editor.ds.apply(InsertExample(0, {"messages": [{"role": "user", "content": "new"}]}))
    editor.example = 1
    assert edited() == [1, 2]
    editor.example = 0
    assert edited() == [0]
    editor.ds.save()
    assert edited() == []


def test_unknown_options_and_examples(editor):
    with pytest.raises(FtbenchError, match="Editor has no option 'exmaple'") as error: Editor(editor.ds, exmaple=1)
    assert "example" in error.value.remedy
    with pytest.raises(FtbenchError, match="no example 9"): editor.example = 9


TOOLS = [TOOL, {"type": "function", "function": {"name": "send", "parameters": 5}}, {"type": "custom"}, 7]


@pytest.mark.parametrize("verb, values, message", [
    ("tools.form", {"tool": 9}, "no tool 9"), ("tools.rename", {"tool": 0, "name": " "}, "needs a name"), ("tools.rename", {"tool": 0, "name": "send"}, "already"),
    ("tools.set", {"tool": 0, "path": ["properties", "order"], "key": "type", "value": "text"}, "no type"), ("tools.set", {"tool": 0, "path": ["properties", "order"], "key": "enum", "value": "[1"}, "not JSON"),
    ("tools.set", {"tool": 0, "path": ["properties", "gone"], "key": "description", "value": "x"}, "no such parameter"), ("tools.set", {"tool": 0, "path": ["properties", "order"], "key": "minLength", "value": 1}, "has no 'minLength'"),
    ("tools.set", {"tool": 0, "path": ["properties", "order"], "key": "name", "value": "history"}, "already"), ("tools.write", {"tool": 0, "text": "[]"}, "JSON object"),
    ("entries.write", {"path": ["gone", "deeper"], "text": "{", "plain": False}, "not JSON"), ("entries.text", {"path": ["gone"], "plain": True}, "no entry gone"), ("entries.add", {"name": "tools"}, "already"),
    ("entries.remove", {"path": ["gone"]}, "no entry"), ("messages.write", {"message": 0, "text": "x", "was": "other"}, "has changed since"), ("messages.picture", {"message": 0, "part": 0}, "no picture"),
    ("messages.write_json", {"message": 0, "text": "{"}, "not JSON"), ("write_line", {"text": "{\n,"}, "not JSON"), ("write_line", {"text": "[\n1]"}, "no JSON object")])
def test_what_a_form_cannot_write_is_said_and_nothing_is_written(tmp_path, verb, values, message):
    (tmp_path / "tools.jsonl").write_text(json.dumps({"tools": TOOLS, "messages": [{"role": "user", "content": "Hi"}]}) + "\n")
    editor = Editor(open_dataset(tmp_path / "tools.jsonl"))
    error = answer(editor, {"do": verb, "id": 1, "example": 0, **values})["error"]
    assert message in error["message"] and error["remedy"] and not editor.ds.edits


@pytest.mark.parametrize("value", [
    {"functions": [{"name": "old", "parameters": {"properties": {"a": {"type": "string"}}}}], "messages": []},
    {"input": {"messages": [], "tools": [TOOL]}, "preferred_output": [], "non_preferred_output": []}, {"tools": [TOOL, 5, None], "messages": []}])
def test_tools_are_edited_wherever_they_stand(tmp_path, value):
    (tmp_path / "tools.jsonl").write_text(json.dumps(value) + "\n")
    editor = Editor(open_dataset(tmp_path / "tools.jsonl"))
    before = editor.ds.to_jsonl()
    name = do(editor, "tools.form", example=0, tool=0)["rows"][0]["name"]
    do(editor, "tools.set", example=0, tool=0, path=["properties", name], key="description", value="what it is")
    assert do(editor, "tools.form", example=0, tool=0)["rows"][0]["description"] == "what it is"
    number = do(editor, "tools.add", example=0)
    do(editor, "tools.remove", example=0, tool=number)
    do(editor, "tools.set", example=0, tool=0, path=["properties", name], key="description", value="")
    while editor.ds.edits: editor.ds.undo()
    assert editor.ds.to_jsonl() == before


LONG = {"x": "x" * 6_000, "lines": "\n" * 5_000, "wide": "你好" * 1_500, "half": "\ud83d" * 900, "quotes": '"\\' * 3_000}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_whatever_is_long_a_page_message_stays_small(tmp_path, text):
    call = {"id": text, "type": "function", "function": {"name": text, "arguments": json.dumps({text: text, **{f"a{number}": text[:400] for number in range(60)}})}}
    turn = [{"role": text, "name": text, "content": text, text: text}, {"role": "assistant", "content": text, "tool_calls": [call] * 4}, {"role": "user", "content": [{"type": text}] * 60}]
    tool = {"type": "function", "function": {"name": text, "description": text, "parameters": {"required": [text], "properties": {text: {"enum": [text] * 4}}}}}
    pair = {"input": {"messages": turn}, "preferred_output": [{"role": "assistant", "content": text}], "non_preferred_output": [{"role": "assistant", "content": text[::2]}]}
    values = [{"tools": [tool] * 4, "messages": turn * 2, "metadata": {text: text}, text: text}, {**pair, text: text}, {"messages": turn[:1] * 4 + [{"role": "user", "content": "?"}], **{f"field {number}": text[:900] for number in range(60)}}]
    editor = Editor(open_dataset(write_examples(tmp_path / "long.jsonl", values)))
    editor.compare = True
    for number in range(len(values)):
        editor.example = number
        assert wire_size(sendable(editor.state())) < 20_000
        answer(editor, {"do": "messages.write", "id": 1, "example": number, "message": 0, "text": text[1:]})
        assert wire_size(sendable(editor.state())) < 20_000
    assert editor._repr_html_().encode()
