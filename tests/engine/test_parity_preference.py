"""Preferences by numpy are those of torch: likelihoods, loss, and the gradient of every tensor; an adapter is peft's."""
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from ftbench.engine.nano.finetune import FineTune, Plan
from ftbench.engine.nano.llama import Model
from ftbench.engine.nano.objective import Preference
from ftbench.engine.nano.weights import Weights

torch = pytest.importorskip("torch", reason="the parity extra is not installed: no torch")
transformers = pytest.importorskip("transformers", reason="the parity extra is not installed: no transformers")
pytestmark = pytest.mark.parity
torch.set_num_threads(1) # waiting threads would fight over busy cores

BASE = Path(str(resources.files("ftbench") / "engine" / "nano" / "base"))
BETA = .3


@pytest.fixture(params=["random", "packaged"])
def folder(request, make_model):
    return make_model(hidden=64, inner=96, layers=3, heads=4, context=256, spread=.1) if request.param == "random" else BASE


def opened(folder): return transformers.LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()


def pairs(model):
    questions = ("Where is parcel 25?", "My password is gone.", "Sort: the invoice is wrong!")
    for question in questions:
        asked = [3, *model.tokenizer.encode(question), 1, 4]
        row = lambda answer, weight: ([*asked, *(ids := model.tokenizer.encode(answer)), 1], [0.0] * len(asked) + [weight] * (len(ids) + 1))
        yield row("[ACCESS]", 1.0), row("I do not know that, sorry.", .5)


def likelihood(theirs, row):
    ids, weights = row
    logits = theirs(input_ids=torch.tensor([ids])).logits[0, :-1]
    return -(torch.nn.functional.cross_entropy(logits, torch.tensor(ids[1:]), reduction="none") * torch.tensor(weights[1:])).sum()


def preference_loss(theirs, given, reference):
    losses = []
    for (preferred, other), (was_preferred, was_other) in zip(given, reference):
        margin = BETA * ((likelihood(theirs, preferred) - was_preferred) - (likelihood(theirs, other) - was_other))
        losses.append(-torch.nn.functional.logsigmoid(margin))
    return torch.stack(losses).mean()


def test_loss_and_every_gradient_after_some_steps(folder):
    ours, given = Model.load(folder), list(pairs(Model.load(folder)))
    first = opened(folder)
    with torch.no_grad(): reference = [(likelihood(first, preferred).item(), likelihood(first, other).item()) for preferred, other in given]
    objective = Preference(ours, BETA)
    examples = objective.examples(given)
    assert np.allclose([pair[2:] for pair in examples], reference, rtol=1e-5, atol=1e-4)
    moved, gradient = opened(folder), Weights(ours.config)
    random = np.random.default_rng(1)
    for name, tensor in moved.named_parameters():
        push = random.normal(0, .004, tensor.shape).astype(np.float32)
        with torch.no_grad(): tensor += torch.tensor(push)
        if name in ours.weights.tensors: ours.weights.tensors[name][:] += push
    figures = objective.learn(examples, gradient)
    loss = preference_loss(moved, given, reference)
    loss.backward()
    assert abs(figures.loss - loss.item()) < 1e-4 and abs(figures.loss - np.log(2)) > 1e-3
    for name, tensor in moved.named_parameters():
        own, their = gradient.tensors[name], tensor.grad.numpy()
        assert np.linalg.norm(own - their) <= 1e-3 * np.linalg.norm(their), name


def test_an_adapter_opens_in_peft_and_answers_the_same(folder, tmp_path):
    peft = pytest.importorskip("peft", reason="peft is not installed")
    model = Model.load(folder)
    run = FineTune(model, list(pairs(model)), [], Plan(n_epochs=4, batch_size=3, learning_rate_multiplier=10, lora_rank=4, lora_alpha=8, beta=BETA))
    while run.step < run.total_steps: run.advance()
    run.save(tmp_path)
    adapted = peft.PeftModel.from_pretrained(opened(folder), tmp_path / "adapter").eval()
    ids = torch.tensor([next(pairs(model))[0][0]])
    with torch.no_grad(): assert torch.allclose(adapted(input_ids=ids).logits, opened(tmp_path)(input_ids=ids).logits, atol=1e-3)
