"""A Jupyter-native workbench for fine-tuning chat models in OpenAI's format.

    import ftbench as ft
    ds = ft.open("mails.jsonl")        # browse, edit, weigh, check
    job = ft.launch(ds)                # train, here or at any OpenAI-compatible service
    result = ft.compare(ft.arm("nano"), ft.arm(job), cases=ft.cases("held_out.jsonl"))

Nothing heavy is imported until a name is used.
"""
__version__ = "0.1.0"

import importlib

from ftbench.core import FtbenchError, register_verbs

# The names of `ft.` and where each lives.
_FRONT = {
    "open": "ftbench.data.dataset:open_dataset",
    "sample": "ftbench.data.samples:sample",
    "sample_names": "ftbench.data.samples:sample_names",
    "edits": "ftbench.data.edit.edits",
    "check_file": "ftbench.checks.report:check_file",
    "fix_file": "ftbench.checks.fix:fix_file",
    "convert": "ftbench.data.format.convert:convert",
    "prices": "ftbench.data.count.prices:prices",
    "connect": "ftbench.jobs.service:connect",
    "stop_server": "ftbench.jobs.service:stop",
    "launch": "ftbench.jobs.launch:launch",
    "job": "ftbench.jobs.launch:job",
    "cases": "ftbench.evals.cases:cases",
    "arm": "ftbench.evals.arms:arm",
    "graders": "ftbench.evals.graders",
    "compare": "ftbench.evals.verdict:compare",
    "Workbench": "ftbench.widgets.workbench:Workbench",
    "workbench": "ftbench.widgets.start:workbench",
}

# Verbs that a lower room offers and a higher room performs.
register_verbs({
    "Dataset.check": "ftbench.checks.report:check",
    "Dataset.duplicates": "ftbench.checks.duplicates:duplicates",
    "Dataset.leakage": "ftbench.checks.duplicates:leakage",
    "Dataset.contradictions": "ftbench.checks.duplicates:contradictions",
    "Examples.repair": "ftbench.checks.bulk_repair:repair",
    "explain_line": "ftbench.checks.rules:explain_line",
    "explain_lines": "ftbench.checks.rules:explain_lines",
    "rule_codes": "ftbench.checks.report:rule_codes",
    "reader": "ftbench.widgets.reading:reader",
    "Dataset.saved": "ftbench.widgets.saved:Saved",
    "Examples.to_html": "ftbench.widgets.page:to_html",
    "Dataset.view": "ftbench.widgets.workbench:dataset_view",
    "Dataset.workbench": "ftbench.widgets.workbench:workbench",
    "Job.view": "ftbench.widgets.monitor:job_view",
    "Comparison.view": "ftbench.widgets.results:comparison_view",
})

__all__ = ["FtbenchError", *_FRONT]


def __getattr__(name: str):
    if name not in _FRONT: raise AttributeError(f"module 'ftbench' has no attribute {name!r}")
    module, _, attribute = _FRONT[name].partition(":")
    found = importlib.import_module(module)
    value = getattr(found, attribute) if attribute else found
    globals()[name] = value
    return value


def __dir__(): return sorted([*globals(), *_FRONT])
