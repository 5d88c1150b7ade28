"""Graders in OpenAI's JSON: what they refuse, what they give, and judges that answer badly."""
import json
from dataclasses import replace

import pytest

from fake_service import FakeService, Refusal

from ftbench.core import EvalError
from ftbench.evals.arms import arm
from ftbench.evals.openai_graders import from_json
from ftbench.evals.verdict import compare

LABEL = {"type": "string_check", "name": "label", "operation": "eq", "input": "{{sample.output_text}}", "reference": "{{ item.wanted }}"}
WORDS = {"type": "text_similarity", "name": "words", "evaluation_metric": "rouge_1", "input": "{{sample.output_text}}", "reference": "{{item.wanted}}"}
SCORE = {"type": "score_model", "name": "tone", "model": "nano", "range": [1, 5], "input": [{"role": "user", "content": "Rate: {{sample.output_text}}"}]}
KIND = {"type": "label_model", "name": "kind", "model": "nano", "labels": ["good", "bad"], "passing_labels": ["good"], "input": SCORE["input"]}


def sample(text="", calls=()): return {"output_text": text, "output_tools": list(calls), "finish_reason": "stop"}


def item(wanted=""): return {"wanted": wanted}


@pytest.fixture
def judged(tmp_path, monkeypatch):
    "Grades of some answers by a judge that answers as given."
    monkeypatch.setenv("FTBENCH_HOME", str(tmp_path))
    opened = []
    def run(grader, says, *texts):
        opened.append(FakeService(says if callable(says) else lambda request: {"content": says}))
        return from_json(grader, opened[-1].client()).all([(sample(text), item()) for text in texts]), opened[-1]
    yield run
    for service in opened: service.close()


@pytest.mark.parametrize("operation, score", [("eq", 0), ("ne", 1), ("neq", 1), ("like", 0), ("ilike", 1)])
def test_string_check(operation, score):
    assert from_json({**LABEL, "operation": operation, "input": "Queue: {{sample.output_text}}"})(sample("refund"), item("REFUND")).score == score


@pytest.mark.parametrize("place, given", [("sample.output_tools[0].function.name", sample("", [{"function": {"name": "f", "arguments": "{}"}}])),
                                          ("sample.output_json.queue", sample('{"queue": "f"}'))])
def test_templates_read_paths(place, given):
    grader = from_json({**LABEL, "input": f"{{{{ {place} }}}}", "reference": "f"})
    assert grader(given, item()).score == 1
    assert grader(sample("f"), item()).error, "what is not there is an error of the grader"


def test_similarity_passes_from_a_threshold_on():
    assert from_json(WORDS)(sample("late parcel"), item("the late parcel")).score == .8
    grades = [from_json({**WORDS, "pass_threshold": enough})(sample("late parcel"), item("the late parcel")) for enough in (.8, .81)]
    assert [grade.score for grade in grades] == [1, 0] and "0.800, below 0.81" in grades[1].reason


@pytest.mark.parametrize("grader", [
    {}, {"type": "bertscore"}, {**LABEL, "operation": "equals"}, {**LABEL, "input": "{{ answer }}"}, {**WORDS, "evaluation_metric": "meteor"},
    {**SCORE, "sampling_params": {"top_p": .5}}, {**SCORE, "input": [{"role": "user", "content": [{"type": "input_text", "text": "x"}]}]},
    {**LABEL, "input": ""}, {"type": "python", "name": "p", "source": "def grade(:"}, {"type": "python", "name": "p", "source": "score = 1"},
    {"type": "multi", "name": "m", "graders": {"a": LABEL}, "calculate_output": "a + b"}])
def test_what_cannot_grade_is_refused_when_made(grader):
    with pytest.raises(EvalError) as caught: from_json(grader)
    assert caught.value.remedy


def test_a_formula_joins_graders_and_their_errors():
    both = {"type": "multi", "name": "both", "graders": {"label": LABEL, "words": WORDS}, "calculate_output": "max(label, words ^ 2)"}
    grade = from_json(both)(sample("late parcel"), item("the late parcel"))
    assert grade.score == pytest.approx(.64) and "label:" in grade.reason and "words:" in grade.reason
    assert from_json({**both, "calculate_output": "label + 2 * words"})(sample("a"), item("a")).error.endswith("gave 3, not a number from 0 to 1")
    assert from_json({**both, "calculate_output": "1 / label"})(sample("a"), item("b")).error
    assert from_json({**both, "graders": {**both["graders"], "label": {**LABEL, "input": "{{ item.gone }}"}}})(sample("a"), item("b")).error


def test_code_grades():
    source = "def grade(sample, item):\n    return len(sample['output_text']) / item['most']"
    grades = from_json({"type": "python", "name": "length", "source": source}).all([(sample("ab"), {"most": 4}), (sample("ab"), {"most": 1}), (sample("ab"), {})])
    assert [grade.score for grade in grades] == [.5, 0, 0] and "returned 2.0" in grades[1].error and "most" in grades[2].error


def test_a_judge_gives_a_score_within_its_range_and_tells_its_tokens(judged):
    grades, service = judged(SCORE, lambda request: {"content": '{"result": %s}' % request["messages"][0]["content"][-1]}, "is 3", "is 9", "is 3")
    assert [grade.score for grade in grades] == [.5, 1, .5] and all(grade.tokens > 0 for grade in grades)
    assert len(service.chats) == 2, "the same prompt is judged once"
    assert service.chats[0]["messages"][-1]["content"].endswith("`result` is a number from 1 to 5.")
    assert [grade.score for grade in judged({**SCORE, "pass_threshold": 4}, '{"result": 4}', "x")[0]] == [1]


