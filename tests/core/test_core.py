"""Files survive interruptions; vocabularies survive damage; errors carry their remedy."""
import errno
import os
import subprocess
import sys

import pytest

from ftbench import core


def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch):
    file = tmp_path / "a.jsonl"
    file.write_bytes(b"old")
    def full(_): raise OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(core.DataError, match="No space left") as caught: core.write_atomic(file, b"new")
    assert "Free some space" in caught.value.remedy
    assert file.read_bytes() == b"old" and os.listdir(tmp_path) == ["a.jsonl"]
    with pytest.raises(core.DataError, match="There is no folder .*nowhere"): core.write_atomic(tmp_path / "nowhere" / "a.jsonl", b"new")


def test_permissions_are_kept_and_given(tmp_path):
    kept, given = tmp_path / "kept", tmp_path / "given"
    kept.write_bytes(b"")
    kept.chmod(0o640)
    core.write_atomic(kept, b"x")
    core.write_atomic(given, b"x", mode=0o600)
    assert kept.stat().st_mode & 0o777 == 0o640 and given.stat().st_mode & 0o777 == 0o600


def test_a_link_stays_a_link(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    core.write_atomic(link, b"new")
    assert link.is_symlink() and target.read_bytes() == b"new"


def test_a_folder_that_cannot_be_made_names_the_remedy(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FTBENCH_HOME", str(tmp_path / "file" / "below"))
    with pytest.raises(core.DataError) as caught: core.home()
    assert "FTBENCH_HOME" in caught.value.remedy


def test_vocabularies_are_unpacked_once_and_yours_wins(tmp_path, monkeypatch):
    monkeypatch.delenv("TIKTOKEN_CACHE_DIR", raising=False)
    monkeypatch.setenv("FTBENCH_HOME", str(tmp_path))
    folder = core.vocabulary_dir()
    stamps = {file.name: file.stat().st_mtime_ns for file in folder.iterdir()}
    assert len(stamps) == 2 and folder == core.vocabulary_dir()
    assert stamps == {file.name: file.stat().st_mtime_ns for file in folder.iterdir()}
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path / "mine"))
    assert core.vocabulary_dir() == tmp_path / "mine"


def test_a_damaged_packaged_vocabulary_is_refused(tmp_path, monkeypatch):
    monkeypatch.delenv("TIKTOKEN_CACHE_DIR", raising=False)
    monkeypatch.setenv("FTBENCH_HOME", str(tmp_path))
    monkeypatch.setitem(core._VOCABULARIES, "cl100k_base", ("abc", "0" * 64))
    with pytest.raises(core.FtbenchError, match="damaged"): core.vocabulary_dir()


def test_ipython_shows_ones_own_line_and_the_message():
    code = "import ftbench as ft\npath = 'rooting'\nft.sample(path)"
    shown = subprocess.run([sys.executable, "-m", "IPython", "--colors=nocolor", "-c", code], capture_output=True, text=True)
    assert "----> 3 ft.sample(path)" in shown.stdout and "DataError: There is no sample 'rooting'." in shown.stdout
    assert "samples.py" not in shown.stdout
