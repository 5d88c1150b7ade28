"""Every call of the `openai` client against the server, blocking and asynchronous, each answer held *strictly* to the client's own models.

The same file runs against the client that is installed and, by `python tools/check.py clients`, against older ones in environments
of their own: it imports nothing but `openai`, `pytest` and the standard library, and finds its server by FTBENCH_SERVER when that names
a home (so that an environment without ftbench can ask a server that runs elsewhere)."""
import asyncio
import base64
import inspect
import io
import json
import os
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import openai
import pytest

QUESTION = [{"role": "user", "content": "Mail 3: my password is gone"}]
WEATHER = {"name": "find_order", "parameters": {"type": "object", "properties": {"order": {"type": "string"}}, "required": ["order"],
                                               "additionalProperties": False}, "strict": True}


def lines(count, start=0):
    queues = (("my screen stays dark", "hardware"), ("the invoice is wrong", "billing"), ("book me a train", "travel"), ("my password is gone", "access"))
    chats = [{"messages": [{"role": "user", "content": f"Mail {start + n}: {queues[n % 4][0]}"}, {"role": "assistant", "content": queues[n % 4][1]}]}
             for n in range(count)]
    return "".join(json.dumps(chat) + "\n" for chat in chats).encode()


def pairs(count):
    return "".join(json.dumps({"input": {"messages": [{"role": "user", "content": f"Mail {n}: hello"}]},
                               "preferred_output": [{"role": "assistant", "content": "Good day."}],
                               "non_preferred_output": [{"role": "assistant", "content": "yo"}]}) + "\n" for n in range(count)).encode()


def strictly(answer):
    "The answer, held to the model that the client made it of."
    type(answer).model_validate(answer.to_dict(mode="json"), strict=True)
    return answer


@pytest.fixture(scope="module")
def home(request):
    if outside := os.environ.get("FTBENCH_SERVER"): return Path(outside)
    return request.getfixturevalue("server").home


@pytest.fixture(scope="module")
def where(home):
    return {"base_url": json.loads((home / "server.json").read_text())["url"], "api_key": (home / "token").read_text().strip(), "max_retries": 0}


class Both:
    "A client whose calls may be asynchronous: `await call(...)` answers either way."

    def __init__(self, client): self.client = client

    async def __call__(self, path, *args, **kwargs):
        method = self.client
        for name in path.split("."): method = getattr(method, name)
        answer = method(*args, **kwargs)
        return await answer if inspect.isawaitable(answer) else answer

    async def all(self, path, *args, **kwargs):
        "Every item of a list, over all pages."
        method = self.client
        for name in path.split("."): method = getattr(method, name)
        answer = method(*args, **kwargs)
        if hasattr(answer, "__aiter__"): return [item async for item in answer]
        return list(answer)


@pytest.fixture(scope="module", params=["blocking", "asynchronous"])
def call(request, where):
    return Both(openai.OpenAI(**where) if request.param == "blocking" else openai.AsyncOpenAI(**where))


@pytest.fixture(scope="module")
def run():
    loop = asyncio.new_event_loop()
    yield loop.run_until_complete
    loop.close()


