"""What one does with a comparison and a job's advice, by mouse and by key: send failures to review, ask a judge, take a checkpoint, prepare the next job."""
import json
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from bare_page import place, theme
from payloads import PAYLOADS
from test_access import faults
from test_monitor import made
from test_results import compared

from ftbench.data.dataset import open_dataset
from ftbench.evals.statistics import paired
from ftbench.evals.verdict import Verdict
from ftbench.widgets.evaluator import Evaluator
from ftbench.widgets.launcher import Launcher
from ftbench.widgets.monitor import Monitor
from ftbench.widgets.workbench import Workbench


@pytest.fixture
def ds(tmp_path):
    line = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}
    (tmp_path / "mails.jsonl").write_text((json.dumps(line) + "\n") * 12)
    return open_dataset(tmp_path / "mails.jsonl")


def judged(result, gained, lost):
    "A comparison whose judge says this at once."
    asked = []
    def prefer(a, b, model, criterion, service=None):
        asked.append((a, b, model, criterion))
        scores = [1.] * len(gained) + [0.] * len(lost) + [.5] * (len(result.cases) - len(gained) - len(lost))
        return Verdict(a, b, f"preferred by {model}", "All cases", paired([1 - one for one in scores], scores), tuple(gained), tuple(lost), notes=("Noted.",))
    result.prefer = prefer
    return asked


def test_failures_go_to_review_by_mouse_and_by_key(screen, page, ds):
    result = compared(right=(0, .8, .5))
    wb = Workbench(ds, cases=result.cases, tabs=("examples", "evals"))
    wb.evals.show(result)
    wb.do_tab("evals")
    screen.open(wb, width=1180, height=1200)
    failed = [one.case.id for one in result.failures("tuned")]
    expect(page.get_by_role("button", name=f"Send {len(failed)} failures to review")).to_be_visible()
    page.get_by_role("button", name="tuned worse").click()
    boxes = page.locator(".rows input[type=checkbox]")
    boxes.first.check()
    page.locator(".rows tbody tr").nth(1).click()
    page.keyboard.press("v")
    expect(page.locator(".send")).to_contain_text("2 failures selected")
    page.keyboard.press("v")
    expect(page.locator(".send")).to_contain_text("1 failure selected")
    page.keyboard.press("v")
    picked = [row.get_attribute("data-id") for row in page.locator(".rows tbody tr").all()[:2]]
    page.get_by_role("button", name="Send 2 failures to review").click()
    screen.wait(lambda: len(wb.ds) == 14)
    expect(page.locator(".send")).to_contain_text("2 examples added to mails.jsonl, to be reviewed")
    assert {tag for at in (12, 13) for tag in wb.ds.review[at].tags} == {"failure", *picked}
    expect(page.locator(".rows tbody tr").first.get_by_label("in the data")).to_be_visible()
    page.get_by_role("button", name="Show them").click()
    screen.wait(lambda: wb.tab == "examples" and wb.browser.query == "tag:failure")
    for _ in range(2): wb.do_undo()  # the review, then the examples
    assert len(wb.ds) == 12

    # what is training data now is no case any more
    for _ in range(2): wb.do_redo()
    assert {one.id for one in wb.evals._asked()} == {one.id for one in result.cases} - set(picked) and wb.evals.left_out == 2
    assert screen.quiet()


def test_a_judge_is_asked_both_ways_and_its_card_read(screen, page, ds):
    result = compared(right=(0, .5, .9))
    graded = result.verdict("tuned", "few_shot")
    asked = judged(result, [*graded.gained[:5]], [*graded.gained[5:7]])
    evaluator = Evaluator(ds, result.cases)
    evaluator.show(result)
    screen.open(evaluator, width=1180, height=1200)
    page.get_by_label("Judging model").fill("gpt-4.1-mini")
    page.get_by_label("What the judge is asked").fill("Which is kinder?")
    page.keyboard.press("Enter")
    screen.wait(lambda: evaluator.parts["results"].state()["judge"]["cards"])
    screen.bring()
    card = page.locator(".judge")
    expect(card).to_contain_text("gpt-4.1-mini")
    assert asked == [("tuned", "few_shot", "gpt-4.1-mini", "Which is kinder?")]
    expect(card).to_contain_text("Both the judge and exact see a difference in 7 cases; they agree on 5.")
    page.get_by_role("button", name="judge disagrees 2").click()
    assert {row.get_attribute("data-id") for row in page.locator(".rows tbody tr").all()} == {*graded.gained[5:7]}

    # no name, no judge: said where it was asked
    page.get_by_label("Judging model").fill(" ")
    page.get_by_role("button", name="Ask the judge").click()
    page.wait_for_function("() => window.errors.length")
    assert "No judge is named" in page.evaluate("window.errors[0]")


