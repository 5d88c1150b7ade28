"""Open-weights models: one definition of the loss, whatever the engine, the parts or the number of processes.

Needs the extra hf and torch (`make test PARITY=1`)."""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (make test PARITY=1 does)")
transformers = pytest.importorskip("transformers", reason="transformers is not installed (make test PARITY=1 does)")

from ftbench.core import EngineError
from ftbench.data.hf_template import load_hf
from ftbench.engine.contract import JobFolder, JobSpec
from ftbench.engine.hf import objective
from ftbench.engine.hf.decode import ByteTokenizer, HFDecoder
from ftbench.engine.hf.finetune import FULL_RATE, HFFineTune
from ftbench.engine.hf.model import CausalModel, export_model, load_model
from ftbench.engine.nano.finetune import FULL_RATE as NANO_RATE
from ftbench.engine.nano.finetune import FineTune
from ftbench.engine.run import Plan
from ftbench.engine.nano.llama import Model
from ftbench.engine.nano.sampling import Sampling
from ftbench.engine.worker import main
from ftbench.server.registry import base_folder

pytestmark = pytest.mark.parity
torch.set_num_threads(1) # the models are tiny, and several threads would wait for each other
FIXTURES = Path(__file__).parents[1] / "hf_models"
EXAMPLES = [{"messages": [{"role": "user", "content": f"Say the number {n}."}, {"role": "assistant", "content": f"It is {n}, " * (n % 4 + 1)},
                          {"role": "user", "content": "Again?"}, {"role": "assistant", "content": f"{n}.", "weight": n % 2}]} for n in range(12)]


@pytest.fixture(scope="module", params=["chatml", "headers"])
def folder(request, tmp_path_factory):
    "A model of two small layers with a real template and tokenizer, in Hugging Face layout."
    folder = tmp_path_factory.mktemp(request.param)
    for file in (FIXTURES / request.param).iterdir(): (folder / file.name).write_bytes(file.read_bytes())
    _, tokenizer, _ = load_hf(folder, request.param)
    torch.manual_seed(0)
    config = transformers.LlamaConfig(vocab_size=tokenizer.tokenizer.get_vocab_size(), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
                                      num_attention_heads=2, num_key_value_heads=1, max_position_embeddings=2048, dtype="float32")
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def rows_of(model, examples=EXAMPLES):
    rendered = [model.template.render(example, model.tokenizer, model.context) for example in examples]
    return [(each.ids[:each.cut], each.weights[:each.cut]) for each in rendered]


def run_of(folder, lora=None, valid=True, **plan):
    model = load_model(folder, frozen=lora is not None)
    rows = rows_of(model)
    return HFFineTune(model, rows[:10], rows[10:] if valid else [], Plan(**{"n_epochs": 2, "batch_size": 4, "learning_rate_multiplier": 100., "seed": 3,
                                                                          "lora_rank": lora} | plan))


def losses(run, steps=None): return [run.advance()["train_loss"] for _ in range(run.total_steps if steps is None else steps)]


@pytest.mark.parametrize("lora", [None, 4])
def test_a_paused_run_goes_on_with_the_same_numbers(folder, tmp_path, lora):
    whole = losses(run_of(folder, lora))
    first = run_of(folder, lora)
    begun = losses(first, 2)
    first.save_state(tmp_path / "state.safetensors")
    second = run_of(folder, lora)
    second.load_state(tmp_path / "state.safetensors")
    assert begun + losses(second, second.total_steps - 2) == whole
    assert whole[-1] < whole[0]


@pytest.mark.parametrize("lora", [None, 4])
def test_what_is_saved_is_what_was_trained(folder, tmp_path, lora):
    run = run_of(folder, lora)
    losses(run)
    expected = run._objective.evaluate(run.rows).loss
    run.save(tmp_path)
    model = load_model(tmp_path)
    again = HFFineTune(model, run.rows, [], Plan(1, 4, seed=3, lora_rank=lora))._objective.evaluate(run.rows).loss
    merged = load_model(export_model(tmp_path, tmp_path / "whole"))
    alone = HFFineTune(merged, run.rows, [], Plan(1, 4, seed=3))._objective.evaluate(run.rows).loss
    assert again == pytest.approx(expected, abs=1e-5) and alone == pytest.approx(expected, abs=1e-5)
    assert not list(tmp_path.rglob("*.bin")) and (tmp_path / "whole" / "config.json").exists()


