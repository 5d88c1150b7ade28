"""A job may be killed at any instant, paused and continued: the records and the model are those of an undisturbed run."""
import json
import random
import signal
import subprocess
import sys
import time

import pytest
from waiting import until

from ftbench.engine.contract import JobFolder, JobSpec
from ftbench.engine.nano.llama import Model, loss, pack
from ftbench.engine.worker import Worker

EXAMPLES = [{"messages": [{"role": "user", "content": f"Say {word}"}, {"role": "assistant", "content": word}]}
            for word in ("hello", "yes", "no", "well", "hell", "hey", "oh", "ah", "ho", "he", "ha")]


def jsonl(examples): return "\n".join(map(json.dumps, examples)).encode()


def preference(example, worse="xx"):
    *asked, answer = example["messages"]
    return {"input": {"messages": asked}, "preferred_output": [answer], "non_preferred_output": [{"role": "assistant", "content": worse}]}


def make(tmp_path, name, base, epochs=30, lora=None, method="supervised", **numbers):
    hyperparameters = {"n_epochs": epochs, "batch_size": 2, "learning_rate_multiplier": 1.0} | numbers
    examples = [preference(example) for example in EXAMPLES] if method == "dpo" else EXAMPLES
    if method == "dpo": hyperparameters["beta"] = .1
    return JobFolder.create(tmp_path / name, JobSpec(name, str(base), hyperparameters, seed=5, lora=lora, method=method),
                            jsonl(examples), jsonl(examples[:3]))


def start(folder): return subprocess.Popen([sys.executable, "-m", "ftbench.engine.worker", str(folder.path)])


_KILLED = """
import os, runpy, signal, sys, threading, time
from pathlib import Path
metrics, rest, wanted = Path(sys.argv[1], "metrics.jsonl"), float(sys.argv.pop()), int(sys.argv.pop())
def kill():
    while metrics.read_bytes().count(b"\\n") < wanted: time.sleep(.002)
    time.sleep(rest)
    os.kill(os.getpid(), signal.SIGKILL)
metrics.touch()
threading.Thread(target=kill, daemon=True).start()
runpy.run_module("ftbench.engine.worker", run_name="__main__")
"""


def start_killed(folder, more, rest):
    "A worker that is killed so many seconds after so many lines more; by its own hand, so that it cannot end while somebody else is slow."
    return subprocess.Popen([sys.executable, "-c", _KILLED, str(folder.path), str(lines(folder) + more), str(rest)])


def results(folder):
    """Records without times and processes; `started` says how often a process began, and `seconds` how fast the machine is."""
    records = [r for r in folder.records()[0] if r["kind"] not in ("started", "paused") and "seconds" not in r]
    return [{k: v for k, v in r.items() if k not in ("at", "pid")} for r in records]


def lines(folder): return folder.metrics.read_bytes().count(b"\n") if folder.metrics.exists() else 0


def losses(folder): return [json.loads(line) for line in (folder.path / "token-losses.jsonl").read_text().splitlines()]


def weights(folder): return (folder.final / "model.safetensors").read_bytes()


@pytest.mark.parametrize("options", [{}, {"lora": {"rank": 4, "alpha": 8}}, {"method": "dpo"}, {"method": "dpo", "lora": {"rank": 4, "alpha": 8}}],
                         ids=["full", "lora", "dpo", "dpo lora"])
def test_killed_at_random_instants(tmp_path, model_folder, options):
    whole = make(tmp_path, "whole", model_folder, **options)
    assert start(whole).wait() == 0
    killed, pick = make(tmp_path, "killed", model_folder, **options), random.Random(2)
    for more in (0, 1, 5, 17, 2, 9): # lines of progress before the kill, then some milliseconds more
        assert start_killed(killed, more, pick.uniform(0, .02)).wait() == -signal.SIGKILL, "the job ended before it could be killed"
    assert start(killed).wait() == 0
    assert results(killed) == results(whole) and weights(killed) == weights(whole)
    assert losses(killed) == losses(whole) and not (killed.path / "losses-before.json").exists()
    for path in killed.path.glob("ckpt-*"):
        assert (path / "model.safetensors").read_bytes() == (whole.path / path.name / "model.safetensors").read_bytes()


