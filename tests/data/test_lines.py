"Opening any file: every example found at its place, every byte kept."
import bz2
import gzip
import json
import lzma
import os
import random
import shutil
from pathlib import Path

import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from shared_data import SHARED, needs_shared

from ftbench.core import DataError
from ftbench.data.file import layout
from ftbench.data.dataset import open_dataset
from ftbench.data.edit.edits import DeleteExample, InsertExample, ReplaceExample, SetContent
from ftbench.data.file.layout import layout_of
from ftbench.data.file.lines import Lines, Patch

FILES = [path for part in ("chat", "other_formats") for path in sorted((SHARED / part).glob("*.json*"))]
ANY = [*FILES, *sorted(SHARED.glob("bad/*.json*")), *sorted(SHARED.glob("json_parsing/*")), *sorted(SHARED.glob("evals/*.jsonl"))]


def opened(tmp_path, content, name="train.jsonl"):
    path = tmp_path / name
    path.write_bytes(content)
    return open_dataset(path)


def json_values(text):
    if text.startswith("["): return json.loads(text)
    values, at = [], 0
    while at < len(text):
        value, at = json.JSONDecoder().raw_decode(text, at)
        values.append(value)
        at += len(text[at:]) - len(text[at:].lstrip())
    return values


def chat(number): return {"messages": [{"role": "user", "content": f"question {number}"}]}


# large files, whose lines are found while one looks at the first ones

@pytest.fixture
def all_are_large(monkeypatch):
    monkeypatch.setattr(layout, "_LARGE", 1)
    monkeypatch.setattr(layout, "_AHEAD", 300)


@pytest.mark.parametrize("path", ANY, ids=lambda path: path.name)
def test_the_first_lines_are_those_of_the_whole(path, tmp_path, monkeypatch):
    path = Path(shutil.copy(path, tmp_path))
    try: small = Lines(path)
    except DataError: return
    wanted = [(small.line_of(example), small.number(line), small.raw(line)) for example, line in enumerate(small.example_lines().tolist())]
    monkeypatch.setattr(layout, "_LARGE", 1)
    monkeypatch.setattr(layout, "_AHEAD", 300)
    large = Lines(path)
    assert large.kind == small.kind and large.reaches(0) == bool(wanted) and not large.reaches(-1) and not large.reaches(len(wanted))
    for example, found in enumerate(wanted):
        line = large.line_of(example)
        assert (line, large.number(line), large.raw(line)) == found
    assert large.examples == small.examples and all((one == other).all() for one, other in zip(large.layout[1:4], small.layout[1:4]))
    for lines in (small, large): lines.close()


def test_edits_wait_for_all_lines_and_closing_does_not(tmp_path, all_are_large):
    content = b"".join(b"%s\n" % json.dumps(chat(number)).encode() for number in range(500))
    ds = opened(tmp_path, content)
    assert ds[0].value == chat(0) and ds[3].line == 4 and ds._shown.lines._whole is None
    ds.apply(SetContent(1, 0, "another"), DeleteExample(0))
    assert ds[0].value["messages"][0]["content"] == "another" and len(ds) == 499 and ds[-1].value == chat(499)
    with pytest.raises(IndexError, match="its 499 examples"): ds[499]
    ds.save()
    assert ds[0].value["messages"][0]["content"] == "another" and ds.path.read_bytes().endswith(content[-500:])
    ds.close()
    for _ in range(20): Lines(ds.path).close()


def test_a_fault_met_while_indexing_is_told_to_who_waits(monkeypatch, all_are_large):
    real = layout._lines
    def failing(data, kind=None, *stopped):
        if stopped: raise MemoryError("no room")
        return real(data, kind)
    monkeypatch.setattr(layout, "_lines", failing)
    index = layout.Index(b'{"n": 1}\n' * 100, Path("mails.jsonl"))
    assert len(index.first.ends) == 33
    with pytest.raises(MemoryError, match="no room"): index.layout


# real files

