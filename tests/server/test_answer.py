"What a client is told of an answer, token by token."
import json
from dataclasses import replace

import pytest

from ftbench.engine.nano.sampling import Sampling, Token
from ftbench.engine.speaker import open_speaker
from ftbench.server.infer import Answer
from ftbench.server.registry import base_folder
from ftbench.server.wording import Beginning

THOUGHT = "<think>\n\n</think>\n\n"


@pytest.fixture(scope="module")
def nano(): return open_speaker(base_folder())


def told(speaker, text, beginning, finish="stop", **more):
    "The news of an answer that says `text`, and the answer."
    news, ids = [], speaker.tokenizer.encode(text)
    answer = Answer([1], Sampling(logprobs=True), speaker, news.append, stream=True, beginning=beginning, **more)
    for id in ids:
        if not answer.take(Token(0, id, -.5, [])): return news, answer
    answer.take(Token(0, speaker.tokenizer.special["<|end|>"], -.5, [], finish))
    return news, answer


@pytest.mark.parametrize("text, content", [(THOUGHT + "billing 12", "billing 12"), ("billing 12", "billing 12"), ("<think>Hm.</think> billing", "<think>Hm.</think> billing"),
                                           (THOUGHT, ""), (THOUGHT[:9], THOUGHT[:9]), ("", "")])
def test_an_empty_thought_is_no_part_of_the_answer(nano, text, content):
    news, answer = told(nano, text, Beginning(THOUGHT))
    assert answer.message["content"] == content == "".join(each.text for each in news)
    assert "".join(entry["token"] for each in news for entry in each.logprobs) == content


def test_a_stop_string_in_the_thought_ends_nothing(nano):
    _, answer = told(nano, THOUGHT + "one\ntwo", Beginning(THOUGHT), stops=["\n"])
    assert answer.message["content"] == "one"


def test_what_begins_like_a_call_waits_for_its_end(nano):
    calls = lambda ids: {"tool_calls": [json.loads(nano.tokenizer.decode(ids))]} if "name" in nano.tokenizer.decode(ids) else {}
    speaker = replace(nano, parse=calls)
    news, answer = told(speaker, ' {"name": "look"}', Beginning(call="{"))
    assert [each.text for each in news] == [""] and news[-1].finish == "tool_calls" and answer.message["content"] is None
    news, answer = told(speaker, '{"answer": 48}', Beginning(call="{"))
    assert [each.text for each in news] == ['{"answer": 48}'] and news[-1].finish == "stop"
    news, answer = told(speaker, 'It is {"a": 1}.', Beginning(call="{"))
    assert len(news) > 3 and answer.message["content"] == 'It is {"a": 1}.'


def test_a_call_that_cannot_be_read_is_told_as_text(nano):
    speaker = replace(nano, call=nano.tokenizer.encode("§")[0], parse=lambda ids: {})
    news, answer = told(speaker, "Well: §{broken}", None)
    assert answer.message["content"] == "Well: §{broken}" == "".join(each.text for each in news)
