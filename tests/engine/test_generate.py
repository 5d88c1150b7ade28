"""Answers do not depend on company: the same alone and in any batch, whoever joins or leaves."""
import numpy as np
import pytest

from ftbench.core import EngineError
from ftbench.engine.nano.generate import Decoder, Sampling, generate
from ftbench.engine.nano.llama import Model, forward, normalize, pack

ENDLESS = frozenset()


@pytest.fixture
def model(make_model): return Model.load(make_model(hidden=24, inner=32, heads=3, context=300, spread=.5))


def prompts(model, count, longest=40):
    random = np.random.default_rng(7)
    return [random.integers(8, model.config.vocab_size, n).tolist() for n in random.integers(1, longest, count)]


def logits_of(model, ids):
    x = forward(model, pack([(ids, [0] * len(ids))]))
    return (normalize(x, model.config.rms_norm_eps)[0] * model.weights.norm) @ model.weights.embedding.T


def test_the_cache_gives_what_a_whole_pass_gives(model):
    prompt = prompts(model, 1)[0]
    answer = generate(model, [prompt], max_tokens=200, stop_ids=ENDLESS, logprobs=True)[0]
    logits = logits_of(model, prompt + answer.tokens)[len(prompt) - 1:-1].astype(np.float64)
    expected = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    assert answer.tokens == logits.argmax(1).tolist()
    assert np.allclose([t.logprob for t in answer.logprobs], expected[np.arange(200), answer.tokens], atol=1e-4)


@pytest.mark.parametrize("temperature", [0.0, 0.8])
def test_joining_and_leaving_changes_no_other_answer(model, temperature):
    asked = prompts(model, 24)
    options = [Sampling(max_tokens=5 + 3 * i, temperature=temperature, top_p=.9, seed=i) for i in range(24)]
    alone = []
    for prompt, option in zip(asked, options):
        decoder, tokens = Decoder(model), []
        decoder.add(prompt, option)
        while len(decoder): tokens += [t.token for t in decoder.step()]
        alone.append(tokens)
    random, decoder, rows, got = np.random.default_rng(1), Decoder(model, prefill_tokens=60), {}, {}
    waiting, cancelled = list(range(24)), set()
    while waiting or len(decoder):
        while waiting and random.random() < .6:
            index = waiting.pop(0)
            rows[decoder.add(asked[index], options[index])] = index
        for token in decoder.step(): got.setdefault(rows[token.row], []).append(token.token)
        if random.random() < .05 and rows:
            row = int(random.choice(list(rows)))
            decoder.remove(row)
            cancelled.add(rows[row])
    for index in range(24):
        tokens = got.get(index, [])
        if index not in cancelled: assert tokens == alone[index]
        else: assert tokens == alone[index][:len(tokens)]
    assert 0 < len(cancelled) < 24


def test_the_same_seed_is_the_same_answer_and_none_is_another(model):
    prompt = prompts(model, 1)
    say = lambda seed: generate(model, prompt, 40, temperature=1.2, seed=seed, stop_ids=ENDLESS)[0].tokens
    assert say(3) == say(3) != say(4) and say(None) != say(None)


def test_top_p_of_almost_nothing_is_the_likeliest(model):
    prompt = prompts(model, 1)
    assert generate(model, prompt, 30, temperature=2, top_p=1e-9, seed=1)[0].tokens == generate(model, prompt, 30)[0].tokens


def test_finish_reasons_and_limits(model):
    prompt = prompts(model, 1)[0]
    first = generate(model, [prompt], max_tokens=1, stop_ids=ENDLESS)[0]
    assert first.finish == "length" and len(first.tokens) == 1
    stopped = generate(model, [prompt], stop_ids=frozenset(first.tokens))[0]
    assert stopped.finish == "stop" and stopped.tokens == []
    full = generate(model, [prompt], max_tokens=10_000, stop_ids=ENDLESS)[0]
    assert full.finish == "length" and len(prompt) + len(full.tokens) == 300
    for wrong in ([], [8] * 300):
        with pytest.raises(EngineError, match="prompt has"): Decoder(model).add(wrong)


def test_top_logprobs_are_sorted_and_hold_the_greedy_token(model):
    decoder = Decoder(model)
    decoder.add(prompts(model, 1)[0], Sampling(max_tokens=3, logprobs=True, top_logprobs=5))
    token, = decoder.step()
    values = [value for _, value in token.top_logprobs]
    assert len(values) == 5 and values == sorted(values, reverse=True) and token.top_logprobs[0] == (token.token, token.logprob)


def test_memory_is_given_back_when_all_have_left(model):
    decoder = Decoder(model)
    for prompt in prompts(model, 9): decoder.add(prompt, Sampling(max_tokens=4))
    while len(decoder): decoder.step()
    assert decoder._cache.layers[0].size == 0 and decoder.step() == []
