"""The backward pass is exact, and weights do what they say."""
import numpy as np
import pytest

from ftbench.engine.nano.gradient import loss_and_gradient
from ftbench.engine.nano.llama import Model, loss, pack
from ftbench.engine.nano.objective import Preference
from ftbench.engine.nano.optim import LowRank
from ftbench.engine.nano.weights import Config, Weights

SHAPE = Config(vocab_size=20, hidden_size=12, intermediate_size=16, num_hidden_layers=3, num_attention_heads=3, max_position_embeddings=32)


@pytest.fixture
def model():
    weights, random = Weights(SHAPE, dtype=np.float64), np.random.default_rng(3)
    for name, tensor in weights.tensors.items(): tensor[:] = random.normal(1 if "norm" in name else 0, .4, tensor.shape)
    return Model(weights)


def rows(count=3, weights=(0, 0, .5, 1, 2)):
    random = np.random.default_rng(4)
    return [(random.integers(1, 20, n).tolist(), random.choice(weights, n).tolist()) for n in random.integers(2, 12, count)]


def gradient_of(model, batch, weight_sum=None):
    gradient = Weights(SHAPE, dtype=np.float64)
    totals = loss_and_gradient(model, batch, gradient, weight_sum or batch.weights.sum())
    return totals, gradient


def test_every_tensor_by_finite_differences(model):
    batch, random = pack(rows(), np.float64), np.random.default_rng(5)
    _, gradient = gradient_of(model, batch)
    for name, tensor in model.weights.tensors.items():
        direction = random.normal(size=tensor.shape)
        kept = tensor.copy()
        values = []
        for nudge in (1e-5, -1e-5):
            tensor[:] = kept + nudge * direction
            values.append(loss(model, batch).loss)
        tensor[:] = kept
        slope = (values[0] - values[1]) / 2e-5
        assert np.isclose(slope, np.vdot(direction, gradient.tensors[name]), rtol=1e-5, atol=1e-9), name


def test_weight_zero_is_the_same_as_leaving_the_token_out_of_the_loss(model):
    (ids, _), = rows(1)
    count = len(ids)
    only_last = [0.0] * (count - 2) + [1, 1]
    everything = [0.0] + [1.0] * (count - 1)
    muted = [w if i >= count - 2 else 0 for i, w in enumerate(everything)]
    totals, gradient = gradient_of(model, pack([(ids, muted)], np.float64))
    expected, reference = gradient_of(model, pack([(ids, only_last)], np.float64))
    assert totals == expected and np.array_equal(gradient.flat, reference.flat) and totals.counted == 2


def test_the_first_token_is_never_counted(model):
    assert loss(model, pack([([3, 4], [1, 0])], np.float64)).counted == 0


def test_weight_one_half_is_exact(model):
    ids = [3, 5, 4, 7, 9, 1]
    a, b = [0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1]
    mixed = [.5 * x + y for x, y in zip(a, b)]
    (one, g1), (two, g2), (both, g) = (gradient_of(model, pack([(ids, w)], np.float64), 1) for w in (a, b, mixed))
    assert np.isclose(both.loss_sum, .5 * one.loss_sum + two.loss_sum) and both.weight_sum == 3
    assert np.allclose(g.flat, .5 * g1.flat + g2.flat, atol=1e-14)


def test_rows_do_not_see_each_other(model):
    many = rows(4)
    alone = [loss(model, pack([row], np.float64)) for row in many]
    together = loss(model, pack(many, np.float64))
    assert np.isclose(together.loss_sum, sum(t.loss_sum for t in alone)) and together.right == sum(t.right for t in alone)


def test_a_later_token_changes_nothing_before_it(model):
    from ftbench.engine.nano.llama import forward
    before, after = (forward(model, pack([([3, 5, 4, last], [0] * 4)], np.float64)) for last in (7, 8))
    assert np.array_equal(before[:3], after[:3]) and not np.array_equal(before[3], after[3])


def test_parts_of_a_step_add_up(model):
    many = rows(5)
    whole_batch = pack(many, np.float64)
    totals, whole = gradient_of(model, whole_batch)
    parts, total = Weights(SHAPE, dtype=np.float64), whole_batch.weights.sum()
    first = loss_and_gradient(model, pack(many[:2], np.float64), parts, total)
    second = loss_and_gradient(model, pack(many[2:], np.float64), parts, total, add=True)
    assert np.allclose(parts.flat, whole.flat, atol=1e-14) and np.isclose((first + second).loss, totals.loss)


