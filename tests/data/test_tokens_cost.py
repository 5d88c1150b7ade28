"Prices that can be edited, and what a job costs: published figures, cut examples, other formats."
import json

import pytest
from shared_data import SHARED, needs_shared

from ftbench.core import DataError, home, workspace
from ftbench.data.count.cost import _counted, cost
from ftbench.data.count.epochs import auto_epochs
from ftbench.data.count.counter import ENCODINGS
from ftbench.data.dataset import open_dataset
from ftbench.data.count.prices import prices

CHAT = {"messages": [{"role": "user", "content": "Where is parcel 12?"}, {"role": "assistant", "content": "On its way."}]}


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("FTBENCH_HOME", str(tmp_path / "home"))


@pytest.fixture
def opened(tmp_path):
    def write(*values):
        path = tmp_path / "mails.jsonl"
        path.write_text("".join((value if isinstance(value, str) else json.dumps(value)) + "\n" for value in values))
        return open_dataset(path)
    return write


def test_the_packaged_table_is_whole():
    table = prices()
    assert [row.model for row in table.rows if not row.source or not row.date or row.example_limit > row.context] == []
    assert {row.encoding for row in table.rows} <= {*ENCODINGS, "nano"}
    assert (table["gpt-4o"].train, table["gpt-4o-mini"].train, table["gpt-4.1"].output) == (25, 3, 12)
    assert "gpt-4.1-mini" in repr(table) and "the packaged table" in table._repr_html_()


@pytest.mark.parametrize(("asked", "found"), [
    ("gpt-4.1", "gpt-4.1-2025-04-14"), ("gpt-4.1-mini-2025-04-14", "gpt-4.1-mini-2025-04-14"), ("nano", "ftbench-nano-1"),
    ("gpt-3.5-turbo", "gpt-3.5-turbo-0125"), ("ft:gpt-4o-mini-2024-07-18:acme:mails:abc", "gpt-4o-mini-2024-07-18"),
    ("ft:ftbench-nano-1:me::abc", "ftbench-nano-1")])
def test_a_model_is_found_by_its_names(asked, found): assert prices()[asked].model == found


@pytest.mark.parametrize("unknown", ["gpt-4", "gpt", "", "gpt-4.1-mini-turbo", "ft:llama:x:y"])
def test_an_unknown_model_is_not_guessed(unknown):
    with pytest.raises(DataError, match="no price for the model"): prices()[unknown]


def test_ones_own_table_wins(opened):
    packaged = prices()
    own = packaged.own_copy()
    assert own == home() / "prices.csv" and own.read_text() == packaged.path.read_text()
    own.write_text(own.read_text().replace("gpt-4.1-mini-2025-04-14,5.00", "gpt-4.1-mini-2025-04-14,6.50"))
    assert prices().own_copy() == packaged.own_copy() == own and prices()["gpt-4.1-mini"].train == 6.5, "and is not written over"
    assert "your own table" in repr(prices())
    data = opened(CHAT)
    assert cost(data, "gpt-4.1-mini", 1).price.train == 6.5


