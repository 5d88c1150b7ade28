"""Requests made at random from the server's own description: whatever comes, the answer is well formed and never a failure of ours.

FTBENCH_REQUESTS sets how many requests are made in all (300 by default; 20,000 for a release)."""
import json
import os
import tempfile
from pathlib import Path

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from starlette.testclient import TestClient

from ftbench.server.app import OPERATIONS, create_app
from ftbench.server.openapi import describe
from ftbench.server.service import Service

REQUESTS = int(os.environ.get("FTBENCH_REQUESTS", 300))
EACH = max(2, REQUESTS // len(OPERATIONS))
_FOLDER = tempfile.TemporaryDirectory(prefix="ftbench-property-", ignore_cleanup_errors=True)


@pytest.fixture(scope="module")
def client():
    "A server without workers, so that a thousand jobs cost no training, with something under every kind of id."
    service = Service.open(Path(_FOLDER.name))
    service.start = lambda: None
    service.close = lambda: None
    app = create_app(service, "key")
    line = json.dumps({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "hello"}]}) + "\n"
    with TestClient(app, base_url="http://localhost", headers={"Authorization": "Bearer key"}, raise_server_exceptions=False) as client:
        file = client.post("/v1/files", data={"purpose": "fine-tune"}, files={"file": ("a.jsonl", line * 12)}).json()["id"]
        job = client.post("/v1/fine_tuning/jobs", json={"model": "nano", "training_file": file}).json()["id"]
        client.known = {
            "file": file, "job": job,
            "upload": client.post("/v1/uploads", json={"bytes": 9, "filename": "a", "mime_type": "text/plain", "purpose": "user_data"}).json()["id"],
            "webhook": client.post("/v1/webhook_endpoints", json={"name": "a", "url": "http://127.0.0.1:9", "event_types": ["fine_tuning.job.failed"]}).json()["id"]}
        yield client
    service.inference.close()
    service.store.close()
    _FOLDER.cleanup()


def document():
    "The server's description, in which answers are short and names are mostly known ones."
    found = json.loads(json.dumps(describe(OPERATIONS)))
    for path in found["paths"].values():
        for operation in path.values():
            for content in operation.get("requestBody", {}).get("content", {}).values(): _tame(content["schema"].get("properties", {}))
    return found


def _tame(properties):
    for name in ("max_tokens", "max_completion_tokens", "max_output_tokens"):
        if name in properties: properties[name] = {"type": "integer", "minimum": 1, "maximum": 3}
    for name in ("n", "logprobs"):
        if properties.get(name, {}).get("anyOf", [{}])[0].get("type") == "integer": properties[name] = {"type": "integer", "minimum": 1, "maximum": 2}
    if "model" in properties: properties["model"] = {"anyOf": [{"const": "nano"}, {"type": "string"}]}


schema = schemathesis.openapi.from_dict(document())
KINDS = {"files": "file", "jobs": "job", "uploads": "upload", "webhook_endpoints": "webhook"}


@schema.parametrize()
@settings(max_examples=EACH, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
def test_no_request_makes_the_server_fail(client, case):
    parts = case.path.split("/")
    kind = next((KINDS[part] for part in parts if part in KINDS), None)
    if "id" in case.path_parameters and kind and len(str(case.body)) % 2: case.path_parameters["id"] = client.known[kind]
    if isinstance(case.body, dict) and case.body.get("training_file") and len(case.body["training_file"]) % 2: case.body["training_file"] = client.known["file"]
    wanted = case.as_transport_kwargs(base_url="http://localhost", headers={"Authorization": "Bearer key"})
    names = ("method", "url", "headers", "params", "json", "data", "files")
    sent = requests.Request(**{name: wanted[name] for name in names if wanted.get(name) is not None}).prepare()
    response = client.request(sent.method, sent.url, content=sent.body, headers=dict(sent.headers))
    assert response.status_code < 500, response.text
    if response.status_code >= 400:
        error = json.loads(response.content)["error"]
        assert error.keys() == {"message", "type", "param", "code"} and error["message"]
    assert response.headers["x-request-id"]
