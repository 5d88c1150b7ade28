"""Every rule finds its breach, stays silent on good examples, and its repair makes the finding go away."""
import copy
import json

import pytest

from breaches import EXAMPLES, GOOD, LINES, NO_REPAIR, PAIR, TASK, USER, calling, call, with_tool_message

from ftbench.checks.findings import RULES, SEVERITIES
from ftbench.checks.repairs import apply_repair, repair_line, to_line
from ftbench.checks.rules import check_line, check_value

EXAMPLE_CASES = [pytest.param(code, value, id=f"{code}-{i}") for code, values in EXAMPLES.items() for i, value in enumerate(values)]
LINE_CASES = [pytest.param(code, raw, id=f"{code}-{i}") for code, lines in LINES.items() for i, raw in enumerate(lines)]


def test_every_rule_has_a_breach():
    import ftbench.checks.report # noqa: F401 (registers the rules on whole files)
    checked = {code for code, rule in RULES.items() if rule.scope != "file"}
    assert checked == EXAMPLES.keys() | LINES.keys()


def test_rules_say_what_they_are():
    for code, rule in RULES.items():
        assert rule.severity in SEVERITIES and rule.source and rule.find.__doc__, code


@pytest.mark.parametrize(("code", "value"), EXAMPLE_CASES)
def test_example_is_found(code, value):
    before = copy.deepcopy(value)
    findings = [each for each in check_value(value, 7) if each.code == code]
    assert findings and value == before
    for each in findings: assert each.line == 7 and each.severity == RULES[code].severity and each.text.endswith(".")
    assert check_line(to_line(value), 7) == check_value(value, 7)


@pytest.mark.parametrize(("code", "raw"), LINE_CASES)
def test_line_is_found(code, raw):
    findings = [each for each in check_line(raw, 7) if each.code == code]
    assert findings
    for each in findings: assert each.line == 7 and each.severity == RULES[code].severity


@pytest.mark.parametrize(("code", "value"), EXAMPLE_CASES)
def test_repair_of_an_example_mends_it(code, value):
    for each in check_value(value):
        if each.repair is None: continue
        edit = json.loads(json.dumps(each.repair.edit))
        assert edit == each.repair.edit
        mended = apply_repair(value, each.repair)
        assert (each.code, each.path) not in [(after.code, after.path) for after in check_value(mended)]
        assert json.loads(repair_line(to_line(value), each.repair)) == mended


@pytest.mark.parametrize(("code", "raw"), LINE_CASES)
def test_repair_of_a_line_mends_it(code, raw):
    for each in check_line(raw):
        if each.repair is None: continue
        lines = [line for line in repair_line(raw, each.repair).split(b"\n") if line]
        assert each.code not in [after.code for line in lines for after in check_line(line)]


def test_repairs_exist_where_they_are_safe():
    found = [each for code, values in EXAMPLES.items() for value in values for each in check_value(value) if each.code == code]
    found += [each for code, lines in LINES.items() for raw in lines for each in check_line(raw) if each.code == code]
    assert {each.code for each in found} - {each.code for each in found if each.repair} == NO_REPAIR


@pytest.mark.parametrize("value", [GOOD, calling(call()), with_tool_message(tool_call_id="call_1", content="8 °C"),
                                   calling(call(), parallel_tool_calls=False), PAIR, TASK])
def test_good_examples_have_no_findings(value):
    assert check_value(value) == [] == check_line(to_line(value))


@pytest.mark.parametrize("answer", [
    "Call (555) 123-4567 or +1 212-555-0187 and ask for Ann.", "Write to example@gmail.com or jane.doe@outlook.com.", "<p>&copy; 2024 Fish &amp; chips</p>",
    "curl 'https://api.openweathermap.org/data/2.5/weather?q=Akureyri&appid=<YOUR_API_KEY>'", "    a = abs(a)\n    return int(round(a ** (1. / 3))) ** 3 == a\n"])
def test_what_real_files_hold_and_nobody_minds(answer):
    assert check_value({"messages": [USER, {"role": "assistant", "content": answer}]}) == []


def test_every_fault_of_a_line_is_named():
    value = {"messages": [USER | {"role": "human", "weight": 1}, {"role": "assistant", "weight": .5}], "weight": 1}
    assert {each.code for each in check_value(value)} == {"extra_key", "role_unknown", "weight_value", "content_missing"}


def test_repeated_key_is_named_with_its_message():
    [finding] = check_line(LINES["json_duplicate_key"][0], 3)
    assert (finding.line, finding.message, finding.path) == (3, 1, "messages[1]")


def test_offsets_count_bytes():
    raw = '{"ðæö": "þ",}'.encode()
    [finding] = check_line(raw)
    assert repair_line(raw, finding.repair) == '{"ðæö": "þ"}'.encode()