def test_the_table_beside_the_data_wins_over_the_home_table(tmp_path, monkeypatch):
    monkeypatch.delenv("FTBENCH_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    data = tmp_path / "data" / "x.jsonl"
    data.parent.mkdir()
    assert prices(data).path == prices().path and not list(data.parent.iterdir()), "looking leaves nothing behind"
    beside = prices(data).own_copy()
    assert beside == workspace(data) / "prices.csv" and prices(data).path == beside != prices().path


@pytest.mark.parametrize(("old", "new", "said"), [
    (",5.00", ",five", "line 3: train is 'five', not a number"), (",5.00", ",-1", "line 3: train is -1"), ("65536", "64k", "line 2: example_limit is '64k'"),
    ("model,train", "name,train", "has no column 'model'"), (",5.00", ",nan", "line 3: train is nan")])
def test_a_slip_in_ones_own_table_is_named(old, new, said):
    own = prices().own_copy()
    own.write_text(own.read_text().replace(old, new, 1))
    with pytest.raises(DataError, match=said): prices()


@needs_shared
def test_the_drone_job_as_it_was_billed():
    bill = cost(open_dataset(SHARED / "chat/cookbook_drone_tools.jsonl"), "gpt-3.5-turbo", epochs=3)
    assert (bill.total_tokens, len(bill.tokens), bill.truncated) == (145_983, 103, [])
    assert bill.dollars == pytest.approx(145_983 * 8 / 1e6) and "an estimate" in repr(bill)
    assert bill.to_pandas()["dollars"].sum() == pytest.approx(bill.dollars)


@needs_shared
def test_the_cookbooks_toy_file_with_its_limit_of_4096(monkeypatch):
    own = prices().own_copy()
    own.write_text(own.read_text().replace("16385,16385", "4096,16385"))
    bill = cost(open_dataset(SHARED / "chat/cookbook_toy_chat.jsonl"), "gpt-3.5-turbo")
    assert (bill.epochs, int(bill.billed.sum()), bill.total_tokens) == (20, 4306, 86_120)
    assert len(bill.truncated) == 1 and f"would lose the end: {bill.truncated[0] + 1} " in repr(bill)


@pytest.mark.parametrize(("examples", "epochs"), [(1, 25), (3, 25), (5, 20), (33, 3), (34, 3), (103, 3), (8_333, 3), (8_334, 2), (200_000, 1)])
def test_epochs_by_the_cookbook(examples, epochs): assert auto_epochs(examples)[0] == epochs


def test_nano_counts_with_its_own_vocabulary_and_cuts_at_1024(opened):
    long = {"messages": [{"role": "user", "content": "a few words " * 600}, {"role": "assistant", "content": "yes"}]}
    bill = cost(opened(CHAT, long), "nano")
    assert bill.truncated == [1] and bill.billed[1] == 1024 and bill.dollars == 0
    assert "No charge" in repr(bill) and "its own vocabulary" in repr(bill)


def test_lines_that_cannot_be_read_are_told(opened):
    bill = cost(opened(CHAT, "{", CHAT), "gpt-4.1", 1)
    assert bill.tokens[1] == 0 and bill.tokens[0] == bill.tokens[2] > 0 and "cannot be read" in repr(bill)


def test_preference_pairs_count_both_answers(opened):
    pair = {"input": {"messages": CHAT["messages"][:1]}, "preferred_output": CHAT["messages"][1:],
            "non_preferred_output": [{"role": "assistant", "content": "No idea, sorry, ask somebody else."}]}
    bill = cost(opened(CHAT, pair), "gpt-4.1", 1)
    assert bill.tokens[1] > bill.tokens[0] and "both answers" in repr(bill)


def test_what_is_not_billed_by_tokens_is_refused(opened):
    with pytest.raises(DataError, match="by the hour"): cost(opened({"messages": CHAT["messages"][:1], "answer": "3"}), "gpt-4.1")
    with pytest.raises(DataError, match="no example in a format"): cost(opened({"instruction": "x", "output": "y"}), "gpt-4.1")


@pytest.mark.parametrize("epochs", [0, 51, 2.5, True, "many", None])
def test_other_epochs_are_refused(opened, epochs):
    with pytest.raises(DataError, match="is not a choice"): cost(opened(CHAT), "gpt-4.1", epochs)


def test_a_view_costs_what_its_examples_cost(opened):
    data = opened(CHAT, {"messages": [*CHAT["messages"], *CHAT["messages"]]}, CHAT)
    whole, some = cost(data, "gpt-4.1", 1), cost(data.select("#2 or #3"), "gpt-4.1", 1)
    assert some.tokens.tolist() == whole.tokens.tolist()[1:] and data.select("#1").cost("gpt-4.1", 1).dollars == pytest.approx(whole.dollars - some.dollars)


@needs_shared
@pytest.mark.parametrize("name", ["foundry_tool_agent_multi_turn", "glaive_tool_chat_derived", "cookbook_drone_tools", "foundry_dpo_orca"])
def test_the_columns_and_the_slow_way_agree(name):
    data = open_dataset(SHARED / "chat" / f"{name}.jsonl")
    notes = set()
    assert cost(data, "gpt-4.1").tokens.tolist() == _counted(list(data), "o200k_base", notes).tolist()


def test_a_line_of_ones_own_is_read_however_the_spreadsheet_wrote_it(opened):
    own = prices().own_copy()
    with own.open("ab") as file: file.write("haus-modell,2.50,1,,1,cl100k_base,8192,8192,2026-11-01,Büro,\r\n".encode("cp1252"))
    assert cost(opened(CHAT), "haus-modell", 2).price.train == 2.5
    own.write_text(own.read_text(errors="replace").replace("1,cl100k_base,8192", "1,llama,8192"))
    with pytest.raises(DataError, match="no token encoding 'llama'"): cost(opened(CHAT), "haus-modell")
