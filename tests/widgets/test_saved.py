"A page without Python finds what Python finds, shows the same tokens, and holds text as text."
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from mails import write_examples
from waiting import PATIENCE

from ftbench.core import FtbenchError
from ftbench.data.dataset import open_dataset
from ftbench.data.table.query import NUMBERS, QUALIFIERS
from ftbench.widgets.lens import lens_state
from ftbench.widgets.reading import reader
from ftbench.widgets.saved import Saved, packed_lens
from ftbench.widgets.token_window import unpacked
from ftbench.widgets.workbench import Workbench

STATIC = Path(__file__).parents[2] / "ftbench" / "widgets" / "static"
HOSTILE = "</script><script>window.hacked = 1</script><img src=x onerror=\"window.hacked = 1\">\u202e"
CALL = {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "type": "function", "function": {"name": "look", "arguments": '{"order": 7}'}}]}
TALKS = [
    {"messages": [{"role": "system", "content": "Name the queue."}, {"role": "user", "content": "Where is my STRASSENRAD 🚲?"}, {"role": "assistant", "content": "[DELIVERY]"}]},
    {"messages": [{"role": "user", "content": "A refund, please"}, CALL, {"role": "tool", "tool_call_id": "c", "content": "sent"}, {"role": "assistant", "content": "Done.", "weight": 0}]},
    {"messages": [{"role": "user", "content": HOSTILE}, {"role": "assistant", "content": "No refund.", "weight": 0}, {"role": "assistant", "content": "Straßenrad", "name": "mara"}]},
    {"messages": [{"role": "user", "content": "only asked"}]},
    {"prompt": "What is a wren?", "completion": "A bird (small)."},
]
QUERIES = ["", "refund", "REFUND -done", '"a refund"', "strassenrad", "(delivery or refund) -weight:0", "role:tool", "role:user:refund", "-role:system", "finding:error", "finding:any",
           "finding:none", "findings:warning", "tokens:>20", "tokens:..30", "turns:3..8", "trained:>0", "trained:<50%", "tools:>0", "tool:look", "weight:0", "weight:1", "tag:odd", "tag:none", "decision:keep",
           "decision:none", "note:later", "note:any", "edited:no", "format:sft-chat", "format:prompt-completion", "#2", "line:2..3", "errors:0", "/re(fund|n)/", "/^name/ sort:-tokens", "sort:tokens",
           "sort:-line", "or", "a or b or wren", "-(refund or bird)", "mara", "look:", "nothing-at-all", "loss:>1", "sort:-loss", "sort:loss refund"]


@pytest.fixture
def ds(tmp_path):
    ds = open_dataset(write_examples(tmp_path / "mails.jsonl", [*TALKS, '{"messages": [']))
    ds.review.decide([0], "keep")
    ds.review.tag([0, 1], "odd")
    ds.review.note([1], "Look at it later")
    ds.columns.wait()
    return ds


class Told:
    "Losses that are known of two examples."
    model, name = "nano", "ftjob-1"
    def of(self, rendered): return None
    def column(self, dataset):
        import numpy as np
        return np.array([np.nan, 2., 4.] + [np.nan] * (len(dataset) - 3), np.float32)


def node(script, *arguments):
    if not shutil.which("node"): pytest.skip("Node is not installed")
    done = subprocess.run(["node", "--input-type=module", "-e", script, *arguments], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_same_language_without_python(ds, tmp_path):
    ds.losses = Told()
    (tmp_path / "asked.json").write_text(json.dumps({"state": Saved(ds).state(), "queries": QUERIES}))
    found = node(f"""import {{ readFileSync }} from "node:fs";
        import {{ search }} from "{STATIC.as_uri()}/saved_query.js";
        import {{ unpackExample }} from "{STATIC.as_uri()}/saved.js";
        const {{ state, queries }} = JSON.parse(readFileSync({json.dumps(str(tmp_path / "asked.json"))}, "utf8"));
        const examples = state.examples.map(unpackExample);
        const answer = (query) => {{ try {{ return search(examples, query).map((one) => one.index); }} catch (error) {{ return error.remedy === undefined ? String(error) : "refused"; }} }};
        console.log(JSON.stringify(queries.map(answer)));""")
    for query, here in zip(QUERIES, found):
        try: wanted = [int(number) for number in ds.find(query)]
        except FtbenchError: wanted = "refused"
        assert here == wanted, query


def test_every_filter_is_known_or_refused_with_its_reason():
    found = node(f"""import {{ parseQuery }} from "{STATIC.as_uri()}/saved_query.js";
        const answer = (query) => {{ try {{ parseQuery(query); return null; }} catch (error) {{ return error.message; }} }};
        console.log(JSON.stringify(process.argv.slice(1).map(answer)));""", *(f"{name}:{'1' if name in NUMBERS or name == 'weight' else '?'}" for name in QUALIFIERS))
    said = dict(zip(QUALIFIERS, found))
    assert "without Python cannot tell duplicates" in said["duplicate"]
    assert all(said[name] is None for name in ("finding", "tag", "note", "tool", "format", "weight", *NUMBERS))
    assert all("There is no" in said[name] for name in ("role", "decision", "edited", "sort"))


@pytest.mark.parametrize("model", ["nano", "gpt-4.1-mini"])
def test_tokens_are_unpacked_as_they_were(model):
    states = [lens_state(talk, model) for talk in TALKS]
    found = node(f"""import {{ lookAt, unpackTokens }} from "{STATIC.as_uri()}/lens_tokens.js";
        console.log(JSON.stringify(JSON.parse(process.argv[1]).map(({{ window, looks }}) => {{
          const [look, place] = [lookAt(looks), {{ at: 0 }}];
          return window.blocks.map((block) => unpackTokens(block).map(([text, , ...rest]) => [text, look(place.at++), ...rest]));
        }})));""", json.dumps(states))
    for talk, state, blocks in zip(TALKS, states, found):
        here = unpacked(state["window"], state["looks"])
        assert [[tuple(token[:2]) for token in block] for block in blocks] == here and all("ids" not in block for block in packed_lens(state)["window"]["blocks"])
        assert len(blocks) == 0 or [token[2] for block in blocks for token in block] == reader(model).read(talk).ids


def test_a_view_and_a_workbench_become_pages(ds, tmp_path):
    page = ds.select("role:tool").to_html()
    assert "1 example of role:tool" in page and "A refund, please" in page
    page = Workbench(ds).to_html(tmp_path / "bench.html").read_text()
    assert page.count('id="still-') == 1 and "mails.jsonl" in page and "<img" not in page


def test_the_still_reads_without_a_script(ds):
    page = ds.to_html()
    body = page.split("<body>")[1].split("<script")[0]
    assert "STRASSENRAD 🚲" in body and "[DELIVERY]" in body and "<img" not in body


def test_what_is_too_much_is_said(ds):
    saved = Saved(ds)
    saved.most = 3
    assert len(saved.state()["examples"]) == 3 and "the first 3 of 6 examples" in saved.state()["note"]
    assert "the first 3 of 6 examples" in repr(saved)
