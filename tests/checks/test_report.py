"""The report on a whole file: places, files that are no lines, bounds, and what it looks like."""
import json
import os

import pytest

from ftbench.checks.findings import Finding, html_table
from ftbench.checks.json_rules import MAX_LINE_BYTES
from ftbench.checks.line_pass import MOST_FINDINGS
from ftbench.checks.report import check, check_file
from ftbench.checks.repairs import repair_line
from ftbench.checks.rules import openai_message
from ftbench.core import DataError


def line(i: int = 0, **more) -> bytes:
    return json.dumps({"messages": [{"role": "user", "content": f"Number {i}?"}, {"role": "assistant", "content": str(i)}]} | more).encode()


def lines(n: int = 12) -> list[bytes]: return [line(i) for i in range(n)]


@pytest.fixture
def checked(tmp_path):
    def run(data: bytes):
        path = tmp_path / "train.jsonl"
        path.write_bytes(data)
        return check_file(path)
    return run


def places(report) -> list[tuple]: return [(each.line, each.code) for each in report.findings]


def test_good_file(checked):
    report = checked(b"\n".join(lines()) + b"\n")
    assert report.ok and report.findings == [] and (report.format, report.examples) == ("sft-chat", 12)
    assert repr(report) == "train.jsonl: 12 examples, no findings"
    assert list(report.to_pandas()) == ["code", "severity", "line", "message", "path", "text", "repair"]


def test_physical_lines_count_blank_ones(checked):
    report = checked(b"\n".join([*lines(5), b"", b"  ", b"{", *lines(12)[5:]]))
    assert places(report) == [(6, "json_blank"), (7, "json_blank"), (8, "json_truncated")]
    assert report.examples == 13


def test_line_feed_inside_a_string_ends_the_line(checked):
    assert places(checked(b"\n".join([*lines(), b'{"messages": [{"role": "user", "content": "a', b'b"}]}'])))[0] == (13, "json_truncated")


def test_missing_final_line_end_and_crlf(checked):
    assert checked(b"\r\n".join(lines())).findings[0].code == "crlf"
    assert checked(b"\r\n".join(lines())).ok


def test_nine_examples(checked):
    report = checked(b"\n".join(lines(9)))
    assert places(report) == [(None, "too_few_examples")]
    assert openai_message(report.findings, report.examples) == (
        "invalid_n_examples", "Training file has 9 example(s), but must have at least 10 examples")


def test_duplicates_whatever_their_spelling(checked):
    again = json.dumps(json.loads(line(3)), indent=None, separators=(" ,", ":  ")).replace("N", "\\u004e").encode()
    other_order = b'{"messages": [{"content": "Number 4?", "role": "user"}, {"content": "4", "role": "assistant"}]}'
    weight = line(5).replace(b'"content": "5"', b'"content": "5", "weight": 1')
    report = checked(b"\n".join([*lines(), again, other_order, weight]))
    assert places(report) == [(13, "duplicate"), (14, "duplicate")]
    assert "line 4" in report.findings[0].text


CALL = {"role": "assistant", "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}
TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}]


@pytest.mark.parametrize("value", [
    {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]},
    {"messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}, {"role": "assistant", "content": "Hello", "weight": 1}]},
    {"messages": [{"role": "user", "content": "Hi", "name": "jon"}, CALL, {"role": "tool", "tool_call_id": "a", "content": "1"}, {"role": "assistant", "content": "Hello"}], "tools": TOOLS},
    {"messages": [{"role": "user", "content": "Hi"}, CALL], "tools": TOOLS, "parallel_tool_calls": False}])
def test_repeats_and_contradictions_are_found_in_lines_with_faults_too(checked, value):
    def again(each): return json.dumps(each, sort_keys=True, separators=(",", ":")).replace("H", "\\u0048").encode()
    twice = again(value).replace(b'"role":', b'"role":"user","role":', 1) # a key that stands twice
    other = value | {"messages": [*value["messages"][:-1], {"role": "assistant", "content": "No.", "tool_calls": []}]} # refused: no calls in the list
    extra = other | {"id": 7}
    report = checked(b"\n".join([json.dumps(value).encode(), *lines(), again(value), twice, b"\xef\xbb\xbf" + again(value), *map(again, (other, extra, extra))]))
    found = [(each.line, each.code) for each in report.findings if each.code in ("duplicate", "contradiction")]
    assert found == [(14, "contradiction"), (14, "duplicate"), (15, "duplicate"), (16, "duplicate"), (19, "duplicate")]
    assert next(each.text for each in report.findings if each.code == "contradiction").startswith("7 examples ask the same as line 1 and get 2 different answers")


@pytest.mark.parametrize("data", [b"[" + b",\n".join(lines()) + b"]", b" \n[\n" + b",".join(lines()) + b"\n]\n",
                                  b"\n".join(json.dumps(json.loads(each), indent=2).encode() for each in lines())])