def test_pause_and_resume_are_bit_identical(tmp_path, model_folder):
    whole, paused = make(tmp_path, "whole", model_folder, epochs=6), make(tmp_path, "paused", model_folder, epochs=6)
    assert start(whole).wait() == 0
    paused.request("pause")
    assert start(paused).wait() == 0
    assert paused.records()[0][-1]["kind"] == "paused"
    for _ in range(3):
        paused.clear_request()
        worker = start(paused)
        before = paused.metrics.stat().st_size
        while paused.metrics.stat().st_size < before + 600 and worker.poll() is None: time.sleep(.002)
        paused.request("pause")
        assert worker.wait() == 0
    paused.clear_request()
    assert start(paused).wait() == 0
    assert results(paused) == results(whole) and weights(paused) == weights(whole)


@pytest.mark.parametrize("lora", [None, {"rank": 4, "alpha": 8}], ids=["full", "lora"])
def test_the_losses_of_tokens_are_those_of_the_models_before_and_after(tmp_path, model_folder, lora):
    job = make(tmp_path, "job", model_folder, epochs=3, lora=lora)
    assert start(job).wait() == 0
    told = losses(job)
    assert [(entry["file"], entry["line"]) for entry in told] == [("train", n) for n in range(1, 12)] + [("valid", n) for n in range(1, 4)]
    for name, folder in (("before", model_folder), ("after", job.final)):
        model = Model.load(folder)
        for entry in told:
            row = (entry["tokens"], entry["weights"])
            assert entry[name][0] is None and len(entry[name]) == len(entry["tokens"])
            assert abs(entry[f"loss_{name}"] - loss(model, pack([row])).loss) < 1e-4
            single = [None, *(loss(model, pack([(row[0], [float(at == place) for at in range(len(row[0]))])])).loss for place in range(1, len(row[0])))]
            assert all(abs(mine - theirs) < 1e-4 for mine, theirs in zip(entry[name][1:], single[1:]))
    steps = [record for record in job.records()[0] if record["kind"] == "step"]
    valid = [entry for entry in told if entry["file"] == "valid"]
    weight = sum(sum(entry["weights"]) for entry in valid)
    assert abs(sum(entry["loss_after"] * sum(entry["weights"]) for entry in valid) / weight - steps[-1]["full_valid_loss"]) < 1e-3


def test_both_answers_of_a_preference_have_their_losses(tmp_path, model_folder):
    job = make(tmp_path, "job", model_folder, epochs=40, method="dpo", learning_rate_multiplier=100)
    assert start(job).wait() == 0
    told = losses(job)
    assert [(entry["line"], entry["output"]) for entry in told[:4]] == [
        (1, "preferred_output"), (1, "non_preferred_output"), (2, "preferred_output"), (2, "non_preferred_output")]
    rise = lambda entry: (entry["loss_after"] - entry["loss_before"]) * sum(entry["weights"])
    assert all(rise(preferred) < rise(other) for preferred, other in zip(told[::2], told[1::2]))
    last = [record for record in job.records()[0] if record["kind"] == "step"][-1]
    assert last["train_loss"] < .5 and last["full_valid_preference_accuracy"] == 1 and last["train_preferred_reward"] > last["train_non_preferred_reward"]


def test_how_long_it_will_take_is_said_before_the_first_step_and_once(tmp_path, model_folder):
    job = make(tmp_path, "job", model_folder, epochs=5)
    job.request("pause")
    assert start(job).wait() == 0
    job.clear_request()
    assert start(job).wait() == 0
    kinds = [("estimate" if "seconds" in record else record["kind"]) for record in job.records()[0]]
    assert kinds.count("estimate") == 1 and kinds.index("estimate") < kinds.index("step")
    said, = (record for record in job.records()[0] if "seconds" in record)
    assert said["seconds"] > 0 and said["text"].startswith("Training will take about ")


