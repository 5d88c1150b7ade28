"""The backward pass is exact, and weights do what they say."""
import numpy as np
import pytest

from ftbench.engine.nano.gradient import loss_and_gradient
from ftbench.engine.nano.llama import Model, loss, pack
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
