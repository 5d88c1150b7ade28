"""Running a server: its page, its limits, its log, its disk, an older home, a copied home, an upgrade, and what hostile or unlucky clients do."""
import json
import re
import shutil
import socket
import sqlite3
import sys
import threading
import time
import tracemalloc
import types
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openai
import pytest
from starlette.testclient import TestClient
from waiting import until

from ftbench.core import ServiceError
from ftbench.server import intake, proxy
from ftbench.server.app import create_app
from ftbench.server.infer import Loaded
from ftbench.server.python_grader import can_be_cut_off, run_python
from ftbench.server.serve import serve
from ftbench.server.service import Service, Settings
from ftbench.server.store import _MIGRATIONS, Store

LINE = json.dumps({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "hello"}]}) + "\n"


@pytest.fixture
def inside(tmp_path):
    "A server in this process that starts no worker, and a plain HTTP client for it."
    opened = []

    def run(**settings):
        service = Service.open(tmp_path / "home", Settings(**settings))
        service.start = lambda: None
        service.runner.stop = service.courier.stop = lambda: None
        client = TestClient(create_app(service, "s3cret-key"), base_url="http://localhost", headers={"Authorization": "Bearer s3cret-key"},
                            raise_server_exceptions=False)
        client.__enter__()
        client.service = service
        opened.append(client)
        return client

    yield run
    for client in opened: client.__exit__(None, None, None)


def upload(client, lines=12):
    return client.post("/v1/files", data={"purpose": "fine-tune"}, files={"file": ("a.jsonl", LINE * lines)}).json()["id"]


def create(client, **more):
    return client.post("/v1/fine_tuning/jobs", json={"model": "nano", "training_file": upload(client), **more}).json()


# ── the status page ──

def test_the_status_page_is_for_whoever_has_the_key(inside):
    client = inside()
    browser = TestClient(client.app, base_url="http://localhost", follow_redirects=False)
    asked = browser.get("/")
    assert asked.status_code == 401 and "<form" in asked.text and "s3cret" not in asked.text
    assert browser.get("/status.json").status_code == 401 and browser.get("/session").status_code == 401
    refused = browser.post("/session", data={"key": "guess"})
    assert refused.status_code == 401 and "not the key" in refused.text and "set-cookie" not in refused.headers
    let_in = browser.post("/session", data={"key": "s3cret-key"})
    assert let_in.status_code == 303 and "HttpOnly" in let_in.headers["set-cookie"] and "SameSite=strict" in let_in.headers["set-cookie"]
    assert "s3cret" not in let_in.headers["set-cookie"]
    create(client, suffix="<b>bold</b>")
    page, told = browser.get("/"), browser.get("/status.json").json()
    assert page.status_code == 200 and not re.search(r"(src|href)=[\"']?(http|/|\w+\.(js|css))", page.text)
    assert told["jobs"][0]["suffix"] == "<b>bold</b>" and told["counts"] == {"validating_files": 1} and told["models"][0]["id"] == "nano"
    assert browser.get("/v1/models").status_code == 401  # the cookie opens the page and nothing else
    assert browser.post("/session", data={"key": "s3cret-key"}, headers={"Origin": "https://page.example"}).status_code == 403


def test_the_losses_on_the_page_are_few_and_end_with_the_last(tmp_path):
    store = Store(tmp_path / "ftbench.sqlite")
    for step in range(1, 1001):
        store.insert("events", id=f"e{step}", job_id="ftjob-1", created_at=1, level="info", message="", type="metrics",
                     data={"step": step, "train_loss": 1 / step, "total_steps": 1000})
    points, total = store.losses("ftjob-1", 60)
    assert 50 <= len(points) <= 60 and points[-1] == (1000, 0.001) and total == 1000
    assert store.losses("ftjob-2", 60) == ([], None)
    store.close()


