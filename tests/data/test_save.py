"Saving: spliced from the old file, whole or not at all, with permissions, links and attributes kept."
import errno
import gzip
import io
import json
import os
import random
import resource
import stat
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftbench import core
from ftbench.core import DataError, FileRange, write_atomic
from ftbench.data.file import source
from ftbench.data.dataset import open_dataset
from ftbench.data.edit.edits import DeleteExample, InsertExample, ReplaceExample, SetContent
from ftbench.data.file.source import Measured, Source, fingerprint


@pytest.fixture
def mails(tmp_path):
    path = tmp_path / "mails.jsonl"
    path.write_bytes(b"".join(b'{"n": %d, "text": "%s"}\n' % (number, b"x" * 1000) for number in range(4000)))
    return path


def refusing(code):
    def refuse(*arguments, **options): raise OSError(code, os.strerror(code))
    return refuse


def edited(path):
    ds = open_dataset(path)
    ds.apply(ReplaceExample(2000, {"n": "new"}), DeleteExample(7))
    return ds


def whole(path): # what a save must give
    lines = path.read_bytes().splitlines(keepends=True)
    lines[2000] = b'{"n": "new"}\n'
    del lines[7]
    return b"".join(lines)


# splicing

@pytest.mark.parametrize("system", ["as it is", "absent", "other file system", "short"])
def test_long_runs_are_copied_whatever_the_system_offers(mails, monkeypatch, system):
    if system == "absent": monkeypatch.delattr(os, "copy_file_range", raising=False)
    elif not hasattr(os, "copy_file_range"): pytest.skip("this system has no copy_file_range")
    calls, real = [], getattr(os, "copy_file_range", None)
    def short(origin, target, count, at):
        calls.append(count)
        if len(calls) > 3: raise OSError(errno.EINVAL, "no more")
        return real(origin, target, min(count, 1000), at)
    if system == "other file system": monkeypatch.setattr(os, "copy_file_range", refusing(errno.EXDEV))
    if system == "short": monkeypatch.setattr(os, "copy_file_range", short)
    wanted, ds = whole(mails), edited(mails)
    ds.save()
    assert mails.read_bytes() == wanted and ds.edits == [] and (system != "short" or len(calls) > 3)
    ds.close()


@settings(max_examples=40)
@given(st.integers(0, 2**32))
def test_any_step_is_spliced_as_it_is_shown(tmp_path_factory, seed):
    rng, path = random.Random(seed), tmp_path_factory.mktemp("step") / "train.jsonl"
    model = [b'{"n": %d}' % number for number in range(rng.randrange(1, 30))]
    path.write_bytes(b"\n".join(model) + rng.choice([b"", b"\n"]))
    edits = []
    for number in range(rng.randrange(1, 20)):
        at, kind = rng.randrange(len(model) + 1), rng.choice([InsertExample, ReplaceExample, DeleteExample])
        text = b'{"new": %d}' % number
        if kind is InsertExample: model.insert(at, text)
        elif at == len(model): continue
        elif kind is ReplaceExample: model[at] = text
        else: del model[at]
        edits.append(kind(at) if kind is DeleteExample else kind(at, text.decode()))
    ds = open_dataset(path)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(core, "_LONG", rng.choice([1, 16, 1 << 20]))
        ds.apply(*edits)
        ds.save(path.with_name("copy.jsonl"))
        ds.save()
    assert path.read_bytes().splitlines() == model == path.with_name("copy.jsonl").read_bytes().splitlines()
    ds.close()


@pytest.mark.parametrize("size", [0, 1, source._SMALL - 1, source._SMALL, source._SMALL + 1, 3 * source._SMALL])
@pytest.mark.parametrize("step", [1 << 16, 5 << 20, 1 << 30])
def test_what_is_written_is_known_before_it_is_there(tmp_path, size, step):
    path = tmp_path / "data"
    path.write_bytes(random.Random(size).randbytes(size))
    plain = Source(path)
    chunks = [plain.range(at, min(at + step, size)) if at % 3 else plain.data[at:at + step] for at in range(0, size, step)]
    measured, written = Measured(chunks), io.BytesIO()
    for chunk in measured: chunk.copy_to(written) if isinstance(chunk, FileRange) and step < core._LONG else written.write(bytes(chunk))
    assert written.getvalue() == path.read_bytes() and measured.fingerprint().same(fingerprint(path))
    plain.close()


# whole or not at all

