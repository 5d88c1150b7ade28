"The table of examples without a page: what is counted, found, selected, and how much crosses the wire."
import json
import time

import pytest
from ftbench.core import DataError, FtbenchError
from ftbench.data.dataset import open_dataset
from ftbench.data.edits import DeleteExample, InsertExample, SetContent, SetWeight
from ftbench.widgets.base import answer
from ftbench.widgets.browser import PAGE, Browser
from ftbench.widgets.facts import edited_examples, facts_of


def talk(user, assistant="Fine. [OK]", **more): return {"messages": [
    {"role": "user", "content": user}, {"role": "assistant", "content": assistant, **more}]}


@pytest.fixture
def mails(tmp_path):
    def make(examples, name="mails.jsonl"):
        (tmp_path / name).write_text("".join((one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)) + "\n" for one in examples))
        return open_dataset(tmp_path / name)
    return make


def test_facts(mails):
    ds = mails([talk("Hi " * 50, weight=0), talk("Hi", weight=.5), '{"messages": [cut', talk("x " * 3000)])
    silent, half, broken, long = (facts_of(example) for example in ds)
    assert silent.trained == 0 and silent.errors >= 1 and silent.turns == 2
    assert half.errors == 1 and "weight_value" in half.codes
    assert broken.broken and broken.tokens == 0 and broken.words.startswith('{"messages"')
    assert "target_cut_off" in long.codes and long.tokens > 1024 and long.trained == 0


@pytest.mark.parametrize("query, found", [
    ("", [0, 1, 2, 3]), ("invoice", [1]), ("role:tool", []), ("findings:error", [2, 3]), ("findings:none", [0, 1]), ("findings:weight_role", [2]),
    ("findings:weight-role", [2]), ("turns:2", [0, 1, 2]), ("turns:..1", [3]), ("tokens:1.. invoice", [1]), ('"the invoice"', [1]), ("#2", [1]),
])
def test_queries(mails, query, found):
    browser = Browser(mails([talk("Where is it?"), talk("The invoice"), {"messages": [
        {"role": "user", "content": "Hi", "weight": 1}, {"role": "assistant", "content": "Yo"}]}, "no json"]))
    assert list(browser.find(query)) == found


@pytest.mark.parametrize("query", ["tokens:many", "role:robot", "turns:1..x", "weight:heavy"])
def test_a_query_that_cannot_be_read(mails, query):
    browser = Browser(mails([talk("Hi")]))
    with pytest.raises(DataError) as error: browser.query = query
    assert error.value.remedy
    assert answer(browser, {"do": "search", "id": 1, "query": query}) == {"id": 1, "answer": None} # said under the box
    assert browser.state()["error"] and browser.state()["shown"] == 0
    browser.query = ""
    assert browser.state()["error"] is None


def test_the_selection_follows_the_query_and_the_data(mails):
    ds = mails([talk(f"mail {number}") for number in range(6)])
    browser = Browser(ds)
    browser.do_search("4")
    assert browser.selection == 4
    browser.do_search("")
    assert browser.selection == 4
    browser.do_move(100)
    assert browser.selection == 5
    browser.do_move(-1)
    assert browser.selection == 4
    ds.apply(DeleteExample(5), DeleteExample(4))
    assert browser.selection == 3
    ds.apply(*[DeleteExample(0)] * 4)
    assert browser.selection is None and browser.state()["rows"] == []
    browser.do_move(1)
    ds.apply(InsertExample(0, talk("new")))
    assert browser.selection == 0
    with pytest.raises(DataError, match="no example 9"): browser.selection = 9


def test_rows_are_fresh_after_an_edit(mails):
    ds = mails([talk("one"), talk("two")])
    browser = Browser(ds)
    before = browser.state()
    ds.apply(SetWeight(1, 1, 0))
    after = browser.state()
    assert after["revision"] > before["revision"]
    assert [row["edited"] for row in after["rows"]] == [False, True] and after["rows"][1]["trained"] == 0
    ds.apply(SetContent(0, 0, "three"))
    assert browser.state()["rows"][0]["words"] == "three"


def test_a_page_is_small_and_never_more_than_was_asked_for(mails):
    browser = Browser(mails([talk("word " * 400) for _ in range(100)]))
    page = answer(browser, {"do": "page", "id": "k1", "start": 0, "stop": 10_000})
    assert len(page["answer"]) == PAGE and len(json.dumps(page)) <= 20_000
    assert answer(browser, {"do": "page", "id": 1, "start": 90, "stop": 130})["answer"][-1]["example"] == 99
    assert answer(browser, {"do": "page", "id": 1, "start": -5, "stop": 0})["answer"] == []


def test_many_examples_are_measured_while_one_looks(mails):
    browser = Browser(mails([talk(f"mail {number}") for number in range(900)]))
    assert browser.state()["rows"][0]["tokens"] > 0 # the first screen does not wait
    deadline = time.monotonic() + 60
    while browser.state()["measured"] is not None and time.monotonic() < deadline: time.sleep(.05)
    assert browser.state()["summaries"][3]["levels"][2]["count"] == 900


def test_nothing_found_names_the_filter_to_drop(mails):
    browser = Browser(mails([talk("bike"), talk("rack")]))
    browser.do_search("bike role:tool turns:2")
    assert browser.state()["suggestions"] == [{"term": "role:tool", "rest": "bike turns:2", "shown": 1}]


def test_edited_examples_move_with_the_file():
    assert edited_examples([SetWeight(3, 1, 0), DeleteExample(0), InsertExample(2, {})]) == {2, 3}
    assert edited_examples([SetWeight(3, 1, 0), DeleteExample(3)]) == set()


def test_unknown_model_is_an_error_at_once(mails):
    with pytest.raises(FtbenchError, match="nona"): Browser(mails([talk("Hi")]), model="nona")
