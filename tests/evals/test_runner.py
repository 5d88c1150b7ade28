"""Cases, arms, the runner and the verdict, against a stand-in that speaks OpenAI's API."""
import itertools
import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
from fake_service import FakeService, Refusal
from waiting import PATIENCE, until

from ftbench.core import DataError, EvalError
from ftbench.data.dataset import open_dataset
from ftbench.data.edit.edits import SetContent
from ftbench.evals import graders
from ftbench.evals.arms import arm, with_shots
from ftbench.evals.cases import cases
from ftbench.evals.runner import SampleStore, ask
from ftbench.evals.verdict import compare

WORDS = [first + last for first in "bcdfgh" for last in ("ill", "at", "one", "ump", "est")]


def examples(words=WORDS, wanted=str.upper):
    return [{"messages": [{"role": "user", "content": f"Shout {word}"}, {"role": "assistant", "content": wanted(word)}]} for word in words]


def shouting(request):
    word = request["messages"][-1]["content"].split()[-1]
    return {"content": word.upper() if request["model"] != "nano" or word.endswith("ill") else "OTHER"}


@pytest.fixture
def service():
    fake = FakeService(shouting, models=("nano", "ft:nano:t"))
    yield fake
    fake.close()


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch): monkeypatch.setenv("FTBENCH_HOME", str(tmp_path / "home"))


# cases

def test_a_case_ends_before_the_last_assistant_message():
    found = cases([{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "a"},
                                 {"role": "assistant", "content": "b", "weight": 0}, {"role": "user", "content": "c"},
                                 {"role": "assistant", "content": "d", "weight": 1}, {"role": "user", "content": "thanks"}],
                    "tools": [{"type": "function", "function": {"name": "f"}}]}])[0]
    assert [message["content"] for message in found.messages] == ["s", "a", "b", "c"] and found.wanted == {"role": "assistant", "content": "d"}
    assert not any("weight" in message for message in found.messages) and found.tools and found.input == "c"
    assert cases([found.example])[0].id == found.id


def test_the_same_case_twice_keeps_both_with_their_own_ids():
    ids = [case.id for case in cases(examples(["bill", "bill", "bat"]))]
    assert len(set(ids)) == 3 and ids[1] == f"{ids[0]}-2"


def test_cases_from_file_and_dataset_say_where_they_stand(tmp_path):
    path = tmp_path / "held.jsonl"
    path.write_text("\n" + "\n".join(map(json.dumps, examples(["bill", "bat"]))), encoding="utf-8")
    assert [case.source for case in cases(path)] == ["held.jsonl, line 2", "held.jsonl, line 3"]
    assert cases(open_dataset(path)) == cases(path)


@pytest.mark.parametrize("source", [[], [{"messages": []}], [{"prompt": "x"}], [3], 5,
                                    [{"messages": [{"role": "assistant", "content": "hello"}]}]])
def test_what_is_no_case_is_said(source):
    with pytest.raises(EvalError) as caught: cases(source)
    assert caught.value.remedy


def test_a_broken_line_is_named(tmp_path):
    (tmp_path / "held.jsonl").write_bytes(b'{"messages": \xff}\n')
    with pytest.raises(EvalError, match="held.jsonl, line 1"): cases(tmp_path / "held.jsonl")
    with pytest.raises(DataError): cases(tmp_path / "missing.jsonl")


# arms

def test_names_say_what_an_arm_is():
    assert [arm(model, shots=shots).name for model, shots in (("nano", 0), ("nano", 2), ("ft:nano:t", 0), ("ft:nano:t", 2))] == [
        "base", "few_shot", "tuned", "tuned_few_shot"]


