"""Chat completions through the ordinary client: the base, a tuned model, a checkpoint; whole and streamed."""
import asyncio
import json
import math
import socket
import threading

import openai
import pytest
import uvicorn
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from waiting import PATIENCE, until

from ftbench.server.app import create_app
from ftbench.server.infer import Loaded
from ftbench.server.registry import base_folder
from ftbench.server.service import Service

QUESTION = [{"role": "user", "content": "Mail 3: my password is gone"}]
TOOLS = [{"type": "function", "function": {"name": "find_order", "parameters": {
    "type": "object", "properties": {"order": {"type": "string"}}}}}]


def ask(server, model="nano", messages=QUESTION, **options):
    return server.client.chat.completions.create(model=model, messages=messages, **{"temperature": 0, "max_tokens": 12} | options)


def strictly(kind, answer):
    kind.model_validate(answer.to_dict(mode="json"), strict=True)
    return answer


def test_the_tuned_model_has_learned_and_the_base_has_not(server, tuned):
    base, learned = ask(server), strictly(ChatCompletion, ask(server, tuned.fine_tuned_model))
    assert learned.choices[0].message.content == "access" and learned.choices[0].finish_reason == "stop"
    assert base.choices[0].message.content != "access" and base.model == "nano"
    assert learned.model == tuned.fine_tuned_model and 0 < learned.usage.completion_tokens < 8
    assert learned.usage.total_tokens == learned.usage.prompt_tokens + learned.usage.completion_tokens


def test_a_checkpoint_answers_under_its_name(server, tuned):
    checkpoint = server.client.fine_tuning.jobs.checkpoints.list(tuned.id).data[1].fine_tuned_model_checkpoint
    assert ask(server, checkpoint).model == checkpoint
    assert server.client.models.retrieve(checkpoint).id == checkpoint
    assert checkpoint not in [model.id for model in server.client.models.list()]


def test_the_alias_is_the_base(server):
    assert ask(server, "ftbench-nano-1").model == "nano"
    assert server.client.models.retrieve("ftbench-nano-1").id == "nano"


def test_a_stream_says_the_same_in_pieces(server):
    whole = ask(server, max_tokens=24)
    chunks = [strictly(ChatCompletionChunk, chunk) for chunk in ask(server, max_tokens=24, stream=True,
                                                                    stream_options={"include_usage": True})]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1]) == whole.choices[0].message.content
    assert chunks[0].choices[0].delta.role == "assistant" and len(chunks) > 4
    assert [chunk.choices[0].finish_reason for chunk in chunks[:-1] if chunk.choices[0].finish_reason] == [whole.choices[0].finish_reason]
    assert chunks[-1].choices == [] and chunks[-1].usage == whole.usage


def test_log_probabilities_are_those_of_the_tokens(server):
    answer = strictly(ChatCompletion, ask(server, logprobs=True, top_logprobs=3))
    entries = answer.choices[0].logprobs.content
    assert b"".join(bytes(entry.bytes) for entry in entries).decode() == answer.choices[0].message.content
    for entry in entries:
        assert len(entry.top_logprobs) == 3 and entry.top_logprobs[0].logprob == entry.logprob <= 0
        assert sum(math.exp(top.logprob) for top in entry.top_logprobs) <= 1.000001
    streamed = [entry.logprob for chunk in ask(server, logprobs=True, stream=True) if chunk.choices[0].logprobs
                for entry in chunk.choices[0].logprobs.content]
    assert streamed == [entry.logprob for entry in entries]
    assert ask(server).choices[0].logprobs is None


def test_a_seed_decides_and_n_answers_differ(server):
    options = {"temperature": 1.5, "seed": 3, "n": 4, "max_tokens": 8}
    first, second = ask(server, **options), ask(server, **options)
    texts = [choice.message.content for choice in first.choices]
    assert texts == [choice.message.content for choice in second.choices] and len(set(texts)) > 1
    assert [choice.index for choice in first.choices] == [0, 1, 2, 3]


def test_the_likeliest_tokens_only_is_the_same_as_no_temperature(server):
    assert ask(server, temperature=1, top_p=0.0001, seed=1).choices[0].message.content == ask(server).choices[0].message.content