@pytest.fixture
def small_disk():
    "A system that refuses to let a file grow beyond a size, as a full disk does in the middle of writing."
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (before[0] if size is None else size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("packed", [False, True])
def test_a_disk_that_fills_up_in_the_middle_leaves_the_old_file(mails, small_disk, packed):
    if packed:
        mails = mails.rename(mails.with_suffix(".jsonl.gz"))
        mails.write_bytes(gzip.compress(bytes(random.Random(1).choices(b"abcdefgh\n", k=500_000))))
    before, ds = mails.read_bytes(), open_dataset(mails)
    ds.apply(DeleteExample(0))
    small_disk(100_000)
    with pytest.raises(DataError, match="could not be written") as caught: ds.save()
    small_disk(None)
    assert "old file is unchanged" in caught.value.message and caught.value.remedy
    assert mails.read_bytes() == before and sorted(os.listdir(mails.parent)) == [".ftbench", mails.name]
    assert len(ds.edits) == 1
    ds.save()
    assert ds.edits == [] and mails.read_bytes() != before
    ds.close()


@pytest.mark.skipif(os.name != "posix", reason="limits of a process are POSIX")
def test_a_disk_that_fills_up_in_the_middle_of_a_change_of_many_examples_leaves_all_as_it_was(tmp_path, small_disk):
    path = tmp_path / "many.jsonl"
    path.write_bytes(b"".join(json.dumps({"messages": [{"role": "assistant", "content": f"answer {number} " * 60}]}).encode() + b"\n" for number in range(3000)))
    ds, before = open_dataset(path), path.read_bytes()
    changes = {"edit": lambda: ds.make_apart(SetContent(number, 0, f"other {number} " * 60) for number in range(3000)), "tag": lambda: ds.review.tag(range(3000), "seen")}

    def refused(change, size):
        small_disk(size)
        with pytest.raises(DataError, match="cannot be used: (disk|database or disk)") as error: change()
        small_disk(None)
        assert "Nothing was changed" in str(error.value) and ds.to_jsonl() == before and not ds.can_undo and not len(ds.review)
    refused(changes["edit"], 1_000_000), refused(changes["tag"], 80_000)
    for change in changes.values(): change()
    after = ds.to_jsonl()
    ds.undo()
    ds.redo()
    assert ds.to_jsonl() == after != before and len(ds.review) == 3000
    ds.close()


def test_a_packed_file_that_finds_no_room_is_explained(tmp_path, small_disk):
    path = tmp_path / "mails.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"n": 1}\n' * 100_000))
    small_disk(100_000)
    with pytest.raises(DataError, match="could not be written"): open_dataset(path)
    small_disk(None)
    assert list((tmp_path / ".ftbench").iterdir()) == []
    assert len(open_dataset(path)) == 100_000


@pytest.mark.parametrize("function", ["fsync", "replace", "copy_file_range"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
def test_a_failing_system_leaves_the_old_file(mails, monkeypatch, function, code):
    if not hasattr(os, function): pytest.skip(f"this system has no {function}")
    before, wanted, ds = mails.read_bytes(), whole(mails), edited(mails)
    with monkeypatch.context() as patched:
        patched.setattr(os, function, refusing(code))
        with pytest.raises(DataError, match="could not be written"): ds.save()
        with pytest.raises(DataError, match="could not be written"): ds.save(mails.with_name("copy.jsonl"))
    assert mails.read_bytes() == before and sorted(os.listdir(mails.parent)) == [".ftbench", "mails.jsonl"]
    ds.save()
    assert mails.read_bytes() == wanted
    ds.close()


def test_a_folder_that_needs_no_sync_is_no_fault(mails, monkeypatch):
    wanted, ds, real = whole(mails), edited(mails), os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: refusing(errno.EINVAL)() if stat.S_ISDIR(os.fstat(handle).st_mode) else real(handle))
    ds.save()
    assert mails.read_bytes() == wanted and ds.edits == []
    ds.close()


def test_what_killed_writers_left_is_cleared_away(mails):
    old, young, other = (mails.with_name(name) for name in (".mails.jsonl.abc.part", ".mails.jsonl.def.part", ".other.jsonl.abc.part"))
    for left in (old, young, other): left.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    os.utime(other, (time.time() - 7200,) * 2)
    edited(mails).save()
    assert not old.exists() and young.exists() and other.exists()


def test_many_writers_of_one_file_do_not_disturb_each_other(tmp_path):
    from concurrent.futures import ThreadPoolExecutor
    texts = [b"%d" % number * 50_000 for number in range(40)]
    with ThreadPoolExecutor(8) as pool: list(pool.map(lambda text: write_atomic(tmp_path / "shared", text), texts))
    assert (tmp_path / "shared").read_bytes() in texts and os.listdir(tmp_path) == ["shared"]


# what a file is besides its bytes

@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_permissions_are_kept(mails, mode):
    mails.chmod(mode)
    ds = edited(mails)
    ds.save()
    assert stat.S_IMODE(mails.stat().st_mode) == mode
    ds.close()


def test_a_new_file_has_the_permissions_of_new_files(mails):
    ds, plain = edited(mails), mails.with_name("plain")
    plain.touch()
    assert ds.save(mails.with_name("copy.jsonl")).stat().st_mode == plain.stat().st_mode
    ds.close()


def test_a_file_protected_against_writing_is_not_replaced(mails, monkeypatch):
    before, ds = mails.read_bytes(), edited(mails)
    mails.chmod(0o444)
    if os.access(mails, os.W_OK): monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK) # the superuser may do anything
    with pytest.raises(DataError, match="protected") as caught: ds.save()
    assert "chmod" in caught.value.remedy and mails.read_bytes() == before and len(ds.edits) == 2
    ds.close()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only the superuser can give files away")
def test_owner_and_group_are_kept(mails):
    os.chown(mails, 1234, 2345)
    edited(mails).save()
    assert (mails.stat().st_uid, mails.stat().st_gid) == (1234, 2345)


def test_extended_attributes_are_kept(mails):
    if not hasattr(os, "setxattr"): pytest.skip("this system has no extended attributes")
    try: os.setxattr(mails, "user.origin", b"curated")
    except OSError as error: pytest.skip(f"this file system keeps no extended attributes: {error}")
    edited(mails).save()
    assert os.getxattr(mails, "user.origin") == b"curated"


def test_a_saved_file_is_as_new_as_its_content(mails):
    os.utime(mails, (1e9, 1e9))
    edited(mails).save()
    assert abs(mails.stat().st_mtime - time.time()) < 60


@pytest.mark.parametrize("chain", [1, 3])
def test_links_stay_links(mails, chain):
    wanted, link = whole(mails), mails
    for number in range(chain):
        (mails.parent / f"link{number}.jsonl").symlink_to(link)
        link = mails.parent / f"link{number}.jsonl"
    ds = edited(link)
    ds.save()
    assert link.is_symlink() and mails.read_bytes() == wanted and not mails.is_symlink()
    ds.close()


def test_a_very_long_name_can_be_saved(tmp_path):
    path = tmp_path / ("ä" * 115 + ".jsonl") # 236 bytes; the journal's name is longer still
    path.write_bytes(b'{"n": 1}\n{"n": 2}\n')
    ds = open_dataset(path)
    ds.apply(DeleteExample(0))
    ds.save()
    assert path.read_bytes() == b'{"n": 2}\n'
    ds.close()


def test_an_empty_result_is_saved(tmp_path):
    for name, content, left in (("a.jsonl", b'{"n": 1}\n', b""), ("a.json", b'[{"n": 1}]', b"[]"), ("b.jsonl", b'{\n"n": 1\n}\n', b"\n")):
        (tmp_path / name).write_bytes(content)
        ds = open_dataset(tmp_path / name)
        ds.apply(DeleteExample(0))
        ds.save()
        assert (tmp_path / name).read_bytes() == left and len(ds) == 0
        ds.apply(InsertExample(0, {"n": 2}))
        assert [(example.value, example.line) for example in ds] == [({"n": 2}, 1 + (name == "b.jsonl" and "{\n" in content.decode()))]
        ds.save()
        assert json.loads((tmp_path / name).read_bytes()) in ({"n": 2}, [{"n": 2}])
        while ds.can_undo: ds.undo()
        assert [example.value for example in ds] == [{"n": 1}]
        ds.save()
        ds.close()


def test_an_empty_chunk_list_makes_an_empty_file(tmp_path):
    write_atomic(tmp_path / "empty", [])
    assert (tmp_path / "empty").read_bytes() == b""


def test_a_new_file_obeys_the_mask_and_leaves_it_alone(tmp_path):
    before = os.umask(0o027)
    try:
        write_atomic(tmp_path / "masked", b"x")
        write_atomic(tmp_path / "chosen", b"x", mode=0o604)
        assert stat.S_IMODE((tmp_path / "masked").stat().st_mode) == 0o640 and stat.S_IMODE((tmp_path / "chosen").stat().st_mode) == 0o604
        assert os.umask(0o027) == 0o027
    finally: os.umask(before)
