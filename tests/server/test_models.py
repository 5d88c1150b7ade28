"Open-weights models in a server's home: passed on to a server made for inference, tuned with a launcher, asked as any other."
import importlib.util
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import openai
import pytest

from ftbench.core import ServiceError
from ftbench.server.catalogue import Entry, catalogue

FIXTURES = Path(__file__).parents[1] / "hf_models"
needs_torch = pytest.mark.skipif(any(importlib.util.find_spec(name) is None for name in ("torch", "transformers", "peft", "accelerate")),
                                 reason="the extra hf is not installed (make test PARITY=1 does)")


@pytest.mark.parametrize("text, said", [
    ("{", "cannot be read"), ("[]", "must be"), ('{"models": []}', "must be"), ('{"launcher": "srun"}', "must be"),
    ('{"models": {"nano-2": {"url": "http://h/v1"}}}', "name that is taken"), ('{"models": {"big": {}}}', "neither a folder nor a url"),
    ('{"models": {"big": {"url": "h/v1"}}}', "url that is none"), ('{"models": {"big": {"folder": "/nowhere"}}}', "no config.json"),
    ('{"models": {"big": {"url": 5}}}', "no str"), ('{"models": {"big": "x"}}', "not an object"), ('{"models": {"big": {"key": "sk"}}}', "unknown word 'key'"),
])
def test_a_wrong_catalogue_is_refused_with_its_place(tmp_path, text, said):
    (tmp_path / "models.json").write_text(text)
    with pytest.raises(ServiceError, match=said) as error: catalogue(tmp_path)
    assert error.value.remedy and ("models.json" in error.value.message)


def test_a_changed_catalogue_is_read_again(tmp_path):
    assert catalogue(tmp_path).entries == {}
    (tmp_path / "models.json").write_text('{"models": {"big": {"url": "http://h/v1"}}, "launcher": ["srun"]}')
    assert catalogue(tmp_path).entries == {"big": Entry("big", url="http://h/v1")} and catalogue(tmp_path).launcher == ("srun",)


class Backend(BaseHTTPRequestHandler):
    "What a vLLM says, as far as the proxy is concerned; it remembers what it was asked."
    asked: list = []
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.asked.append((self.path, self.headers.get("authorization"), body))
        if body.get("user") == "busy": return self.say(429, json.dumps({"error": {"message": "Too many.", "type": "requests", "param": None, "code": "rate_limit_exceeded"}}), {"retry-after": "7"})
        if body.get("user") == "broken": return self.say(500, "<html>oops</html>")
        if self.path == "/v1/load_lora_adapter": return self.say(200, "ok")
        if body.get("stream"):
            chunks = [{"id": "c", "object": "chat.completion.chunk", "created": 1, "model": body["model"],
                       "choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]} for word in ("Good ", "day")]
            return self.say(200, "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n", type="text/event-stream")
        self.say(200, json.dumps({"id": "c", "object": "chat.completion", "created": 1, "model": body["model"],
                                  "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Good day"}}]}))

    def say(self, status, text, headers=None, type="application/json"):
        self.send_response(status)
        for name, value in {"content-type": type, "content-length": str(len(text)), **(headers or {})}.items(): self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *words): pass


@pytest.fixture(scope="module")
def backend():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()


@pytest.fixture
def named(server):
    "Names models in the home of the server, for one test."
    path = server.home / "models.json"
    def name(**content): path.write_text(json.dumps(content))
    yield name
    path.unlink(missing_ok=True)


HELLO = [{"role": "user", "content": "Hello"}]


def test_chats_are_passed_on_under_our_name_and_with_their_key(server, named, backend, monkeypatch):
    named(models={"big": {"url": backend, "served_as": "Big-Instruct"}})
    Backend.asked.clear()
    client = server.client
    assert "big" in [model.id for model in client.models.list()]
    whole = client.chat.completions.create(model="big", messages=HELLO, temperature=.5)
    assert (whole.model, whole.choices[0].message.content) == ("big", "Good day")
    chunks = list(client.chat.completions.create(model="big", messages=HELLO, stream=True))
    assert "".join(chunk.choices[0].delta.content for chunk in chunks) == "Good day" and {chunk.model for chunk in chunks} == {"big"}
    path, key, body = Backend.asked[0]
    assert path == "/v1/chat/completions" and body["model"] == "Big-Instruct" and body["temperature"] == .5
    assert key is None # our own token never leaves