def test_shots_stand_between_instructions_and_question():
    shots = cases([{"messages": [{"role": "system", "content": "old"}, {"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}])
    prompt = with_shots([{"role": "developer", "content": "new"}, {"role": "user", "content": "now"}], shots)
    assert [message["content"] for message in prompt] == ["new", "q", "a", "now"]


def test_the_nearest_examples_are_chosen_and_always_the_same():
    few = arm("nano", shots=3, examples=examples())
    question = cases(examples(["gump"]))[0]
    chosen = [case.input for case in few.nearest(question)]
    assert chosen[0] == "Shout gump" and chosen == [case.input for case in few.nearest(question)] and len(chosen) == 3


@pytest.mark.parametrize("arms, words", [
    ((), "no arm"), ((arm("nano", shots=8),), "examples=train"), ((arm("nano"), arm("nano")), "called base"), (("nano",), "not an arm")])
def test_arms_that_cannot_be_compared(arms, words):
    with pytest.raises(EvalError) as caught: compare(*arms, cases=examples())
    assert words in str(caught.value) and caught.value.remedy


def test_a_case_is_not_asked_with_its_answer_in_the_prompt():
    with pytest.raises(EvalError, match="1 of 3 cases are among the examples of few_shot"):
        compare(arm("nano", shots=2, examples=examples(["late"])), cases=examples(["late", "lost", "torn"]))


@pytest.mark.parametrize("make", [lambda: arm(""), lambda: arm(None), lambda: arm("nano", shots=-1)])
def test_arms_that_make_no_sense(make):
    with pytest.raises(EvalError): make()


# the runner

def test_tools_and_sampling_reach_the_service(service):
    tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
    service.answer = lambda request: {"tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}
    case = [{"messages": [{"role": "user", "content": "go"}, {"role": "assistant", "tool_calls": [
        {"id": "x", "type": "function", "function": {"name": "f", "arguments": "{ }"}}]}], "tools": [tool]}]
    result = compare(arm("nano", max_tokens=9, seed=4), cases=case, service=service.client(), progress=False)
    sent = service.chats[0]
    assert (sent["temperature"], sent["max_tokens"], sent["seed"], sent["tools"]) == (0, 9, 4, [tool])
    assert result.frame.loc[0, "score"] == 1 and result.frame.loc[0, "answer"] == "f({})"


def test_one_failing_request_costs_one_case(service):
    def sometimes(request):
        if request["messages"][-1]["content"].endswith("bat"): raise Refusal(400, "The mail is too odd")
        return shouting(request)
    service.answer = sometimes
    result = compare(arm("ft:nano:t"), cases=examples(), service=service.client(), progress=False)
    row = result.table().iloc[0]
    assert (row["n"], row["errors"], row["score"]) == (29, 1, 1) and "1 without answer" in repr(result)
    service.answer = shouting
    assert compare(arm("ft:nano:t"), cases=examples(), service=service.client(), progress=False).table().iloc[0]["n"] == 30
    assert len(service.chats) == 31 # only the failed one was asked again


def test_an_arm_without_any_answer_is_an_error(service):
    def never(request): raise Refusal(400, "No credit left")
    service.answer = never
    with pytest.raises(EvalError, match="answered none of 30 cases: No credit left"):
        compare(arm("nano"), cases=examples(), service=service.client(), progress=False)


@pytest.mark.parametrize("change", [{"model": "ft:nano:t"}, {"max_tokens": 5}, {"temperature": .5}, {"seed": 1}])
def test_another_request_is_another_sample(service, change):
    store, client, asked = SampleStore(":memory:"), service.client(), cases(examples(["bat"]))
    for made in (arm("nano"), arm(**{"model": "nano", **change}), arm("nano")):
        ask((made,), asked, client, False, store)
    assert len(service.chats) == 2


def test_a_service_that_leaves_out_usage_and_reason(service):
    service.bare = True
    result = compare(arm("ft:nano:t"), cases=examples(), service=service.client(), progress=False)
    assert result.table().iloc[0]["score"] == 1 and "–" in repr(result)


_RUN = """
import sys; sys.path.insert(0, {tests!r})
import openai
from ftbench.evals.arms import arm
from ftbench.evals.verdict import compare
words = [f"word{{number}}" for number in range(120)]
examples = [{{"messages": [{{"role": "user", "content": word}}, {{"role": "assistant", "content": word}}]}} for word in words]
compare(arm("nano"), cases=examples, service=openai.OpenAI(base_url={url!r}, api_key="test"), progress=False)
"""


def test_a_killed_run_goes_on_and_pays_for_nothing_twice(service, tmp_path):
    number, killed = itertools.count(1), threading.Event()

    def forty_before_the_kill(request):
        if next(number) > 40: killed.wait(PATIENCE)
        return {"content": request["messages"][-1]["content"]}

    def stored():
        with closing(sqlite3.connect(tmp_path / "home" / "samples.sqlite")) as store: return store.execute("select count(*) from samples").fetchone()[0]
    service.answer = forty_before_the_kill
    code = _RUN.format(tests=str(TESTS), url=service.base_url)
    process = subprocess.Popen([sys.executable, "-c", code])
    until(lambda: len(service.chats) == 40 + 16 and stored() == 40, lambda: len(service.chats)) # as many wait for their answers
    process.send_signal(signal.SIGKILL)
    process.wait()
    killed.set()
    assert subprocess.run([sys.executable, "-c", code], timeout=PATIENCE).returncode == 0
    assert len(service.chats) == 120 + 16, "only what was under way is asked again"
    asked = [chat["messages"][-1]["content"] for chat in service.chats]
    assert set(asked) == {f"word{number}" for number in range(120)}


def test_answers_under_way_are_stored_when_a_run_ends_early(service, tmp_path):
    def sometimes(request):
        if "word7" in request["messages"][-1]["content"]: return {"content": None, "tool_calls": 7} # no client can read this
        time.sleep(.05)
        return shouting(request)
    service.answer = sometimes
    asked = cases(examples([f"word{number}" for number in range(40)]))
    store = SampleStore(tmp_path / "samples.sqlite")
    with pytest.raises(TypeError): ask((arm("nano"),), asked, service.client(), False, store)
    count = len(service.chats)
    service.answer = shouting
    answers = ask((arm("nano"),), asked, service.client(), False, store)
    assert len(answers) == 40 and not [sample for sample in answers.values() if sample.error]
    assert len(service.chats) == 41 > count, "only the one that failed was asked again"


# the verdict

@pytest.fixture(scope="module")
def result(tmp_path_factory):
    service = FakeService(shouting, models=("nano", "ft:nano:t"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FTBENCH_HOME", str(tmp_path_factory.mktemp("home")))
        yield compared(service)
    service.close()


def compared(service):
    return compare(arm("nano"), arm("nano", shots=2, examples=examples(["zill"])), arm("ft:nano:t"), cases=examples(), service=service.client(), progress=False,
                   graders=[graders.exact(), lambda sample, item: len(sample["output_text"]) / 8],
                   slices={"ill": lambda case: case.input.endswith("ill"), "none": []})


def test_the_frame_has_every_answer_and_grade(result):
    assert len(result.frame) == 30 * 3 * 2 and result.frame["score"].between(0, 1).all() and result.frame["tokens"].notna().all()
    table = result.table()
    assert table["arm"].tolist() == ["base", "base", "few_shot", "few_shot", "tuned", "tuned"]
    assert table["dollars"].eq(0).tolist() == [True] * 6, "nano costs nothing, before and after tuning"
    assert (table["low"] < table["score"]).all() and (table["n"] == 30).all() and table["p50"].notna().all()


def test_the_verdict_says_what_it_rests_on(result):
    verdict = result.verdict("tuned", "base")
    assert verdict.outcome == "better" and (verdict.stats.gained, verdict.stats.lost) == (24, 0) and len(verdict.gained) == 24
    assert verdict.headline.startswith("tuned beats base by +80.0 points [") and "at 100 % of the tokens" in verdict.headline
    assert "24 flipped to right, 0 to wrong, 6 unchanged" in verdict.details[0]
    assert result.verdict("base", "tuned").headline.startswith("base falls behind tuned by −80.0 points [−")
    assert result.verdict("few_shot", "base").headline.startswith("cannot tell few_shot from base: +0.0 points [−")
    whole, ill = result.verdicts("tuned", "base")
    assert (whole.slice, ill.slice, whole.family) == ("All cases", "ill", 2) and whole.corrected == pytest.approx(2 * whole.stats.p)
    assert "corrected for 2 comparisons" in str(whole) and result.verdict("tuned", "base").corrected is None
    assert result.verdict("tuned", "base", slice="ill").outcome == "cannot tell"
    assert result.verdict("tuned", "base", grader="<lambda>").stats.p is None


@pytest.mark.parametrize("ask_for", [lambda r: r.verdict("tuned", "other"), lambda r: r.verdict("tuned", "base", grader="tone"),
                                     lambda r: r.verdict("tuned", "base", slice="Arabic"), lambda r: r.failures("none"), lambda r: r.table("x")])
def test_an_unknown_name_is_answered_with_the_known_ones(result, ask_for):
    with pytest.raises(EvalError, match="There is no") as caught: ask_for(result)
    assert "Choose from" in caught.value.remedy


def test_everything_is_saved_as_json(result, tmp_path):
    result.save(tmp_path / "result.json")
    saved = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert len(saved["answers"]) == 180 and len(saved["cases"]) == 30 and saved["verdicts"][0]["stats"]["n"] == 30
    assert saved["arms"][2]["model"] == "ft:nano:t" and "test" not in json.dumps(saved["arms"])


def test_failures_go_back_into_the_data_once_and_can_be_undone(result, tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_text(json.dumps(examples(["zoo"])[0]) + "\n", encoding="utf-8")
    dataset, failures = open_dataset(path), result.failures("base")
    assert len(failures) == 24 and "wanted  BAT" in repr(failures)
    assert failures.review(dataset) == 24 and len(dataset) == 25 and failures.review(dataset) == 0
    assert dataset[1].value["messages"][-1]["content"] == "BAT"
    with pytest.raises(EvalError, match="24 of 30 cases are in the training data"): cases(examples(), train=dataset)
    assert dataset.select("tag:failure decision:todo").numbers.tolist() == list(range(1, 25))
    assert "base scored 0; wanted 'BAT'" in dataset.review[1].note
    dataset.apply(SetContent(1, 1, "BATTED"))
    with pytest.raises(EvalError, match="24 of 30"): cases(examples(), train=dataset) # its question has been trained
    dataset.undo(), dataset.undo()
    assert len(dataset) == 1 and len(cases(examples(), train=dataset)) == 30
    assert result.failures("base").review(dataset) == 24 and len(dataset) == 25
    with pytest.raises(EvalError, match="dataset"): failures.review([])


@pytest.mark.parametrize("given", [[], [graders.exact(), graders.exact()], 5])
def test_graders_that_cannot_be_used(service, given):
    with pytest.raises(EvalError): compare(arm("nano"), cases=examples(), graders=given, service=service.client(), progress=False)


def test_a_broken_grader_is_counted_not_hidden(service):
    result = compare(arm("nano"), cases=examples(), graders=lambda sample, item: 1 / 0, service=service.client(), progress=False)
    assert result.table().iloc[0]["grader_errors"] == 30 and "30 grader errors" in repr(result)