@needs_shared
@pytest.mark.parametrize("path", ANY, ids=lambda path: path.name)
def test_every_byte_is_kept(path, tmp_path):
    path = Path(shutil.copy(path, tmp_path))
    try: lines = Lines(path)
    except DataError as error:
        assert error.remedy and path.name in error.message
        return
    plain = lines.data[:]
    assert b"".join(lines.chunks()) == plain == b"".join(map(bytes, lines.parts()))
    for line in lines.example_lines().tolist(): # a change there and back
        raw = lines.raw(line)
        lines.apply(Patch(line, raw, None))
        lines.apply(Patch(line, None, raw))
        assert lines.number(line) == plain[:int(lines.starts[line])].count(b"\n") + 1
    assert b"".join(lines.chunks()) == plain
    lines.close()


@needs_shared
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_real_files_open_and_one_edit_changes_one_example(path, tmp_path):
    path = Path(shutil.copy(path, tmp_path))
    path.chmod(0o644)
    before = path.read_bytes()
    whole = json_values(before.decode())
    ds = open_dataset(path)
    assert list(ds.examples()) == whole
    number = len(ds) // 2
    old, value = ds[number].bytes, {**whole[number], "note": "½ \U0001f642 \"'\\"}
    ds.save()
    assert path.read_bytes() == before
    ds.apply(ReplaceExample(number, value))
    ds.save()
    new, after = ds[number].bytes, path.read_bytes()
    assert before.count(old) == 1 or len(set(map(json.dumps, whole))) < len(whole)
    at = next(at for at in range(len(before)) if before[at] != after[at]) if before[:len(after)] != after[:len(before)] else len(before)
    start = before.rindex(old, 0, at + len(old))
    assert before[:start] + new + before[start + len(old):] == after and json.loads(new) == value
    ds.undo()
    ds.save()
    assert path.read_bytes() == before
    ds.close()


# arrays

ARRAYS = [b'[{"n": 0}, {"n": 1}, {"n": 2}]', b'[{"n":0},{"n":1},{"n":2}]\n', json.dumps([{"n": 0}, {"n": 1}, {"n": 2}], indent=2).encode(),
          b'\xef\xbb\xbf \r\n[\r\n  {\r\n    "n": 0\r\n  },\r\n  {"n":1} ,\r\n\r\n  {"n": 2}\r\n]\r\n\r\n',
          b'{\n  "n": 0\n}\n{"n": 1}\n\n{\n  "n": 2\n}', b'{\n"n": 0}\n{"n":\n1}\n\n{"n": 2}\n']


@pytest.mark.parametrize("content", ARRAYS)
def test_elements_are_examples(tmp_path, content):
    ds = opened(tmp_path, content, "train.json")
    assert [example.value for example in ds] == [{"n": 0}, {"n": 1}, {"n": 2}]
    ds.apply(DeleteExample(1))
    ds.apply(InsertExample(0, {"n": 3}), InsertExample(3, {"n": 4}))
    ds.apply(ReplaceExample(1, {"n": 5}))
    wanted = [{"n": 3}, {"n": 5}, {"n": 2}, {"n": 4}]
    assert list(ds.examples()) == wanted
    ds.save()
    saved = ds.path.read_bytes()
    assert list(ds.examples()) == wanted == [example.value for example in open_dataset(ds.path)]
    if b"[" in content: assert json.loads(saved.decode("utf-8-sig")) == wanted
    assert [json.loads(line) for line in ds.save(tmp_path / "lines.jsonl").read_bytes().split(b"\n") if line] == wanted
    while ds.can_undo: ds.undo()
    assert [example.value for example in ds] == [{"n": 0}, {"n": 1}, {"n": 2}]
    ds.close()