def test_what_the_other_server_refuses_keeps_its_words(server, named, backend):
    named(models={"big": {"url": backend}})
    with pytest.raises(openai.RateLimitError) as error: server.client.chat.completions.create(model="big", messages=HELLO, user="busy")
    assert error.value.response.headers["retry-after"] == "7" and error.value.code == "rate_limit_exceeded"
    with pytest.raises(openai.APIStatusError, match="could not answer") as error:
        server.client.chat.completions.create(model="big", messages=HELLO, user="broken")
    assert error.value.status_code == 502


def test_a_server_that_is_away_is_named_and_nothing_else_suffers(server, named):
    named(models={"big": {"url": "http://127.0.0.1:9/v1"}})
    with pytest.raises(openai.APIStatusError, match="`big` does not answer") as error: server.client.chat.completions.create(model="big", messages=HELLO)
    assert error.value.status_code == 503
    assert server.client.chat.completions.create(model="nano", messages=HELLO, max_completion_tokens=2).choices


def test_a_model_elsewhere_cannot_be_tuned_or_deleted(server, named, backend):
    named(models={"big": {"url": backend}})
    with pytest.raises(openai.BadRequestError, match="not available for fine-tuning"):
        server.client.fine_tuning.jobs.create(model="big", training_file="file-x")
    with pytest.raises(openai.PermissionDeniedError): server.client.models.delete("big")


def small(folder, kind):
    "A model of two small layers in Hugging Face layout, with the template of a kind."
    import torch
    import transformers

    from ftbench.data.hf_template import load_hf
    for file in (FIXTURES / kind).iterdir(): (folder / file.name).write_bytes(file.read_bytes())
    torch.manual_seed(0)
    size = load_hf(folder, kind)[1].tokenizer.get_vocab_size()
    transformers.LlamaForCausalLM(transformers.LlamaConfig(vocab_size=size, hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=2,
                                                           num_key_value_heads=2, max_position_embeddings=2048)).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def small_model(tmp_path_factory): return small(tmp_path_factory.mktemp("small"), "chatml")


@pytest.fixture(scope="module")
def bare_model(tmp_path_factory): return small(tmp_path_factory.mktemp("bare"), "headers")


SHORT_OF_MEMORY = """
import sys, torch
from ftbench.engine.hf import objective
from ftbench.engine.worker import main

class Short(objective.HFSupervised):
    def learn(self, rows): raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

import ftbench.engine.hf.finetune as finetune
finetune.HFSupervised = Short
sys.exit(main())
"""


@needs_torch
@pytest.mark.parity
def test_a_job_that_lacks_memory_says_what_to_lower(server, named, small_model):
    named(models={"small": {"folder": str(small_model)}}, launcher=[sys.executable, "-c", SHORT_OF_MEMORY])
    chats = [{"messages": [{"role": "user", "content": f"Mail {n}"}, {"role": "assistant", "content": "billing"}]} for n in range(12)]
    job = server.wait(server.create(chats, model="small", extra_body={"ftbench": {"full": True}}).id)
    assert job.status == "failed"
    assert job.error.message == ("There is not enough memory (CUDA out of memory. Tried to allocate 2.00 GiB). Train an adapter instead of all weights, shorten or remove "
                                 "the longest examples (up to 62 tokens), or choose a smaller model.")
    assert [event.level for event in server.events(job.id) if job.error.message in event.message] == ["error"]


BOOK = {"type": "function", "function": {"name": "book", "strict": True, "parameters": {
    "type": "object", "properties": {"seat": {"enum": ["aisle", "window"]}, "nights": {"enum": [1, 2]}}, "required": ["seat", "nights"], "additionalProperties": False}}}


