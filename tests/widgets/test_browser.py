"The table of examples without a page: what is counted, found, selected, and how much crosses the wire."
import json
import threading

import pytest
from waiting import PATIENCE, until

from ftbench.core import DataError, FtbenchError
from ftbench.data.dataset import open_dataset
from ftbench.data.edit.edits import DeleteExample, InsertExample, SetContent, SetWeight
from ftbench.widgets.base import answer
from ftbench.widgets.browser import PAGE, Browser
from ftbench.widgets.facts import CutTargets


def talk(user, assistant="Fine. [OK]", **more): return {"messages": [
    {"role": "user", "content": user}, {"role": "assistant", "content": assistant, **more}]}


@pytest.fixture
def mails(tmp_path):
    def make(examples, name="mails.jsonl"):
        (tmp_path / name).write_text("".join((one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)) + "\n" for one in examples))
        return open_dataset(tmp_path / name)
    return make


def test_rows_say_what_the_columns_say_and_what_the_model_would_not_see(mails):
    ds = mails([talk("Hi " * 50, weight=0), talk("Hi", weight=.5), '{"messages": [cut', talk("x " * 3000)])
    browser = Browser(ds)
    assert browser.do_page(0, 4)[3]["cut"] is None and browser.do_cut([0, 3]) == [0, 1] # it is counted when the rows are on the screen
    silent, half, broken, long = browser.do_page(0, 4)
    assert silent["trained"] == 0 and silent["errors"] >= 1 and silent["turns"] == 2
    assert half["errors"] == 1 and Browser(ds).find("finding:weight_value") == [1]
    assert broken["broken"] and broken["tokens"] == 0 and broken["words"].startswith('{"messages"')
    assert long["cut"] == 1 and long["tokens"] == ds.columns.tokens[3]
    errors = [row["number"] - 1 for row in browser.do_page(0, 4) if row["errors"]]
    assert errors == Browser(ds).find("finding:error"), "the table shows the errors that the search and the summary count"
    assert CutTargets("gpt-4.1-mini").of(ds[3].bytes) == 0 and Browser(ds, "gpt-4.1-mini").do_page(3, 4)[0]["cut"] == 0


@pytest.mark.parametrize("query, found", [
    ("", [0, 1, 2, 3]), ("invoice", [1]), ("role:tool", []), ("findings:error", [2, 3]), ("findings:none", [0, 1]), ("findings:weight_role", [2]),
    ("finding:weight-role", [2]), ("turns:2", [0, 1, 2]), ("turns:..1", [3]), ("tokens:1.. invoice", [1]), ('"the invoice"', [1]), ("#2", [1]),
])
def test_queries(mails, query, found):
    browser = Browser(mails([talk("Where is it?"), talk("The invoice"), {"messages": [
        {"role": "user", "content": "Hi", "weight": 1}, {"role": "assistant", "content": "Yo"}]}, "no json"]))
    assert list(browser.find(query)) == found


@pytest.mark.parametrize("query, start, words", [("bike tokens:many", 5, "tokens:many"), ("role:robot", 0, "role:robot"), ("(bike", 0, "(")])
def test_a_query_that_cannot_be_read(mails, query, start, words):
    browser = Browser(mails([talk("Hi"), talk("bike")]))
    browser.query = "bike"
    with pytest.raises(DataError) as error: browser.query = query
    assert error.value.remedy and browser.query == "bike"
    assert answer(browser, {"do": "search", "id": 1, "query": query}) == {"id": 1, "answer": {}} # said under the box
    state = browser.state()
    assert (state["error"]["start"], query[start:state["error"]["stop"]]) == (start, words) and state["error"]["text"]
    assert state["query"] == query and [row["example"] for row in state["rows"]] == [1] # the table stays as it was
    browser.query = ""
    assert browser.state()["error"] is None


def test_the_selection_follows_the_query_and_the_data(mails):
    ds = mails([talk(f"mail {number}") for number in range(6)])
    browser = Browser(ds)
    browser.do_search("4")
    assert browser.example == 4
    browser.do_search("")
    assert browser.example == 4
    browser.do_move(100)
    assert browser.example == 5
    browser.do_move(-1)
    assert browser.example == 4
    ds.apply(DeleteExample(5), DeleteExample(4))
    assert browser.example == 3
    ds.apply(*[DeleteExample(0)] * 4)
    assert browser.example is None and browser.state()["rows"] == []
    browser.do_move(1)
    ds.apply(InsertExample(0, talk("new")))
    assert browser.example == 0
    with pytest.raises(DataError, match="no example 9"): browser.example = 9


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
    until(lambda: browser.state()["measured"] is None)
    assert browser.state()["summaries"][3]["levels"][2]["count"] == 900


