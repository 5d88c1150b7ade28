"""Preference and reinforcement files, other wrappings of lines, and facts about whole files."""
import gzip
import json

import pytest

from breaches import ANSWER, PAIR, TASK, USER, WEATHER, call

from ftbench.checks.repairs import apply_repair
from ftbench.checks.report import check_file
from ftbench.checks.rules import check_value, openai_message

CHAT = {"messages": [USER, ANSWER]}


@pytest.fixture
def checked(tmp_path):
    def run(values, name="train.jsonl", **options):
        path = tmp_path / name
        path.write_bytes(values if isinstance(values, bytes) else b"\n".join(json.dumps(value).encode() for value in values))
        return check_file(path, **options)
    return run


def numbered(example: dict, count: int = 12) -> list[dict]:
    return [json.loads(json.dumps(example).replace("capital", f"capital number {n}")) for n in range(count)]


def codes(value: dict) -> list[tuple]: return [(each.code, each.path, each.message) for each in check_value(value)]


def test_places_in_a_pair_are_said_from_its_top():
    pair = PAIR | {"input": {"messages": [USER, USER | {"role": "human"}]}, "preferred_output": [ANSWER | {"score": 1}]}
    assert codes(pair) == [("message_extra_key", "preferred_output[0].score", None), ("role_unknown", "input.messages[1].role", 1)]
    for each in check_value(pair): pair = apply_repair(pair, each.repair)
    assert check_value(pair)[0].code == "role_repeated" and pair["preferred_output"] == [ANSWER]


def test_tools_of_a_pair():
    answer = {"role": "assistant", "tool_calls": [call()]}
    pair = {"input": {"messages": [USER], "tools": [WEATHER]}, "preferred_output": [answer], "non_preferred_output": [ANSWER]}
    assert codes(pair) == []
    pair["preferred_output"] = [{"role": "assistant", "tool_calls": [call("{}")]}]
    assert codes(pair) == [("arguments_schema", "preferred_output[0].tool_calls[0].function.arguments", None)]
    assert codes(PAIR | {"input": PAIR["input"] | {"tools": []}}) == [] # as in OpenAI's own sample
    assert codes(PAIR | {"input": PAIR["input"] | {"tools": None}}) == [("tools_type", "input.tools", None)]


def test_a_rejected_answer_may_be_bad():
    assert codes(PAIR | {"non_preferred_output": [{"role": "assistant", "content": "TODO {{name}}"}]}) == []
    assert codes(PAIR | {"preferred_output": [{"role": "assistant", "content": "TODO"}]}) == [("placeholder", "preferred_output[0].content", None)]


def test_supervised_rules_do_not_hold_for_tasks():
    assert codes(TASK) == []
    assert [code for code, _, _ in codes(TASK | {"messages": [{"role": "developer", "content": "Be exact."}, USER]})] == []


@pytest.mark.parametrize(("example", "format", "method"), [(PAIR, "dpo", "dpo"), (TASK, "rft", "reinforcement"), (CHAT, "sft-chat", "supervised")])
def test_a_file_fits_one_method(checked, example, format, method):
    report = checked(numbered(example))
    assert report.ok and report.format == format
    assert openai_message(report.findings, 12, "file-abc", method) is None
    for other in {"supervised", "dpo", "reinforcement"} - {method}:
        code, words = openai_message(report.findings, 12, "file-abc", other)
        assert code == "invalid_training_file" and f"not using '{method}' as the training method (provided method={other})" in words


def test_openais_words_for_a_pair(checked):
    report = checked([*numbered(PAIR), {"preferred_output": [ANSWER], "non_preferred_output": [USER]}])
    assert openai_message(report.findings, 13, method="dpo")[1].endswith("Example 13 is missing key 'input'.")


def test_formats_do_not_mix(checked):
    report = checked([*numbered(CHAT), PAIR, TASK])
    assert [(each.line, each.code) for each in report.findings if each.severity == "error"] == [(13, "format_mixed"), (14, "format_mixed")]


def test_a_reference_that_one_line_lacks(checked):
    report = checked([*numbered(TASK), TASK | {"id": 3}, {"messages": [USER], "id": 4}])
    assert [(each.line, each.code) for each in report.findings if each.line] == [(14, "reference_missing")]


def test_contradictory_answers(checked):
    values = [*numbered(CHAT), CHAT, {"messages": [USER, {"role": "assistant", "content": "Oslo."}]}, CHAT]
    report = checked(values)
    assert [(each.line, each.code) for each in report.findings] == [(14, "contradiction"), (15, "duplicate")]
    assert report.findings[0].text == "3 examples ask the same as line 13 and get 2 different answers."


def test_elements_of_an_array_have_their_lines(checked):
    values = numbered(CHAT)
    values[5] = {"messages": [USER]}
    report = checked(json.dumps(values, indent=1).encode())
    line = json.dumps(values[:5], indent=1).count("\n") + 1
    assert [(each.line, each.code) for each in report.findings] == [(1, "not_jsonl"), (line, "no_assistant")]


@pytest.mark.parametrize("encode", [gzip.compress, lambda data: data.decode().encode("utf-16")], ids=["gzip", "utf-16"])
def test_lines_inside_other_wrappings_are_checked(checked, encode):
    report = checked(encode(b"\n".join(json.dumps(value).encode() for value in [*numbered(CHAT), {"messages": []}])))
    assert [(each.line, each.code) for each in report.findings][1:] == [(13, "messages_empty")] and report.examples == 13


def test_a_secret_is_never_shown(checked):
    key = "sk-proj-" + "a1B2c3D4" * 5
    report = checked([*numbered(CHAT), {"messages": [USER | {"content": f"My key is {key}, my mail jon@landsbanki.is."}, ANSWER]}])
    assert {each.code for each in report.findings} == {"secret", "personal_data"}
    said = json.dumps(report.to_json()) + repr(report) + report._repr_html_()
    assert key not in said and key[8:20] not in said and "landsbanki" not in said


def test_examples_that_are_meant_to_show_data_are_left_alone():
    for text in ("Write to someone@example.com.", "Version 1.2.3.4, 2 + 2 = 4, +3 % on 2024-05-17.", "Call 112.", "x[0] & y[1]; R&D; AT&T", "ISBN 978-0-306-40615-7",
                 "4111 1111 1111 1112", "[link](https://example.org)", "Ça coûte 12 € — « voilà »", "The sky-scraper-like-building-over-there"):
        assert check_value({"messages": [USER | {"content": text}, ANSWER]}) == [], text


def test_progress_goes_to_standard_error(checked, capsys):
    assert checked(numbered(CHAT), progress=True).ok
    assert capsys.readouterr().out == ""
