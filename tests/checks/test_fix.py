"""The mended copy: what is safe is mended, everything else keeps its bytes, and the report says both.

FTBENCH_FUZZ_LINES sets how many broken lines are mended, as in test_fuzz.
"""
import gzip
import json
import os
import random
import stat

import pytest

from breaches import EXAMPLES, LINES
from shared_data import CHATS, SHARED, needs_shared
from test_fuzz import mutated, seeds

from ftbench.checks.findings import RULES
from ftbench.checks.fix import fix_file, mend_line
from ftbench.checks.profiles import PROFILES, profile_of
from ftbench.checks.repairs import to_line
from ftbench.checks.report import check_file
from ftbench.checks.rules import check_line
from ftbench.core import DataError

OPENAI = profile_of("openai")
GOOD = [b'{"messages":[{"role":"user","content":"%d?"},{"role":"assistant","content":"\\u00e9%d"}]}' % (n, n) for n in range(12)]


@pytest.fixture
def fixed(tmp_path):
    def run(data: bytes, name: str = "train.jsonl", **options):
        (tmp_path / name).write_bytes(data)
        result = fix_file(tmp_path / name, tmp_path / "mended.jsonl", **options)
        return result, (tmp_path / "mended.jsonl").read_bytes()
    return run


@pytest.mark.parametrize("raw", [pytest.param(raw, id=f"{code}-{i}") for code, lines in LINES.items() if code != "line_too_large"
                                 for i, raw in enumerate(lines)]
                         + [pytest.param(to_line(value), id=f"{code}-{i}") for code, values in EXAMPLES.items() for i, value in enumerate(values)])
def test_what_has_a_repair_is_mended(raw):
    mended, done = mend_line(raw, 7, OPENAI)
    left = [each for line in mended.split(b"\n") if line.strip() for each in check_line(line)]
    assert not [each for each in left if each.repair], (done, left)
    if not done: assert mended == raw
    assert {each.line for each in done} <= {7}


def test_lines_without_a_repair_keep_their_bytes(fixed):
    ends = [b"\n", b"\r\n"]
    data = b"".join(line + ends[n % 2] for n, line in enumerate([*GOOD, b'{"messages": [', b'{"messages": [{"role": "narrator"}]}', b"\xff\xfe\xff"]))
    result, out = fixed(data)
    assert out == data and not result.counts and not result.ok


def test_only_the_broken_line_changes(fixed):
    broken = GOOD[3].replace(b'"user"', b'"human"').replace(b"]}", b'],"id":1.50}')
    result, out = fixed(b"\n".join([*GOOD[:3], broken, *GOOD[4:]]))
    assert out == b"\n".join(GOOD) and result.ok
    assert [(each.line, each.code) for each in result.done] == [(4, "extra_key"), (4, "role_unknown")]


def test_split_and_deleted_lines(fixed):
    result, out = fixed(b"\r\n".join([*GOOD[:10], b" ", GOOD[10] + GOOD[11], b""]))
    assert out.split() == b"\r\n".join(GOOD).split() and out.count(b"\r\n") == 12 and result.ok
    assert [(each.line, each.code) for each in result.done] == [(11, "json_blank"), (12, "json_concatenated")]


@pytest.mark.parametrize("data", [b"[" + b",\n".join(GOOD) + b"]", b"\n".join(json.dumps(json.loads(each), indent=2).encode() for each in GOOD),
                                  gzip.compress(b"\n".join(GOOD)), b"\n".join(GOOD).decode().encode("utf-16")])
def test_other_wrappings_become_lines(fixed, data):
    result, out = fixed(data)
    assert result.ok and [json.loads(line) for line in out.split(b"\n") if line] == [json.loads(line) for line in GOOD]
    assert result.done[0].line == 1 and result.done[0].code in ("not_jsonl", "compressed", "utf16")


def test_provider_decides(fixed):
    data = b"\xef\xbb\xbf" + b"\n".join(GOOD)
    assert fixed(data, provider="azure")[1] == data
    assert fixed(data)[1] == data[3:]


def test_what_cannot_be_mended(tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_bytes(b"\n".join(GOOD))
    for out, words in ((path, "itself"), (tmp_path / "none" / "out.jsonl", "no folder")):
        with pytest.raises(DataError, match=words): fix_file(path, out)
    with pytest.raises(DataError, match="no file"): fix_file(tmp_path / "none.jsonl", tmp_path / "out.jsonl")
    packed = gzip.compress(b"\n".join(GOOD))
    path.write_bytes(packed[:-20])
    (tmp_path / "out.jsonl").write_bytes(b"old")
    with pytest.raises(DataError, match="damaged"): fix_file(path, tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_bytes() == b"old"
    path.write_bytes(b"PAR1" + os.urandom(50))
    with pytest.raises(DataError, match="Parquet"): fix_file(path, tmp_path / "out.jsonl")


def test_an_existing_copy_keeps_its_permissions(tmp_path):
    path, out = tmp_path / "train.jsonl", tmp_path / "out.jsonl"
    path.write_bytes(b"\n".join(GOOD))
    out.touch(0o640)
    out.chmod(0o640)
    fix_file(path, out)
    assert stat.S_IMODE(out.stat().st_mode) == 0o640 or os.name != "posix"


@needs_shared
@pytest.mark.parametrize("path", [*sorted(SHARED.glob("bad/*.jsonl")), *CHATS], ids=lambda path: path.name)
def test_real_files(path, tmp_path):
    before, result = check_file(path), fix_file(path, tmp_path / "out.jsonl")
    mendable = {each.code for each in before.findings if each.repair and RULES.get(each.code) and RULES[each.code].scope != "file"}
    assert not mendable & {each.code for each in result.report.findings}
    if not result.counts: assert (tmp_path / "out.jsonl").read_bytes() == path.read_bytes()
    json.dumps(result.to_json())
    assert result.summary() in repr(result)


def test_broken_lines_of_every_kind():
    rng, pool = random.Random(22), seeds()
    for _ in range(int(os.environ.get("FTBENCH_FUZZ_LINES", "8000")) // 10):
        raw = mutated(rng, pool)
        mended, done = mend_line(raw, 3, OPENAI)
        if not done: assert mended == raw
        assert mend_line(raw, 3, OPENAI) == (mended, done)
        again = [mend_line(line, 3, OPENAI) for line in mended.split(b"\n")]
        assert b"\n".join(line for line, _ in again) == mended, raw


@pytest.mark.parametrize("provider", PROFILES)
def test_profiles_name_rules_that_exist(provider):
    codes = PROFILES[provider].severities
    assert {code for code in codes if not code.startswith("format_")} <= RULES.keys()
    assert set(codes.values()) <= {"", "error", "warning", "info"}


def test_providers_differ(tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_bytes(b"\n".join([*GOOD[:8], GOOD[8].replace(b'"content":"\\', b'"weight":0.5,"content":"\\')]))
    found = {provider: {each.code: each.severity for each in check_file(path, provider).findings} for provider in PROFILES}
    assert found["openai"] == {"weight_value": "error", "too_few_examples": "error"}
    assert found["ftbench"]["weight_value"] == "warning" and found["together"] == {"weight_value": "error"}
    with pytest.raises(DataError, match="no provider 'aws'"): check_file(path, "aws")
