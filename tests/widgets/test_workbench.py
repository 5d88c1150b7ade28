"The workbench without a page: panes in step, saving, files that change underneath, launching and comparing in threads."
import json
from types import SimpleNamespace

import pytest

from fake_service import FakeService
from waiting import until

import ftbench
from ftbench.core import DataError, FtbenchError, ServiceError
from ftbench.data.dataset import open_dataset
from ftbench.data.edit.edits import SetWeight
from ftbench.jobs.launch import Job, launch
from ftbench.widgets.base import answer
from ftbench.widgets.checklist import Checklist
from ftbench.widgets.evaluator import Evaluator
from ftbench.widgets.launcher import Launcher
from ftbench.widgets.workbench import Workbench, dataset_view, workbench


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "mails.jsonl"
    path.write_text("".join(json.dumps({"messages": [{"role": "user", "content": f"Mail {n}"}, {"role": "assistant", "content": f"[Q{n}]"}]}) + "\n"
                            for n in range(12)))
    return path


def test_whatever_meets_a_rewritten_file_brings_the_choices(path):
    wb = Workbench(path)
    widget, sent = wb.widget(), []
    wb.ds.apply(SetWeight(0, 1, 0))
    path.write_text(path.read_text() * 2)
    widget.send = lambda content: sent.append((content, widget.state_bar["changed"]))
    widget._receive(None, {"do": "editor.messages.text", "id": 1, "example": 0, "message": 1}, [])
    (reply, changed), = sent
    assert reply["error"]["message"] == changed # the page knows it when the error comes, and says it once


def test_panes_stay_in_step(path):
    wb = Workbench(path)
    widget = wb.widget()
    answer(wb, {"do": "browser.select", "id": 1, "example": 5})
    assert widget.state_editor["number"] == 6 and widget.state_browser["selection"] == 5
    answer(wb, {"do": "editor.messages.weight", "id": 2, "example": 5, "message": 1})
    assert widget.state_bar["edits"] == 1 and widget.state_rows["rows"][5]["edited"]
    wb.ds.undo() # from code
    assert widget.state_bar["edits"] == 0 and widget.state_bar["can_redo"]
    answer(wb, {"do": "editor.remove_example", "id": 3, "example": 11})
    assert widget.state_bar["examples"] == 11


def test_undo_shows_what_it_did_and_save_writes_one_line(path):
    before = path.read_text().splitlines()
    wb = Workbench(path)
    wb.do_undo() # nothing to undo is no error
    wb.editor.parts["messages"].do_weight(3, 1)
    wb.browser.do_select(9)
    wb.do_undo()
    assert wb.editor.example == 3
    wb.do_redo()
    assert answer(wb, {"do": "save", "id": 1}) == {"id": 1, "answer": str(path)}
    after = path.read_text().splitlines()
    assert [at for at in range(12) if before[at] != after[at]] == [3]


def test_a_file_that_changed_underneath_is_not_overwritten(path):
    wb = Workbench(path)
    widget = wb.widget()
    wb.ds.apply(SetWeight(0, 1, 0))
    path.write_text(path.read_text().replace("Mail 7", "Letter 7"))
    assert "rewritten" in answer(wb, {"do": "save", "id": 1})["error"]["message"]
    assert "rewritten" in widget.state_bar["changed"] or "rewritten" in wb.state()["bar"]["changed"]
    assert "Letter 7" in path.read_text()
    wb.do_settle("reapply")
    assert widget.state_bar["changed"] is None and len(wb.ds.edits) == 1 and widget.state_rows["rows"][7]["words"] == "Letter 7"
    assert "not a choice" in answer(wb, {"do": "settle", "id": 2, "choice": "merge"})["error"]["message"]


def test_a_refused_file_leads_to_a_new_example(path):
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:9]))
    wb = Workbench(path)
    wb.launcher.do_form(True)
    assert wb.state()["launcher"]["form"]["refused"]["few"]
    answer(wb, {"do": "begin", "id": 1})
    assert (wb.tab, wb.editor.example, len(wb.ds)) == ("examples", 9, 10)
    refused = wb.state()["launcher"]["form"]["refused"]
    assert refused is None or not refused["few"]


