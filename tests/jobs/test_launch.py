"""Launching, following and failing, against a stand-in that speaks OpenAI's API."""
import threading
import time
from types import SimpleNamespace

import openai
import pytest

from mails import write_examples
from waiting import PATIENCE, until

from ftbench.core import DataError, ServiceError
from ftbench.data.dataset import open_dataset
from ftbench.data.edit.edits import SetContent
from ftbench.jobs.launch import Job, JobFailed, job, launch
from ftbench.jobs.metrics import metrics_frame, result_frame, smoothed
from ftbench.jobs.preflight import LaunchRefused, estimate, training_file
from ftbench.jobs.service import connect, is_local, service_name, speaking_to


def mails(count=12, start=0):
    return [{"messages": [{"role": "user", "content": f"Where is parcel {number}?"}, {"role": "assistant", "content": "DELIVERY"}]}
            for number in range(start, start + count)]


# launching

def test_a_launch_carries_what_was_asked_and_says_it_in_openais_words(service):
    made = launch(mails(), mails(3, 50), suffix="q", hyperparameters={"n_epochs": 2, "batch_size": "auto"}, seed=7, service=service.client())
    entry = service.jobs[made.id]["job"]
    assert entry["method"] == {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 2}}}
    assert entry["seed"] == 7 and entry["validation_file"] and set(entry["metadata"]) == {"ftbench_launch", "ftbench_set", "ftbench_train", "ftbench_valid"}
    assert entry["metadata"]["ftbench_set"] == "n_epochs"
    assert made.hyperparameters == {"n_epochs": 2}


@pytest.mark.parametrize("change", [{"suffix": "r"}, {"seed": 8}, {"hyperparameters": {"n_epochs": 3}}, {"train": mails(13)},
                                    {"valid": mails(3, 50)}, {"model": "nano-2"}])
def test_the_same_launch_is_the_same_job_and_any_difference_another(service, change):
    service.models.append("nano-2")
    same = {"train": mails(), "suffix": "q", "hyperparameters": {"n_epochs": 2}, "seed": 7, "service": service.client()}
    first = launch(**same)
    assert launch(**{**same, "hyperparameters": {"n_epochs": 2, "batch_size": "auto"}, "service": service.client()}).id == first.id
    assert launch(**{**same, **change}).id != first.id
    assert launch(**same, again=True).id != first.id


def preferences(count=12):
    return [{"input": {"messages": [{"role": "user", "content": f"Where is parcel {number}?"}]},
             "preferred_output": [{"role": "assistant", "content": "It is on its way."}],
             "non_preferred_output": [{"role": "assistant", "content": "dunno"}]} for number in range(count)]


def test_preferences_are_launched_by_their_method_and_by_no_other(service):
    made = launch(preferences(), method="dpo", hyperparameters={"beta": .2}, service=service.client())
    assert service.jobs[made.id]["job"]["method"] == {"type": "dpo", "dpo": {"hyperparameters": {"beta": .2}}}
    with pytest.raises(LaunchRefused, match='method="dpo"'): launch(preferences(), service=service.client())
    with pytest.raises(LaunchRefused, match='method="supervised"'): launch(mails(), method="dpo", service=service.client())
    with pytest.raises(ServiceError, match="no method 'rft'"): launch(mails(), method="rft", service=service.client())


def test_failed_and_cancelled_jobs_do_not_count(service):
    service.fail_next("server_error", "internal")
    client = service.client()
    first = launch(mails(), service=client)
    with pytest.raises(JobFailed, match="internal"): first.wait(progress=False)
    second = launch(mails(), service=client).cancel()
    assert second.id != first.id and launch(mails(), service=client).id not in (first.id, second.id)
    with pytest.raises(JobFailed, match="cancelled"): second.wait(progress=False)


def test_the_same_file_is_uploaded_once_whatever_it_is_called(service, tmp_path):
    client = service.client()
    launch(mails(), service=client)
    launch(write_examples(tmp_path / "train.jsonl", mails()), suffix="other", service=client)
    assert len(service.files) == 1 and [call for call in service.calls if call == "POST /files"] == ["POST /files"]