def test_a_formula_reads_a_judge_s_score_as_the_judge_gave_it(judged):
    fifth = {"type": "multi", "name": "fifth", "graders": {"tone": SCORE}, "calculate_output": "tone / 5"} # as the API's graders do
    assert [grade.score for grade in judged(fifth, '{"result": 3}', "x")[0]] == [pytest.approx(.6)]


@pytest.mark.parametrize("says", ["4", "no idea", '{"result": "4"}', '{"result": true}', '{"score": 4}', ""])
def test_a_judge_that_does_not_answer_as_asked_is_an_error(judged, says):
    grade, = judged(SCORE, says, "x")[0]
    assert grade.score == 0 and grade.error and grade.tokens > 0


def test_labels(judged):
    assert [judged(KIND, json.dumps({"result": said}), "x")[0][0].score for said in ("good", "bad")] == [1, 0]
    assert judged(KIND, '```json\n{"steps": ["kind"], "result": "good"}\n```', "x")[0][0].score == 1
    assert "not one of good, bad" in judged(KIND, '{"result": "great"}', "x")[0][0].error


def test_a_judge_that_refuses_once_is_counted_once(judged):
    def says(request):
        if request["messages"][0]["content"].endswith("b"): raise Refusal(400, "No.")
        return {"content": '{"result": 5}'}
    grades, _ = judged(SCORE, says, "a", "b", "c")
    assert [grade.score for grade in grades] == [1, 0, 1] and grades[1].error == "No."


def test_a_comparison_shows_what_the_judge_took(judged, tmp_path):
    service = FakeService(lambda request: {"content": '{"result": 5}' if len(request["messages"]) > 1 else "BAT"}, models=("nano", "ft:nano:t"))
    held_out = [{"messages": [{"role": "user", "content": f"Shout {word}"}, {"role": "assistant", "content": "BAT"}]} for word in ("bat", "cat")]
    result = compare(arm("nano"), arm("ft:nano:t"), cases=held_out, graders=[LABEL, SCORE], service=service.client(), progress=False)
    service.close()
    table = result.table().set_index(["arm", "grader"])
    assert table.loc[("base", "label"), "judge_tokens"] == 0 < table.loc[("base", "tone"), "judge_tokens"] and "tokens for judging" in repr(result)


# --- pairs of answers

def shown(request): return json.loads(request["messages"][0]["content"].split("\n\n", 1)[1])


@pytest.fixture
def compared(tmp_path, monkeypatch):
    "Two arms on eight cases, of which the tuned one is polite in six and the same as the other in one; and their service."
    monkeypatch.setenv("FTBENCH_HOME", str(tmp_path))
    def answer(request):
        number = int(request["messages"][-1]["content"].split()[-1])
        return {"content": "Yes" if request["model"] == "nano" and number else "No!!" if number == 7 else f"Yes, please, {number}" if number else "Same"}
    fake = FakeService(answer, models=("nano", "ft:nano:t"))
    held_out = [{"messages": [{"role": "user", "content": f"Case {number}"}, {"role": "assistant", "content": "Yes, please"}]} for number in range(8)]
    yield compare(arm("nano"), arm("ft:nano:t"), cases=held_out, service=fake.client(), progress=False), fake
    fake.close()


def test_a_fair_judge_prefers_whoever_is_shown_first_or_second(compared):
    result, fake = compared
    fake.answer = lambda request: {"content": json.dumps({"result": "A" if shown(request)["answer A"] > shown(request)["answer B"] else "B"})}
    before = len(fake.chats)
    verdict = result.prefer("tuned", "base", "nano", service=fake.client())
    assert len(fake.chats) - before == 14, "the same answers need no judge"
    assert (len(verdict.gained), len(verdict.lost), verdict.n) == (6, 1, 8) and verdict.difference == pytest.approx(5 / 8)
    assert "81.2 % of the pairs won, ties halved; 8 of 8 judged the same both ways round, 0 not judged" in verdict.details[-1]
    assert result.prefer("base", "tuned", "nano", service=fake.client()).difference == pytest.approx(-5 / 8)
    assert len(fake.chats) - before == 14, "both ways round has been asked before"


def test_a_judge_that_likes_what_comes_first_tells_nothing(compared):
    result, fake = compared
    fake.answer = lambda request: {"content": '{"result": "A"}'}
    verdict = result.prefer("tuned", "base", "nano", service=fake.client())
    assert verdict.outcome == "cannot tell" and verdict.difference == 0 and "1 of 8 judged the same" in verdict.details[-1]


def test_pairs_that_were_not_judged_are_told_and_left_out(compared):
    result, fake = compared
    fake.answer = lambda request: {"content": '{"result": "tie"}' if "please, 3" in request["messages"][0]["content"] else "hm"}
    verdict = result.prefer("tuned", "base", "nano", service=fake.client())
    assert verdict.n == 2 and "6 not judged" in verdict.details[-1]
    with pytest.raises(EvalError, match="judged none of 7 pairs"):
        result.samples["tuned", result.cases[0].id] = replace(result.samples["tuned", result.cases[0].id], error="gone")
        fake.answer = lambda request: {"content": "hm"}
        result.prefer("tuned", "base", "nano", "Which is shorter?", service=fake.client())
