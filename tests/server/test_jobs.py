"""Fine-tuning through the ordinary client: the life of a job, its events, checkpoints, results and refusals."""
import base64
import json
import re
from contextlib import suppress

import openai
import pytest
from openai.types.fine_tuning import FineTuningJob, FineTuningJobEvent
from openai.types.fine_tuning.jobs import FineTuningJobCheckpoint
from shared_data import SHARED, needs_shared
from waiting import until

METRICS = {"step", "train_loss", "train_mean_token_accuracy", "valid_loss", "valid_mean_token_accuracy", "full_valid_loss",
           "full_valid_mean_token_accuracy"}


def test_a_job_succeeds_with_every_field(server, tuned):
    FineTuningJob.model_validate(server.raw(f"fine_tuning/jobs/{tuned.id}"), strict=True)
    assert re.fullmatch(r"ftjob-[A-Za-z0-9]{24}", tuned.id)
    assert re.fullmatch(r"ft:nano:ftbench:mails-v1:[A-Za-z0-9]{8}", tuned.fine_tuned_model)
    assert tuned.error is None and tuned.seed == 7 and tuned.metadata == {"run": "one"}
    assert tuned.hyperparameters.n_epochs == 3 and tuned.method.supervised.hyperparameters.batch_size == 4
    assert tuned.trained_tokens > 0 and tuned.finished_at >= tuned.created_at and tuned.estimated_finish is None


def test_events_come_in_openai_s_words_and_order(server, tuned):
    events = server.events(tuned.id)
    for event in server.raw(f"fine_tuning/jobs/{tuned.id}/events?limit=100")["data"]:
        FineTuningJobEvent.model_validate(event, strict=True)
    words = [event.message for event in events if event.type == "message"]
    assert words[:4] == [f"Created fine-tuning job: {tuned.id}",
                         f"Validating training file: {tuned.training_file} and validation file: {tuned.validation_file}",
                         "Files validated, moving job to queued state", "Fine-tuning job started"]
    assert re.fullmatch(r"Training will take about \d+ \w+ on this machine\.", words[4])
    assert [re.sub(r"[A-Za-z0-9]{8}:ckpt", "ID:ckpt", word) for word in words[5:]] == [
        "Checkpoint created at step 10 with Snapshot ID: ft:nano:ftbench:mails-v1:ID:ckpt-step-10",
        "Checkpoint created at step 20 with Snapshot ID: ft:nano:ftbench:mails-v1:ID:ckpt-step-20",
        f"New fine-tuned model created: {tuned.fine_tuned_model}", "The job has successfully completed"]
    steps = [event for event in events if event.type == "metrics"]
    assert [event.data["step"] for event in steps] == list(range(1, 31))
    assert re.fullmatch(r"Step 1/30: training loss=\d+\.\d\d, validation loss=\d+\.\d\d", steps[0].message)
    assert METRICS <= steps[9].data.keys() and "full validation loss=" in steps[9].message
    assert steps[-1].data["train_loss"] < steps[0].data["train_loss"] and steps[0].data["total_steps"] == 30


def test_three_checkpoints_newest_first_the_last_under_the_plain_name(server, tuned):
    found = server.raw(f"fine_tuning/jobs/{tuned.id}/checkpoints")
    for checkpoint in found["data"]: FineTuningJobCheckpoint.model_validate(checkpoint, strict=True)
    assert [checkpoint["step_number"] for checkpoint in found["data"]] == [30, 20, 10]
    assert found["data"][0]["fine_tuned_model_checkpoint"] == tuned.fine_tuned_model
    assert found["data"][1]["fine_tuned_model_checkpoint"].endswith(":ckpt-step-20")
    assert found["data"][0]["metrics"].keys() == METRICS
    assert found["first_id"] == found["data"][0]["id"] and found["has_more"] is False


def test_the_result_file_is_csv_in_base64_with_a_row_per_step(server, tuned):
    lines = base64.b64decode(server.client.files.content(tuned.result_files[0]).read(), validate=True).decode().splitlines()
    assert lines[0] == "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy" and len(lines) == 31
    assert all(re.fullmatch(r"\d+(,(\d+\.\d{1,5}|[1-9]e-05)){4}", line) for line in lines[1:])
    assert server.client.files.retrieve(tuned.result_files[0]).purpose == "fine-tune-results"