@needs_torch
@pytest.mark.parity
def test_a_call_is_demanded_in_the_form_of_the_models_own_template(server, named, small_model, bare_model):
    (odd := bare_model.parent / "odd").mkdir(exist_ok=True)
    for file in bare_model.iterdir(): (odd / file.name).write_bytes(file.read_bytes())
    (odd / "chat_template.jinja").write_text("{% for message in messages %}{{ message.content }}<|eot_id|>{% endfor %}")
    named(models={"small": {"folder": str(small_model)}, "bare": {"folder": str(bare_model)}, "odd": {"folder": str(odd)}})
    ask = lambda model, **more: server.client.chat.completions.create(model=model, messages=HELLO, temperature=0, max_completion_tokens=120, tools=[BOOK], **more)
    for model in ("small", "bare"):
        choice = ask(model, tool_choice="required", parallel_tool_calls=False).choices[0]
        assert choice.finish_reason == "tool_calls" and choice.message.content is None
        function = choice.message.tool_calls[0].function
        assert function.name == "book" and json.loads(function.arguments).keys() == {"seat", "nights"}
        chunks = [chunk.choices[0].delta for chunk in ask(model, tool_choice={"type": "function", "function": {"name": "book"}}, parallel_tool_calls=False, stream=True)]
        assert [call.function.arguments for delta in chunks for call in delta.tool_calls or ()] == [function.arguments] and not any(delta.content for delta in chunks)
        free, pieces = ask(model).choices[0], ask(model, stream=True)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in pieces) == (free.message.content or "")
    with pytest.raises(openai.BadRequestError, match="does not show how it writes calls") as error: ask("odd", tool_choice="required")
    assert error.value.param == "tool_choice" and ask("odd").choices


@needs_torch
@pytest.mark.parity
def test_an_open_weights_model_is_tuned_and_asked_through_the_same_client(server, named, small_model, backend):
    named(models={"small": {"folder": str(small_model)}}, launcher=[sys.executable, "-m", "ftbench.engine.worker"])
    chats = [{"messages": [{"role": "user", "content": f"Mail {n}"}, {"role": "assistant", "content": "billing"}]} for n in range(12)]
    hyperparameters = {"n_epochs": 3, "batch_size": 4, "learning_rate_multiplier": 200}
    job = server.create(chats, model="small", method={"type": "supervised", "supervised": {"hyperparameters": hyperparameters}})
    job = server.wait(job.id)
    assert job.status == "succeeded", job.error
    assert job.fine_tuned_model.startswith("ft:small:") and len(server.steps(job.id)) == 9
    ask = lambda **more: server.client.chat.completions.create(model=job.fine_tuned_model, messages=[{"role": "user", "content": "Mail 3"}], temperature=0, **more)
    whole = ask(max_completion_tokens=8, logprobs=True, top_logprobs=2).choices[0]
    streamed = "".join(chunk.choices[0].delta.content or "" for chunk in ask(max_completion_tokens=8, stream=True))
    assert streamed == whole.message.content and len(whole.logprobs.content) >= 1
    schema = {"type": "object", "properties": {"queue": {"enum": ["billing", "travel"]}}, "required": ["queue"], "additionalProperties": False}
    form = server.client.chat.completions.create(model=job.fine_tuned_model, messages=HELLO, temperature=0, max_completion_tokens=60,
                                                 response_format={"type": "json_schema", "json_schema": {"name": "queue", "schema": schema, "strict": True}})
    assert form.choices[0].finish_reason == "stop"
    assert json.loads(form.choices[0].message.content)["queue"] in ("billing", "travel")
    named(models={"small": {"folder": str(small_model), "url": backend, "loads_adapters": True}})
    Backend.asked.clear()
    assert ask().choices[0].message.content == "Good day"
    assert Backend.asked[0][0] == "/v1/load_lora_adapter" and Path(Backend.asked[0][2]["lora_path"], "adapter_config.json").is_file()
