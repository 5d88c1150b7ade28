"""A file checked by several processes has the report of one that is checked by one."""
import json
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from shared_data import SHARED, needs_shared

from ftbench.checks import parts, report as reporting
from ftbench.checks.line_pass import MOST_FINDINGS, check_lines
from ftbench.checks.parts import check_parts, parts_of
from ftbench.checks.profiles import profile_of
from ftbench.checks.reading import chunks, numbered
from ftbench.checks.report import check_file
from ftbench.core import DataError

GOOD = b'{"messages": [{"role": "user", "content": "Say %d."}, {"role": "assistant", "content": "%d"}]}'


def report_of(path: Path, processes: int, monkeypatch, **options) -> dict:
    monkeypatch.setattr(reporting, "_processes", lambda size: processes)
    return check_file(path, **options).to_json()


@pytest.mark.parametrize("count", [1, 2, 3, 50])
@pytest.mark.parametrize("data", [b"", b"a\nbb\n\nccc", b"\n" * 7, b"one line only", b"x" * 5000 + b"\ny\n", b"a\r\nb\r\n", b"\xef\xbb\xbfa\nb\n"])
def test_parts_are_the_file(tmp_path, data, count):
    (path := tmp_path / "file").write_bytes(data)
    found = parts_of(path, count)
    assert b"".join(data[part.start:part.end] for part in found) == data and len(found) <= count
    for part in found:
        assert part.start == 0 or data[part.start - 1:part.start] == b"\n"
        assert part.number == 1 + data[:part.start].count(b"\n")


def lines() -> list[bytes]:
    "Good examples, some of them twice, one question with two answers in two parts, and faults of many kinds."
    found = [GOOD % (number, number) for number in range(300)]
    found[250], found[299] = found[10], (GOOD % (20, 20)).replace(b'"20"}', b'"twenty"}')
    tool = b'{"type": "function", "function": {"name": "find", "parameters": {"type": "object", "properties": {"n": {"type": "integer"}}}}}'
    for number in (30, 280): # the same example, its tools spelled in two ways
        tools = tool if number == 30 else tool.replace(b": ", b":")
        found[number] = (b'{"messages": [{"role": "user", "content": "Find it."}, {"role": "assistant", "tool_calls": [{"id": "a", "type": "function", '
                         b'"function": {"name": "find", "arguments": "{}"}}]}], "tools": [' + tools + b"]}")
    found[40], found[140], found[240] = b'{"messages": [', b"", b'{"messages": [{"role": "user", "content": "sk-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKL"}]}'
    found[150] = found[5] + b"\r"
    found[160] = json.dumps({"messages": [{"role": "user", "content": "long"}, {"role": "assistant", "content": "l" * 400_000}]}).encode()
    found[200] = json.dumps({"prompt": "p", "completion": "c"}).encode()
    return found


def test_several_processes_find_what_one_finds(tmp_path, monkeypatch):
    (path := tmp_path / "many.jsonl").write_bytes(b"\n".join(lines()))
    alone = report_of(path, 1, monkeypatch)
    codes = {each["code"] for each in alone["findings"]}
    assert {"duplicate", "contradiction", "json_truncated", "json_blank", "crlf", "format_mixed"} <= codes
    repeats = {each["line"] for each in alone["findings"] if each["code"] == "duplicate"}
    assert {251, 281} <= repeats
    for processes in (2, 5): assert report_of(path, processes, monkeypatch) == alone
    for provider in ("together", "azure"): assert report_of(path, 3, monkeypatch, provider=provider) == report_of(path, 1, monkeypatch, provider=provider)


def test_keys_of_reinforcement_examples_are_joined(tmp_path, monkeypatch):
    row = {"messages": [{"role": "user", "content": "Count."}]}
    rows = [json.dumps(row | ({"answer": number} if number % 3 else {"other": number})) for number in range(400)]
    (path := tmp_path / "rft.jsonl").write_text("\n".join(rows))
    alone = report_of(path, 1, monkeypatch)
    assert sum(each["code"] == "reference_missing" for each in alone["findings"]) == 100 # more are not named
    assert report_of(path, 3, monkeypatch) == alone


def test_no_more_findings_are_kept_and_all_are_counted(tmp_path, monkeypatch):
    (path := tmp_path / "threes.jsonl").write_bytes(b"3\n" * (2 * MOST_FINDINGS + 5))
    alone = report_of(path, 1, monkeypatch)
    assert f"{MOST_FINDINGS + 5:,} more" in str(alone["findings"])
    assert report_of(path, 3, monkeypatch) == alone


@needs_shared
def test_parts_of_real_files_join():
    paths = [path for folder in ("chat", "other_formats", "bad") for path in sorted((SHARED / folder).glob("*.json*")) if path.stat().st_size < 2_000_000]
    assert len(paths) > 30
    for path in paths:
        whole, first, *rest = (check_lines(numbered(chunks(path, part.start, part.end), number=part.number), profile_of("openai"))
                               for count in (1, 3) for part in parts_of(path, count)) # in this process, which is quicker
        for later in rest: first.join(later)
        assert first.listed() == whole.listed() and first.counts == whole.counts and first.facts == whole.facts, path.name


def test_all_bytes_are_told(tmp_path, monkeypatch):
    (path := tmp_path / "many.jsonl").write_bytes(b"\n".join(lines()))
    passed = []
    check_parts(path, "openai", 3, passed.append)
    assert sum(passed) == path.stat().st_size


def test_a_process_that_is_killed_is_said(tmp_path, monkeypatch):
    (path := tmp_path / "many.jsonl").write_bytes(b"\n".join(lines()))
    number, start = parts_of(path, 2)[1].number, parts._worker

    @contextmanager
    def killed(path, provider, part, environment):
        with start(path, provider, part, environment) as worker:
            if part.number == number: worker.process.kill()
            yield worker
    monkeypatch.setattr(parts, "_worker", killed)
    with pytest.raises(DataError, match=rf"was not checked from line {number:,} on.*code -9"): check_parts(path, "openai", 2)
    assert not psutil.Process().children() # the other one does not go on


def test_an_interrupt_ends_all(tmp_path):
    (path := tmp_path / "many.jsonl").write_bytes(b"\n".join(GOOD % (number, number) for number in range(40_000)))
    def interrupt(size: int) -> None: raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt): check_parts(path, "openai", 2, interrupt)
    assert not psutil.Process().children()


def test_where_no_process_can_be_started_one_checks_all(tmp_path, monkeypatch):
    (path := tmp_path / "many.jsonl").write_bytes(b"\n".join(lines()))
    alone = report_of(path, 1, monkeypatch)
    def refuse(*command, **options): raise BlockingIOError(11, "Resource temporarily unavailable")
    monkeypatch.setattr(parts.subprocess, "Popen", refuse)
    assert report_of(path, 2, monkeypatch) == alone


def test_modules_of_the_user_are_not_taken_for_those_of_python(tmp_path, monkeypatch):
    (path := tmp_path / "many.jsonl").write_bytes(b"\n".join(lines()))
    (tmp_path / "queue.py").write_text("raise RuntimeError('not this one')")
    monkeypatch.chdir(tmp_path)
    assert check_parts(Path(path.name), "openai", 2).facts.examples == 299