def test_nothing_found_names_the_filter_to_drop(mails):
    browser = Browser(mails([talk("bike"), talk("rack")]))
    browser.do_search("bike role:tool turns:2")
    assert browser.state()["suggestions"] == [{"term": "role:tool", "rest": "bike turns:2", "shown": 1}]


def test_decisions_and_tags_one_by_one_and_for_the_picked(mails):
    ds = mails([talk(f"mail {number}") for number in range(5)])
    browser = Browser(ds)
    for decision in ("keep", "drop", "todo"): browser.do_decide(decision, step=True)
    assert browser.example == 3 and [row["decision"] for row in browser.do_page(0, 5)] == ["keep", "drop", "todo", None, None]
    browser.query = "decision:none"
    browser.do_decide("keep", step=True) # it leaves the table; the next one is chosen
    assert browser.example == 4 and list(browser.find()) == [4]
    browser.query = ""
    browser.do_pick(1)
    browser.do_pick(3, stretch=True)
    browser.do_tag(" late ")
    browser.do_decide("drop")
    assert browser.example == 3 and [ds.review[number].tags for number in range(5)] == [(), ("late",), ("late",), ("late",), ()]
    assert browser.state()["picked"] == 3 and browser.do_page(2, 3)[0]["tags"] == ["late"]
    browser.do_untag("late", 3)
    assert [example.index for example in ds.select("tag:late decision:drop")] == [1, 2]
    assert [level["count"] for level in browser.state()["summaries"][3]["levels"]] == [1, 3, 0]


def test_picking(mails):
    browser = Browser(mails([talk(f"mail {number} {'word ' * number}") for number in range(6)]))
    browser.query = "sort:-tokens"
    assert browser.do_page(0, 6)[0]["example"] == 5
    browser.do_select(5)
    browser.do_move(1, pick=True)
    browser.do_move(1, pick=True)
    assert browser.selection.numbers.tolist() == [3, 4, 5] and browser.example == 3
    browser.do_move(-1, pick=True)
    assert browser.selection.numbers.tolist() == [4, 5]
    browser.do_pick_all()
    assert len(browser.selection) == 6
    browser.do_pick_none()
    assert browser.selection.numbers.tolist() == [4]
    browser.do_pick(0)
    browser.ds.apply(DeleteExample(5))
    assert browser.state()["picked"] == 0 # the numbers may mean others now


def test_a_preview_shows_the_words_that_change(mails):
    browser = Browser(mails([talk("On Monday " + "the bike came back " * 4 + "from Windows, " + "as it had gone to the workshop " * 5), talk("a Windows b")]))
    browser.do_pick_all()
    browser.do_preview("replace", old="Windows", new="Linux Mint")
    long, short = (sample["text"] for sample in browser.state()["preview"]["samples"])
    assert short == [["=", "a "], ["-", "Windows"], ["+", "Linux Mint"], ["=", " b"]]
    assert [kind for kind, _ in long] == ["=", "-", "+", "=", "="] and long[-1][1] == "…", "where the excerpt ends nothing changes"


def test_one_preview_one_step_one_undo(mails):
    ds = mails([talk(f"mail {number}", "a", weight=0) for number in range(4)])
    browser = Browser(ds)
    browser.do_pick(1)
    browser.do_pick(2)
    browser.do_preview("weights", policy="last_assistant")
    assert browser.state()["preview"]["counts"] == [["examples", 2], ["messages", 2]] and not ds.edits
    assert browser.code == "ds.select('#2 or #3').set_weights('last_assistant')"
    assert browser.code and eval(browser.code, {"ds": ds}).counts == {"examples": 2, "messages": 2}
    browser.do_apply()
    assert len(ds.edits) == 2 and browser.state()["preview"] is None
    ds.undo()
    assert not ds.edits
    browser.do_preview("delete")
    ds.apply(SetContent(0, 0, "meanwhile"))
    assert "changed since" in answer(browser, {"do": "apply", "id": 1})["error"]["message"] and len(ds) == 4
    assert "Choose" in answer(browser, {"do": "preview", "id": 1, "action": "burn"})["error"]["remedy"]
    assert "regular expression" in answer(browser, {"do": "preview", "id": 1, "action": "replace", "old": "(", "new": "", "pattern": True})["error"]["message"]
    assert browser.state()["preview"] is None


def test_weights_by_a_query_of_messages(mails):
    ds = mails([talk("Hi", "Sorry, no."), talk("Hi", "Yes."), talk("Hi", "sorry")])
    browser = Browser(ds)
    browser.do_pick_all()
    browser.do_preview("weights", policy="matching", query="-sorry")
    assert browser.state()["preview"]["counts"] == [["examples", 2], ["messages", 2]]
    names = {"ds": ds}
    exec(f"{browser.code.splitlines()[0]}\npreview = {browser.code.splitlines()[1]}", names)
    assert names["preview"].counts == {"examples": 2, "messages": 2}
    browser.do_apply()
    assert ds.select("weight:0").numbers.tolist() == [0, 2] and ds.undo() and not ds.edits
    for query in ("tokens:many", "decision:keep"):
        assert answer(browser, {"do": "preview", "id": 1, "action": "weights", "policy": "matching", "query": query})["error"]["remedy"]