def test_others_are_served_while_a_large_form_is_prepared(inside, monkeypatch):
    client, begun, other_served = inside(), threading.Event(), threading.Event()
    def prepare(*_):
        begun.set()
        assert other_served.wait(5)
    monkeypatch.setattr(Loaded, "guide", prepare)
    with ThreadPoolExecutor(1) as threads:
        chat = threads.submit(client.post, "/v1/chat/completions", json={"model": "nano", "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 1})
        assert begun.wait(30) and client.get("/v1/models").status_code == 200
        other_served.set()
        assert chat.result().status_code == 200
    told = client.get("/status.json").json()
    assert sum(told["requests"]) == 1 and told["wait"] > 0 and told["machine"]["cores"]


@pytest.mark.parametrize("missing, used", [("httpx", "httpx2"), ("httpx2", "httpx")])
def test_requests_are_passed_on_with_the_library_that_the_client_brings(monkeypatch, missing, used):
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.setitem(sys.modules, used, types.ModuleType(used))
    assert proxy._http() is sys.modules[used]


# ── who may reach it ──

def test_a_wider_address_needs_a_key_that_is_there_before(tmp_path):
    with pytest.raises(ServiceError, match="only a key stands in between"): serve(tmp_path / "home", host="0.0.0.0")
    assert not (tmp_path / "home" / "token").exists()


def test_a_wide_server_knows_addresses_in_numbers_and_its_own_name(inside):
    client = inside()
    wide = TestClient(create_app(client.service, "s3cret-key", names={"box.example", "localhost"}, any_address=True),
                      headers={"Authorization": "Bearer s3cret-key"})
    for host, status in (("192.168.1.5:8000", 200), ("box.example", 200), ("[fe80::1]:80", 200), ("rebound.example", 403)):
        assert wide.get("/v1/models", headers={"Host": host}).status_code == status
    assert wide.get("/v1/models", headers={"Host": "box.example", "Origin": "https://page.example"}).status_code == 403


def test_an_engine_that_is_not_installed_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("ftbench.server.serve.find_spec", lambda name: None)
    with pytest.raises(ServiceError, match=r"ftbench\[hf\]"): serve(tmp_path / "home", engine="hf")


def test_the_log_names_what_happened_and_no_secret(own_server, mails):
    job = own_server.create(mails(10), epochs=1, suffix="quiet")
    own_server.wait(job.id)
    with pytest.raises(openai.NotFoundError): own_server.client.files.retrieve("file-none")
    own_server.client.chat.completions.create(model="nano", messages=[{"role": "user", "content": "a private word"}], max_tokens=2)
    written = lambda: Path(own_server.log.name).read_text()
    until(lambda: f"{job.id} succeeded" in written(), written)
    log = written()
    assert f"{job.id} trains nano" in log and "POST /v1/fine_tuning/jobs 200" in log and "GET /v1/files/file-none 404" in log
    assert own_server.token not in log and "private" not in log and "Mail" not in log


# ── the disk ──

def test_a_quota_refuses_before_anything_is_written(inside):
    client = inside(quota=200_000)
    assert client.post("/v1/files", data={"purpose": "user_data"}, files={"file": ("a", b"x" * 1000)}).status_code == 200
    refused = client.post("/v1/files", data={"purpose": "user_data"}, files={"file": ("a", b"x" * 300_000)})
    assert refused.status_code == 413 and refused.json()["error"]["code"] == "storage_quota_exceeded" and refused.headers["x-should-retry"] == "false"
    assert len(list((client.service.home / "files").iterdir())) == 1


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), sqlite3.OperationalError("database or disk is full")])
def test_a_full_disk_is_said_and_leaves_nothing_half_done(inside, monkeypatch, error):
    client = inside()
    def full(*_, **__): raise error
    monkeypatch.setattr("ftbench.server.files.shutil.copyfileobj", full)
    answer = client.post("/v1/files", data={"purpose": "user_data"}, files={"file": ("a", b"x")})
    assert answer.status_code == 507 and answer.json()["error"]["code"] == "disk_full" and answer.headers["x-should-retry"] == "false"
    assert client.get("/v1/files").json()["data"] == [] and list((client.service.home / "files").iterdir()) == []
    monkeypatch.undo()
    assert client.post("/v1/files", data={"purpose": "user_data"}, files={"file": ("a", b"x")}).status_code == 200


def test_a_file_of_any_size_becomes_a_job_s_without_passing_through_memory(inside, monkeypatch):
    client, size = inside(), 2**26
    job = create(client)
    with open(client.service.home / "files" / job["training_file"], "r+b") as file: file.truncate(size)
    monkeypatch.setattr("ftbench.server.admission.judge", lambda *_: (12, None))
    tracemalloc.start()
    try:
        client.service.runner.validate_waiting()
        _, peak = tracemalloc.get_traced_memory()
    finally: tracemalloc.stop()
    assert client.get(f"/v1/fine_tuning/jobs/{job['id']}").json()["status"] == "queued"
    assert (client.service.home / "jobs" / job["id"] / "train.jsonl").stat().st_size == size and peak < size / 8


