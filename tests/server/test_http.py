"""What stands before the API: keys, hosts, methods, bodies, uploads, and errors that are always OpenAI's envelope."""
import http.client
import io
import json
from contextlib import suppress
from urllib.parse import urlsplit

import openai
import pytest
from openai.types import FileDeleted, FileObject, Model
from waiting import PATIENCE


def send(server, method, path, body=None, **headers):
    "A request as no client would send it: status, headers and the error of the answer."
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=PATIENCE)
    headers = {"Authorization": f"Bearer {server.token}"} | {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, {name: value for name, value in headers.items() if value is not None})
    answer = connection.getresponse()
    value = json.loads(answer.read() or b"null")
    connection.close()
    return answer.status, answer.headers, value


def error(server, method, path, body=None, **headers):
    status, sent, value = send(server, method, path, body, **headers)
    assert value["error"].keys() == {"message", "type", "param", "code"} and value["error"]["message"]
    assert sent["x-request-id"].startswith("req_") and sent["content-type"] == "application/json"
    return status, value["error"]["code"]


def test_health_needs_no_key(server):
    status, _, value = send(server, "GET", "/health", Authorization=None)
    assert status == 200 and value["status"] == "ok" and value["version"]


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic dXNlcg==", "Bearer wrong", "Bearer wr\xf6ng"])
def test_everything_else_needs_the_key(server, header):
    for path in ("/v1/models", "/v1/files", "/v1/nothing", "/status.json"):
        status, code = error(server, "GET", path, Authorization=header)
        assert status == 401 and code in (None, "invalid_api_key")


def test_the_client_reads_the_refusal(server):
    with pytest.raises(openai.AuthenticationError) as caught: openai.OpenAI(base_url=server.url, api_key="wrong").models.list()
    assert caught.value.code == "invalid_api_key" and caught.value.request_id and "wrong" not in caught.value.body["message"]


@pytest.mark.parametrize("host", ["rebound.example", "127.0.0.1.rebound.example:80", "0.0.0.0", "[bad", ""])
def test_a_foreign_host_is_refused(server, host):
    assert error(server, "GET", "/v1/models", Host=host) == (403, "invalid_host")


def test_a_foreign_page_is_refused_and_an_own_one_is_not(server):
    assert error(server, "GET", "/v1/models", Origin="https://page.example") == (403, "invalid_origin")
    assert error(server, "GET", "/v1/models", Origin="null") == (403, "invalid_origin")
    assert send(server, "GET", "/v1/models", Origin="http://localhost:8888")[0] == 200
    assert send(server, "GET", "/v1/models", Host="localhost")[0] == 200


def test_wrong_addresses_and_methods(server):
    assert error(server, "GET", "/v1/nothing")[0] == 404
    assert error(server, "GET", "/v1/models/")[0] == 404
    assert error(server, "PUT", "/v1/files") == (405, "method_not_supported")
    assert error(server, "GET", "/v1/chat/completions") == (405, "method_not_supported")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff\xfe", b'{"n": NaN}', b"[" * 100_000, b'{"seed": ' + b"9" * 5000 + b"}",
                                  b'{"messages": [], "model": "nano", "messages": 3}'])
def test_bodies_that_are_no_json_object(server, body):
    for path in ("/v1/chat/completions", "/v1/fine_tuning/jobs"): assert error(server, "POST", path, body)[0] == 400


def test_a_body_beyond_all_bounds(server):
    def endless():
        for _ in range(40): yield b" " * 2**20
    with suppress(BrokenPipeError, ConnectionResetError): # refused before the end was sent
        assert error(server, "POST", "/v1/chat/completions", endless(), Transfer_Encoding="chunked")[0] == 413
    assert send(server, "GET", "/v1/models")[0] == 200


def test_files_come_and_go(server):
    files = server.client.files
    content = b'{"messages": []}\n' * 3
    files.create(file=("older.jsonl", io.BytesIO(content)), purpose="fine-tune")
    made = files.create(file=("mails.jsonl", io.BytesIO(content)), purpose="fine-tune",
                        expires_after={"anchor": "created_at", "seconds": 3600})
    FileObject.model_validate(server.raw(f"files/{made.id}"), strict=True)
    assert made.bytes == len(content) and made.status == "processed" and made.expires_at == made.created_at + 3600
    assert files.content(made.id).read() == content and files.wait_for_processing(made.id).id == made.id
    assert files.list(purpose="fine-tune").data[0].id == made.id and files.list(limit=1).has_more
    assert files.list(order="asc").data[-1].id == made.id
    FileDeleted.model_validate(files.delete(made.id).to_dict(), strict=True)
    for ask in (files.retrieve, files.content, files.delete):
        with pytest.raises(openai.NotFoundError): ask(made.id)
    assert not (server.home / "files" / made.id).exists()


@pytest.mark.parametrize("content", [b"", b"\n\n", b"text\n", b'{"a": 1}\n[1]\n', b'{"a": 1}{"b": 2}\n', b'{"a": "\xff"}\n', b"[" * 10000,
                                     b'{"a": NaN}'])
def test_a_training_file_must_be_json_lines(server, content):
    before = sorted((server.home / "files").iterdir())
    with pytest.raises(openai.BadRequestError, match="Expected file to have JSONL format"):
        server.client.files.create(file=("mails.jsonl", io.BytesIO(content)), purpose="fine-tune")
    assert sorted((server.home / "files").iterdir()) == before
    assert server.client.files.create(file=("mails.txt", io.BytesIO(content or b"x")), purpose="user_data").filename == "mails.txt"


@pytest.mark.parametrize("name, label", [("../../etc/passwd", "passwd"), ("C:\\mails\\a.jsonl", "a.jsonl"), ("mäils 1.jsonl", "mäils 1.jsonl")])
def test_a_file_name_is_a_label(server, name, label):
    made = server.client.files.create(file=(name, io.BytesIO(b"x")), purpose="user_data")
    assert made.filename == label and (server.home / "files" / made.id).read_bytes() == b"x"


def test_uploads_that_are_not_as_they_should_be(server):
    assert error(server, "POST", "/v1/files", b"{}", Content_Type="application/json")[0] == 400
    assert error(server, "POST", "/v1/files", b"nothing", Content_Type="multipart/form-data")[0] == 400
    assert error(server, "POST", "/v1/files", b"--x\r\nbroken", Content_Type="multipart/form-data; boundary=x")[0] == 400
    form = b'--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nfine-tune\r\n--x--\r\n'
    assert error(server, "POST", "/v1/files", form, Content_Type="multipart/form-data; boundary=x") == (400, "missing_required_parameter")
    with pytest.raises(openai.BadRequestError): server.client.files.create(file=("a", b"x"), purpose="world-domination")
    with pytest.raises(openai.BadRequestError):
        server.client.files.create(file=("a", b"x"), purpose="user_data", expires_after={"anchor": "created_at", "seconds": 5})


def test_models_are_listed_with_the_base_first(server, tuned):
    models = server.raw("models")
    for model in models["data"]: Model.model_validate(model, strict=True)
    assert models["data"][0]["id"] == "nano" and tuned.fine_tuned_model in [model["id"] for model in models["data"]]
    with pytest.raises(openai.NotFoundError): server.client.models.retrieve("gpt-9")
    with pytest.raises(openai.PermissionDeniedError): server.client.models.delete("nano")
