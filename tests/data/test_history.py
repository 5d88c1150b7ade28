"History and scripts: what was done, done again on the next dump."
import json
import subprocess
import sys
from mails import talk, write_examples


from ftbench.data.edit.bulk import replace, set_weights
from ftbench.data.dataset import open_dataset
from ftbench.data.edit.edits import DeleteExample, InsertExample, InsertMessage, ReplaceExample, SetContent, SetName, SetWeight
from ftbench.data.edit.history import history, script


def value(text): return talk(text, f"answer to {text}")


def write(path, texts): return write_examples(path, map(value, texts))


def edited(path):
    ds = open_dataset(path)
    ds.apply(SetContent(2, 0, 'with "quotes", \\ and ü'))
    ds.apply(SetWeight(2, 1, 0), SetName(2, 0, "ann"), InsertMessage(3, 0, {"role": "system", "content": "Be kind."}))
    ds.save()
    replace(ds, "answer", "reply").apply()
    ds.apply(DeleteExample(5), InsertExample(1, value("new")), ReplaceExample(0, value("other")))
    ds.undo(), ds.redo()
    set_weights(ds, "none").apply()
    ds.undo()
    return ds


def run(ds, path): return subprocess.run([sys.executable, str(ds.script().save(path.with_suffix(".py"))), str(path)], capture_output=True, text=True)


def test_a_script_makes_the_same_file_of_the_same_dump(tmp_path):
    ds = edited(write(tmp_path / "mails.jsonl", "abcdefgh"))
    done = run(ds, write(tmp_path / "next.jsonl", "abcdefgh"))
    assert done.returncode == 0 and not done.stderr
    assert (tmp_path / "next.jsonl").read_bytes() == ds.to_jsonl()
    ds.close()


def test_a_script_finds_its_examples_in_another_order_and_names_those_that_are_gone(tmp_path):
    ds = edited(write(tmp_path / "mails.jsonl", "abcdefgh"))
    done = run(ds, write(tmp_path / "next.jsonl", "xhgfedab"))
    assert done.returncode == 0 and done.stderr.count("found no place") == 4 # example c: three edits, and its share of the replacement
    after = {json.loads(line)["messages"][-2]["content"]: json.loads(line) for line in (tmp_path / "next.jsonl").read_text().splitlines()}
    assert set(after) == {"x", "h", "g", "e", "d", "other", "b", "new"} and after["d"]["messages"][0]["content"] == "Be kind."
    assert after["e"]["messages"][1]["content"] == "reply to e" and after["x"]["messages"][1]["content"] == "answer to x"
    ds.close()


def test_history_tells_every_step_and_whether_it_is_saved(tmp_path):
    ds = edited(write(tmp_path / "mails.jsonl", "abcdefgh"))
    steps = history(ds)
    assert [(step.edits, step.state) for step in steps] == [
        (1, "in the file"), (3, "in the file"), (8, "not yet in the file"), (3, "not yet in the file"), (7, "undone")]
    assert steps[0].what == "edit message 0 of example #3" and steps[0].made <= steps[1].made
    assert "8 × replace a text" in steps[2].what
    ds.undo(), ds.undo(), ds.undo()
    assert [step.state for step in history(ds)][1] == "undone, but still in the file"
    assert "<" not in repr(steps) and len(steps.to_pandas()) == 5 and "example #3" in steps._repr_html_()
    ds.close()


def test_an_unedited_file_has_no_history(tmp_path):
    ds = open_dataset(write(tmp_path / "mails.jsonl", "ab"))
    assert history(ds) == [] and repr(history(ds)) == "No edits yet."
    assert run(ds, write(tmp_path / "next.jsonl", "ab")).returncode == 0
    assert not script(ds).text.count("SetContent")
    ds.close()
