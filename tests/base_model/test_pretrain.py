"""The pre-training loop, on a tiny model: it goes on after a stop as if there had been none."""
import json
import shutil
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="pre-training needs torch, which users of ftbench do not")
pytest.importorskip("tokenizers", reason="pre-training reads its tokenizer with tokenizers")

import batches
import model as architecture
import pretrain
import publish

ROOT = Path(__file__).resolve().parents[2]

CONFIG = dict(architecture.CONFIG, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=2, head_dim=16, intermediate_size=64)
SETTINGS = dict(pretrain.SETTINGS, pool=60, tokens=512, steps=8, decay_from=4, warm_up=2)


@pytest.fixture
def folder(tmp_path):
    def make(name):
        target = tmp_path / name
        shutil.copytree(ROOT / "ftbench/engine/nano/base", target / "tokenizer", ignore=shutil.ignore_patterns("*.safetensors", "*.md"))
        return target
    torch.set_num_threads(1)
    return make


def start(folder):
    return pretrain.Run(folder, SETTINGS, CONFIG)


def test_a_stopped_run_goes_on_with_the_same_stream_and_numbers(folder):
    whole, stopped = folder("whole"), folder("stopped")
    straight = start(whole)
    pretrain.train(straight)
    first = start(stopped)
    pretrain.train(first, until=3)
    again = start(stopped)
    assert again.step == 3 and again.place == first.place
    pretrain.train(again)
    assert again.seen == straight.seen and again.place == straight.place
    for (name, a), b in zip(straight.model.state_dict().items(), again.model.state_dict().values()):
        assert torch.equal(a, b), name


def test_two_workers_share_a_step():
    """The parts of a step have one weight: their gradients add up to the gradient of the whole."""
    torch.manual_seed(1)
    made = architecture.Llama(CONFIG, torch.float32)
    parts = [(torch.randint(8, 99, (3, 16)), torch.rand(3, 16)), (torch.randint(8, 99, (5, 16)), torch.rand(5, 16))]
    def gradient(chosen):
        made.zero_grad()
        for ids, weights in chosen: made.loss(ids, weights)[0].backward()
        return torch.cat([p.grad.reshape(-1) for p in made.parameters()])
    torch.testing.assert_close(gradient(parts[:1]) + gradient(parts[1:]), gradient(parts), rtol=1e-4, atol=1e-5)


def test_the_loss_is_torch_s():
    """The fused output layer gives torch's weighted cross-entropy and its gradient."""
    torch.manual_seed(2)
    made = architecture.Llama(CONFIG, torch.float32)
    ids, weights = torch.randint(8, 99, (4, 20)), (torch.rand(4, 20) < 0.5).float()
    made.loss(ids, weights)[0].backward()
    fused = {name: p.grad.clone() for name, p in made.named_parameters()}
    made.zero_grad()
    logits = made.hidden(ids) @ made.model.embed_tokens.weight.T
    plain = torch.nn.functional.cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none")
    (plain * weights[:, 1:]).sum().backward()
    for name, p in made.named_parameters(): torch.testing.assert_close(fused[name], p.grad, rtol=1e-3, atol=1e-4, msg=name)


def test_the_rate_warms_up_stays_and_falls():
    rates = [pretrain.rate(step, dict(SETTINGS, steps=100, decay_from=50, warm_up=10, floor=0.01)) for step in range(100)]
    assert rates[0] == 0.1 and rates[9] == 1.0 and set(rates[9:51]) == {1.0}
    assert all(a > b for a, b in zip(rates[50:], rates[51:])) and rates[-1] == pytest.approx(0.02)


def test_batches_hold_every_answer_and_little_padding(folder):
    encode = batches.encoder(folder("run") / "tokenizer")
    settings = dict(SETTINGS, pool=600, tokens=2048)
    made = batches.batches(settings, 4, encode)
    assert all(ids.numel() <= 2048 for ids, _ in made)
    assert sum((ids == batches.PAD).sum().item() for ids, _ in made) < 0.12 * sum(ids.numel() for ids, _ in made)
    again = batches.batches(settings, 4, encode)
    assert all(torch.equal(a, b) for pair in zip(made, again) for a, b in zip(*pair))
    place, ids, _ = next(batches.stream(settings, encode, (4, 2)))
    assert place == (4, 3) and torch.equal(ids, made[2][0])


def test_a_checkpoint_is_a_folder_that_the_engine_opens(folder, tmp_path):
    from ftbench.engine.nano.llama import Model
    run = start(folder("run"))
    publish.publish(run.model.state_dict(), CONFIG, run.folder / "tokenizer", tmp_path / "out")
    opened = Model.load(tmp_path / "out")
    wanted = run.model.model.embed_tokens.weight.detach().to(torch.bfloat16).float().numpy()
    assert (opened.weights.embedding == wanted).all()
    assert json.loads((tmp_path / "out" / "config.json").read_text())["architectures"] == ["LlamaForCausalLM"]