def test_an_adapter_is_trained_on(folder, tmp_path):
    run = run_of(folder, 4)
    losses(run)
    run.save(tmp_path)
    again = HFFineTune(load_model(tmp_path, frozen=True), run.rows, [], Plan(1, 10, seed=3, lora_rank=4))
    assert again.advance()["train_loss"] == pytest.approx(run._objective.evaluate(run.rows).loss, abs=1e-5)
    with pytest.raises(EngineError, match="adapter of rank 4"): HFFineTune(load_model(tmp_path, frozen=True), run.rows, [], Plan(1, 4, seed=3, lora_rank=8))


def test_parts_do_not_change_what_is_learned(folder, monkeypatch):
    whole = losses(run_of(folder))
    monkeypatch.setattr(objective, "_PART_TOKENS", {"cpu": 60, "cuda": 60})
    assert losses(run_of(folder)) == pytest.approx(whole, abs=1e-5)


def test_a_weight_of_0_has_no_gradient_and_half_a_weight_half_of_it(folder):
    run = run_of(folder)
    ids = run.rows[0][0]
    place = len(ids) - 3

    def gradient(weight):
        run.network.zero_grad()
        weights = [0.] * len(ids)
        weights[place] = weight
        run._objective._followed_back([(ids, weights)], 1.)
        return [value.grad.clone() if value.grad is not None else torch.zeros_like(value) for value in run._trained.values()]

    assert all(not grad.any() for grad in gradient(0.))
    assert all(torch.equal(half * 2, one) for half, one in zip(gradient(.5), gradient(1.)))


def both_engines(rows, valid, **plan):
    "Nano's base as it runs in numpy and in torch, at the same learning rate."
    network = transformers.AutoModelForCausalLM.from_pretrained(base_folder(), dtype=torch.float32)
    model = CausalModel(network, None, None, 1024, base_folder(), torch.float32)
    return (FineTune(Model.load(base_folder()), rows, valid, Plan(2, 3, 1.0, 5, **plan)),
            HFFineTune(model, rows, valid, Plan(2, 3, NANO_RATE / FULL_RATE, 5, **plan)))


def row(start, length): return list(range(start, start + length)), [float(i % 3 > 0) for i in range(length)]


@pytest.mark.parametrize("examples, plan", [([row(10 + n, 30 + 2 * n) for n in range(6)], {}),
                                            ([(row(10 + n, 30), row(50 + n, 20 + n)) for n in range(6)], {"beta": .3})])
def test_nano_and_torch_learn_the_same(examples, plan):
    numpy_run, torch_run = both_engines(examples[:5], examples[5:], **plan)
    for _ in range(numpy_run.total_steps):
        one, other = numpy_run.advance(), torch_run.advance()
        assert one.keys() == other.keys()
        for name, value in one.items(): # a reward is a sum over some twenty tokens
            assert value == pytest.approx(other[name], abs=2e-4 if "reward" in name else 1e-5), name
    for one, other in zip(numpy_run.token_losses([row(10, 30)]), torch_run.token_losses([row(10, 30)])):
        assert one[0] is other[0] is None and one[1:] == pytest.approx(other[1:], abs=1e-3)