def test_undo_beyond_a_save_that_looks_like_another_layout(tmp_path):
    for content, gone in ((b'{\n"n": 0\n}\n\n{"n": 1}\n\n{"n": 2}\n', 0), (b'{"n": 0}\n{"n": [\n"x\n]}\n{"n": 1}\n', 2), (b'{"n": 0}\n{"n":\r1}', 0)):
        ds = opened(tmp_path, content)
        before = [example.bytes for example in ds]
        ds.apply(DeleteExample(gone))
        ds.save()
        shown = [example.bytes for example in ds]
        ds.close()
        ds = open_dataset(ds.path)
        assert [example.bytes for example in ds] == shown
        ds.apply(InsertExample(0, '{"n": 7}'))
        ds.save()
        while ds.can_undo: ds.undo()
        assert [example.bytes for example in ds] == before
        ds.save()
        assert ds.path.read_bytes().split() == content.split()
        ds.close()
        for left in (tmp_path / ".ftbench").iterdir(): left.unlink()


def test_an_unsaved_edit_undone_leaves_every_byte(tmp_path):
    for content in ARRAYS:
        ds = opened(tmp_path, content, "train.json")
        ds.apply(DeleteExample(0), DeleteExample(0), DeleteExample(0), InsertExample(0, {"m": 1}))
        ds.undo()
        assert b"".join(Lines(ds.path).chunks()) == content == b"".join(ds._shown.lines.chunks())
        ds.close()


def test_the_physical_line_of_an_element_follows_edits(tmp_path):
    rng = random.Random(7)
    values = [{"n": number, "deep": {"list": [1, 2]}} for number in range(6)]
    path = tmp_path / "train.json"
    path.write_text("\n" + json.dumps(values, indent=1) + "\n")
    lines = Lines(path)
    for _ in range(60):
        kind, line = rng.choice(["insert", "delete", "replace"]), rng.randrange(len(lines) + 1)
        text = json.dumps({"new": [1]}, indent=rng.choice([None, 3])).encode()
        if kind == "insert": lines.apply(Patch(line, None, text))
        elif line < len(lines): lines.apply(Patch(line, lines.raw(line), text if kind == "replace" else None))
        shown, at = b"".join(lines.chunks()), 0
        for line in range(len(lines)):
            at = shown.index(lines.raw(line), at)
            assert lines.number(line) == shown[:at].count(b"\n") + 1
            at += len(lines.raw(line))
        assert json.loads(shown) == [json.loads(lines.raw(line)) for line in range(len(lines))]
    lines.close()


@pytest.mark.parametrize("content, place", [(b'[{"n": 1},\n{"n": 2', "behind line 1"), (b'[\n{"n": 1}\n', "behind line 2"), (b'[\n{"n": "1}\n]', "behind line 1"),
                                           (b'[\n{"n": 1}\n]\n{"n": 2}\n', "something behind its end, behind line 2")])
def test_a_damaged_array_is_explained(tmp_path, content, place):
    with pytest.raises(DataError, match=place) as caught: opened(tmp_path, content)
    assert caught.value.remedy


def test_lines_that_are_arrays_are_lines(tmp_path):
    ds = opened(tmp_path, b'[1, 2]\n{"n": 1}\n[\n')
    assert [example.line for example in ds] == [1, 2, 3] and ds[1].value == {"n": 1}
    ds.close()


def test_a_broken_first_line_does_not_hide_the_others(tmp_path):
    for first in (b'{"messages": [', b'{"messages": "}', b"{", b'{"n": 1}}', b"{]}"):
        ds = opened(tmp_path, first + b'\n{"n": 1}\n{"n": 2}\n')
        assert [example.value for example in ds] == [None, {"n": 1}, {"n": 2}], first
        ds.close()


def test_a_new_element_must_be_json(tmp_path):
    ds = opened(tmp_path, b'[{"n": 1}]')
    for text in ("}, {", "[1]", '{"n": 1}, {"n": 2}'):
        with pytest.raises(DataError, match="break"): ds.apply(InsertExample(0, text))
    ds.apply(InsertExample(1, '{"n":\n2}'))
    assert json.loads(b"".join(ds._shown.lines.chunks())) == [{"n": 1}, {"n": 2}]
    ds.close()


VALUES = st.recursive(st.none() | st.booleans() | st.integers() | st.text(st.sampled_from('ab"\\[]{},: \n'), max_size=8),
                      lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.sampled_from('a"\\]}'), max_size=3), inner, max_size=3), max_leaves=8)