def test_a_large_file_keeps_the_losses_of_its_first_examples(tmp_path, model_folder, monkeypatch):
    from ftbench.engine import losses as module
    monkeypatch.setattr(module, "_TOKENS", 60)
    job = make(tmp_path, "job", model_folder, epochs=1)
    assert Worker(job.path).run() == 0
    kept, messages = losses(job), [record["text"] for record in job.records()[0] if record["kind"] == "message"]
    assert 0 < len(kept) < 14 and any(f"{14 - len(kept)} are left out" in text for text in messages)


def test_cancel_and_signs_of_life(tmp_path, model_folder):
    job = make(tmp_path, "job", model_folder, epochs=5000)
    worker = start(job)
    until(lambda: any(record["kind"] == "step" for record in job.records()[0]))
    first = job.heartbeat()
    assert first["pid"] == worker.pid
    until(lambda: job.heartbeat()["at"] > first["at"])
    job.request("cancel")
    assert worker.wait() == 0 and job.records()[0][-1]["kind"] == "cancelled" and not job.final.exists()
    assert start(job).wait() == 0 and job.records()[0][-1]["kind"] == "cancelled"


def test_pictures_that_are_not_read_are_counted(tmp_path, model_folder):
    job = make(tmp_path, "job", model_folder, epochs=1)
    parts = [{"type": "text", "text": "Hi"}, {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]
    seen, heard = ({"messages": [{"role": "user", "content": content}, {"role": "assistant", "content": "Yo"}]} for content in (parts, parts[:1]))
    job.train.write_bytes(jsonl(EXAMPLES + [heard, seen]))
    assert start(job).wait() == 0
    said = [(r["level"], r["text"]) for r in job.records()[0] if r["kind"] == "message" and "seconds" not in r]
    assert said == [("warn", "1 of 13 examples of train.jsonl hold pictures or other parts that this model does not read; "
                             "it learns from the texts alone (first: line 13).")]


def test_long_examples_are_cut_and_counted(tmp_path, model_folder):
    job = make(tmp_path, "job", model_folder, epochs=1)
    long = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "x " * 200}]}
    job.train.write_bytes(jsonl(EXAMPLES + [long, long]))
    assert start(job).wait() == 0
    messages = [r["text"] for r in job.records()[0] if r["kind"] == "message" and "seconds" not in r]
    assert messages == ["2 of 13 examples of train.jsonl are longer than 96 tokens and were cut at their end (first: line 12)."]


def test_examples_without_weight_give_no_loss_and_are_counted(tmp_path, model_folder):
    job = make(tmp_path, "job", model_folder, epochs=1, batch_size=1)
    silent = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho", "weight": 0}]}
    job.train.write_bytes(jsonl(EXAMPLES[:2] + [silent]))
    assert start(job).wait() == 0
    records = job.records()[0]
    assert sum(r["kind"] == "step" and r["train_loss"] is None for r in records) == 1
    assert [r["text"] for r in records if r["kind"] == "message" and "seconds" not in r] == [
        "1 of 3 steps had no token with a weight; they have no loss and changed nothing."]


@pytest.mark.parametrize("train, words", [
    (b"", "no training examples"), (b"{\n", "Line 1"), (b'{"messages": []}', "Line 1"), (b"\xff", "Line 1")])
def test_data_that_cannot_be_trained_fails_with_its_line(tmp_path, model_folder, train, words):
    job = make(tmp_path, "job", model_folder, epochs=1)
    job.train.write_bytes(train)
    assert start(job).wait() == 1
    last = job.records()[0][-1]
    assert last["kind"] == "failed" and words in last["message"]


def test_divergence_is_a_failure_that_names_the_remedy(tmp_path, model_folder):
    job = make(tmp_path, "job", model_folder, learning_rate_multiplier=1e30)
    assert start(job).wait() == 1
    assert "learning_rate_multiplier" in job.records()[0][-1]["message"]


def test_a_missing_model_fails_with_its_folder(tmp_path):
    job = make(tmp_path, "job", tmp_path / "nowhere")
    assert start(job).wait() == 1 and "nowhere" in job.records()[0][-1]["message"]


def test_usage_without_a_job_folder(tmp_path):
    run = subprocess.run([sys.executable, "-m", "ftbench.engine.worker", str(tmp_path)], capture_output=True, text=True)
    assert run.returncode == 2 and "Usage" in run.stderr
