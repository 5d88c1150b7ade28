"""What nano can do besides plain tuning, through the ordinary client: preferences, adapters, losses of tokens, an early estimate."""
import json

import pytest

from ftbench.jobs.launch import Job


def said(text): return [{"role": "assistant", "content": text}]


def preferences(count, better="{}", worse="[{}]"):
    "The same mails in two manners, one of them preferred."
    topics = {"screen": "hardware", "invoice": "billing", "train": "travel", "password": "access"}
    for number in range(count):
        topic, queue = list(topics.items())[number % 4]
        asked = {"messages": [{"role": "user", "content": f"Mail {number}: my {topic} gives me trouble"}]}
        yield {"input": asked, "preferred_output": said(better.format(queue)), "non_preferred_output": said(worse.format(queue))}


@pytest.fixture(scope="module")
def preferred(server):
    method = {"type": "dpo", "dpo": {"hyperparameters": {"n_epochs": 6, "batch_size": 4, "beta": 0.1, "learning_rate_multiplier": 10}}}
    job = server.wait(server.create(list(preferences(32)), valid=list(preferences(8)), method=method).id)
    assert job.status == "succeeded", job.error
    return job


def test_preferences_move_the_model_away_from_the_worse_answer(server, preferred):
    steps = [event.data for event in server.events(preferred.id) if event.type == "metrics"]
    assert preferred.method.type == "dpo" and preferred.method.dpo.hyperparameters.beta == 0.1 and preferred.trained_tokens > 0
    assert abs(steps[0]["train_loss"] - 0.6931) < 1e-3 and steps[-1]["full_valid_loss"] < 0.3
    assert steps[-1]["full_valid_preference_accuracy"] == 1
    assert steps[-1]["train_preferred_reward"] > steps[-1]["train_non_preferred_reward"]
    answer = server.client.chat.completions.create(model=preferred.fine_tuned_model, max_tokens=8, temperature=0, messages=[
        {"role": "user", "content": "Mail 3: my password gives me trouble"}])
    assert "[" not in answer.choices[0].message.content


def test_both_answers_have_losses_token_by_token(server, preferred):
    table = Job(server.client, preferred).token_losses()
    assert list(table.output[:2]) == ["preferred_output", "non_preferred_output"] and set(table.file) == {"train", "valid"} and len(table) == 80
    file = server.client.files.retrieve(preferred.result_files[1])
    assert (file.purpose, file.filename) == ("fine-tune-results", f"{preferred.id}-token-losses.jsonl")


def test_the_losses_of_a_tuned_model_fall_where_it_was_trained(server, tuned):
    table = Job(server.client, tuned).token_losses()
    train = table[table.file == "train"]
    assert list(train.line) == list(range(1, 41)) and (train.loss_after < train.loss_before / 4).all()
    row = train.iloc[0]
    assert len(row.tokens) == len(row.weights) == len(row.before) == len(row.after) and row.before[0] is None
    question = [at for at, weight in enumerate(row.weights) if at and not weight]
    assert question and all(row.before[at] is not None for at in question)


def test_how_long_it_takes_is_said_before_the_first_step(server, tuned):
    events = server.events(tuned.id)
    said_at = [number for number, event in enumerate(events) if event.message.startswith("Training will take about")]
    first = next(number for number, event in enumerate(events) if event.type == "metrics")
    assert len(said_at) == 1 and said_at[0] < first


def test_an_adapter_is_a_model_at_every_checkpoint(server, mails):
    job = server.create(mails(24), epochs=2, extra_body={"ftbench": {"lora": {"rank": 4, "alpha": 8}}})
    job = server.wait(job.id)
    assert job.status == "succeeded", job.error
    checkpoints = server.client.fine_tuning.jobs.checkpoints.list(job.id).data
    for model in [job.fine_tuned_model, checkpoints[-1].fine_tuned_model_checkpoint]:
        answer = server.client.chat.completions.create(model=model, messages=[{"role": "user", "content": "Mail 1: the invoice is wrong"}], max_tokens=4)
        assert answer.model == model
    adapter = json.loads((server.home / "jobs" / job.id / "final" / "adapter" / "adapter_config.json").read_text())
    assert (adapter["r"], adapter["lora_alpha"]) == (4, 8)
