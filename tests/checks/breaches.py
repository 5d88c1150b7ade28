"""For every rule, an example or a raw line that breaks it."""
import json

USER = {"role": "user", "content": "What is the capital of Iceland?"}
ANSWER = {"role": "assistant", "content": "Reykjavík."}
WEATHER = {"type": "function", "function": {"name": "weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}


def call(arguments='{"city": "Akureyri"}', **changes) -> dict:
    return {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": arguments}} | changes


def calling(*calls, **more) -> dict:
    return {"tools": [WEATHER], "messages": [USER, {"role": "assistant", "tool_calls": list(calls)}]} | more


def with_tool_message(**message) -> dict:
    return {"tools": [WEATHER], "messages": [USER, {"role": "assistant", "tool_calls": [call()]}, {"role": "tool", **message}, ANSWER]}


def chat(*messages, **top) -> dict: return {"messages": list(messages), **top}


def user_part(part) -> dict: return chat(USER | {"content": [part]}, ANSWER)


def image(url) -> dict: return {"type": "image_url", "image_url": url}


def without(value: dict, key: str) -> dict: return {name: item for name, item in value.items() if name != key}


PAIR = {"input": chat(USER), "preferred_output": [ANSWER], "non_preferred_output": [{"role": "assistant", "content": "Oslo."}]}
TASK = chat(USER, answer="Reykjavík")
GOOD = chat({"role": "system", "content": "You know geography."}, USER, ANSWER)
LINE = json.dumps(GOOD, ensure_ascii=False)

# code -> raw lines
LINES = {
    "line_too_large": [b"a" * 150_000_001],
    "utf16": [LINE.encode("utf-16"), LINE.encode("utf-16-le")],
    "bom": [b"\xef\xbb\xbf" + LINE.encode()],
    "nul_bytes": [LINE.encode() + b"\0\0"],
    "not_utf8": [LINE.encode("latin-1"), LINE.encode()[:-2] + b"\x81\xff"],
    "json_too_deep": [b"[" * 10_000, b'{"a":' * 10_000, b"[" * 200 + b"]" * 200],
    "json_blank": [b"", b"  \t"],
    "json_python_literal": [str(GOOD).encode(), b"{'messages': None}", b'{"messages": True}'],
    "json_trailing_comma": [LINE[:-1].encode() + b",}", LINE.replace("]", ", ]").encode()],
    "json_concatenated": [(LINE + LINE).encode(), (LINE + " " + LINE + " ").encode(), (LINE + "{").encode()],
    "json_control_character": [LINE.replace("capital", "capi\ttal").encode(), LINE.replace("capital", "capi\x1btal\t").encode()],
    "lone_cr": [(LINE + "\r" + LINE).encode(), (LINE.replace(", ", ",\r")).encode()],
    "json_truncated": [LINE[:20].encode(), LINE[:-1].encode(), b"{"],
    "json_invalid": [b"hello", b"{]", b'{"a" 1}', b'{"a": 01}'],
    "not_object": [b"[]", b"3", b'"text"', b"null", b"true", f"[{LINE}, {LINE}]".encode()],
    "json_nan": [b'{"messages": NaN}', b'{"messages": [], "x": -Infinity}'],
    "json_duplicate_key": [LINE.replace('"role": "user"', '"role": "assistant", "role": "user"').encode(),
                           LINE[:-1].encode() + b', "messages": []}'],
    "lone_surrogate": [LINE.replace("capital", "\\ud83d").encode(), LINE.replace("capital", "\\ude00\\ud83d").encode()],
}

# code -> examples
EXAMPLES = {
    "messages_missing": [{}, {"conversation": GOOD["messages"]}, {"text": "hello"}],
    "messages_type": [{"messages": "hello"}, {"messages": None}, chat(USER, "hello", ANSWER), chat(USER, None, ANSWER)],
    "messages_empty": [chat()],
    "extra_key": [GOOD | {"weight": 1}, GOOD | {"id": 7}, GOOD | {"a/b~c": None}],
    "no_assistant": [chat(USER), chat({"role": "system", "content": "Be brief."}, USER)],
    "nothing_trained": [chat(USER, ANSWER | {"weight": 0}), chat(USER, ANSWER | {"weight": 0}, USER, ANSWER | {"weight": 0})],
    "last_not_assistant": [chat(USER, ANSWER, USER), chat(USER, ANSWER, USER, USER)],
    "role_missing": [chat({"content": "Hi"}, ANSWER)],
    "role_unknown": [chat(USER | {"role": role}, ANSWER) for role in ("human", "User", " user ", "gpt", "narrator", "", None, 3, [])],
    "role_developer": [chat({"role": "developer", "content": "Be brief."}, USER, ANSWER)],
    "role_function": [chat(USER, ANSWER, {"role": "function", "name": "weather", "content": "8"}, ANSWER)],
    "system_not_first": [chat(USER, {"role": "system", "content": "Be brief."}, ANSWER)],
    "role_repeated": [chat(USER, USER, ANSWER), chat(USER, ANSWER, ANSWER)],
    "assistant_first": [chat(ANSWER), chat({"role": "system", "content": "Be brief."}, ANSWER, USER, ANSWER)],
    "message_extra_key": [chat(USER | {"id": 4}, ANSWER), chat(USER | {"tool_calls": []}, ANSWER), chat(USER, ANSWER | {"tool_call_id": "a"})],
    "null_key": [chat(USER | {"name": None}, ANSWER), chat(USER, ANSWER | {"tool_calls": None})],
    "name_invalid": [chat(USER | {"name": name}, ANSWER) for name in ("Jón Jónsson", "", "a" * 65, 7, "***")],
    "weight_role": [chat(USER | {"weight": weight}, ANSWER) for weight in (0, 1, .5, None)],
    "weight_type": [chat(USER, ANSWER | {"weight": weight}) for weight in (True, False, "1", "0", 1.0, 0.0, None, "heavy", [], {})],
    "weight_value": [chat(USER, ANSWER | {"weight": weight}) for weight in (.5, .001)],
    "weight_range": [chat(USER, ANSWER | {"weight": weight}) for weight in (2, -1, 1e300, 10**30, 1.5)],
    "content_missing": [chat({"role": "user"}, ANSWER), chat(USER | {"content": None}, ANSWER), chat(USER, {"role": "assistant"})],
    "content_type": [chat(USER | {"content": content}, ANSWER) for content in (3, True, {"text": "Hi"})],
    "content_empty": [chat(USER | {"content": " "}, ANSWER), chat(USER, ANSWER | {"content": ""}), user_part({"type": "text", "text": ""})],
    "special_token": [chat(USER, ANSWER | {"content": "Yes.<|endoftext|>"}), user_part({"type": "text", "text": "<|im_start|>user"})],
    "template_mark": [chat(USER | {"content": text}, ANSWER) for text in ("[INST] Hi [/INST]", "<<SYS>>Be brief.", "Hi<|eot_id|>", "<start_of_turn>user")],
    "mojibake": [chat(USER | {"content": text}, ANSWER) for text in ("CafÃ©", "Itâ€™s late", "ÐŸÑ€Ð¸Ð²ÐµÑ‚", "Hi ðŸ˜€", "Â°C")],
    "lost_character": [chat(USER | {"content": "Caf\ufffd"}, ANSWER)],
    "control_character": [chat(USER | {"content": "\x1b[31mred"}, ANSWER), chat(USER | {"content": "a\0b"}, ANSWER)],
    "html_entities": [chat(USER | {"content": text}, ANSWER) for text in ("Fish &amp; chips", "It&#39;s late", "a&nbsp;b", "&#x27;")],
    "placeholder": [chat(USER, ANSWER | {"content": text}) for text in ("Dear [Your Name],", "Hi {{name}}!", "TODO: write", "<your email>", "[Insert date here]",
                                                                       "Lorem ipsum dolor")] + [chat(USER | {"content": "Hi, I am {{ user.name }}."}, ANSWER)],
    "answer_cut_off": [chat(USER, ANSWER | {"content": text}) for text in (
        "Take this:\n```python\nprint(1)", "The capital of Iceland lies in the south-west of the island and is by far the largest of the",
        "There are several towns that you could visit when you are there, among them Akureyri,")],
    "secret": [chat(USER | {"content": text}, ANSWER) for text in (
        "sk-proj-" + "a1B2" * 10, "AKIA" + "ABCD1234" * 2, "ghp_" + "a1B2" * 9, "AIza" + "a1B2_" * 7, "xoxb-123456789012-" + "a1B2" * 6, "hf_" + "aBcD" * 8,
        "sk_live_" + "a1B2" * 6, "-----BEGIN RSA PRIVATE KEY-----", "eyJhbGciOiJIUzI1NiIs.eyJzdWIiOiIxMjM0", "postgres://admin:hunter22@db")]
        + [calling(call('{"city": "ghp_' + "a1B2" * 9 + '"}'))],
    "personal_data": [chat(USER | {"content": text}, ANSWER) for text in (
        "jon@landsbanki.is", "+354 551 2345 67", "+1 (212) 664-0187", "(212) 664-0187", "212-664-0187", "123-45-6789", "4111 1111 1111 1111", "4111111111111111",
        "4111-1111-1111-1111", "3782 822463 10005", "DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819")],
    "example_too_long": [chat(USER | {"content": "word " * 66_000}, ANSWER)],
    "parts_invalid": [chat(USER | {"content": content}, ANSWER) for content in ([], ["Hi"], [3])],
    "part_type": [user_part({"type": "input_audio", "input_audio": {}}), user_part({"text": "Hi"}), user_part({"type": ["text"]}),
                  chat(USER, ANSWER | {"content": [{"type": "thinking", "text": "Hm"}]})],
    "part_text": [user_part({"type": "text"}), user_part({"type": "text", "text": 3})],
    "tool_content_not_string": [with_tool_message(tool_call_id="call_1", content=content)
                                for content in ([{"type": "text", "text": "8"}], {"degrees": 8}, 8, [])],
    "image_role": [chat(USER, ANSWER | {"content": [image({"url": "https://example.org/a.png"})]})],
    "image_url": [user_part(image(url)) for url in ("https://example.org/a.png", {"url": "a.png"}, {}, None, {"url": 3})],
    "image_detail": [user_part(image({"url": "https://example.org/a.png", "detail": "max"}))],
    "image_skipped": [user_part(image({"url": url})) for url in ("data:image/gif;base64,AAAA", "data:image/png;base64," + "A" * 13_400_000)],
    "images_too_many": [chat(USER | {"content": [image({"url": "https://example.org/a.png"})] * 11}, ANSWER)],
    "tools_type": [GOOD | {"tools": tools} for tools in (None, [], "weather", [WEATHER] * 129)],
    "tool_invalid": [calling(call(), tools=[tool]) for tool in (3, {"function": WEATHER["function"]}, WEATHER["function"], {"type": "function"})],
    "function_invalid": [calling(call(), tools=[{"type": "function", "function": {"name": "weather"} | change}]) for change in (
        {"name": "get weather"}, {"description": 3}, {"strict": 1}, {"arguments": {}}, {"parameters": []}, {"parameters": {"type": "string"}},
        {"parameters": {"type": "object", "properties": []}}, {"parameters": {"type": "object", "required": "city"}},
        {"parameters": {"type": "object", "required": ["city"]}})],
    "function_repeated": [calling(call(), tools=[WEATHER, WEATHER])],
    "functions_legacy": [GOOD | {"functions": [WEATHER["function"]]}],
    "parallel_tool_calls_type": [calling(call(), parallel_tool_calls=value) for value in ("true", "False", None, 1)],
    "parallel_without_tools": [GOOD | {"parallel_tool_calls": True}],
    "tool_calls_type": [chat(USER, ANSWER | {"tool_calls": calls}) for calls in ([], {}, "weather", [3])],
    "tool_call_invalid": [calling(call(id=None)), calling(call(id=7)), calling(call(type="tool")), calling(call(function=None)),
                          calling(call(function={"name": "a b", "arguments": "{}"}))],
    "tool_call_id_repeated": [calling(call(), call())],
    "parallel_calls_forbidden": [calling(call(), call(id="call_2"), parallel_tool_calls=False)],
    "function_unknown": [calling(call(function={"name": "time", "arguments": "{}"}))],
    "function_call_invalid": [chat(USER, {"role": "assistant", "function_call": value}) for value in ("weather", {"arguments": "{}"})]
        + [chat(USER, ANSWER, {"role": "function", "content": "8"}, ANSWER)],
    "pair_key_missing": [without(PAIR, "input"), without(PAIR, "non_preferred_output"), {"input": PAIR["input"], "preferred_output": [ANSWER], "non_preferred_completion": [ANSWER]}],
    "pair_extra_key": [PAIR | {"id": 7}, PAIR | {"preferred_completion": []}],
    "pair_input": [PAIR | {"input": value} for value in ("Hi", [USER], None, 3, [])],
    "pair_output": [PAIR | {"preferred_output": value} for value in ("Hi", ANSWER, [], [ANSWER, ANSWER], None, [3])],
    "pair_output_role": [PAIR | {"non_preferred_output": [ANSWER | {"role": role}]} for role in ("user", "gpt", None)],
    "pair_input_end": [PAIR | {"input": chat(USER, ANSWER)}, PAIR | {"input": chat({"role": "system", "content": "Be brief."})}],
    "pair_same_outputs": [PAIR | {"non_preferred_output": PAIR["preferred_output"]}],
    "pair_image": [PAIR | {"input": chat(USER | {"content": [image({"url": "https://example.org/a.png"})]})}],
    "task_system": [TASK | {"messages": [{"role": "system", "content": "Be brief."}, USER]}],
    "task_end": [TASK | {"messages": [{"role": "developer", "content": "Be brief."}]}],
    "task_functions": [TASK | {"functions": [WEATHER["function"]]}],
    "task_key_name": [TASK | {"right answer": "Reykjavík"}, TASK | {"": 1}],
    "task_empty_key": [TASK | {"answer": value} for value in (None, "", [], {})],
    "task_weight": [TASK | {"messages": [USER, ANSWER | {"weight": 0}, USER]}],
    "tools_missing": [chat(USER, {"role": "assistant", "tool_calls": [call()]})],
    "tool_call_id_missing": [with_tool_message(content="8"), with_tool_message(content="8", tool_call_id=None)],
    "tool_call_id_unknown": [with_tool_message(content="8", tool_call_id="call_2"),
                             chat(USER, ANSWER, {"role": "tool", "tool_call_id": "a", "content": "8"}, ANSWER)],
    "tool_result_missing": [calling(call()) | {"messages": [USER, {"role": "assistant", "tool_calls": [call()]}, ANSWER]}],
    "arguments_type": [calling(call({"city": "Akureyri"})), calling(call(None)), calling(call(3))],
    "arguments_not_json": [calling(call('{"city": "Aku')), calling(call('{"city": "Akureyri"')), calling(call("{'city': None}")), calling(call("")), calling(call("[" * 10_000))],
    "arguments_not_object": [calling(call('"{\\"city\\": \\"Akureyri\\"}"')), calling(call("[1]")), calling(call("null"))],
    "arguments_schema": [calling(call("{}")), calling(call('{"city": 3}')), calling(call('{"city": "A", "unit": "C"}'))],
}

# Rules whose breach no program can mend without guessing what was meant.
NO_REPAIR = {
    "line_too_large", "utf16", "json_too_deep", "json_truncated", "json_invalid", "json_nan", "messages_type", "messages_empty", "no_assistant",
    "role_missing", "role_function", "system_not_first", "role_repeated", "assistant_first", "weight_value", "content_missing", "content_type",
    "content_empty", "special_token", "weight_range", "parallel_calls_forbidden", "pair_input_end", "pair_same_outputs", "pair_image", "task_end", "task_functions",
    "task_key_name", "task_empty_key", "template_mark", "lost_character", "control_character", "html_entities", "placeholder", "answer_cut_off",
    "secret", "personal_data", "example_too_long", "part_text", "image_role", "image_skipped", "images_too_many", "function_invalid",
    "function_repeated", "functions_legacy", "tool_call_id_repeated", "function_unknown", "function_call_invalid", "tools_missing",
    "tool_result_missing"}
