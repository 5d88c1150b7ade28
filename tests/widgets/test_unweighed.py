"Preference and reinforcement examples: no message of theirs is trained, and nothing says 0 % or offers a weight."
import json

import numpy as np
import pytest

from ftbench.core import DataError
from ftbench.data.dataset import open_dataset
from ftbench.widgets.base import answer
from ftbench.widgets.lens import Lens
from ftbench.widgets.page import to_html
from ftbench.widgets.workbench import Workbench

TALK = [{"role": "user", "content": "Where is it?"}, {"role": "assistant", "content": "Which order? " * 400}, {"role": "user", "content": "The blue one."}]
ANSWER = lambda text: [{"role": "assistant", "content": text}]
FILES = {"dpo": {"input": {"messages": TALK}, "preferred_output": ANSWER("On its way."), "non_preferred_output": ANSWER("No idea.")},
         "rft": {"messages": TALK, "reference_answer": "on its way"}}


@pytest.fixture(params=FILES)
def ds(request, tmp_path):
    path = tmp_path / f"{request.param}.jsonl"
    path.write_text((json.dumps(FILES[request.param]) + "\n") * 12)
    return open_dataset(path)


def test_the_table_and_its_summaries(ds):
    wb = Workbench(ds)
    ds.columns.wait()
    state = wb.state()
    row = state["rows"]["rows"][0]
    assert row["trained"] is None and row["tokens"] > 1000 and row["errors"] == 0 and not row["cut"]
    assert [each["name"] for each in state["summaries"]] == ["tokens", "turns", "Findings"]
    assert state["editor"]["tokens"]["trained"] is None and all(card["weight"] is None and not card["findings"] for card in state["editor"]["messages"])
    assert "0 %" not in wb._repr_html_() and ds.page(0, 1)[0].trained is None and np.isnan(ds.columns.share).all()
    assert ds.find("trained:0") == [] and len(ds.find("sort:-trained")) == 12
    assert ds.to_pandas()["trained"].isna().all() and "–" in ds.select()._repr_html_()


def test_counts_say_nothing_of_what_is_trained(ds):
    assert ds.tokens(0).trained is None and ds.tokens(0).share is None
    assert "trained" not in repr(ds.tokens()) and ds.tokens().trained == 0


def test_a_weight_is_refused_with_its_reason(ds):
    wb, before = Workbench(ds), ds[0].bytes
    error = answer(wb, {"do": "editor.messages.weight", "id": 1, "example": 0, "message": 1})["error"]
    assert "belong to supervised fine-tuning" in error["message"] and error["remedy"]
    with pytest.raises(DataError, match="all context"): Lens(ds).do_weight(1)
    for policy in ("none", "last_assistant", "all_assistant"): assert ds.set_weights(policy).counts["examples"] == 0
    assert ds[0].bytes == before and not ds.can_undo


def test_the_lens_and_the_page_for_others(ds):
    lens = Lens(ds)
    state = lens.state()
    assert state["lens"]["weighed"] is False and not any(block["switch"] for block in state["lens_window"]["blocks"])
    assert "trained in" not in lens._repr_html_() and "The prompt alone" in lens._repr_html_()
    page = to_html(ds)
    assert '"trained": null' not in page and "trained in 1 of 1" not in page