def test_json_that_is_not_lines(checked, data):
    report = checked(data)
    assert places(report) == [(1, "not_jsonl")] and report.examples == 12
    assert checked(repair_line(data, report.findings[0].repair)).findings == []


def test_utf16_and_compressed_files(checked):
    text = b"\n".join(lines()).decode()
    assert places(checked(text.encode("utf-16"))) == [(1, "utf16")]
    assert places(checked(text.encode("utf-16-be"))) == [(1, "utf16")]
    assert places(checked(b"\x1f\x8b" + os.urandom(500))) == [(1, "compressed")]


def test_formats_are_named(checked):
    sharegpt = [json.dumps({"conversations": [{"from": "human", "value": str(i)}]}).encode() for i in range(12)]
    assert places(checked(b"\n".join(sharegpt))) == [(None, "format_sharegpt")]
    mixed = checked(b"\n".join([*lines(), *sharegpt[:3]]))
    assert places(mixed) == [(13, "format_mixed")] and mixed.format == "sft-chat"


def test_memory_and_findings_are_bounded(checked):
    report = checked(b"3\n" * (MOST_FINDINGS + 5))
    assert len(report.findings) == MOST_FINDINGS + 1
    assert report.findings[0].code == "more_findings" and report.findings[0].text.startswith("5 more")


def test_a_line_of_250_megabytes(tmp_path):
    path = tmp_path / "wide.jsonl"
    with path.open("wb") as file:
        for _ in range(250): file.write(b"[" * 1_000_000)
        file.write(b"\n" + b"\n".join(lines()))
    report = check_file(path)
    assert places(report) == [(1, "line_too_large")] and report.examples == 13
    assert path.stat().st_size > MAX_LINE_BYTES


def test_what_cannot_be_checked(tmp_path):
    for name in ("empty.jsonl", "mails.csv"): (tmp_path / name).touch()
    for name, words in (("none.jsonl", "no file"), ("", "folder"), ("empty.jsonl", "empty"), ("mails.csv", "table")):
        with pytest.raises(DataError, match=words) as caught: check_file(tmp_path / name)
        assert caught.value.remedy


def test_data_set_with_edits(tmp_path):
    import ftbench
    from ftbench.data.edit.edits import SetWeight
    path = tmp_path / "train.jsonl"
    path.write_bytes(b"\n".join([*lines(), b"{", b"", line(99, id=4)]))
    dataset = ftbench.open(path)
    dataset.apply(SetWeight(2, 1, 0))
    assert places(check(dataset)) == [(3, "nothing_trained"), (13, "json_truncated"), (15, "extra_key")]
    dataset.undo()
    assert places(dataset.check()) == [(13, "json_truncated"), (15, "extra_key")]


def test_text_of_the_file_is_never_html(checked):
    report = checked(b"\n".join([*lines(), line(1).replace(b"user", b"<img src=x onerror=alert(1)>")]))
    assert "<img" not in report._repr_html_() and "&lt;img" in report._repr_html_()


def test_every_output_can_be_printed(checked):
    report = checked(b"\n".join([*lines(), rb'{"messages": [{"role": "\ud800"}], "\ud800": 1, "\u001b[2J": 2}']))
    json.dumps(report.to_json(), ensure_ascii=False).encode()
    repr(report).encode()
    report._repr_html_().encode()
    assert "\x1b" not in repr(report) and len(report.findings) >= 4


def test_long_tables_say_what_they_leave_out():
    many = [Finding("extra_key", "error", i, None, "id", "The key is extra.") for i in range(60)]
    assert "10 more" in html_table(many)


@pytest.mark.parametrize(("raw", "code", "message"), [
    (line(id=3), "invalid_file_format", 'The job failed due to a file format error in the training file. Invalid file format. Example 3 contains an extra "id".'),
    (b'{"conversation": []}', "invalid_training_file", "The job failed due to an invalid training file. Invalid file format. Example 3 is missing key 'messages'."),
    (line().replace(b'"role": "user", ', b""), "invalid_training_file",
     "The job failed due to an invalid training file. Invalid file format. Example 3, message 1 Discriminator 'role' is missing in value"),
    (line().replace(b"Number", b"<|fim_suffix|>"), "invalid_training_file",
     "The job failed due to an invalid training file. Invalid file format. Example 3 message contains an invalid token: <|fim_suffix|>."),
])
def test_openais_words(checked, raw, code, message):
    report = checked(b"\n".join([*lines(2), raw, *lines(12)[2:]]))
    assert openai_message(report.findings, report.examples) == (code, message)


def test_preference_file_is_refused_for_supervised_training(checked):
    pair = {"input": {"messages": []}, "preferred_output": [], "non_preferred_output": []}
    report = checked(b"\n".join([json.dumps(pair).encode()] * 12))
    code, message = openai_message(report.findings, report.examples, "file-abc")
    assert code == "invalid_training_file" and "file-abc is in the fine-tune-preference format" in message
