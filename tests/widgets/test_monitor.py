"The monitor: one state from what a job tells, small messages, no thread left behind."
import json
import random
import threading
from types import SimpleNamespace

import pytest

from waiting import until

from ftbench.jobs.launch import launch
from ftbench.widgets.base import FtWidget
from ftbench.widgets.course import Course, event_rows, monitor_state
from ftbench.widgets.drawing import html
from ftbench.widgets.monitor import Monitor, job_view, monitor_still

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'\u202e"


def made(steps, total=180, status="running", **record):
    "A job that has told so many steps."
    random.seed(7)
    events = [event("job created"), event("Fine-tuning job started")] + [metrics(step, total) for step in range(1, steps + 1)]
    checkpoints = [SimpleNamespace(step_number=step, fine_tuned_model_checkpoint=f"ft:nano::q:ckpt-step-{step}",
                                   metrics={"train_loss": .5, "full_valid_loss": .9 - step / 1000}) for step in range(60, steps + 1, 60)]
    record = SimpleNamespace(**{"status": status, "user_provided_suffix": "queues", "created_at": 1_795_300_000, "finished_at": None, "seed": 7,
                                "method": {"type": "supervised"}, "metadata": {}, "trained_tokens": None, "fine_tuned_model": None, **record})
    job = SimpleNamespace(id="ftjob-1", record=record, model="nano", ended=status in ("succeeded", "failed", "cancelled"), error=None, problem=None,
                          hyperparameters={"batch_size": 8, "n_epochs": 3, "learning_rate_multiplier": 1.8}, told=events,
                          service=SimpleNamespace(base_url="http://127.0.0.1:8000/v1"), events=lambda: list(events), checkpoints=lambda: checkpoints)
    job.refresh, job.follow = (lambda: job), (lambda callback: lambda: None)
    return job


def event(message, level="info", **more):
    return SimpleNamespace(id=str(random.random()), created_at=1_795_300_000, level=level, message=message, type="message", data={}, **more)


def metrics(step, total):
    data = {"step": step, "total_steps": total, "train_loss": 3 / step + random.random() / 7, "train_mean_token_accuracy": random.random(),
            "valid_loss": 3 / step + random.random() / 3, "valid_mean_token_accuracy": random.random()}
    return SimpleNamespace(id=f"m{step}", created_at=1_795_300_000 + step, level="info", type="metrics", data=data,
                           message=f"Step {step}/{total}: training loss={data['train_loss']:.2f}, validation loss={data['valid_loss']:.2f}")


def test_where_a_job_stands():
    state = monitor_state(made(130))
    head, chart = state["head"], state["chart"]
    assert (head["step"], head["steps"], head["epoch"], head["epochs"], head["live"]) == (130, 180, 3, 3, True)
    assert chart["epochs"] == [60, 120, 180] and chart["checkpoints"] == [60, 120]
    assert chart["best"]["step"] == 120 and [row["best"] for row in state["checkpoints"]] == [False, True]
    assert [row[0] for row in state["hyperparameters"]][:3] == ["n_epochs", "batch_size", "learning_rate_multiplier"]
    assert any(value == "no cost" for value, _ in head["stats"])


def test_no_cost_is_said_only_where_it_is_known():
    job = made(3)
    job.service = SimpleNamespace(base_url="https://api.example.org/v1")
    state = monitor_state(job)
    assert state["head"]["service"] == "api.example.org" and all("cost" not in value for value, _ in state["head"]["stats"])


def test_who_chose_a_hyperparameter():
    job, course = made(0), Course()
    job.hyperparameters = {"n_epochs": 2, "batch_size": "auto"}
    assert monitor_state(job, course)["hyperparameters"][:2] == [["n_epochs", "set by you", "2"], ["batch_size", "auto", "auto"]]
    job.hyperparameters = {"n_epochs": 2, "batch_size": 4}
    assert monitor_state(job, course)["hyperparameters"][1] == ["batch_size", "auto", "4"]  # what was seen is remembered
    assert monitor_state(job)["hyperparameters"][0] == ["n_epochs", "", "2"]  # what is not known is not said


@pytest.mark.parametrize("status", ["validating_files", "queued", "running", "paused", "succeeded", "failed", "cancelled", "something_new"])
@pytest.mark.parametrize("steps", [0, 1, 180])
def test_every_state_can_be_drawn(status, steps):
    job = made(steps, status=status, finished_at=1_795_300_500 if status == "succeeded" else None)
    job.error = HOSTILE if status == "failed" else None
    drawn = html(monitor_still(monitor_state(job)))
    assert status.replace("_", " ") in drawn and "nan" not in drawn.lower().replace("nano", "") and "<script" not in drawn
    assert ("The job failed" in drawn) == (status == "failed")


def test_services_that_tell_little():
    job = made(0, user_provided_suffix=None, method=None, metadata=None, created_at=None, seed=None)
    job.hyperparameters, job.model = {}, None
    job.told += [SimpleNamespace(message="Step 2/4: training loss=0.41"), SimpleNamespace(message=None)]
    state = monitor_state(job)
    assert state["head"]["name"] == "ftjob-1" and state["head"]["step"] == 2
    html(monitor_still(state))