@settings(max_examples=120)
@given(st.lists(VALUES, max_size=6), st.sampled_from([None, 0, 2]), st.sampled_from([7, 8, 64]))
def test_any_array_is_taken_apart_as_json_does(values, indent, step):
    content = json.dumps(values, indent=indent, ensure_ascii=False).encode()
    found = layout_of(content, Path("any.json"))
    small = [np.concatenate(each) for each in zip(*layout._brackets(content, 0, step))]
    large = [np.concatenate(each) for each in zip(*layout._brackets(content, 0))]
    assert [json.loads(content[start:end]) for start, end in zip(found.starts, found.ends)] == values
    assert all((some == other).all() for some, other in zip(small, large))


# line endings and packing

def test_lone_carriage_returns_end_lines_where_there_is_nothing_else(tmp_path):
    ds = opened(tmp_path, b'{"n": 1}\r\r{"n": 2}\r{"n": 3}')
    assert [(example.line, example.bytes) for example in ds] == [(1, b'{"n": 1}'), (3, b'{"n": 2}'), (4, b'{"n": 3}')]
    ds.apply(InsertExample(3, {"n": 4}), DeleteExample(0))
    ds.save()
    assert ds.path.read_bytes() == b'\r{"n": 2}\r{"n": 3}\r{"n": 4}\r'
    ds.close()


def zstd_in_frames(data): return zstandard.compress(data[:len(data) // 2]) + zstandard.compress(data[len(data) // 2:])
def gzip_in_members(data): return gzip.compress(data[:9]) + gzip.compress(data[9:]) + b"\0" * 512


PACKED = {"gzip": (gzip.compress, gzip.decompress), "members": (gzip_in_members, gzip.decompress),
          "zstd": (zstandard.compress, lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data)),
          "frames": (zstd_in_frames, lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data)),
          "utf-16": (lambda data: data.decode().encode("utf-16"), lambda data: data.decode("utf-16").encode()),
          "utf-16-le": (lambda data: data.decode().encode("utf-16-le"), lambda data: data.decode("utf-16-le").encode()),
          "utf-16-be": (lambda data: data.decode().encode("utf-16-be"), lambda data: data.decode("utf-16-be").encode())}


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("shape", ["lines", "array"])
def test_packed_files_are_read_edited_and_packed_again(tmp_path, name, shape):
    pack, unpack = PACKED[name]
    values = [{**chat(number), "note": "½ \U0001f642"} for number in range(500)]
    plain = (b"\n".join(json.dumps(value, ensure_ascii=False).encode() for value in values) if shape == "lines"
             else json.dumps(values, indent=2, ensure_ascii=False).encode())
    ds = opened(tmp_path, pack(plain), "train.jsonl.packed")
    ds.path.chmod(0o600)
    assert list(ds.examples()) == values
    before = ds.path.read_bytes()
    ds.save()
    assert ds.path.read_bytes() == before
    old = ds[250].bytes
    ds.apply(SetContent(250, 0, "new"))
    ds.save()
    assert unpack(ds.path.read_bytes()) == plain.replace(old, ds[250].bytes) and ds.edits == []
    ds.close()
    ds = open_dataset(ds.path)
    ds.undo()
    ds.save()
    assert unpack(ds.path.read_bytes()) == plain
    copies = list((tmp_path / ".ftbench").glob("*.plain"))
    assert len(copies) == 1 and copies[0].read_bytes().removeprefix(b"\xef\xbb\xbf") == plain and copies[0].stat().st_mode & 0o777 == 0o600
    ds.close()


def test_a_packed_file_is_unpacked_once(tmp_path, monkeypatch):
    opened(tmp_path, gzip.compress(b'{"n": 1}\n'), "train.jsonl.gz").close()
    monkeypatch.setattr("ftbench.data.file.source.write_atomic", None)
    ds = open_dataset(tmp_path / "train.jsonl.gz")
    assert list(ds.examples()) == [{"n": 1}]
    ds.close()