def test_a_disk_that_is_full_while_a_job_is_prepared_ends_it_with_the_cause(inside, monkeypatch):
    client = inside()
    job = create(client)
    def full(*_, **__): raise OSError(28, "No space left on device")
    monkeypatch.setattr("ftbench.server.admission.JobFolder.create", full)
    client.service.runner.validate_waiting()
    job = client.get(f"/v1/fine_tuning/jobs/{job['id']}").json()
    assert job["status"] == "failed" and "No space left" in job["error"]["message"]


def test_what_is_deleted_is_gone_from_the_disk(server, mails):
    file = server.upload(mails(12, start=7000))
    job = server.client.fine_tuning.jobs.create(model="nano", training_file=file, hyperparameters={"n_epochs": 2}, seed=1)
    job = server.wait(job.id)
    folder = server.home / "jobs" / job.id
    until(lambda: not (folder / "train.jsonl").exists() and not (folder / "state").exists())
    assert (folder / "final").is_dir()
    for name in [job.fine_tuned_model, *(c.fine_tuned_model_checkpoint for c in server.client.fine_tuning.jobs.checkpoints.list(job.id))]:
        try: server.client.models.delete(name)
        except openai.NotFoundError: assert name == job.fine_tuned_model  # the last checkpoint is the model
    assert not list(folder.glob("**/*.safetensors"))
    for result in job.result_files: server.client.files.delete(result)
    server.client.files.delete(file)
    assert not [path for path in server.home.rglob("*") if path.is_file() and b"Mail 7003" in path.read_bytes()]


def test_a_home_is_cleared_of_what_a_killed_server_left(inside, tmp_path):
    client = inside()
    upload(client)
    (tmp_path / "home" / "files" / ".file-torn").write_bytes(b"half")
    (tmp_path / "home" / "uploads" / "upload_gone").mkdir()
    client.service.store.insert("files", id="file-old", created_at=1, expires_at=2, bytes=1, filename="old", purpose="evals")
    (tmp_path / "home" / "files" / "file-old").write_bytes(b"x")
    again = Service.open(tmp_path / "home")
    assert len(list((tmp_path / "home" / "files").iterdir())) == 1 and not list((tmp_path / "home" / "uploads").iterdir())
    again.inference.close(), again.store.close()


# ── older homes, copies, upgrades ──

def test_a_home_of_the_first_version_opens_with_everything_in_it(tmp_path):
    with sqlite3.connect(tmp_path / "ftbench.sqlite") as old:
        old.executescript(_MIGRATIONS[0] + ";pragma user_version=1")
        old.execute("insert into jobs(id, created_at, status, model, model_folder, model_name, training_file, seed, method, hyperparameters, options, "
                    "request_digest, result_file) values('ftjob-1', 1, 'succeeded', 'nano', '/old/base', 'ft:nano:ftbench::1', 'file-1', 7, "
                    "'{\"type\": \"supervised\"}', '{\"n_epochs\": 2}', '{}', '', 'file-2')")
        old.execute("insert into models(id, created_at, job_id, folder) values('ft:nano:ftbench::1', 1, 'ftjob-1', '/old/home/jobs/ftjob-1/final')")
    old.close()
    store = Store(tmp_path / "ftbench.sqlite")
    assert store.row("jobs", "ftjob-1")["result_files"] == ["file-2"] and store.row("jobs", "ftjob-1")["restarts"] == 0
    assert store.row("models", "ft:nano:ftbench::1")["folder"] == "jobs/ftjob-1/final"
    store.close()


def test_a_copy_of_the_home_is_a_backup(own_server, mails, tmp_path):
    job = own_server.wait(own_server.create(mails(12), epochs=2).id)
    own_server.stop()
    shutil.copytree(own_server.home, tmp_path / "copy")
    shutil.rmtree(own_server.home)
    copy = type(own_server)(tmp_path / "copy")
    try:
        assert copy.client.chat.completions.create(model=job.fine_tuned_model, messages=[{"role": "user", "content": "Mail"}], max_tokens=2).choices
        assert copy.wait(copy.create(mails(12), epochs=1, model=job.fine_tuned_model).id).status == "succeeded"
    finally: copy.kill()