def test_nothing_a_service_says_becomes_markup():
    job = made(2, user_provided_suffix=HOSTILE, fine_tuned_model=HOSTILE)
    job.id, job.model, job.hyperparameters = HOSTILE, HOSTILE, {HOSTILE: HOSTILE}
    job.told.append(event(HOSTILE, "error"))
    drawn = html(monitor_still(monitor_state(job)))
    assert "<script" not in drawn and "<img" not in drawn and "\u202e" not in drawn


def test_of_a_run_of_steps_the_newest_is_listed():
    rows = event_rows([event("job created"), metrics(1, 4), metrics(2, 4), event("odd", "warn"), metrics(3, 4), event("Checkpoint created at step 3 with Snapshot ID: ft:x")])
    assert [row[1:] for row in rows][0] == ["done", "Checkpoint created at step 3"]
    assert [row[1] for row in rows] == ["done", "step", "warn", "step", ""] and rows[3][2].startswith("Step 2/4")


def test_a_point_is_small_and_a_long_job_too():
    job = made(19_998, 20_000)
    kept = job.checkpoints()[-3:]
    job.checkpoints = lambda: kept
    monitor, heard = Monitor(job), []
    leave = monitor.subscribe(heard.append)
    state = monitor.state()
    assert len(json.dumps(state["chart"], separators=(",", ":"))) <= 20_000
    for step in (19_999, 20_000):
        job.told.append(metrics(step, 20_000))
        monitor._news(job)
    assert [message["points"][0][0] for message in heard] == [19_999, 20_000]
    assert max(len(json.dumps(message)) for message in heard) <= 500, heard
    leave()


def test_a_message_brings_what_changed_around_the_points():
    job = made(59)
    monitor, heard = Monitor(job), []
    monitor.subscribe(heard.append)
    monitor.state()
    job.told.append(metrics(60, 180))
    job.told[-1].data["full_valid_loss"] = .8
    monitor._news(job)
    job.checkpoints = lambda: [SimpleNamespace(step_number=60, fine_tuned_model_checkpoint="ft:x", metrics={"full_valid_loss": .8})]
    job.told.append(metrics(61, 180))
    monitor._news(job)
    job.told.append(metrics(62, 180))
    monitor._news(job)
    assert [[row["step"] for row in message.get("checkpoints", [])] for message in heard] == [[], [60], []]
    assert heard[1]["chart"]["best"]["step"] == 60 and "train" not in heard[1]["chart"]


def test_a_page_that_missed_something_gets_all():
    monitor = Monitor(made(5))
    monitor.state()
    assert monitor.do_since(5) == {} and monitor.do_since(2)["state"]["head"]["step"] == 5


def threads(): return [thread for thread in threading.enumerate() if thread.name.startswith("follow ")]


MAILS = [{"messages": [{"role": "user", "content": f"Parcel {n}?"}, {"role": "assistant", "content": "DELIVERY"}]} for n in range(12)]


def test_a_job_is_followed_to_its_end(service):
    pane = job_view(launch(MAILS, service=service.client()))
    assert isinstance(pane, Monitor)
    widget = FtWidget(pane)
    sent = []
    widget.send = lambda message, buffers=None: sent.append(message)
    until(lambda: not threads(), threads)
    assert sent[-1]["tell"]["head"]["state"] == "succeeded"
    assert pane.state()["head"]["live"] is False and "succeeded" in repr(pane)
    widget.close()


def test_closing_the_last_view_ends_the_thread(service):
    service.advance = lambda id: service.jobs[id]["job"]  # a job that never moves
    pane = Monitor(launch(MAILS, service=service.client()))
    one, two = FtWidget(pane), FtWidget(pane)
    assert len(threads()) == 1
    one.close()
    assert len(threads()) == 1
    two.close()
    until(lambda: not threads(), threads)


def test_cancel(service):
    pane = Monitor(launch(MAILS, service=service.client()))
    pane.do_cancel()
    assert pane.state()["head"]["state"] == "cancelled"


def test_pause_and_resume(service):
    pane = Monitor(launch(MAILS, service=service.client()))
    pane.do_pause()
    head = pane.state()["head"]
    assert (head["state"], head["live"]) == ("paused", True)
    pane.do_resume()
    assert pane.state()["head"]["state"] != "paused"


def test_displays_as_a_widget_and_as_text(service):
    bundle = launch(MAILS, service=service.client())._repr_mimebundle_()
    assert {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"} <= bundle.keys()
    assert bundle["text/plain"].startswith("Job(")


def test_advice_is_told_when_it_changes(): # small messages: not with every point
    job = made(20)
    monitor, heard = Monitor(job), []
    assert [row["code"] for row in monitor.state()["advice"]] == []
    monitor.subscribe(heard.append)
    full = {60: .8, 120: .6, 180: .9}
    for step in range(21, 181):
        told = metrics(step, 180)
        if step in full: told.data["full_valid_loss"] = full[step]
        job.told.append(told)
        monitor._news(job)
    advised = [message["advice"] for message in heard if "advice" in message]
    assert len(advised) <= 16 and advised[-1][0]["code"] == "validation_turns_up" and advised[-1][0]["changes"] == {"n_epochs": 2}
    assert "learns these examples by heart" in html(monitor_still(monitor.state()))
    assert all(len(json.dumps(message)) < 600 for message in heard if message.keys() <= {"points", "head", "events"})


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_a_job_that_was_stopped_gets_no_advice(status): assert monitor_state(made(180, status=status))["advice"] == []