@pytest.mark.parametrize("suffix, unpack", [(".gz", gzip.decompress), (".zst", PACKED["zstd"][1]), (".jsonl", bytes)])
def test_a_copy_is_packed_as_its_name_says(tmp_path, suffix, unpack):
    ds = opened(tmp_path, b'[{"n": 1},\n{"n":\n2}]', "train.json")
    ds.save(tmp_path / f"copy.jsonl{suffix}")
    assert unpack((tmp_path / f"copy.jsonl{suffix}").read_bytes()) == b'{"n": 1}\n{"n": 2}\n'
    ds.save(tmp_path / f"copy.json{suffix.replace('.jsonl', '')}")
    assert unpack((tmp_path / f"copy.json{suffix.replace('.jsonl', '')}").read_bytes()) == ds.path.read_bytes()
    ds.close()


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_packed_file_cut_short_anywhere_is_refused(tmp_path, pack):
    whole = pack(b'{"n": 1}\n' * 300)
    for size in range(5, len(whole)):
        with pytest.raises(DataError, match="damaged") as caught: opened(tmp_path, whole[:size])
        assert caught.value.remedy and not list((tmp_path / ".ftbench").glob("*.plain*"))


def test_a_small_packed_file_that_explodes_is_read_in_pieces(tmp_path):
    import tracemalloc
    path = tmp_path / "bomb.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"n": 1}\n' * 4_000_000))
    tracemalloc.start()
    ds = open_dataset(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(ds) == 4_000_000 and peak < 250 << 20
    ds.close()


@pytest.mark.parametrize("content, words", [
    (b"", "no examples"), (b"\n \n", "no examples"), (b"\xef\xbb\xbf", "no examples"), (b"[]", "no examples"), (b" [ ]\n", "no examples"),
    (b"\x1f\x8b\x08rest", "gzip, but damaged"), (b"(\xb5/\xfdrest", "zstd, but damaged"), ('{"n": 1}'.encode("utf-16")[:-1], "UTF-16, but damaged"),
    (b"\xff\xfe{\x00\x00\xd8\n\x00", "UTF-16, but damaged"), (gzip.compress(b"{}\n") + b"more", "damaged"), (gzip.compress(b""), "no examples"),
    ("x".encode("utf-32"), "UTF-32"), (b"PK\x03\x04", "zip"), (b"PAR1", "Parquet"), (lzma.compress(b"x"), "unxz"), (bz2.compress(b"x"), "bunzip2")])
def test_files_that_hold_no_examples_are_explained(tmp_path, content, words):
    with pytest.raises(DataError, match=words) as caught: opened(tmp_path, content)
    assert caught.value.remedy


# any bytes

@settings(max_examples=60)
@given(st.lists(st.one_of(st.binary(max_size=12), st.sampled_from([b"{}", b'{"messages":[]}', b"[]", b"null", b"\r", b"\xef\xbb\xbf", b" ", b"\x00", b"[", b"]"])),
                max_size=8), st.sampled_from([b"\n", b"\r\n", b"\r", b",\n"]), st.booleans())
def test_any_bytes_open_and_come_back_or_are_refused(tmp_path_factory, parts, newline, ended):
    path = tmp_path_factory.mktemp("bytes") / "any.jsonl"
    content = newline.join(parts) + (newline if ended else b"")
    path.write_bytes(content)
    try: ds = open_dataset(path)
    except DataError as error:
        assert error.remedy
        return
    if not ds._shown.lines.array and not ds._shown.lines.source.packing:
        physical = content.removeprefix(b"\xef\xbb\xbf").split(b"\n" if b"\n" in content else b"\r")
        assert [(example.line, example.bytes) for example in ds] == [
            (number, text.removesuffix(b"\r")) for number, text in enumerate(physical, 1) if text.strip(b" \t\r\n")]
    ds.apply(*(ReplaceExample(index, {"n": index}) for index in range(len(ds))))
    ds.save()
    assert [example.value for example in ds] == [{"n": index} for index in range(len(ds))]
    ds.undo()
    ds.save()
    assert path.read_bytes() == content or ds._shown.lines.source.packing
    ds.close()


# many lines

def plainly(lines, patches):
    for patch in patches:
        if patch.before is None: lines.insert(patch.line, patch.after)
        elif patch.after is None: del lines[patch.line]
        else: lines[patch.line] = patch.after
    return lines


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.integers(0, 40), st.sampled_from([2, 3, 5]))
def test_many_patches_are_what_one_after_the_other_would_be(tmp_path_factory, seed, count, block):
    rng, path = random.Random(seed), tmp_path_factory.mktemp("many") / "train.jsonl"
    model = [rng.choice([b"\n", b'{"n":%d}\n' % number]) for number in range(count)]
    path.write_bytes(b"".join(model))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("ftbench.data.file.order._BLOCK", block)
        lines, patches = Lines(path), []
        for number in range(60):
            line, kind = rng.randint(0, len(model)), rng.choice(["insert", "delete", "replace"])
            if kind == "insert": patches.append(Patch(line, None, b"new %d\n" % number))
            elif line < len(model) and model[line] != b"\n": patches.append(Patch(line, model[line], None if kind == "delete" else b"other %d\n" % number))
            else: continue
            plainly(model, patches[-1:])
            lines.apply(patches[-1])
            examples = [at for at, text in enumerate(model) if text != b"\n"]
            assert len(lines) == len(model) and lines.examples == len(examples)
            assert [lines.line_of(example) for example in range(len(examples))] == examples
        assert [lines.raw(line) for line in range(len(lines))] == model == b"".join(lines.chunks()).splitlines(keepends=True)
        assert lines.example_lines().tolist() == examples
        saved, found = lines.saved_layout(), layout_of(b"".join(model), path, "lines")
        assert saved in ("lines", "objects") or all(np.array_equal(ours, theirs) for ours, theirs in zip(saved, found))
        for patch in reversed(patches): lines.apply(patch.turned())
        assert b"".join(lines.chunks()) == path.read_bytes()
        lines.close()


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("end", [b"", b"\r", b"end"])
@pytest.mark.parametrize("head", [b"", b"\xef\xbb\xbf"])
def test_the_layout_after_a_save_is_known_before(tmp_path, newline, end, head):
    rng = random.Random(7)
    for number in range(30):
        ds = opened(tmp_path, head + newline.join(rng.choice([b'{"n": 1}', b"", b" "]) for _ in range(6)) + newline + b'{"n": 2}' + end.replace(b"end", newline))
        for _ in range(rng.randrange(1, 4)):
            at = rng.randrange(len(ds) + 1)
            if at < len(ds): ds.apply(rng.choice([DeleteExample(at), ReplaceExample(at, {"n": number})]))
            else: ds.apply(InsertExample(at, {"n": number}))
        layout, shown = ds._shown.lines.saved_layout(), [example.bytes for example in ds]
        ds.save()
        assert [example.bytes for example in ds] == shown == [example.bytes for example in open_dataset(ds.path)]
        found = layout_of(ds.path.read_bytes(), ds.path, ds._shown.lines.layout.kind)
        if not isinstance(layout, str):
            assert all(np.array_equal(ours, theirs) for ours, theirs in zip(layout, found))
        ds.close()
        for left in (tmp_path / ".ftbench").iterdir(): left.unlink()


def test_a_file_of_blank_lines_opens_quickly(tmp_path):
    ds = opened(tmp_path, b"\n" * 3_000_000 + b"{}" + b"\r\n" * 5)
    assert len(ds) == 1 and ds[0].line == 3_000_001
    ds.close()


def test_one_long_line_is_read(tmp_path):
    size = int(os.environ.get("FTBENCH_LONG_LINE", 20_000_000)) # bytes; 250,000,000 for the bound the issue names
    ds = opened(tmp_path, b'{"text": "' + b"\\\\\\\"[{" * (size // 6) + b'"}\n{"n": 1}')
    assert [example.line for example in ds] == [1, 2] and ds[1].value == {"n": 1}
    ds.close()