def test_a_dataset_is_sent_with_its_pending_edits(service, tmp_path):
    dataset = open_dataset(write_examples(tmp_path / "mails.jsonl", mails()))
    dataset.apply(SetContent(3, 1, "REFUND"))
    launch(dataset, service=service.client())
    sent = next(iter(service.files.values()))["content"]
    assert sent.count(b"REFUND") == 1 and b"REFUND" not in (tmp_path / "mails.jsonl").read_bytes()


# refusing

@pytest.mark.parametrize("train, words", [
    (mails(9), "9 examples, at least 10 are needed"),
    ([*mails(), {"messages": [{"role": "wizard", "content": "x"}]}], "line 13"),
    ([], "0 examples"),
])
def test_a_bad_training_file_is_refused_before_anything_is_sent(service, train, words):
    with pytest.raises(LaunchRefused) as caught: launch(train, service=service.client())
    assert words in str(caught.value) and "Nothing was uploaded" in str(caught.value) and caught.value.remedy
    assert caught.value.findings and not service.calls


def test_nine_validation_examples_are_enough_but_none_may_be_trained_on(service):
    launch(mails(), mails(2, 50), service=service.client())
    respelled = [{"messages": [dict(reversed(message.items())) for message in example["messages"]]} for example in mails(2, 10)]
    with pytest.raises(LaunchRefused, match="2 of 2 validation examples"): launch(mails(), respelled, service=service.client())


def test_warnings_do_not_stop_a_launch(service):
    assert launch([*mails(), *mails(1)], service=service.client()).id # the last repeats the first


@pytest.mark.parametrize("source", ["missing.jsonl", ".", 7])
def test_what_is_no_training_data_is_said(service, source):
    with pytest.raises(DataError) as caught: launch(source, service=service.client())
    assert caught.value.remedy and not service.calls


def test_hyperparameters_are_a_dict(service):
    with pytest.raises(ServiceError, match="not 3"): launch(mails(), hyperparameters=3, service=service.client())


def test_an_unknown_model_is_refused_in_the_services_words(service):
    with pytest.raises(ServiceError, match="not available for fine-tuning") as caught: launch(mails(), model="nan", service=service.client())
    assert caught.value.remedy == "Choose one of its models: nano."


def test_the_estimate_follows_the_published_rule():
    assert [estimate(training_file(mails(count), "t")).epochs for count in (10, 33, 34, 100)] == [10, 3, 3, 3]
    assert estimate(training_file(mails(10), "t"), {"n_epochs": 4}).epochs == 4


# following

def test_events_come_oldest_first_and_only_the_new_ones_are_asked_for(service):
    made = launch(mails(), service=service.client())
    made.wait(progress=False)
    messages = [event.message for event in made.events()]
    assert messages[0].startswith("Created") and messages[-1].endswith("completed") and len(messages) == 8
    assert made.metrics()["step"].is_monotonic_increasing and made.progress() == (6, 6)
    before = len(service.calls)
    assert len(made.events()) == 8 and service.calls[before:] == [f"GET /fine_tuning/jobs/{made.id}/events"]


def test_a_follower_sees_every_state_and_stops_with_the_job(service):
    seen, done, before = [], threading.Event(), set(threading.enumerate())
    def look(job):
        seen.append((job.record.status, len(job.events())))
        if job.ended: done.set()
    made = launch(mails(), service=service.client())
    made.follow(look)
    assert done.wait(PATIENCE) and seen[-1] == ("succeeded", 8)
    assert [status for status, _ in seen] == sorted((status for status, _ in seen), key=["validating_files", "queued", "running", "succeeded"].index)
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == f"follow {made.id}" and thread not in before])


def test_a_follower_says_when_the_service_does_not_answer(service):
    made, told = launch(mails(), service=service.client(max_retries=0)), threading.Event()
    service.close()
    stop = made.follow(lambda job: job.problem and told.set())
    assert told.wait(PATIENCE) and "does not answer" in made.problem
    stop()


def test_waiting_has_an_end(service):
    service.advance = lambda id: service.jobs[id]["job"]
    with pytest.raises(ServiceError, match="still validating_files after 0.2 s"):
        launch(mails(), service=service.client()).wait(progress=False, timeout=.2)


