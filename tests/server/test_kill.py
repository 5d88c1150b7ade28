"""Processes that are killed at the worst time: a job ends with a cause or goes on, and no step is lost or doubled."""
import json
import os
import sqlite3
import subprocess
import sys
import threading
import time

import openai
import pytest
from waiting import PATIENCE, until


def test_a_killed_worker_is_replaced_and_no_step_is_lost_or_doubled(own_server, mails):
    job, steps, worker = own_server.frozen(mails(40))
    worker.kill()
    assert own_server.wait(job.id).status == "succeeded" and own_server.steps(job.id) == list(range(1, steps + 1))
    events = own_server.events(job.id)
    told = [event.message for event in events if event.level == "warn"]
    assert len(told) == 1 and "SIGKILL" in told[0] and "goes on" in told[0]
    words = [event.message for event in events]
    assert words.count("Fine-tuning job started") == words.count("Fine-tuning job resumed") == 1


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")
def test_a_worker_that_is_killed_again_and_again_ends_its_job_with_the_cause(tmp_path):
    from ftbench.engine.contract import JobFolder, JobSpec
    from ftbench.server.runner import Runner
    from ftbench.server.store import Store
    from ftbench.server.workers import Workers
    (tmp_path / "jobs").mkdir()
    store = Store(tmp_path / "ftbench.sqlite")
    numbers = {"n_epochs": 1, "batch_size": 1, "learning_rate_multiplier": 1.0}
    store.insert("jobs", id="ftjob-1", created_at=1, status="queued", model="nano", model_name="ft:nano:ftbench::1", training_file="file-1",
                 seed=7, method={"type": "supervised"}, hyperparameters=numbers, options={}, request_digest="", result_files=[])
    JobFolder.create(tmp_path / "jobs" / "ftjob-1", JobSpec("ftjob-1", "gone", numbers, 7), b"")
    runner = Runner(store, workers=Workers((sys.executable, "-c", "import os; print('too large', flush=True); os.kill(os.getpid(), 9)")))
    until(lambda: runner.look() or store.row("jobs", "ftjob-1")["status"] in ("failed", "succeeded"))
    job = store.row("jobs", "ftjob-1")
    assert "SIGKILL" in job["error"]["message"] and "too large" in job["error"]["message"] and job["restarts"] == 3 and job["pid"] is None
    assert [row["level"] for row in store.rows("events")] == ["warn"] * 3 + ["error"]
    store.close()


def test_a_killed_server_finds_its_worker_again(own_server, mails):
    job, steps, worker = own_server.frozen(mails(40))
    waiting = own_server.create(mails(10), epochs=1)
    own_server.kill()
    own_server.start()
    assert own_server.client.fine_tuning.jobs.retrieve(job.id).status == "running" and own_server.workers() == [worker]
    worker.resume()
    assert own_server.wait(job.id).status == "succeeded"
    assert own_server.steps(job.id) == list(range(1, steps + 1))
    assert [event.message for event in own_server.events(job.id)].count("The job has successfully completed") == 1
    assert own_server.wait(waiting.id).status == "succeeded"


def test_a_server_that_stops_leaves_its_worker_to_the_next(own_server, mails):
    job, steps, worker = own_server.frozen(mails(40))
    own_server.stop()
    assert worker.is_running()
    own_server.start()
    worker.resume()
    assert own_server.wait(job.id).status == "succeeded" and own_server.steps(job.id) == list(range(1, steps + 1))


def test_a_worker_that_died_while_nobody_watched_is_replaced(own_server, mails):
    job, steps, worker = own_server.frozen(mails(40))
    own_server.kill()
    worker.kill()
    own_server.start()
    assert own_server.wait(job.id).status == "succeeded" and own_server.steps(job.id) == list(range(1, steps + 1))
    assert any("while no server was watching" in event.message for event in own_server.events(job.id))


def test_events_and_the_place_in_the_file_move_together(own_server, mails):
    job = own_server.create(mails(40), epochs=8)
    for _ in range(3):
        time.sleep(0.5)
        own_server.kill()
        own_server.start()
    assert own_server.wait(job.id).status == "succeeded"
    lines = (own_server.home / "jobs" / job.id / "metrics.jsonl").read_bytes()
    written = [record["step"] for record in map(json.loads, lines.splitlines()) if record["kind"] == "step"]
    assert own_server.steps(job.id) == written == list(range(1, 81))
    with sqlite3.connect(own_server.home / "ftbench.sqlite") as store:
        assert store.execute("select metrics_offset from jobs where id=?", (job.id,)).fetchone() == (len(lines),)


def test_one_server_per_home_and_a_port_of_its_own(own_server):
    command = [sys.executable, "-m", "ftbench.server.serve"]
    second = subprocess.run([*command, "--home", str(own_server.home)], capture_output=True, text=True, timeout=PATIENCE)
    assert second.returncode == 2 and own_server.url in second.stderr and "--home" in second.stderr
    port = own_server.url.rsplit(":", 1)[1].removesuffix("/v1")
    other = subprocess.run([*command, "--home", str(own_server.home.parent / "other"), "--port", port], capture_output=True, text=True, timeout=PATIENCE)
    assert other.returncode == 2 and f"Port {port} cannot be used" in other.stderr and "--port" in other.stderr
    own_server.client.models.list()


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_the_key_is_for_its_owner_and_stays(own_server):
    for name in ("token", "server.json"): assert (own_server.home / name).stat().st_mode & 0o777 == 0o600
    token = own_server.token
    own_server.stop()
    assert not (own_server.home / "server.json").exists()
    own_server.start()
    assert own_server.token == token


def test_requests_about_jobs_never_load_numpy():
    code = """
import json, sys, tempfile
from pathlib import Path
from starlette.testclient import TestClient
from ftbench.server.app import Service, create_app
with tempfile.TemporaryDirectory() as home, TestClient(create_app(Service.open(Path(home)), "key"), base_url="http://localhost",
                                                       headers={"Authorization": "Bearer key"}) as client:
    line = json.dumps({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "hello"}]}) + "\\n"
    file = client.post("/v1/files", data={"purpose": "fine-tune"}, files={"file": ("a.jsonl", line * 12)}).json()["id"]
    job = client.post("/v1/fine_tuning/jobs", json={"model": "nano", "training_file": file}).json()["id"]
    while client.get(f"/v1/fine_tuning/jobs/{job}").json()["status"] == "validating_files": pass
    assert client.post(f"/v1/fine_tuning/jobs/{job}/cancel").json()["status"] == "cancelled"
    client.get("/v1/models"), client.get(f"/v1/fine_tuning/jobs/{job}/events")
print([name for name in ("numpy", "pandas", "openai", "tiktoken", "torch") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_the_server_computes_in_one_thread(tmp_path, monkeypatch):
    import uvicorn

    from ftbench.server.serve import serve
    monkeypatch.setattr(uvicorn.Server, "run", lambda *_, **__: None)
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    thread = threading.Thread(target=serve, args=(tmp_path / "home",))
    thread.start()
    thread.join()
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"


def test_a_lost_connection_is_the_client_s_own_error(own_server):
    own_server.kill()
    with pytest.raises(openai.APIConnectionError): own_server.client.models.list()