def many_previewed(mails):
    browser = Browser(mails([talk(f"mail {number}") for number in range(3000)]))
    browser.do_pick_all()
    browser.do_preview("replace", old="mail", new="letter")
    assert len(json.dumps(browser.state())) <= 20_000
    until(lambda: browser.state()["preview"]["looked"] == 1)
    assert browser.state()["preview"]["counts"][0] == ["examples", 3000] and not browser.ds.edits
    return browser


def test_many_are_previewed_and_changed_in_the_background(mails, monkeypatch):
    browser, pictures, seen = many_previewed(mails), [], threading.Event()
    browser.subscribe(lambda message: pictures.append(browser.state()["preview"]))
    do = browser._bulk._do
    monkeypatch.setattr(browser._bulk, "_do", lambda preview: seen.wait(PATIENCE) and do(preview))
    assert "error" not in answer(browser, {"do": "apply", "id": 1})
    assert pictures[0]["made"] == 0 # it is said that it goes on
    seen.set()
    until(lambda: browser.state()["preview"] is None)
    assert len(browser.ds.edits) == 3000
    browser.ds.undo()
    assert not browser.ds.edits


def test_a_change_of_many_can_be_cancelled_while_it_is_made(mails, monkeypatch):
    browser = many_previewed(mails)
    monkeypatch.setattr(browser._bulk, "_watch", lambda preview, share: browser.do_cancel())
    ended = []
    do = browser._bulk._do
    monkeypatch.setattr(browser._bulk, "_do", lambda preview: ended.append(do(preview)))
    browser.do_apply()
    until(lambda: ended)
    assert browser.state()["preview"] is None and not browser.ds.edits
    browser.do_preview("delete")
    browser.do_cancel()
    assert browser.state()["preview"] is None and len(browser.ds) == 3000


def test_what_goes_wrong_while_many_are_looked_at_is_said(mails):
    browser = many_previewed(mails)
    browser.ds.apply(SetContent(0, 0, "another"))
    browser.do_apply()
    until(lambda: browser.state()["preview"] is None or browser.state()["preview"]["problem"])
    assert "has changed" in browser.state()["preview"]["problem"] and len(browser.ds.edits) == 1


def test_sorting_and_filters_by_click(mails):
    browser = Browser(mails([talk("word " * number) for number in (3, 1, 2)]))
    browser.query = "word"
    for query, order in (("word sort:-tokens", [0, 2, 1]), ("word sort:tokens", [1, 2, 0]), ("word", [0, 1, 2])):
        browser.do_sort("tokens")
        assert browser.query == query and list(browser.find()) == order
    browser.do_filter("turns", "2..2")
    browser.do_narrow("finding:error")
    assert browser.query == "word turns:2..2 finding:error" and browser.state()["chips"] == ["turns:2..2", "finding:error"]
    browser.do_narrow("finding:error")
    browser.do_filter("turns", "")
    assert browser.query == "word"


@pytest.mark.parametrize("query, texts", [("role:t", ["role:tool"]), ("decision:", ["decision:keep", "decision:drop", "decision:todo", "decision:none"]),
                                          ("bike -edi", ["edited:yes", "edited:no", "edited:"]), ("nobody", []), ("tag:", ["tag:late", "tag:any", "tag:none"]), ("x:", [])])
def test_completions(mails, query, texts):
    browser = Browser(mails([talk("bike"), talk("rack")]))
    browser.ds.review.tag(1, "late")
    reply = answer(browser, {"do": "complete", "id": 1, "query": query, "at": len(query)})["answer"]
    assert [item["text"] for item in reply["items"]] == texts
    if query == "tag:": assert reply["items"][0]["count"] == 1


def test_a_filter_waits_until_all_is_measured(mails, monkeypatch):
    monkeypatch.setattr("ftbench.data.table.scan.Columns.start", lambda self: None)
    browser = Browser(mails([talk(f"mail {number}") for number in range(1200)]))
    browser.do_search("tokens:>1")
    assert browser.state()["waiting"] and browser.state()["shown"] == 1200 and browser.state()["measured"] < 1200
    browser.do_search("\"mail 117\"")
    until(lambda: not browser.state()["looking"])
    assert browser.state()["shown"] == 11 and not browser.state()["waiting"] # texts do not wait
    browser.do_search("tokens:0")
    browser.ds.columns.wait()
    assert browser.state()["shown"] == 0 and not browser.state()["waiting"]