def test_pairs_of_answers_are_tuned_on_with_dpo(tmp_path, monkeypatch):
    answer = lambda text: [{"role": "assistant", "content": text}]
    pairs = [{"input": {"messages": [{"role": "user", "content": f"Where is parcel {number}?"}]}, "preferred_output": answer("On its way."),
              "non_preferred_output": answer("Who knows.")} for number in range(12)]
    (path := tmp_path / "pairs.jsonl").write_text("".join(json.dumps(pair) + "\n" for pair in pairs))
    launcher, asked = Workbench(path).launcher, []
    launcher.do_form(True)
    assert launcher.state()["form"]["refused"] is None and launcher.state()["form"]["method"] == "dpo"
    monkeypatch.setattr("ftbench.jobs.launch.launch", lambda *files, **options: asked.append(options["method"]))
    launcher.do_launch()
    until(lambda: asked)
    assert asked == ["dpo"]


@pytest.mark.parametrize("elsewhere", [False, True])
def test_the_lines_that_hold_cases_out_do_so(path, tmp_path_factory, monkeypatch, elsewhere):
    monkeypatch.chdir(here := tmp_path_factory.mktemp("notebook") if elsewhere else path.parent)
    state = Workbench(path).state()["evals"]
    names = {"ft": ftbench}
    exec(state["hold_out"], names)
    train = (here / f"{path.stem}_train.jsonl").read_text().splitlines()
    assert len(train) + len(names["valid"]) + len(names["test"]) == len(path.read_text().splitlines()) and len(names["test"])
    opened = eval(state["hold_out"].splitlines()[-1], names).state()["evals"]
    assert opened["cases"] == f"{len(names['test'])} examples of {path.name}" and opened["hold_out"] is None
    assert elsewhere or repr(path.name) in state["hold_out"], "no longer than it must be"