def test_connect_replaces_its_own_server_after_an_upgrade_and_names_another_s(tmp_path):
    from ftbench.jobs import service
    first = service.connect(home=tmp_path / "home")
    told = json.loads((tmp_path / "home" / "server.json").read_text())
    assert told["own"]
    try:
        (tmp_path / "home" / "server.json").write_text(json.dumps(told | {"version": "0.0.1"}))
        second = service.connect(home=tmp_path / "home")
        assert second.base_url != first.base_url or json.loads((tmp_path / "home" / "server.json").read_text())["pid"] != told["pid"]
        told = json.loads((tmp_path / "home" / "server.json").read_text())
        (tmp_path / "home" / "server.json").write_text(json.dumps(told | {"version": "0.0.1", "own": False}))
        with pytest.raises(ServiceError, match="0.0.1"): service.connect(home=tmp_path / "home")
    finally:
        (tmp_path / "home" / "server.json").write_text(json.dumps(told))
        service.stop(home=tmp_path / "home")


# ── unlucky and hostile clients ──

def test_a_body_that_trickles_is_given_up(inside, monkeypatch):
    client = inside()
    monkeypatch.setattr(intake, "_PATIENCE", 0.05)
    import asyncio
    async def ask():
        sent = []
        async def receive():
            await asyncio.Event().wait() # for ever
        async def send(message): sent.append(message)
        scope = {"type": "http", "method": "POST", "path": "/v1/fine_tuning/jobs", "raw_path": b"", "query_string": b"", "root_path": "", "scheme": "http",
                 "headers": [(b"host", b"localhost"), (b"authorization", b"Bearer s3cret-key"), (b"content-length", b"9")], "server": ("localhost", 80)}
        await client.app(scope, receive, send)
        return sent[0]["status"]
    assert asyncio.run(ask()) == 408


def test_a_client_that_leaves_in_the_middle_disturbs_nobody(server):
    host, port = urllib.parse.urlsplit(server.url).netloc.split(":")
    for _ in range(5):
        with socket.create_connection((host, int(port))) as there:
            there.sendall(f"POST /v1/files HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {server.token}\r\nContent-Length: 100000\r\n"
                          "Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n".encode())
    assert server.client.models.list().data
    assert "Traceback" not in Path(server.log.name).read_text()


@pytest.mark.parametrize("text", ["\\ud800", "\\udfff tail"])
def test_half_a_character_is_no_text(inside, text):
    client = inside()
    for path, body in (("/v1/fine_tuning/jobs", '{"model": "nano", "training_file": "x", "suffix": "%s"}'), ("/v1/completions", '{"model": "nano", "prompt": "%s"}'),
                       ("/v1/webhook_endpoints", '{"name": "%s", "url": "http://x", "event_types": ["fine_tuning.job.failed"]}')):
        answer = client.post(path, content=body % text)
        assert answer.status_code == 400 and answer.json()["error"]["code"] == "invalid_value"


@pytest.mark.parametrize("id", ["..%2F..%2Ftoken", "%2e%2e", ".", "' or 1=1 --", "x" * 5000, "ä", "%00", "a/../../token"])
def test_tricks_with_paths_find_nothing(inside, id):
    client = inside()
    for path in (f"/v1/files/{id}/content", f"/v1/files/{id}", f"/v1/fine_tuning/jobs/{id}", f"/v1/models/{id}", f"/v1/uploads/{id}/cancel"):
        answer = client.get(path) if "cancel" not in path else client.post(path)
        assert answer.status_code in (404, 405, 200) and "s3cret" not in answer.text
        if answer.status_code == 200: assert answer.json()["object"] == "list"  # the address was made shorter on the way


def test_a_file_in_use_cannot_be_deleted_and_a_cancelled_job_not_cancelled(inside):
    client = inside()
    job = create(client)
    assert client.delete(f"/v1/files/{job['training_file']}").status_code == 409
    assert client.post(f"/v1/fine_tuning/jobs/{job['id']}/cancel").json()["status"] == "cancelled"
    assert client.post(f"/v1/fine_tuning/jobs/{job['id']}/cancel").status_code == 400
    assert client.delete(f"/v1/files/{job['training_file']}").status_code == 200


def test_cancelled_from_ten_sides_at_once_it_ends_once(inside):
    client = inside()
    job = create(client)
    with ThreadPoolExecutor(10) as threads:
        statuses = list(threads.map(lambda _: client.post(f"/v1/fine_tuning/jobs/{job['id']}/cancel").status_code, range(10)))
    assert sorted(statuses) == [200] + [400] * 9
    events = client.get(f"/v1/fine_tuning/jobs/{job['id']}/events").json()["data"]
    assert [event["message"] for event in events].count("Fine-tuning job cancelled") == 1