def test_loss_and_gradient_are_those_of_trl(folder, tmp_path):
    "TRL knows no weights, but labels of -100 are weights of 0."
    trl = pytest.importorskip("trl", reason="trl is not installed (make test PARITY=1 does)")
    datasets = pytest.importorskip("datasets")
    model = load_model(folder)
    rows = rows_of(model)[:4]
    labels = [[id if weight else -100 for id, weight in zip(ids, weights)] for ids, weights in rows]
    data = datasets.Dataset.from_list([{"input_ids": ids, "labels": each} for (ids, _), each in zip(rows, labels)])
    settings = trl.SFTConfig(output_dir=str(tmp_path), per_device_train_batch_size=4, report_to=[], use_cpu=True, bf16=False, max_length=None,
                             dataset_kwargs={"skip_prepare_dataset": True})
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"))
    tokenizer.pad_token = next(iter(tokenizer.get_added_vocab()))
    trainer = trl.SFTTrainer(load_model(folder).network, settings, train_dataset=data, processing_class=tokenizer)
    batch = next(iter(trainer.get_train_dataloader()))
    theirs = trainer.compute_loss(trainer.model, batch, num_items_in_batch=(batch["labels"][:, 1:] != -100).sum())
    theirs.backward()
    run = HFFineTune(model, rows, [], Plan(1, 4, seed=3))
    assert run._objective.learn(run.rows).loss == pytest.approx(theirs.item(), abs=1e-6)
    for (name, ours), their in zip(run.network.named_parameters(), trainer.model.parameters(), strict=True):
        assert torch.allclose(ours.grad, their.grad, atol=1e-6), name


@pytest.fixture
def job(folder, tmp_path):
    data = "\n".join(map(json.dumps, EXAMPLES)).encode()
    def create(name, **choices):
        spec = JobSpec("ftjob-1", str(folder), {"n_epochs": 2, "batch_size": 4, "learning_rate_multiplier": 50.}, seed=3, **choices)
        return JobFolder.create(tmp_path / name, spec, data, data)
    return create


def trained(job): return [(record["step"], record["train_loss"], record["valid_loss"]) for record in job.records()[0] if record["kind"] == "step"]


@pytest.mark.parametrize("folder", ["chatml"], indirect=True)
def test_two_processes_of_a_job_write_what_one_writes(job):
    alone, shared = job("alone"), job("shared")
    assert main([str(alone.path)]) == 0
    launched = [sys.executable, "-m", "accelerate.commands.launch", "--cpu", "--num_processes", "2", "--num_machines", "1",
                "--mixed_precision", "no", "--dynamo_backend", "no", "-m", "ftbench.engine.worker", str(shared.path)]
    subprocess.run(launched, check=True, capture_output=True, env=os.environ | {"OMP_NUM_THREADS": "1"})
    assert [record["kind"] for record in shared.records()[0]] == [record["kind"] for record in alone.records()[0]]
    for one, other in zip(trained(alone), trained(shared), strict=True): assert one == pytest.approx(other, abs=1e-5)


@pytest.mark.parametrize("choices, made", [({}, "adapter_model.safetensors"), ({"full": True}, "model.safetensors")])
def test_a_job_is_paused_and_goes_on_with_the_same_numbers(job, choices, made, monkeypatch):
    whole, paused = job("whole", **choices), job("paused", **choices)
    assert main([str(whole.path)]) == 0
    steps = iter(range(99))
    monkeypatch.setattr(JobFolder, "requested", lambda self: "pause" if next(steps) == 3 else None)
    assert main([str(paused.path)]) == 0 and paused.records()[0][-1]["kind"] == "paused"
    assert main([str(paused.path)]) == 0 and paused.records()[0][-1]["kind"] == "succeeded"
    assert trained(paused) == trained(whole) and (paused.final / made).exists()
    assert (paused.final / made).read_bytes() == (whole.final / made).read_bytes()


@pytest.mark.parametrize("folder", ["chatml"], indirect=True)
def test_a_tuned_model_reads_the_day_of_its_job_for_ever(folder, tmp_path):
    dated = tmp_path / "dated"
    dated.mkdir()
    for file in folder.iterdir(): (dated / file.name).write_bytes(file.read_bytes())
    (dated / "chat_template.jinja").write_text("Today is {{ strftime_now('%d %b %Y') }}.\n" + (folder / "chat_template.jinja").read_text())
    data, chat = "\n".join(map(json.dumps, EXAMPLES)).encode(), [{"role": "user", "content": "Again?"}]
    spec = JobSpec("ftjob-1", str(dated), {"n_epochs": 1, "batch_size": 12, "learning_rate_multiplier": 1.}, 3, day="2026-05-04")
    job = JobFolder.create(tmp_path / "job", spec, data)
    assert main([str(job.path)]) == 0
    tuned, merged = load_model(job.final), load_model(export_model(job.final, tmp_path / "whole"))
    asked = tuned.template.prompt(chat, None, tuned.tokenizer)
    assert tuned.tokenizer.decode(asked).startswith("Today is 04 May 2026.") and merged.template.prompt(chat, None, merged.tokenizer) == asked
    theirs = transformers.AutoTokenizer.from_pretrained(str(job.final))
    assert theirs.apply_chat_template(chat, add_generation_prompt=True, return_dict=True)["input_ids"] == asked
    losses = json.loads((job.path / "token-losses.jsonl").read_text().splitlines()[0])
    assert tuned.tokenizer.decode(losses["tokens"]).startswith("Today is 04 May 2026.")


