"""What OpenAI's own guides to fine-tuning call and read, in their order: chat models, function calling, preferences.

The three guides of its public cookbook were run against this server as they stand, with other names of models and the address and key from
the environment. These tests, in our words and with less data, keep that true: where one breaks, other people's notebooks do."""
import asyncio
import base64
import io
import json
import time

import openai
import pytest
from mails import write_examples

SYSTEM = {"role": "system", "content": "You name the queue that a mail belongs to."}
TOPICS = {"my screen stays dark": "hardware", "the invoice is wrong": "billing", "book me a train": "travel", "my password is gone": "access"}
DRONE = {"role": "system", "content": "You fly a drone. Call one function; refuse with reject_request."}
TOOLS = [{"type": "function", "function": {"name": "takeoff_drone", "parameters": {"type": "object", "properties": {"altitude": {"type": "integer"}},
                                                                                  "required": ["altitude"]}}},
         {"type": "function", "function": {"name": "reject_request", "parameters": {"type": "object", "properties": {}}}}]


@pytest.fixture(scope="module")
def client(server):
    "A client made the way the guides make it; it finds the server in the environment."
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("OPENAI_BASE_URL", server.url)
        environment.setenv("OPENAI_API_KEY", server.token)
        yield openai.OpenAI()


def awaited(client, job_id):
    deadline = time.monotonic() + 300
    while (job := client.fine_tuning.jobs.retrieve(job_id)).status not in ("succeeded", "failed", "cancelled"):
        assert job.fine_tuned_model is None and job.trained_tokens is None and time.monotonic() < deadline, job
        time.sleep(.1)
    assert job.status == "succeeded", job.error
    return job


@pytest.fixture(scope="module")
def tuned(client, tmp_path_factory):
    "The first guide up to its model: two files, a job with nothing but a suffix, and its state."
    folder = tmp_path_factory.mktemp("recipes")
    mails = [{"messages": [SYSTEM, {"role": "user", "content": f"Mail {n}: {topic}"}, {"role": "assistant", "content": queue}]}
             for n, (topic, queue) in enumerate(list(TOPICS.items()) * 4)]
    files = []
    for name, part in (("training", mails[:12]), ("validation", mails[12:])):
        with open(write_examples(folder / f"{name}.jsonl", part), "rb") as file:
            files.append(client.files.create(file=file, purpose="fine-tune").id)
    response = client.fine_tuning.jobs.create(training_file=files[0], validation_file=files[1], model="nano", suffix="recipe-ner")
    assert response.id.startswith("ftjob-") and response.status == "validating_files"
    job = awaited(client, response.id)
    assert job.trained_tokens > 0 and job.fine_tuned_model.startswith("ft:nano:ftbench:recipe-ner:")
    return job


def test_the_guide_to_chat_models(client, tuned):
    events = client.fine_tuning.jobs.list_events(tuned.id).data
    events.reverse()
    said = [event.message for event in events]
    assert said[-2:] == [f"New fine-tuned model created: {tuned.fine_tuned_model}", "The job has successfully completed"]
    assert any(line.startswith("Step 96/96: training loss=") and ", validation loss=" in line for line in said)
    question = [SYSTEM, {"role": "user", "content": "Mail 41: my password is gone"}]
    response = client.chat.completions.create(model=tuned.fine_tuned_model, messages=question, temperature=0, max_tokens=500)
    assert response.choices[0].message.content == "access"


def test_the_guide_to_function_calling(client, tmp_path):
    def example(words, name, arguments):
        call = {"id": "call_id", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
        return {"messages": [DRONE, {"role": "user", "content": words}, {"role": "assistant", "tool_calls": [call]}], "parallel_tool_calls": False,
                "tools": TOOLS}
    examples = [example(f"Take off to {n} meters", "takeoff_drone", {"altitude": n}) for n in range(10, 16)]
    examples += [example(words, "reject_request", {}) for words in ("Measure the wind", "Sing a song", "Toggle night vision", "Detect moisture",
                                                                   "Post this online", "Turn into an elephant")]
    file = client.files.create(file=open(write_examples(tmp_path / "drone_training.jsonl", examples), "rb"), purpose="fine-tune")
    job = client.fine_tuning.jobs.create(model="nano", training_file=file.id, suffix="drone")
    assert f"{job}".startswith("FineTuningJob(id=")
    job = awaited(client, job.id)
    result = client.files.retrieve(client.fine_tuning.jobs.retrieve(job.id).result_files[0])
    table = base64.b64decode(client.files.content(file_id=result.id).read()).decode("utf-8")
    assert table.startswith("step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n1,")
    for words, wanted in (("Take off to 12 meters", "takeoff_drone"), ("Dance for me", "reject_request")):
        completion = client.chat.completions.create(model=job.fine_tuned_model, messages=[DRONE, {"role": "user", "content": words}], max_tokens=500,
                                                    temperature=0.0, stop=None, tools=TOOLS, seed=42, tool_choice="required")
        assert completion.choices[0].message.tool_calls[0].function.name == wanted and completion.usage.total_tokens > 0
    assert client.models.delete(job.fine_tuned_model).deleted


async def replies(model, prompts):
    "Answers by the newer endpoint, a few at a time."
    client, limit = openai.AsyncOpenAI(), asyncio.Semaphore(8)
    async def reply(prompt):
        async with limit:
            answer = await client.responses.create(model=model, input=[SYSTEM, {"role": "user", "content": prompt}], temperature=0.0, max_output_tokens=80)
            return answer.output_text
    return await asyncio.gather(*map(reply, prompts))


def test_the_guide_to_preferences_from_a_model_that_was_tuned_before(client, tuned):
    prompts = [f"Mail {n}: {topic}" for n, topic in enumerate(list(TOPICS) * 4)]
    before = asyncio.run(replies(tuned.fine_tuned_model, prompts))
    pairs = [{"input": {"messages": [SYSTEM, {"role": "user", "content": prompt}]},
              "preferred_output": [{"role": "assistant", "content": f"{said}!"}], "non_preferred_output": [{"role": "assistant", "content": said}]}
             for prompt, said in zip(prompts, before)]
    files = []
    for name, part in (("train.jsonl", pairs[:12]), ("val.jsonl", pairs[12:])):
        held = io.BytesIO("\n".join(json.dumps(pair) for pair in part).encode())
        held.name = name
        files.append(client.files.create(file=held, purpose="fine-tune").id)
    job = client.fine_tuning.jobs.create(model=tuned.fine_tuned_model, training_file=files[0], validation_file=files[1], method={
        "type": "dpo", "dpo": {"hyperparameters": {"n_epochs": 2, "beta": 0.1, "batch_size": 8}}})
    job = awaited(client, job.id)
    assert job.model == tuned.fine_tuned_model and job.method.type == "dpo" and job.method.dpo.hyperparameters.beta == 0.1
    steps = [event.data for event in client.fine_tuning.jobs.list_events(job.id, limit=100) if event.type == "metrics"][::-1]
    assert [step["step"] for step in steps] == [1, 2, 3, 4] and steps[-1]["train_loss"] < steps[0]["train_loss"]
    assert len(asyncio.run(replies(job.fine_tuned_model, prompts))) == len(prompts)