def test_lists_are_paged_newest_first(server, tuned):
    page = server.client.fine_tuning.jobs.list_events(tuned.id, limit=5)
    assert page.data[0].message == "The job has successfully completed" and page.has_more and len(page.data) == 5
    assert len({event.id for event in server.client.fine_tuning.jobs.list_events(tuned.id, limit=7)}) == 39
    newest = server.client.fine_tuning.jobs.list(limit=1)
    assert len(newest.data) == 1
    for query in ("limit=0", "limit=ten", "after=ftevent-none"):
        with pytest.raises(openai.BadRequestError): server.client.get(f"/fine_tuning/jobs/{tuned.id}/events?{query}", cast_to=object)


def test_jobs_are_found_by_metadata(server, tuned):
    jobs = server.client.fine_tuning.jobs
    assert [job.id for job in jobs.list(metadata={"run": "one"})] == [tuned.id]
    assert list(jobs.list(metadata={"run": "two"})) == []


def test_nine_examples_are_refused_in_openai_s_words(server, mails):
    with pytest.raises(openai.BadRequestError) as caught: server.create(mails(9))
    assert caught.value.code == "invalid_n_examples" and caught.value.param == "training_file"
    assert caught.value.body["message"] == "Training file has 9 example(s), but must have at least 10 examples"


def test_a_bad_example_fails_the_job_and_names_it(server, mails):
    examples = mails(12)
    examples[4]["messages"][1]["role"] = "assistent"
    job = server.wait(server.create(examples).id)
    assert job.status == "failed" and job.error.code == "invalid_training_file" and job.error.param == "training_file"
    assert "Example 5" in job.error.message and server.events(job.id)[-1].level == "error"


def test_a_bad_validation_file_is_called_so_and_a_short_one_will_do(server, chat, mails):
    broken = [chat("Hi", "hello"), {"messages": []}]
    job = server.wait(server.create(mails(12), valid=broken).id)
    assert job.status == "failed" and job.error.code == "invalid_validation_file" and "validation file" in job.error.message
    job = server.wait(server.create(mails(12), valid=mails(2, start=50), epochs=1).id)
    assert job.status == "succeeded", job.error


def test_auto_is_resolved_with_its_rules(server, mails):
    job = server.client.fine_tuning.jobs.create(model="ftbench-nano-1", training_file=server.upload(mails(40)))
    assert job.model == "nano" and job.hyperparameters.n_epochs == "auto" and job.seed >= 0
    until(lambda: server.client.fine_tuning.jobs.retrieve(job.id).status != "validating_files")
    job = server.client.fine_tuning.jobs.retrieve(job.id)
    with suppress(openai.BadRequestError): server.client.fine_tuning.jobs.cancel(job.id) # unless it is done already
    assert job.hyperparameters.to_dict() == {"n_epochs": 3, "batch_size": 1, "learning_rate_multiplier": 1.0}
    told = next(event.data for event in server.events(job.id) if event.message.startswith("Files validated"))
    assert told["rules"].keys() == told["hyperparameters"].keys()


def test_the_older_form_of_hyperparameters_and_an_adapter(server, mails):
    job = server.create(mails(12), method=openai.omit, epochs=1, hyperparameters={"n_epochs": 2, "batch_size": 6},
                        extra_body={"ftbench": {"lora": {"rank": 4}}})
    assert server.wait(job.id).status == "succeeded" and server.steps(job.id) == [1, 2, 3, 4]
    assert json.loads((server.home / "jobs" / job.id / "job.json").read_text())["lora"] == {"rank": 4, "alpha": 32.0}


@pytest.mark.parametrize("wrong, code", [
    ({"model": "gpt-9"}, "model_not_available"), ({"training_file": "file-none"}, "invalid_file"),
    ({"suffix": "x" * 65}, "string_above_max_length"), ({"seed": -1}, "integer_below_min_value"),
    ({"seed": "7"}, "invalid_type"), ({"hyperparameters": {"n_epochs": 51}}, "integer_above_max_value"),
    ({"hyperparameters": {"batch_size": "big"}}, "invalid_value"), ({"method": {"type": "reinforcement"}}, "unsupported_value"),
    ({"method": {"type": "magic"}}, "invalid_value"), ({"metadata": {"a": "b" * 513}}, "string_above_max_length"),
    ({"integrations": [{"type": "wandb"}]}, "unsupported_parameter"), ({"learning_rate": 1}, None)])