def test_a_service_that_leaves_out_every_optional_field(service):
    service.bare = True
    made = job(launch(mails(), service=service.client()).id, service.client()).wait(progress=False)
    assert made.status == "succeeded" and made.hyperparameters == {} and made.error is None and "ftjob" in repr(made)
    with pytest.raises(ServiceError, match="no result file"): made.result()


def test_result_and_checkpoints(service):
    made = launch(mails(), service=service.client()).wait(progress=False)
    assert made.result()["name"].tolist() == ["train_loss", "train_mean_token_accuracy"]
    assert made.checkpoints()[-1].fine_tuned_model_checkpoint == made.fine_tuned_model


def test_an_unknown_job(service):
    with pytest.raises(ServiceError, match="Could not find fine-tuning job ftjob-99"): job("ftjob-99", service.client())


# metrics

def test_metrics_from_whatever_a_service_sends():
    events = [SimpleNamespace(data={"step": 3, "train_loss": None, "valid_loss": .5}, message="Step 3/9: training loss=0.40"),
              SimpleNamespace(data={"train_loss": 9}, message="no step"), SimpleNamespace(),
              SimpleNamespace(data=None, message="Step 2/9: training loss=0.41, full validation loss=0.52"),
              SimpleNamespace(data={"step": 1, "train_loss": 1, "total_steps": 9, "usage": {"tokens": 1}}, message=None)]
    table = metrics_frame(events)
    assert list(table.itertuples(index=False, name=None)) == [
        (1, "train_loss", 1.0), (2, "full_valid_loss", .52), (2, "train_loss", .41), (3, "valid_loss", .5)]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"aGVsbG8=", b"a,b\n1,2\n"])
def test_a_result_file_that_is_none(content):
    with pytest.raises(ServiceError, match="not a table"): result_frame(content)


def test_smoothing_keeps_the_level():
    table = metrics_frame([SimpleNamespace(data={"step": step, "train_loss": 2.}, message="") for step in range(1, 50)])
    assert smoothed(table)["value"].round(9).eq(2).all()


# connecting

def test_clients_pass_through_and_async_ones_get_a_twin(service):
    client = service.client()
    assert connect(client) is client and is_local(client) and service_name(client) == str(client.base_url)
    twin = connect(openai.AsyncOpenAI(base_url=service.base_url, api_key="test", timeout=9))
    assert isinstance(twin, openai.OpenAI) and twin.timeout == 9 and [model.id for model in twin.models.list()] == ["nano"]
    azure = connect(openai.AsyncAzureOpenAI(azure_endpoint="https://a.openai.azure.com", api_key="k", api_version="2025-04-01"))
    assert isinstance(azure, openai.AzureOpenAI) and "azure.com/openai" in str(azure.base_url)


def test_no_key_for_openai(monkeypatch):
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY"): monkeypatch.delenv(name, raising=False)
    with pytest.raises(ServiceError, match="no key") as caught: connect("openai")
    assert "OPENAI_API_KEY" in caught.value.remedy


def test_a_dead_service_is_one_clear_error(service):
    client = service.client(max_retries=0)
    service.close()
    started = time.monotonic()
    with pytest.raises(ServiceError, match="does not answer") as caught, speaking_to(client, "its models"): client.models.list()
    assert "connect()" in caught.value.remedy and time.monotonic() - started < PATIENCE # the client itself would wait ten minutes


def test_a_server_that_cannot_start_shows_its_log(tmp_path, monkeypatch):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "lock").mkdir() # a folder where the lock file should be
    with pytest.raises(ServiceError) as caught: connect(home=tmp_path / "home")
    assert "did not come up" in str(caught.value) and "cannot be written to" in str(caught.value)


def test_a_home_that_is_a_file(tmp_path):
    (tmp_path / "home").write_text("taken")
    with pytest.raises(ServiceError, match="cannot use the folder") as caught: connect(home=tmp_path / "home")
    assert "FTBENCH_HOME" in caught.value.remedy


def test_a_job_object_is_light():
    made = Job(SimpleNamespace(), SimpleNamespace(id="ftjob-1"))
    assert repr(made) == "Job(ftjob-1, unknown)" and not made.ended