@pytest.mark.parametrize("width", [380, 1600])
def test_what_the_judge_is_told_is_text(screen, page, ds, width):
    result = compared(right=(0, .5, .9), suffix=" ".join(PAYLOADS[:70]))
    graded = result.verdict("tuned", "few_shot")
    judged(result, graded.gained[:3], ())
    evaluator = Evaluator(ds, result.cases)
    evaluator.show(result)
    evaluator.parts["results"]._judge("few_shot", PAYLOADS[0], PAYLOADS[14])
    screen.open(evaluator, width=width, height=1000)
    page.get_by_role("button", name="all 40").click()
    page.locator(".rows tbody tr").nth(3).click()
    assert screen.quiet() and screen.fits()


def overfitted():
    job = made(180, status="succeeded")
    checkpoints = [SimpleNamespace(step_number=step, fine_tuned_model_checkpoint=f"ft:nano::q:ckpt-step-{step}", metrics={"train_loss": .5, "full_valid_loss": loss})
                   for step, loss in ((60, .8), (120, .6), (180, .9))]
    full = {60: .8, 120: .6, 180: .9}
    for event in job.told:
        if event.data.get("step") in full: event.data["full_valid_loss"] = full[event.data["step"]]
        event.data.pop("valid_loss", None)
    job.checkpoints = lambda: checkpoints
    job.events = lambda: job.told
    return job


def test_advice_prepares_the_next_job_or_takes_a_checkpoint(screen, page, ds):
    wb = Workbench(ds, cases=compared().cases, tabs=("jobs", "evals"))
    wb.launcher.show(overfitted())
    screen.open(wb, width=1180, height=900)
    card = page.locator('[data-code="validation_turns_up"]')
    expect(card).to_contain_text("0.60 at step 120, 0.90 at step 180")
    expect(card.locator("svg.c")).to_be_visible()
    card.get_by_role("button", name="New job with n_epochs 2").click()
    screen.wait(lambda: wb.launcher.open and wb.launcher.chosen == {"n_epochs": 2})
    expect(page.get_by_label("n_epochs")).to_have_value("2")
    page.get_by_role("button", name="Close the form").click()
    screen.wait(lambda: not wb.launcher.open)
    card.get_by_role("button", name="Use checkpoint 2").click()
    screen.wait(lambda: wb.tab == "evals" and wb.evals.checkpoint == "ft:nano::q:ckpt-step-120")
    expect(page.locator(".eval-bar")).to_contain_text("ft:nano::q:ckpt-step-120")


def test_before_the_first_job(screen, page, ds):
    wb = Workbench(ds, cases=compared().cases, tabs=("jobs", "evals"))
    screen.open(wb, width=900, height=900)
    expect(page.get_by_text("a format or a tone")).to_be_visible()
    expect(page.get_by_text("put them in the prompt (retrieval)")).to_be_visible()
    page.get_by_role("button", name="Measure the baseline first").click()
    screen.wait(lambda: wb.tab == "evals")
    expect(page.get_by_role("button", name="Measure the baseline")).to_be_enabled()
    wb.do_tab("jobs")
    wb.launcher.do_form(True)
    screen.bring()
    expect(page.get_by_label("Before you launch")).to_contain_text("12 examples")


@pytest.mark.parametrize("width", [380, 1600])
def test_advice_alone_copies_its_line_of_code(screen, page, width):
    screen.open(Monitor(overfitted()), width=width, height=1000)
    page.evaluate("() => { window.copied = []; document.execCommand = () => window.copied.push(document.activeElement.value ?? getSelection().toString()); navigator.clipboard && (navigator.clipboard.writeText = async (text) => { window.copied.push(text); }); }")
    page.get_by_role("button", name="Copy the launch").click()
    page.get_by_role("button", name="Copy it as an arm").click()
    page.wait_for_function("() => window.copied.length === 2")
    assert page.evaluate("window.copied") == ['ft.launch(train, valid, hyperparameters={"n_epochs": 2})', 'ft.arm("ft:nano::q:ckpt-step-120")']
    assert screen.fits() and screen.quiet()


def test_the_form_opens_with_the_launcher_alone(screen, page, ds):
    launcher = Launcher(ds)
    screen.open(launcher, width=900, height=900)
    assert page.get_by_role("button", name="Measure the baseline first").count() == 0  # there are no evals beside it
    page.get_by_role("button", name="Fine-tune…").click()
    screen.wait(lambda: launcher.open)


@pytest.mark.parametrize("situation", ["advice", "judge", "before"])
def test_nothing_for_axe_to_find(page, ds, situation):
    result = compared(right=(0, .8, .5))
    if situation == "advice": pane = Monitor(overfitted())
    elif situation == "before":
        pane = Workbench(ds, cases=result.cases, tabs=("jobs", "evals"))
        pane.launcher.do_form(True)
    else:
        judged(result, result.verdict("tuned", "few_shot").gained[:3], ())
        pane = Evaluator(ds, result.cases)
        pane.show(result)
        pane.parts["results"]._judge("few_shot", "nano", "Which?")
        pane.parts["results"].do_review([result.failures("tuned")[0].case.id])
    place(page, pane)
    for scheme in ("light", "dark"):
        theme(page, scheme)
        assert faults(page, scheme) == []