def test_a_search_of_many_texts_shows_its_first_finds_and_counts_on(mails, monkeypatch):
    monkeypatch.setattr("ftbench.widgets.listing._AT_ONCE", 0)
    browser = Browser(mails([talk(f"mail {number}") for number in range(900)]))
    browser.do_search("\"mail 7\"")
    assert not browser.state()["looking"] and browser.example == 7 # so few are looked through at once, whatever the time
    browser.do_search("")
    monkeypatch.setattr("ftbench.data.table.search._AT_LEAST", 0)
    pictures, later = [], []
    monkeypatch.setattr("ftbench.widgets.listing.in_background", lambda work, *_: later.append(work))
    browser.subscribe(lambda message: pictures.append(browser.state()))
    browser.do_search("\"mail 8\" sort:-line")
    assert pictures[0]["looking"] and pictures[0]["summaries"]
    assert "still goes on" in answer(browser, {"do": "pick_all", "id": 1})["error"]["message"]
    later[0]()
    assert not pictures[-1]["looking"] and pictures[-1]["shown"] == 111
    assert browser.example == 899 and pictures[-1]["rows"][0]["example"] == 899


def test_views_are_saved_by_name_and_the_place_is_kept(mails):
    ds = mails([talk("word " * number) for number in range(1, 9)])
    browser = Browser(ds)
    browser.query = "turns:2 sort:-tokens"
    answer(browser, {"do": "views.save", "id": 1, "name": " long ones "})
    browser.example = 3
    browser.state() # what is shown is kept
    until(lambda: browser.parts["views"].place() == {"query": "turns:2 sort:-tokens", "example": 3})
    again = Browser(open_dataset(ds.path)) # the kernel was restarted
    assert (again.query, again.example) == ("turns:2 sort:-tokens", 3) and again.state()["position"] == 4
    assert dict(again.views) == {"long ones": "turns:2 sort:-tokens"} and again.state()["views"] == [("long ones", "turns:2 sort:-tokens")]
    again.query = ""
    answer(again, {"do": "views.show", "id": 1, "name": "long ones"})
    assert again.query == "turns:2 sort:-tokens"
    answer(again, {"do": "views.forget", "id": 1, "name": "long ones"})
    assert not browser.views and "no saved view" in answer(again, {"do": "views.show", "id": 1, "name": "long ones"})["error"]["message"]
    assert "one line" in answer(again, {"do": "views.save", "id": 1, "name": "a\nb"})["error"]["remedy"]


def test_unknown_model_is_an_error_at_once(mails):
    with pytest.raises(FtbenchError, match="nona"): Browser(mails([talk("Hi")]), model="nona")


def test_pictures_of_a_large_table_follow_its_rows(mails, monkeypatch):
    monkeypatch.setattr("ftbench.widgets.facts._AT_ONCE", 10)
    browser = Browser(mails([talk("word " * number) for number in range(1, 30)]))
    whole = browser.state()["summaries"]
    browser.do_search("tokens:..20")
    state = browser.state()
    assert 0 < state["shown"] < 29 and state["summaries"] == whole # those of before, until the new ones are drawn
    until(lambda: browser.state()["summaries"] != whole)
    assert sum(shown for _, shown in browser.state()["summaries"][0]["bars"]) < sum(shown for _, shown in whole[0]["bars"])


def test_the_selection_is_a_view_to_read_and_to_set(mails):
    browser = Browser(mails([talk(f"mail {number}") for number in range(6)]))
    browser.example = 2
    assert list(browser.selection.numbers) == [2] and browser.state()["picked"] == 0
    browser.selection = browser.ds.select('"mail 4" or "mail 1"')
    assert list(browser.selection.numbers) == [1, 4] and browser.example == 2
    assert [row["example"] for row in browser.do_page(0, 6) if row["picked"]] == [1, 4]
    browser.selection = (number for number in (5, 0, 5))
    assert [example.index for example in browser.selection] == [0, 5] and browser.code.startswith("ds.select('#1 or #6')")
    with pytest.raises(DataError, match="no example 6, counted from 0"): browser.selection = [6]
    with pytest.raises(DataError): browser.selection = [-1]
    browser.selection = []
    assert list(browser.selection.numbers) == [2]


def test_the_rows_that_are_sent_are_those_one_is_about_to_see(mails):
    browser = Browser(mails([talk(f"mail {number}") for number in range(300)]))
    browser.example = 200
    browser.do_search("turns:2 sort:-line")
    state = browser.state()
    assert (state["start"], len(state["rows"]), state["rows"][0]["example"]) == (0, PAGE, 299) # the first that were found
    browser.do_decide("keep")
    state = browser.state()
    assert state["start"] <= state["position"] < state["start"] + PAGE and state["rows"][state["position"] - state["start"]]["decision"] == "keep"
    browser.do_search("")
    state = browser.state()
    assert state["rows"][200 - state["start"]]["example"] == 200 # where one was