def test_a_clock_that_jumps_confuses_no_list(inside, monkeypatch):
    client, now = inside(), time.time()
    file = client.post("/v1/files", data={"purpose": "user_data", "expires_after[anchor]": "created_at", "expires_after[seconds]": "3600"},
                       files={"file": ("a", b"x")}).json()["id"]
    jobs = []
    for jump in (0, -86400, 86400 * 400, -3000):
        monkeypatch.setattr(time, "time", lambda jump=jump: now + jump)
        jobs.append(create(client)["id"])
        client.service.runner.validate_waiting()
    assert [job["id"] for job in client.get("/v1/fine_tuning/jobs").json()["data"]] == jobs[::-1]
    assert client.get(f"/v1/files/{file}").status_code == 404  # it was gone a year ago
    assert {job["status"] for job in client.get("/v1/fine_tuning/jobs").json()["data"]} == {"queued"}


def test_two_hundred_jobs_wait_their_turn(inside):
    client = inside()
    file = upload(client)
    ids = [client.post("/v1/fine_tuning/jobs", json={"model": "nano", "training_file": file}).json()["id"] for _ in range(200)]
    store = client.service.store
    for id in ids: store.update("jobs", id, status="queued")
    begun = time.process_time() # of both, and not what others do meanwhile
    listed, after = [], None
    while True:
        page = client.get("/v1/fine_tuning/jobs", params={"limit": 100, **({"after": after} if after else {})}).json()
        listed += [job["id"] for job in page["data"]]
        if not page["has_more"]: break
        after = page["last_id"]
    assert listed == ids[::-1] and time.process_time() - begun < 10
    assert [row["id"] for row in store.rows("jobs", "status='queued' and pid is null")][:2] == ids[:2]
    assert client.get("/v1/fine_tuning/model_limits").json()["nano"]["active_jobs"] == 200
    for id in ids[:150]: assert client.post(f"/v1/fine_tuning/jobs/{id}/cancel").json()["status"] == "cancelled"


# ── code of clients ──

needs_cut_off = pytest.mark.skipif(not can_be_cut_off(), reason="this system cannot run code without a network")


@needs_cut_off
@pytest.mark.parametrize("source, words", [
    ("import socket\ndef grade(s, i): return socket.socket().fileno()", "ermi"),
    ("def grade(s, i):\n    with open('x', 'w') as file: return file.write('y')", None),
    ("def grade(s, i): return len(bytearray(4 * 2**30))", "MemoryError"),
    ("def grade(s, i): return 'much'", "ValueError"),
    ("def grade(s, i): raise KeyError('gone')", "gone"),
    ("x = 1", "no function grade"), ("def grade(s, i): return float('nan')", "not a number"),
    ("import os\ndef grade(s, i): os._exit(0)", "not a number"),
    ("import urllib.request\ndef grade(s, i): return urllib.request.urlopen('http://127.0.0.1:1').status", "ermi")])
def test_code_that_misbehaves_gets_zero_and_says_why(source, words):
    value, fault = run_python(source, {"output_text": "x"}, {})
    assert value == 0.0 and fault and (words is None or words in fault)


@needs_cut_off
def test_code_that_never_ends_is_ended(monkeypatch):
    monkeypatch.setattr("ftbench.server.python_grader._SECONDS", -9)  # the waiting ends a second after the start
    value, fault = run_python("def grade(s, i):\n    while True: pass", {}, {})
    assert value == 0.0 and "longer" in fault


@needs_cut_off
def test_the_python_grader_runs_where_it_is_allowed(inside):
    grader = {"type": "python", "name": "same", "source": "def grade(sample, item): return float(sample['output_text'] == item['wanted'])"}
    body = {"grader": grader, "model_sample": "Lima", "item": {"wanted": "Lima"}}
    client = inside(python_grader=True)
    assert client.post("/v1/fine_tuning/alpha/graders/run", json=body).json()["reward"] == 1.0
    broken = client.post("/v1/fine_tuning/alpha/graders/validate", json={"grader": {**grader, "source": "def ("}})
    assert broken.status_code == 400 and broken.json()["error"]["param"] == "grader.source"