@pytest.fixture(scope="module")
def tuned(where):
    "A job that has succeeded, made by the blocking client."
    client = openai.OpenAI(**where)
    files = [client.files.create(file=(name, io.BytesIO(content)), purpose="fine-tune").id
             for name, content in (("train.jsonl", lines(24)), ("valid.jsonl", lines(8, 100)))]
    job = client.fine_tuning.jobs.create(
        model="nano", training_file=files[0], validation_file=files[1], suffix="conform", seed=3, metadata={"suite": "conformance"},
        method={"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 4, "batch_size": 4, "learning_rate_multiplier": "auto"}}})
    deadline = time.monotonic() + 240
    while job.status not in ("succeeded", "failed", "cancelled"):
        assert time.monotonic() < deadline, job
        time.sleep(.1)
        job = client.fine_tuning.jobs.retrieve(job.id)
    assert job.status == "succeeded", job.error
    return job


async def ended(call, job_id, *statuses):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        job = await call("fine_tuning.jobs.retrieve", job_id)
        if job.status in (statuses or ("succeeded", "failed", "cancelled")): return job
        await asyncio.sleep(.05)
    raise AssertionError(f"{job_id} is still {job.status}")


def test_files(call, run):
    async def go():
        made = strictly(await call("files.create", file=("mails.jsonl", lines(10)), purpose="fine-tune",
                                   extra_body={"expires_after[anchor]": "created_at", "expires_after[seconds]": "7200"}))
        assert made.expires_at == made.created_at + 7200 and made.bytes == len(lines(10)) and made.status == "processed"
        assert strictly(await call("files.retrieve", made.id)) == made
        assert (await call("files.content", made.id)).content == lines(10)
        assert (await call("files.wait_for_processing", made.id)).id == made.id
        found = await call.all("files.list", purpose="fine-tune", limit=2)
        assert found[0].id == made.id and len({file.id for file in found}) == len(found)
        assert (await call.all("files.list", order="asc"))[-1].id == made.id
        assert strictly(await call("files.delete", made.id)).deleted
        with pytest.raises(openai.NotFoundError): await call("files.retrieve", made.id)
    run(go())


def test_uploads_in_parts(call, run):
    async def go():
        content = lines(20)
        made = strictly(await call("uploads.create", bytes=len(content), filename="big.jsonl", mime_type="text/jsonl", purpose="fine-tune"))
        parts = [strictly(await call("uploads.parts.create", made.id, data=piece)).id for piece in (content[700:], content[:700])]
        done = strictly(await call("uploads.complete", made.id, part_ids=parts[::-1]))
        assert done.status == "completed" and (await call("files.content", done.file.id)).content == content
        other = await call("uploads.create", bytes=3, filename="x.txt", mime_type="text/plain", purpose="user_data")
        with pytest.raises(openai.BadRequestError): await call("uploads.complete", other.id, part_ids=["part_none"])
        assert strictly(await call("uploads.cancel", other.id)).status == "cancelled"
        with pytest.raises(openai.BadRequestError): await call("uploads.cancel", other.id)
        with pytest.raises(openai.NotFoundError): await call("uploads.cancel", "upload_none")
        whole = await call("uploads.upload_file_chunked", file=content, filename="whole.jsonl", bytes=len(content), mime_type="text/jsonl", purpose="fine-tune")
        assert whole.file.bytes == len(content)
    run(go())


def test_jobs(call, run, tuned):
    async def go():
        strictly(tuned)
        assert strictly(await call("fine_tuning.jobs.retrieve", tuned.id)).fine_tuned_model == tuned.fine_tuned_model
        assert [job.id for job in await call.all("fine_tuning.jobs.list", metadata={"suite": "conformance"})] == [tuned.id]
        jobs = await call.all("fine_tuning.jobs.list", limit=1)
        assert len({job.id for job in jobs}) == len(jobs) and [job.created_at for job in jobs] == sorted((job.created_at for job in jobs), reverse=True)
        assert tuned.id not in [job.id for job in await call.all("fine_tuning.jobs.list", extra_query={"metadata": "null"})]
        events = await call.all("fine_tuning.jobs.list_events", tuned.id, limit=7)
        for event in events: strictly(event)
        assert [event.data["step"] for event in events if event.type == "metrics"] == list(range(24, 0, -1))
        checkpoints = await call.all("fine_tuning.jobs.checkpoints.list", tuned.id, limit=2)
        for checkpoint in checkpoints: strictly(checkpoint)
        assert [checkpoint.step_number for checkpoint in checkpoints] == [24, 18, 12]
        text = base64.b64decode((await call("files.content", tuned.result_files[0])).read(), validate=True).decode() # as OpenAI's comes
        assert text.splitlines()[0] == "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy" and len(text.splitlines()) == 25
    run(go())


def test_jobs_stop_pause_and_go_on(call, run):
    async def go():
        file = await call("files.create", file=("mails.jsonl", lines(400)), purpose="fine-tune")
        job = strictly(await call("fine_tuning.jobs.create", model="nano", training_file=file.id, hyperparameters={"n_epochs": 40, "batch_size": 1}))
        assert job.hyperparameters.n_epochs == 40 and job.method.type == "supervised" and job.seed >= 0
        await ended(call, job.id, "running")
        path = f"/fine_tuning/jobs/{job.id}"
        if hasattr(call.client.fine_tuning.jobs, "pause"):
            assert (await call("fine_tuning.jobs.pause", job.id)).status == "paused"
            assert strictly(await call("fine_tuning.jobs.resume", job.id)).status == "queued"
        else: assert (await call("post", f"{path}/pause", cast_to=object))["status"] == "paused"
        assert strictly(await call("fine_tuning.jobs.cancel", job.id)).status == "cancelled"
        for action in ("cancel", "pause", "resume"):
            with pytest.raises(openai.BadRequestError): await call("post", f"{path}/{action}", cast_to=object)
    run(go())


def test_a_job_of_preferences(call, run):
    async def go():
        file = await call("files.create", file=("pairs.jsonl", pairs(10)), purpose="fine-tune")
        method = {"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.2, "n_epochs": 1, "batch_size": 5}}}
        job = strictly(await call("fine_tuning.jobs.create", model="nano", training_file=file.id, method=method))
        assert job.method.dpo.hyperparameters.beta == 0.2
        with pytest.raises(openai.BadRequestError, match="Reinforcement"):
            await call("fine_tuning.jobs.create", model="nano", training_file=file.id, method={"type": "reinforcement", "reinforcement": {"grader": {}}})
        wrong = await call("fine_tuning.jobs.create", model="nano", training_file=file.id)
        wrong = await ended(call, wrong.id)
        assert wrong.status == "failed" and wrong.error.code == "invalid_training_file" and "'dpo'" in wrong.error.message
        assert strictly(await ended(call, job.id)).status == "succeeded"
    run(go())


def test_checkpoint_permissions_and_limits(call, run, tuned):
    async def go():
        name = tuned.fine_tuned_model
        made = [strictly(one) for one in await call.all("fine_tuning.checkpoints.permissions.create", name, project_ids=["proj_a", "proj_b"])]
        assert [one.project_id for one in made] == ["proj_a", "proj_b"]
        listing = getattr(call.client.fine_tuning.checkpoints.permissions, "list", None)
        if listing: assert {one.id for one in await call.all("fine_tuning.checkpoints.permissions.list", name, limit=1)} == {one.id for one in made}
        strictly(await call("fine_tuning.checkpoints.permissions.retrieve", name, order="ascending"))
        for one in made: assert strictly(await call("fine_tuning.checkpoints.permissions.delete", one.id, fine_tuned_model_checkpoint=name)).deleted
        limits = await call("get", "/fine_tuning/model_limits", cast_to=object)
        assert limits["nano"].keys() == {"max_total_jobs", "max_concurrent_jobs", "active_jobs"}
    run(go())


def test_models(call, run, tuned):
    async def go():
        models = await call.all("models.list")
        for model in models: strictly(model)
        assert models[0].id == "nano" and tuned.fine_tuned_model in [model.id for model in models]
        assert strictly(await call("models.retrieve", tuned.fine_tuned_model)).owned_by == "ftbench"
        assert (await call("models.retrieve", "ftbench-nano-1")).id == "nano"
        with pytest.raises(openai.PermissionDeniedError): await call("models.delete", "nano")
        with pytest.raises(openai.NotFoundError): await call("models.delete", "ft:nano:ftbench:gone:12345678")
    run(go())


def test_chat(call, run, tuned):
    async def go():
        options = {"model": tuned.fine_tuned_model, "messages": QUESTION, "temperature": 0, "max_tokens": 12}
        answer = strictly(await call("chat.completions.create", **options, logprobs=True, top_logprobs=2, n=2))
        assert len(answer.choices) == 2 and answer.choices[0].logprobs.content[0].top_logprobs and answer._request_id.startswith("req_")
        stream = await call("chat.completions.create", **options, stream=True, stream_options={"include_usage": True})
        chunks = [strictly(chunk) async for chunk in stream] if hasattr(stream, "__aiter__") else [strictly(chunk) for chunk in stream]
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1]) == answer.choices[0].message.content
        assert chunks[-1].usage.total_tokens and chunks[-2].choices[0].finish_reason == answer.choices[0].finish_reason
    run(go())


def test_chat_in_the_form_that_is_asked_for(call, run):
    async def go():
        schema = {"name": "order", "strict": True, "schema": {"type": "object", "properties": {"id": {"type": "integer"}, "open": {"type": "boolean"}},
                                                             "required": ["id", "open"], "additionalProperties": False}}
        options = {"model": "nano", "messages": QUESTION, "temperature": 0, "max_tokens": 60}
        answer = strictly(await call("chat.completions.create", **options, response_format={"type": "json_schema", "json_schema": schema}))
        assert answer.choices[0].finish_reason == "length" or json.loads(answer.choices[0].message.content).keys() == {"id", "open"}
        tools = [{"type": "function", "function": WEATHER}]
        answer = strictly(await call("chat.completions.create", **options, tools=tools, tool_choice={"type": "function", "function": {"name": "find_order"}}))
        if answer.choices[0].finish_reason != "length":
            assert json.loads(answer.choices[0].message.tool_calls[0].function.arguments).keys() == {"order"}
    run(go())


def test_completions_score_a_text(call, run):
    async def go():
        answer = await call("completions.create", model="nano", prompt="The capital of Peru", max_tokens=0, echo=True, logprobs=2)
        scored = answer.choices[0].logprobs
        assert scored.token_logprobs[0] is None and all(value <= 0 for value in scored.token_logprobs[1:])
        assert "".join(scored.tokens) == answer.choices[0].text == "The capital of Peru" and scored.text_offset[0] == 0
        made = strictly(await call("completions.create", model="nano", prompt=["The capital", "My name"], max_tokens=6, n=2, temperature=0, logprobs=1))
        assert [choice.index for choice in made.choices] == [0, 1, 2, 3] and made.choices[0].text == made.choices[1].text
        stream = await call("completions.create", model="nano", prompt="The capital", max_tokens=6, temperature=0, stream=True)
        chunks = [chunk async for chunk in stream] if hasattr(stream, "__aiter__") else list(stream)
        strictly(chunks[-1])  # those before have a null finish_reason, as the hosted service's; the client's model has no word for it
        assert "".join(chunk.choices[0].text for chunk in chunks) == made.choices[0].text
    run(go())


def test_responses(call, run):
    async def go():
        options = {"model": "nano", "input": "Hello there", "temperature": 0, "max_output_tokens": 24, "instructions": "Be brief."}
        answer = strictly(await call("responses.create", **options))
        assert answer.status in ("completed", "incomplete") and answer.output_text and answer.usage.output_tokens
        stream = await call("responses.create", **options, stream=True)
        events = [strictly(event) async for event in stream] if hasattr(stream, "__aiter__") else [strictly(event) for event in stream]
        assert events[0].type == "response.created" and events[-1].type == f"response.{answer.status}"
        assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == answer.output_text
        assert [event.sequence_number for event in events] == list(range(len(events)))
        called = strictly(await call("responses.create", model="nano", input="Where is order A7?", temperature=0, max_output_tokens=80,
                                     tools=[{"type": "function", **WEATHER}], tool_choice={"type": "function", "name": "find_order"}))
        assert called.status == "incomplete" or called.output[0].type == "function_call"
        with pytest.raises(openai.BadRequestError): await call("responses.create", model="nano", input="Hi", previous_response_id="resp_1")
    run(go())


def test_graders(call, run):
    async def go():
        label = {"type": "string_check", "name": "label", "input": "{{sample.output_json.label}}", "reference": "{{item.label}}", "operation": "eq"}
        assert strictly(await call("fine_tuning.alpha.graders.validate", grader=label)).grader.name == "label"
        graded = strictly(await call("fine_tuning.alpha.graders.run", grader=label, model_sample='{"label": "a"}', item={"label": "a"}))
        assert graded.reward == 1.0
        both = {"type": "multi", "name": "both", "graders": {"label": label}, "calculate_output": "label / 2"}
        graded = strictly(await call("fine_tuning.alpha.graders.run", grader=both, model_sample='{"label": "a"}', item={"label": "a"}))
        assert graded.reward == 0.5 and graded.sub_rewards == {"label": 1.0}
        judge = {"type": "score_model", "name": "judge", "model": "nano", "input": [{"role": "user", "content": "Grade {{sample.output_text}}"}], "range": [0, 1]}
        graded = strictly(await call("fine_tuning.alpha.graders.run", grader=judge, model_sample="fine", item={}))
        assert 0 <= graded.reward <= 1 and graded.metadata.sampled_model_name == "nano"
        with pytest.raises(openai.BadRequestError): await call("fine_tuning.alpha.graders.validate", grader={**label, "operation": "about"})
        python = {"type": "python", "name": "code", "source": "def grade(sample, item): return 1.0"}
        with pytest.raises(openai.PermissionDeniedError): await call("fine_tuning.alpha.graders.run", grader=python, model_sample="x")
    run(go())


@contextmanager
def receiving():
    "A server that takes letters: its port, and the (body, headers) it got."
    got = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append((self.rfile.read(int(self.headers["content-length"])), dict(self.headers)))
            self.send_response(204)
            self.end_headers()
        def log_message(self, *_): pass

    with HTTPServer(("127.0.0.1", 0), Receiver) as receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        try: yield receiver.server_port, got
        finally: receiver.shutdown()


def test_a_webhook_tells_of_a_job_s_end(call, run):
    async def go(port, got):
        body = {"name": "me", "url": f"http://127.0.0.1:{port}/hook", "event_types": ["fine_tuning.job.cancelled"]}
        if hasattr(getattr(call.client, "webhooks", None), "create"):
            hook = strictly(await call("webhooks.create", **body)).to_dict()
            strictly(await call("webhooks.retrieve", hook["id"]))
            assert [one.id for one in await call.all("webhooks.list")] == [hook["id"]]
            assert strictly(await call("webhooks.test", hook["id"], event_type="fine_tuning.job.cancelled")).status_code == 204
            assert strictly(await call("webhooks.update", hook["id"], name="you")).name == "you"
            renewed = strictly(await call("webhooks.rotate_secret", hook["id"], keep_old_secret_active_for_24_hours=True))
            keys = [hook["signing_secret"], renewed.signing_secret]
        else:
            hook = await call("post", "/webhook_endpoints", body=body, cast_to=object)
            keys = [hook["signing_secret"]]
        got.clear()
        file = await call("files.create", file=("mails.jsonl", lines(40)), purpose="fine-tune")
        job = await call("fine_tuning.jobs.create", model="nano", training_file=file.id, hyperparameters={"n_epochs": 40})
        await call("fine_tuning.jobs.cancel", job.id)
        deadline = time.monotonic() + 120
        while not got:
            assert time.monotonic() < deadline
            await asyncio.sleep(.05)
        if hasattr(call.client, "webhooks"):
            for key in keys:
                event = call.client.webhooks.unwrap(*got[0], secret=key)
                assert event.type == "fine_tuning.job.cancelled" and event.data.id == job.id
            with pytest.raises(openai.InvalidWebhookSignatureError): call.client.webhooks.unwrap(*got[0], secret="whsec_" + "A" * 44)
        await call("delete", f"/webhook_endpoints/{hook['id']}", cast_to=object)
    with receiving() as (port, got): run(go(port, got))


@pytest.mark.parametrize("path, kwargs, kind, code", [
    ("fine_tuning.jobs.retrieve", {"fine_tuning_job_id": "ftjob-none"}, openai.NotFoundError, "fine_tune_not_found"),
    ("fine_tuning.jobs.create", {"model": "gpt-9", "training_file": "file-none"}, openai.BadRequestError, "model_not_available"),
    ("fine_tuning.jobs.create", {"model": "nano", "training_file": "file-none"}, openai.BadRequestError, "invalid_file"),
    ("fine_tuning.jobs.create", {"model": "nano", "training_file": "x", "suffix": "x" * 65}, openai.BadRequestError, "string_above_max_length"),
    ("files.create", {"file": ("x.jsonl", b"no json"), "purpose": "fine-tune"}, openai.BadRequestError, None),
    ("files.retrieve", {"file_id": "file-none"}, openai.NotFoundError, None),
    ("models.retrieve", {"model": "gpt-9"}, openai.NotFoundError, "model_not_found"),
    ("chat.completions.create", {"model": "gpt-9", "messages": QUESTION}, openai.NotFoundError, "model_not_found"),
    ("chat.completions.create", {"model": "nano", "messages": []}, openai.BadRequestError, "empty_array"),
    ("chat.completions.create", {"model": "nano", "messages": QUESTION, "temperature": 3}, openai.BadRequestError, "decimal_above_max_value")])
def test_errors_have_their_class_and_code(call, run, path, kwargs, kind, code):
    async def go():
        with pytest.raises(kind) as caught: await call(path, **kwargs)
        assert caught.value.code == code and caught.value.request_id and caught.value.body["message"]
        assert caught.value.body.keys() == {"message", "type", "param", "code"}
    run(go())


def test_a_wrong_key(where, run):
    with pytest.raises(openai.AuthenticationError) as caught: openai.OpenAI(**where | {"api_key": "wrong"}).models.list()
    assert caught.value.code == "invalid_api_key"


def test_a_create_that_is_sent_again_makes_one_job(where):
    "The answer to the first attempt is lost on the way; the client tries again by itself."
    class Lossy(BaseHTTPRequestHandler):
        def do_POST(self):
            import http.client
            from urllib.parse import urlsplit
            body = self.rfile.read(int(self.headers["content-length"]))
            there = http.client.HTTPConnection(urlsplit(where["base_url"]).netloc, timeout=60)
            there.request("POST", self.path, body, {name: value for name, value in self.headers.items() if name.lower() not in ("host", "accept-encoding")})
            answer = there.getresponse()
            content = answer.read()
            tries.append(json.loads(content)["id"])
            if len(tries) == 1: return self.connection.close()
            self.send_response(answer.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        def log_message(self, *_): pass

    tries = []
    proxy = HTTPServer(("127.0.0.1", 0), Lossy)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    direct = openai.OpenAI(**where)
    file = direct.files.create(file=("mails.jsonl", lines(10)), purpose="fine-tune")
    through = openai.OpenAI(**where | {"base_url": f"http://127.0.0.1:{proxy.server_port}/v1", "max_retries": 2})
    job = through.fine_tuning.jobs.create(model="nano", training_file=file.id, metadata={"try": "again"}, hyperparameters={"n_epochs": 50})
    assert len(tries) == 2 and set(tries) == {job.id}
    assert [one.id for one in direct.fine_tuning.jobs.list(metadata={"try": "again"})] == [job.id]
    direct.fine_tuning.jobs.cancel(job.id)
    proxy.shutdown()
    proxy.server_close()