def pairs(count=3):
    random = np.random.default_rng(7)
    def row(start, end): return [*start, *end], [0] * len(start) + random.choice([.5, 1, 1], len(end)).tolist()
    made = []
    for _ in range(count):
        start, *ends = (random.integers(1, 20, random.integers(2, 6)).tolist() for _ in range(3))
        made.append((row(start, ends[0]), row(start, ends[1])))
    return made


def test_the_gradient_of_preferences_by_finite_differences(model):
    objective = Preference(model, beta=.7)
    given = objective.examples(pairs())
    model.weights.flat += np.random.default_rng(8).normal(0, .05, model.weights.flat.size) # away from the reference, where margins differ
    gradient, random = Weights(SHAPE, dtype=np.float64), np.random.default_rng(5)
    first = objective.learn(given, gradient)
    assert abs(first.loss - np.log(2)) > 1e-3 and first.pairs == 3
    for name, tensor in model.weights.tensors.items():
        direction, kept, values = random.normal(size=tensor.shape), tensor.copy(), []
        for nudge in (1e-5, -1e-5):
            tensor[:] = kept + nudge * direction
            values.append(objective.evaluate(given).loss)
        tensor[:] = kept
        assert np.isclose((values[0] - values[1]) / 2e-5, np.vdot(direction, gradient.tensors[name]), rtol=1e-4, atol=1e-8), name


def test_preferences_in_parts_have_the_gradient_of_the_whole(model, monkeypatch):
    objective, found = Preference(model, beta=.7), []
    given = objective.examples(pairs(6))
    for size in (2048, 25, 1):
        monkeypatch.setattr("ftbench.engine.nano.objective._PART_TOKENS", size)
        gradient = Weights(SHAPE, dtype=np.float64)
        found.append((objective.learn(given, gradient), gradient.flat))
    for figures, gradient in found[1:]:
        assert np.allclose(gradient, found[0][1], atol=1e-7) and np.isclose(figures.loss, found[0][0].loss) and figures.counted == found[0][0].counted


def test_before_the_first_step_both_answers_are_as_likely_as_they_were(model):
    objective = Preference(model, beta=.3)
    figures = objective.evaluate(objective.examples(pairs(5)))
    assert np.isclose(figures.loss, np.log(2), atol=1e-6) and abs(figures.preferred_reward) < 1e-6 > abs(figures.non_preferred_reward)


def test_a_token_of_weight_zero_changes_nothing_in_a_preference(model):
    def gradient(other_weights):
        objective, found = Preference(model, beta=.5), Weights(SHAPE, dtype=np.float64)
        objective.learn(objective.examples([(([3, 4, 5, 6], [0, 0, 1, 1]), ([3, 4, 7, 8, 9], other_weights))]), found)
        return found.flat
    none, tail = gradient([0, 0, 0, 0, 0]), gradient([0, 0, 1, 0, 0])
    assert not np.array_equal(none, tail)
    assert np.array_equal(tail, gradient([9, 0, 1, 0, 0])) # nothing stands before the first token to predict it from


def test_an_adapter_has_the_gradient_of_the_weights_it_is_merged_into(model):
    batch, base = pack(rows(), np.float64), Weights(SHAPE, model.weights.flat.copy())
    adapters = LowRank(SHAPE, rank=2, alpha=6, seed=1)
    adapters.flat = np.random.default_rng(2).normal(0, .3, adapters.flat.size)
    adapters.merge(base, model.weights)
    _, full = gradient_of(model, batch)
    gradient, random = adapters.gradient(full), np.random.default_rng(3)
    for _ in range(4):
        direction, kept, values = random.normal(size=adapters.flat.size), adapters.flat.copy(), []
        for nudge in (1e-5, -1e-5):
            adapters.flat[:] = kept + nudge * direction
            adapters.merge(base, model.weights)
            values.append(loss(model, batch).loss)
        adapters.flat[:] = kept
        assert np.isclose((values[0] - values[1]) / 2e-5, direction @ gradient, rtol=1e-4)
