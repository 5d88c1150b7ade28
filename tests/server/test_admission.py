"""A job that is cancelled or paused while its files are being checked leaves nothing behind, and nothing in the log."""
import io
import json

import pytest

from ftbench.core import DataError
from ftbench.engine.contract import JobFolder
from ftbench.server.admission import create_job, validate
from ftbench.server.files import store_file
from ftbench.server.request import read_job
from ftbench.server.store import Store


@pytest.fixture
def store(tmp_path):
    (tmp_path / "files").mkdir()
    return Store(tmp_path / "ftbench.sqlite")


def waiting(store):
    line = json.dumps({"messages": [{"role": "user", "content": "Hello?"}, {"role": "assistant", "content": "Yes."}]})
    file = store_file(store, [io.BytesIO("\n".join([line] * 12).encode())], "mails.jsonl", "fine-tune")
    return create_job(store, read_job({"model": "nano", "training_file": file["id"]}))


def folder_of(store, job): return store.home / "jobs" / job["id"]


@pytest.mark.parametrize("status", ["cancelled", "paused"])
def test_a_job_that_stops_while_its_files_are_checked_leaves_nothing(store, monkeypatch, status):
    job, write = waiting(store), JobFolder.create
    def interrupted(*parts):
        store.update("jobs", job["id"], status=status)
        return write(*parts)
    monkeypatch.setattr(JobFolder, "create", interrupted)
    validate(store, job)
    assert store.row("jobs", job["id"])["status"] == status and not folder_of(store, job).exists()


def test_a_folder_may_be_cleared_in_the_middle_of_writing_it(store, monkeypatch):
    job = waiting(store)
    def interrupted(*parts):
        store.update("jobs", job["id"], status="cancelled")
        raise DataError("train.jsonl could not be written.", "Free some space.")
    monkeypatch.setattr(JobFolder, "create", interrupted)
    validate(store, job)
    assert store.row("jobs", job["id"])["status"] == "cancelled"


def test_a_full_disk_is_told(store, monkeypatch):
    job = waiting(store)
    def full(*parts): raise DataError("train.jsonl could not be written.", "Free some space.")
    monkeypatch.setattr(JobFolder, "create", full)
    with pytest.raises(DataError): validate(store, job)
