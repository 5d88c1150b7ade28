"""The same numbers as transformers: loss, gradient of every tensor, greedy text; and what we write, it opens."""
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from ftbench.engine.nano.finetune import FineTune
from ftbench.engine.run import Plan
from ftbench.engine.nano.generate import generate
from ftbench.engine.nano.gradient import loss_and_gradient
from ftbench.engine.nano.llama import Model, pack
from ftbench.engine.nano.optim import AdamW
from ftbench.engine.nano.weights import Weights

torch = pytest.importorskip("torch", reason="the parity extra is not installed: no torch")
transformers = pytest.importorskip("transformers", reason="the parity extra is not installed: no transformers")
pytestmark = pytest.mark.parity
torch.set_num_threads(1) # waiting threads would fight over busy cores

BASE = Path(str(resources.files("ftbench") / "engine" / "nano" / "base"))


@pytest.fixture(params=["random", "packaged"])
def folder(request, make_model):
    if request.param == "random": return make_model(hidden=64, inner=96, layers=3, heads=4, context=256, spread=.1)
    assert (BASE / "model.safetensors").exists(), "the packaged base model is missing"
    return BASE


def opened(folder): return transformers.LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()


def rows(model, count=6):
    random, letters = np.random.default_rng(11), "hello well, 25 km to Übersee: yes no [A] {\"x\": 1} "
    texts = ["".join(random.choice(list(letters), n)) for n in random.integers(5, 90, count)]
    ids = [model.tokenizer.encode(text) for text in texts]
    return [(i, random.choice([0, 0, .5, 1], len(i)).tolist()) for i in ids]


def reference_loss(theirs, examples):
    """Sum of weight * cross-entropy / sum of weights, example by example."""
    total, weight = 0, 0
    for ids, weights in examples:
        logits = theirs(input_ids=torch.tensor([ids])).logits[0, :-1]
        entropy = torch.nn.functional.cross_entropy(logits, torch.tensor(ids[1:]), reduction="none")
        total = total + (entropy * torch.tensor(weights[1:])).sum()
        weight += sum(weights[1:])
    return total / weight


def test_loss_and_every_gradient(folder):
    ours, theirs = Model.load(folder), opened(folder)
    examples = rows(ours)
    batch, gradient = pack(examples), Weights(ours.config)
    totals = loss_and_gradient(ours, batch, gradient, batch.weights.sum())
    reference = reference_loss(theirs, examples)
    reference.backward()
    assert abs(totals.loss - reference.item()) < 1e-5
    named = dict(theirs.named_parameters())
    assert set(gradient.tensors) == set(named)
    for name, own in gradient.tensors.items():
        their = named[name].grad.numpy()
        assert np.linalg.norm(own - their) <= 1e-4 * np.linalg.norm(their), name


def greedy(theirs, prompt, count):
    made = theirs.generate(torch.tensor([prompt]), attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
                           max_new_tokens=count, do_sample=False, pad_token_id=0, eos_token_id=1)[0, len(prompt):].tolist()
    return made[:made.index(1)] if 1 in made else made


def test_forty_greedy_continuations(folder):
    ours, theirs = Model.load(folder), opened(folder)
    prompts = [[3, *ids[:30], 1, 4] for ids, _ in rows(ours, 40)]
    answers = generate(ours, prompts, max_tokens=24)
    assert [a.tokens for a in answers] == [greedy(theirs, prompt, 24) for prompt in prompts]


@pytest.mark.parametrize("lora", [None, 4], ids=["full", "lora"])
def test_a_checkpoint_opens_in_transformers_and_answers_the_same(folder, tmp_path, lora):
    model = Model.load(folder)
    run = FineTune(model, rows(model), [], Plan(n_epochs=2, batch_size=2, lora_rank=lora))
    while run.step < run.total_steps: run.advance()
    (tmp_path / "final").mkdir()
    run.save(tmp_path / "final")
    theirs = opened(tmp_path / "final")
    assert set(theirs.state_dict()) - {"lm_head.weight"} == set(model.weights.tensors)
    prompt = [3, *model.tokenizer.encode("hello"), 1, 4]
    assert generate(Model.load(tmp_path / "final"), [prompt], 20)[0].tokens == greedy(theirs, prompt, 20)
    assert transformers.AutoTokenizer.from_pretrained(tmp_path / "final").encode("hello", add_special_tokens=False) == model.tokenizer.encode("hello")


def test_adamw_is_torchs():
    random = np.random.default_rng(2)
    start, gradients = random.normal(size=500).astype(np.float32), random.normal(size=(6, 500)).astype(np.float32)
    ours, optimizer = start.copy(), AdamW(500, decayed=300)
    matrices, gains = (torch.tensor(part.copy(), requires_grad=True) for part in np.split(start, [300]))
    groups = [{"params": [matrices], "weight_decay": .01}, {"params": [gains], "weight_decay": 0}]
    reference = torch.optim.AdamW(groups, lr=.01, betas=(.9, .95))
    for gradient in gradients:
        matrices.grad, gains.grad = (torch.tensor(part) for part in np.split(gradient, [300]))
        length = torch.nn.utils.clip_grad_norm_([matrices, gains], 1.0)
        reference.step()
        assert np.isclose(optimizer.update(ours, gradient.copy(), .01), length.item(), rtol=1e-5)
    assert np.allclose(ours, torch.cat([matrices, gains]).detach().numpy(), atol=1e-6)