@pytest.mark.parametrize("stream", [False, True])
def test_a_stop_string_ends_the_answer_and_is_left_out(server, stream):
    full = ask(server, max_tokens=24).choices[0].message.content
    stop = full[len(full) // 2:len(full) // 2 + 3]
    wanted = full[:full.index(stop)]
    answer = ask(server, max_tokens=24, stop=[stop, "never said"], stream=stream, logprobs=True)
    if stream:
        chunks = list(answer)
        text, finish = "".join(chunk.choices[0].delta.content or "" for chunk in chunks), chunks[-1].choices[0].finish_reason
    else: text, finish = answer.choices[0].message.content, answer.choices[0].finish_reason
    assert text == wanted and finish == "stop"


def test_length_is_the_reason_when_tokens_run_out(server):
    answer = ask(server, max_tokens=None, max_completion_tokens=2)
    assert answer.choices[0].finish_reason == "length" and answer.usage.completion_tokens == 2


def test_a_model_tuned_on_tool_calls_calls_tools(server):
    def example(n):
        call = {"id": f"call_{n}", "type": "function", "function": {"name": "find_order", "arguments": '{"order": "A7"}'}}
        return {"messages": [{"role": "user", "content": f"Where is order A7? ({n})"}, {"role": "assistant", "tool_calls": [call]}],
                "tools": TOOLS}
    job = server.wait(server.create([example(n) for n in range(12)], epochs=12, batch=4).id)
    messages = [{"role": "user", "content": "Where is order A7? (3)"}]
    answer = strictly(ChatCompletion, ask(server, job.fine_tuned_model, messages, tools=TOOLS, max_tokens=40))
    call = answer.choices[0].message.tool_calls[0]
    assert answer.choices[0].finish_reason == "tool_calls" and answer.choices[0].message.content is None
    assert (call.function.name, call.function.arguments) == ("find_order", '{"order": "A7"}')
    deltas = [chunk.choices[0].delta for chunk in ask(server, job.fine_tuned_model, messages, tools=TOOLS, max_tokens=40, stream=True)]
    assert [delta.tool_calls[0].function for delta in deltas if delta.tool_calls][0].name == "find_order"
    messages += [answer.choices[0].message, {"role": "tool", "tool_call_id": call.id, "content": "on its way"}]
    assert ask(server, job.fine_tuned_model, messages, tools=TOOLS).object == "chat.completion"


def test_parts_of_text_are_read_as_text(server):
    parts = [{"role": "user", "content": [{"type": "text", "text": "Mail 3: my password "}, {"type": "text", "text": "is gone"}]}]
    assert ask(server, messages=parts).usage.prompt_tokens == ask(server).usage.prompt_tokens


def user(content): return [{"role": "user", "content": content}]


@pytest.mark.parametrize("wrong, code", [
    ({"messages": user("again and " * 600)}, "context_length_exceeded"), ({"max_tokens": 5000}, "invalid_value"),
    ({"temperature": 2.5}, "decimal_above_max_value"), ({"temperature": "0"}, "invalid_type"), ({"n": 0}, "integer_below_min_value"),
    ({"messages": []}, "empty_array"), ({"messages": "Hi"}, "invalid_type"), ({"messages": [{"role": "robot", "content": "Hi"}]}, "invalid_value"),
    ({"messages": [{"content": "Hi"}]}, "missing_required_parameter"), ({"messages": user(None)}, "invalid_type"),
    ({"messages": user([{"type": "image_url", "image_url": {"url": "x"}}])}, "invalid_value"), ({"messages": ["Hi"]}, "invalid_type"),
    ({"messages": [{"role": "tool", "tool_call_id": "call_1", "content": "x"}]}, None), ({"messages": user("\ud800")}, "invalid_value"),
    ({"stop": ["a"] * 5}, "array_above_max_length"), ({"stop": [1]}, "invalid_type"), ({"top_logprobs": 2}, None),
    ({"logprobs": True, "top_logprobs": 21}, "integer_above_max_value"), ({"temprature": 1}, None),
    ({"response_format": {"type": "yaml"}}, "invalid_value"), ({"tool_choice": "required"}, None),
    ({"response_format": {"type": "json_schema", "json_schema": {"name": "a", "strict": True, "schema": {"type": "object"}}}}, None),
    ({"tools": [{"type": "function", "function": {"name": "f", "strict": True, "parameters": {"type": "array"}}}]}, "invalid_function_parameters"),
    ({"presence_penalty": 1}, "unsupported_value"), ({"logit_bias": {"5": 1}}, "unsupported_parameter"),
    ({"tools": [{"type": "function"}]}, "missing_required_parameter"), ({"max_tokens": 3, "max_completion_tokens": 3}, "invalid_parameter_combination")])
def test_a_request_is_read_strictly(server, wrong, code):
    body = {"model": "nano", "messages": user("Hi")} | wrong
    content = json.dumps(body).encode()
    with pytest.raises(openai.BadRequestError) as caught:
        server.client.post("/chat/completions", cast_to=object, content=content, options={"headers": {"content-type": "application/json"}})
    assert caught.value.code == code and caught.value.body["message"]


VISIT = {"type": "object", "properties": {"day": {"enum": ["Monday", "Friday"]}, "guests": {"type": "integer"}}, "required": ["day", "guests"],
         "additionalProperties": False}


@pytest.mark.parametrize("temperature", [0, 1.5])
def test_an_answer_keeps_to_the_form_that_was_asked_for(server, temperature):
    options = {"temperature": temperature, "seed": 4, "max_tokens": 200, "logprobs": True, "top_logprobs": 2}
    schema = {"type": "json_schema", "json_schema": {"name": "visit", "strict": True, "schema": VISIT}}
    said = json.loads(strictly(ChatCompletion, ask(server, response_format=schema, **options)).choices[0].message.content)
    assert list(said) == ["day", "guests"] and said["day"] in ("Monday", "Friday") and isinstance(said["guests"], int)
    free = ask(server, response_format={"type": "json_object"}, **options).choices[0]
    assert free.message.content.startswith("{") and (free.finish_reason == "length" or isinstance(json.loads(free.message.content), dict))


def test_a_call_can_be_demanded(server):
    tools = TOOLS + [{"type": "function", "function": {"name": "book", "strict": True, "parameters": VISIT}}]
    demand = {"tools": tools, "tool_choice": {"type": "function", "function": {"name": "book"}}, "max_tokens": 80}
    named = strictly(ChatCompletion, ask(server, **demand))
    call, = named.choices[0].message.tool_calls
    assert [named.choices[0].finish_reason, list(ask(server, **demand, stream=True))[-1].choices[0].finish_reason] == ["stop", "stop"]
    assert call.function.name == "book" and set(json.loads(call.function.arguments)) == {"day", "guests"}
    some = ask(server, tools=tools, tool_choice="required", parallel_tool_calls=False, max_tokens=80, temperature=2, seed=8).choices[0]
    assert some.finish_reason == "tool_calls" and len(some.message.tool_calls) == 1 and some.message.tool_calls[0].function.name in ("book", "find_order") and some.message.content is None


def test_a_schema_that_cannot_be_kept_is_refused_by_name_and_place(server):
    dated = VISIT | {"properties": VISIT["properties"] | {"day": {"type": "string", "format": "date"}}}
    with pytest.raises(openai.BadRequestError, match=r"In context=\('properties', 'day'\), 'format' is not permitted") as caught:
        ask(server, response_format={"type": "json_schema", "json_schema": {"name": "visit", "strict": True, "schema": dated}})
    assert caught.value.param == "response_format"


def test_an_unknown_model_is_404(server):
    with pytest.raises(openai.NotFoundError) as caught: ask(server, "ft:nano:ftbench:gone:12345678")
    assert caught.value.code == "model_not_found"


def test_forty_chats_at_once(server, tuned):
    async def all_at_once():
        async with openai.AsyncOpenAI(base_url=server.url, api_key=server.token, max_retries=0) as client:
            return await asyncio.gather(*(client.chat.completions.create(
                model=tuned.fine_tuned_model if n % 2 else "nano", messages=user(f"Mail {n}: my password is gone"), temperature=0,
                max_tokens=16) for n in range(40)))
    answers = asyncio.run(all_at_once())
    alone = [ask(server, tuned.fine_tuned_model if n % 2 else "nano", user(f"Mail {n}: my password is gone"), max_tokens=16) for n in (4, 5)]
    assert len(answers) == 40
    assert [answers[n].choices[0].message.content for n in (4, 5)] == [one.choices[0].message.content for one in alone]


@pytest.fixture
def served(tmp_path):
    "A server in this process, whose decoding a test can hold; no workers."
    service = Service.open(tmp_path)
    service.start = lambda: None
    running = uvicorn.Server(uvicorn.Config(create_app(service, "key"), log_level="error"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=running.run, args=([listener],))
        thread.start()
        service.client = openai.OpenAI(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}/v1", api_key="key", max_retries=0)
        yield service
        running.should_exit = True
        thread.join()


def test_an_abandoned_stream_is_dropped(served, monkeypatch):
    held, steps, advance = threading.Event(), [], Loaded.advance
    def step(model):
        steps.append(len(model.running))
        if len(steps) > 3: assert held.wait(PATIENCE)
        return advance(model)
    monkeypatch.setattr(Loaded, "advance", step)
    model = served.inference.load(base_folder())
    stream = ask(served, messages=user("Tell me a long story."), temperature=1.9, seed=5, max_tokens=200, n=16, stream=True)
    next(iter(stream))
    until(lambda: len(steps) > 3)
    answers = list(model.running.values())
    stream.close()
    until(lambda: not any(answer.wanted for answer in answers), lambda: len(answers)) # the server has seen that nobody listens
    held.set()
    until(lambda: not model.busy)
    assert len(answers) > 8 and len(steps) < 8
