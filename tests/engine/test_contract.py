"""The job folder on systems that refuse to move what is open elsewhere, and with two processes at once."""
import os
import threading

import pytest

from ftbench.core import EngineError
from ftbench.engine import contract
from ftbench.engine.contract import JobFolder, JobSpec, appearing, patiently


def refusing(times, act):
    "What Windows does while another process reads the file."
    left = [times]
    def attempt(*given, **named):
        left[0] -= 1
        if left[0] >= 0: raise PermissionError("in use by another process")
        return act(*given, **named)
    return attempt


@pytest.fixture
def windows(monkeypatch):
    monkeypatch.setattr(contract, "_HELD_FILES_MOVE", False)
    monkeypatch.setattr(contract, "_PAUSES", (0, 0, 0))


def test_a_held_file_is_tried_again(windows, monkeypatch, tmp_path):
    folder = JobFolder(tmp_path)
    monkeypatch.setattr(contract.os, "replace", refusing(2, os.replace))
    folder.beat(3)
    folder.request("cancel")
    assert folder.heartbeat()["step"] == 3 and folder.requested() == "cancel"
    monkeypatch.setattr(contract.os, "rename", refusing(3, os.rename))
    with appearing(folder.final) as unfinished: (unfinished / "config.json").write_text("{}")
    assert (folder.final / "config.json").exists()


def test_a_file_that_stays_held_is_an_error(windows):
    with pytest.raises(PermissionError): patiently(refusing(4, print))


def test_elsewhere_a_refusal_is_an_error_at_once(monkeypatch):
    monkeypatch.setattr(contract, "_HELD_FILES_MOVE", True)
    with pytest.raises(PermissionError): patiently(refusing(1, print))


def test_readers_see_whole_signs_of_life_only(tmp_path):
    folder, ended = JobFolder(tmp_path), threading.Event()
    folder.beat(0)
    def write():
        for step in range(300): folder.beat(step)
        ended.set()
    thread = threading.Thread(target=write)
    thread.start()
    steps = []
    while not ended.is_set(): steps.append(folder.heartbeat()["step"])
    thread.join()
    assert steps == sorted(steps)


@pytest.mark.parametrize("numbers", [{"n_epochs": 0}, {"batch_size": True}, {"learning_rate_multiplier": "auto"}, {"beta": None}])
def test_a_job_with_open_choices_is_refused(numbers):
    chosen = {"n_epochs": 1, "batch_size": 1, "learning_rate_multiplier": 1.0, "beta": .1} | numbers
    with pytest.raises(EngineError, match=next(iter(numbers))): JobSpec("ftjob-1", "model", chosen, seed=1, method="dpo")


def test_a_method_nobody_knows_is_refused():
    with pytest.raises(EngineError, match="supervised or dpo"):
        JobSpec("ftjob-1", "model", {"n_epochs": 1, "batch_size": 1, "learning_rate_multiplier": 1.0}, seed=1, method="reinforcement")