def test_requests_are_read_strictly(server, wrong, code):
    body = {"model": "nano", "training_file": "file-any"} | wrong
    with pytest.raises(openai.BadRequestError) as caught: server.client.post("/fine_tuning/jobs", body=body, cast_to=object)
    assert caught.value.code == code and caught.value.body["type"] == "invalid_request_error"


def test_unknown_jobs_are_404(server):
    jobs = server.client.fine_tuning.jobs
    for ask in (jobs.retrieve, jobs.cancel, jobs.pause, jobs.resume, jobs.list_events, jobs.checkpoints.list):
        with pytest.raises(openai.NotFoundError) as caught: ask("ftjob-none")
        assert caught.value.code == "fine_tune_not_found"


def test_a_repeated_request_makes_one_job(server, mails):
    body = {"model": "nano", "training_file": server.upload(mails(10)), "hyperparameters": {"n_epochs": 1}}
    again = {"headers": {"x-stainless-retry-count": "1"}}
    first = server.client.post("/fine_tuning/jobs", body=body, cast_to=FineTuningJob)
    assert server.client.post("/fine_tuning/jobs", body=body, cast_to=FineTuningJob, options=again).id == first.id
    assert server.client.post("/fine_tuning/jobs", body=body, cast_to=FineTuningJob).id != first.id


def test_cancel_stops_a_running_job_and_one_in_the_queue(server, mails):
    running, _, worker = server.frozen(mails(40))
    waiting = server.create(mails(12))
    jobs = server.client.fine_tuning.jobs
    assert jobs.cancel(waiting.id).status == "cancelled"
    cancelled = server.obeyed(jobs.cancel, running, worker)
    assert cancelled.status == "cancelled" and cancelled.finished_at and cancelled.fine_tuned_model is None
    assert server.events(running.id)[-1].message == "Fine-tuning job cancelled"
    with pytest.raises(openai.BadRequestError): jobs.cancel(running.id)


def test_a_job_is_cancelled_right_after_it_was_paused(server, mails):
    jobs, (job, _, worker) = server.client.fine_tuning.jobs, server.frozen(mails(40))
    server.obeyed(jobs.pause, job, worker)
    assert jobs.cancel(job.id).status == "cancelled"


def test_a_paused_job_goes_on_with_the_same_numbers(server, mails):
    examples, jobs = mails(32), server.client.fine_tuning.jobs
    job, steps, worker = server.frozen(examples)
    assert server.obeyed(jobs.pause, job, worker).status == "paused"
    assert jobs.resume(job.id).status == "queued"
    server.wait(job.id)
    whole = server.create(examples, epochs=steps // 8)
    server.wait(whole.id)
    losses = [{event.data["step"]: event.data["train_loss"] for event in server.events(id) if event.type == "metrics"}
              for id in (whole.id, job.id)]
    assert losses[0] == losses[1] and len(losses[0]) == steps


def test_a_tuned_model_is_tuned_further_and_deleted(server, tuned, mails):
    job = server.wait(server.create(mails(12, start=40), epochs=1, model=tuned.fine_tuned_model, suffix="second").id)
    assert job.status == "succeeded" and job.model == tuned.fine_tuned_model
    assert job.fine_tuned_model.startswith("ft:nano:ftbench:second:")
    models = server.client.models
    assert job.fine_tuned_model in [model.id for model in models.list()]
    assert models.delete(job.fine_tuned_model).deleted
    with pytest.raises(openai.NotFoundError): models.retrieve(job.fine_tuned_model)


@needs_shared
def test_real_conversations_train_and_their_loss_falls(server):
    file = server.client.files.create(file=SHARED / "chat" / "tinker_conversations.jsonl", purpose="fine-tune")
    job = server.client.fine_tuning.jobs.create(model="nano", training_file=file.id, seed=1,
                                                hyperparameters={"n_epochs": 3, "batch_size": 8})
    job = server.wait(job.id)
    assert job.status == "succeeded", job.error
    losses = [event.data["train_loss"] for event in server.events(job.id) if event.type == "metrics"]
    per_epoch = [sum(losses[at:at + 16]) / 16 for at in (0, 16, 32)]
    assert len(losses) == 48 and per_epoch[0] > per_epoch[1] > per_epoch[2]