def test_the_lines_beside_another_format_write_it_as_chats(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    source = tmp_path / "data" / "poems.v2.json"
    source.write_text(json.dumps([{"instruction": f"Write a verse {number}", "output": "Roses are red"} for number in range(12)]))
    monkeypatch.chdir(tmp_path)
    rules = Checklist(open_dataset(source)).state()["rules"]
    [code] = [rule["recipe"] for rule in rules if rule["recipe"]]
    exec(code, {"ft": ftbench})
    assert not [finding for finding in open_dataset(tmp_path / "poems_chat.jsonl").check().findings if finding.severity == "error"] and str(tmp_path) not in code


def test_a_finding_leads_to_its_place(path):
    lines = path.read_text().splitlines()
    lines[4] = lines[4].replace('"role": "user"', '"role": "user", "weight": 1')
    path.write_text("\n".join(lines) + "\n")
    wb = Workbench(path)
    told = []
    wb.subscribe(lambda message: message and told.append(message))
    [rule] = wb.checks.state()["rules"]
    place = rule["places"][0]
    wb.browser.do_search("Mail 2")
    answer(wb, {"do": "open", "id": 1, "example": place["example"], "message": place["message"]})
    assert (wb.tab, wb.editor.example, wb.browser.query) == ("examples", 4, "")
    assert told == [{"focus": {"example": 4, "message": 0}}]
    wb.do_filter(f"findings:{rule['code']}")
    assert list(wb.browser.find()) == [4]


def test_a_rule_is_repaired_as_one_step(path):
    lines = path.read_text().splitlines()
    for at in (2, 4): lines[at] = lines[at].replace('"role": "user"', '"role": "user", "weight": 1')
    path.write_text("\n".join(lines) + "\n")
    wb = Workbench(path)
    assert answer(wb, {"do": "repair", "id": 1, "code": "weight_role"}) == {"id": 1, "answer": None}
    shown = wb.state()["browser"]["preview"]
    assert shown["counts"] == [["examples", 2], ["repairs", 2]] and shown["samples"] == [] and wb.tab == "examples"
    assert shown["rules"] == [{"code": "weight_role", "count": 2, "label": "Remove weight", "samples": [["weight: 1", ""]] * 2}]
    assert wb.browser.code == "ds.select('finding:weight_role').repair('weight_role')"
    wb.browser.do_apply()
    assert "weight" not in wb.ds[2].value["messages"][0] and wb.state()["browser"]["preview"] is None
    answer(wb, {"do": "repair", "id": 2, "code": "weight_role"}) # of a list that was drawn before
    assert wb.state()["browser"]["preview"] is None
    wb.do_undo()
    assert wb.ds[4].value["messages"][0]["weight"] == 1
    assert "no rule" in answer(wb, {"do": "browser.preview", "id": 3, "action": "repair", "codes": ["nothing"]})["error"]["message"]


def test_a_large_file_is_checked_in_the_background(tmp_path):
    path = tmp_path / "many.jsonl"
    path.write_text("".join(json.dumps({"messages": [{"role": "user", "content": f"Mail {n}"}, {"role": "assistant", "content": "ok", "weight": 2}]}) + "\n"
                            for n in range(1200)))
    checklist = Checklist(open_dataset(path))
    assert checklist.state()["checking"] and checklist.state()["examples"] == 1200 # looked at for the first time
    until(lambda: checklist.report is not None)
    [rule] = [rule for rule in checklist.state()["rules"] if rule["severity"] == "error"]
    assert rule["count"] == 1200 and len(rule["places"]) == 12
    assert len(json.dumps(checklist.state())) < 20_000


def test_options(path):
    with pytest.raises(FtbenchError, match="no option 'modle'") as error: workbench(open_dataset(path), modle="nano")
    assert "model" in error.value.remedy
    with pytest.raises(FtbenchError, match="no tab 'plots'"): Workbench(path, tabs=("plots",))
    with pytest.raises(FtbenchError): Workbench(path.with_name("missing.jsonl"))
    with pytest.raises(FtbenchError): Workbench(path, model="nona")
    assert set(dataset_view(open_dataset(path)).state()) == {"bar", "browser", "rows", "summaries", "editor"}


def test_the_still_reads_without_a_script(path):
    wb = Workbench(path)
    page = wb._repr_html_()
    assert "Mail 11" in page and "<script" not in page and "[Q0]" in page
    assert "Mail 3" in repr(wb)


class FakeJob:
    "What the launcher and the evaluator need of a job."
    id, model, ended, fine_tuned_model = "ftjob-1", "nano", True, "ft:nano"

    class record: status, fine_tuned_model = "succeeded", "ft:nano"


def test_a_launch_that_fails_is_said_and_can_be_repeated(path, monkeypatch):
    def refuse(*data, **options): raise ServiceError("The server is away.", "Start it.")
    monkeypatch.setattr("ftbench.jobs.launch.launch", refuse)
    launcher = Launcher(open_dataset(path))
    launcher.do_form(True)
    launcher.do_launch()
    until(lambda: launcher.problem)
    assert launcher.state()["problem"] == {"message": "The server is away.", "remedy": "Start it."} and not launcher.launching and launcher.open


def test_a_launch_sends_what_the_form_says(path, monkeypatch):
    asked = {}

    def launch(train, valid, **options):
        asked.update(options, train=train, valid=valid)
        return FakeJob()
    shown = []
    monkeypatch.setattr("ftbench.jobs.launch.launch", launch)
    launcher = Launcher(open_dataset(path), valid=[{"messages": []}])
    monkeypatch.setattr(launcher, "show", shown.append)
    for name, value in (("n_epochs", "4"), ("batch_size", "auto"), ("suffix", " mails "), ("use_valid", False)): launcher.do_set(name, value)
    launcher.do_launch()
    until(lambda: shown)
    assert asked["hyperparameters"] == {"n_epochs": 4} and asked["suffix"] == "mails" and asked["valid"] is None and asked["model"] == "nano"


@pytest.mark.parametrize("option", ["valid", "cases"])
def test_a_file_that_is_not_there_is_said_at_once(path, option):
    with pytest.raises(DataError, match="There is no file"): Workbench(path, **{option: path.with_name("nope.jsonl")})
    wb = Workbench(path, **{option: str(path)})
    assert (wb.launcher.valid if option == "valid" else wb.evals.cases) == path.resolve()


def test_jobs_come_back_with_the_next_workbench(path, monkeypatch):
    def kept(id, service="https://one.example/v1"):
        return type("Kept", (FakeJob,), {"id": id, "service": SimpleNamespace(base_url=service), "record": SimpleNamespace(status="cancelled")})()

    def found(id, service):
        if id == "ftjob-1": raise ServiceError("There is no such job.", "Look at the list.")
        return kept(id)
    first = Workbench(path)
    first.launcher.jobs = [kept("ftjob-1"), kept("ftjob-2"), kept("ftjob-3"), kept("ftjob-4", "https://two.example/v1")]
    first.launcher.job = first.launcher.jobs[1]
    first.launcher.changed()
    first.browser.shelf.write()
    monkeypatch.setattr("ftbench.jobs.service.connect", lambda service: SimpleNamespace(base_url="https://one.example/v1"))
    monkeypatch.setattr("ftbench.jobs.launch.job", found)
    monkeypatch.setattr(Launcher, "show", lambda launcher, job: setattr(launcher, "job", job))
    again = Workbench(path)
    until(lambda: again.job)
    assert again.job.id == "ftjob-2" and [job.id for job in again.launcher.jobs] == ["ftjob-3", "ftjob-2"] # one is gone, one is another service's
    assert again.state()["bar"]["saved_at"] is None
    assert Workbench(path, tabs=("examples",)).launcher.job is None


def test_a_job_that_another_cell_launches_appears(path, monkeypatch):
    service = FakeService()
    client = service.client()
    monkeypatch.setattr("ftbench.widgets.launcher.in_background", lambda *_: None) # jobs of before are another story
    wb, other = Workbench(path), Workbench(dataset_view(open_dataset(path)).ds, tabs=("examples",))
    widget = wb.widget()
    train, valid, _ = wb.ds.split(valid=.2, test=0)
    first = launch([example.value for example in train] * 2, service=client) # of no file: nobody's
    assert wb.job is None and widget.state_bar["counts"]["jobs"] == 0
    first = launch(wb.ds, suffix="one", service=client)
    assert wb.job is first and other.job is first and widget.state_bar["counts"]["jobs"] == 1 and widget.state_launcher["monitor"]
    launch(wb.ds, suffix="one", service=client) # the cell is run again
    assert [job.id for job in wb.launcher.jobs] == [first.id]
    first.wait(progress=False)
    second = launch(str(path), suffix="two", service=client)
    assert wb.job is second and [job.id for job in wb.launcher.jobs] == [first.id, second.id]
    monkeypatch.setattr(Job, "ended", False)
    third = launch(train, suffix="three", hyperparameters={"n_epochs": 1}, service=client) # what one follows goes on
    assert wb.job is second and wb.launcher.jobs[-1] is third and widget.state_bar["counts"]["jobs"] == 3
    service.close()


@pytest.mark.parametrize("name, value", [("n_epochs", "many"), ("n_epochs", "0"), ("batch_size", "1.5"), ("learning_rate_multiplier", "-1"), ("colour", "red")])
def test_a_field_that_cannot_be(path, name, value):
    launcher = Launcher(open_dataset(path))
    reply = answer(launcher, {"do": "set", "id": 1, "name": name, "value": value})
    assert reply["error"]["remedy"] and launcher.chosen == {}


def test_a_comparison_that_fails_is_said(path, monkeypatch):
    evaluator = Evaluator(open_dataset(path), path)
    evaluator.job = FakeJob()
    monkeypatch.setattr("ftbench.evals.arms.arm", lambda model, **options: model)
    monkeypatch.setattr("ftbench.evals.cases.cases", lambda source: (_ for _ in ()).throw(RuntimeError("boom")))
    evaluator.do_compare()
    until(lambda: evaluator.problem)
    assert evaluator.state()["problem"]["message"] == "RuntimeError: boom" and evaluator.progress is None