def test_an_example_the_template_refuses_fails_the_job_with_its_line(folder, tmp_path):
    data = json.dumps(EXAMPLES[0]).encode() + b"\n" + json.dumps({"messages": [{"role": "system", "content": "Be brief."}, *EXAMPLES[0]["messages"]]}).encode()
    spoiled = tmp_path / "spoiled"
    spoiled.mkdir()
    for file in folder.iterdir(): (spoiled / file.name).write_bytes(file.read_bytes())
    (spoiled / "chat_template.jinja").write_text("{{ raise_exception('no system messages, please') if messages[0].role == 'system' }}"
                                                 + (folder / "chat_template.jinja").read_text())
    job = JobFolder.create(tmp_path / "job", JobSpec("ftjob-1", str(spoiled), {"n_epochs": 1, "batch_size": 1, "learning_rate_multiplier": 1.}, 3), data)
    assert main([str(job.path)]) == 1
    assert "Line 2" in job.records()[0][-1]["message"] and "no system messages" in job.records()[0][-1]["message"]


@pytest.mark.parametrize("folder", ["chatml"], indirect=True)
@pytest.mark.parametrize("fail", [lambda: exec('raise torch.OutOfMemoryError("CUDA out of memory.")', {"torch": torch}), lambda: torch.empty(2**60), lambda: bytearray(2**62)])
def test_out_of_memory_says_what_helps(folder, fail):
    for lora, said in ((None, "Train an adapter instead"), (4, "Lower the rank of the adapter .4.")):
        run = run_of(folder, lora, valid=False)
        run.network.forward = lambda *_, **__: fail()
        with pytest.raises(EngineError, match="not enough memory") as error: run.advance()
        assert re.search(said, error.value.remedy) and f"up to {max(len(ids) for ids, _ in run.rows)} tokens" in error.value.remedy


def test_the_decoder_says_what_generate_says(folder):
    model = load_model(folder)
    prompts = [model.template.prompt([{"role": "user", "content": text}], None, model.tokenizer) for text in ("Hello", "What is it? 🚲")]
    decoder = HFDecoder(model)
    made = {decoder.add(prompt, Sampling(max_tokens=12, logprobs=True, top_logprobs=2)): [] for prompt in prompts}
    while len(decoder):
        for token in decoder.step(): made[token.row].append(token.token)
    for prompt, answer in zip(prompts, made.values()):
        theirs = model.network.generate(torch.tensor([prompt]), max_new_tokens=12, do_sample=False, pad_token_id=0)[0, len(prompt):].tolist()
        assert answer == theirs


def test_bytes_of_tokens_join_to_the_text(folder):
    model = load_model(folder)
    tokenizer = ByteTokenizer(model.tokenizer)
    text = "Grüße 🚲\n  and [more]"
    assert b"".join(map(tokenizer.token_bytes, model.tokenizer.encode(text))).decode() == text


@pytest.mark.parametrize("spoil, said", [
    (lambda path: (path / "config.json").write_text(json.dumps({"auto_map": {"AutoModel": "evil.py"}})), "code of its own"),
    (lambda path: (path / "model.safetensors").unlink(), "no weights in safetensors"),
    (lambda path: (path / "config.json").unlink(), "config.json is missing"),
    (lambda path: (path / "model.safetensors").write_bytes(b"\0" * 100), "cannot be read"),
])
def test_a_folder_that_is_no_model_is_refused(folder, tmp_path, spoil, said):
    for file in folder.iterdir(): (tmp_path / file.name).write_bytes(file.read_bytes())
    spoil(tmp_path)
    with pytest.raises(EngineError, match=said): load_model(tmp_path)
