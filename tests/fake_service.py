"""A stand-in for a fine-tuning service: OpenAI's shapes on loopback, no training.

A job moves one state further each time it is asked for, so tests need no clock. Chats are answered by a function.
"""
import json
import re
import threading
from collections.abc import Callable
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import openai


def echo(request: dict) -> dict:
    "Answer with the last message's last word."
    return {"content": request["messages"][-1]["content"].split()[-1]}


class Refusal(Exception):
    "Answer a request with an error."
    def __init__(self, status: int, message: str, code: str | None = None):
        super().__init__(message)
        self.status, self.code = status, code


class FakeService:
    def __init__(self, answer: Callable[[dict], dict] = echo, models: tuple = ("nano",), bare: bool = False):
        self.answer, self.models, self.bare = answer, list(models), bare # bare: leave out every optional field
        self.files, self.jobs, self.chats, self.calls = {}, {}, [], []
        self.failure, self.lock, self.closed = None, threading.Lock(), False
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"service": self}))
        threading.Thread(target=self.server.serve_forever, args=(.02,), daemon=True).start()
        self.base_url = f"http://127.0.0.1:{self.server.server_port}/v1"

    def client(self, **options) -> openai.OpenAI:
        return openai.OpenAI(base_url=self.base_url, api_key="test", **options)

    def fail_next(self, code: str, message: str) -> None:
        "The next job fails while its files are validated."
        self.failure = {"code": code, "message": message, "param": "training_file"}

    def close(self) -> None:
        self.closed = True # connections that are kept alive end too
        self.server.shutdown()
        self.server.server_close()

    # what the endpoints do
    def create_job(self, body: dict) -> dict:
        if body["model"] not in self.models: raise Refusal(400, f"Model {body['model']} is not available for fine-tuning or does not exist.", "model_not_available")
        number = len(self.jobs) + 1
        job = {"id": f"ftjob-{number:04}", "object": "fine_tuning.job", "created_at": 1_700_000_000 + number, "status": "validating_files",
               "model": body["model"], "training_file": body["training_file"], "validation_file": body.get("validation_file"),
               "method": body["method"], "seed": body.get("seed", 0), "metadata": body.get("metadata"), "fine_tuned_model": None,
               "error": {"code": None, "message": None, "param": None}, "result_files": [], "trained_tokens": None, "finished_at": None}
        self.jobs[job["id"]] = {"job": job, "events": [], "suffix": body.get("suffix") or "", "failure": self.failure}
        self.failure = None
        self.event(job["id"], f"Created fine-tuning job: {job['id']}")
        return job

    def event(self, id: str, message: str, data=None, level="info") -> None:
        events = self.jobs[id]["events"]
        events.append({"id": f"ftevent-{id}-{len(events)}", "object": "fine_tuning.job.event", "created_at": 1_700_000_000,
                       "level": level, "message": message, "type": "metrics" if data else "message", "data": data or {}})

    def advance(self, id: str) -> dict:
        entry = self.jobs[id]
        job, status = entry["job"], entry["job"]["status"]
        if status == "validating_files" and entry["failure"]:
            job.update(status="failed", error=entry["failure"])
            self.event(id, entry["failure"]["message"], level="error")
        elif status == "validating_files": job["status"] = "queued"
        elif status == "queued": job["status"] = "running"
        elif status == "running":
            step = sum(event["type"] == "metrics" for event in entry["events"]) + 1
            self.event(id, f"Step {step}/6: training loss={1 / step:.2f}",
                       {"step": step, "total_steps": 6, "train_loss": 1 / step, "train_mean_token_accuracy": 1 - 1 / (step + 1)})
            if step == 6:
                name = f"ft:{job['model']}:test:{entry['suffix']}:{id[-4:]}"
                job.update(status="succeeded", fine_tuned_model=name, trained_tokens=600, result_files=[f"file-{id}"])
                self.models.append(name)
                self.event(id, "The job has successfully completed")
        return job

    def chat(self, body: dict) -> dict:
        with self.lock: self.chats.append(body)
        if body["model"] not in self.models: raise Refusal(404, f"The model `{body['model']}` does not exist", "model_not_found")
        message = {"role": "assistant", "content": None, **self.answer(body)}
        words = sum(len(json.dumps(message).split()) for message in body["messages"])
        if self.bare: return {"choices": [{"message": {"content": message["content"]}}]}
        return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1_700_000_000, "model": body["model"],
                "choices": [{"index": 0, "message": message, "finish_reason": message.pop("finish_reason", "tool_calls" if message.get("tool_calls") else "stop"), "logprobs": None}],
                "usage": {"prompt_tokens": words, "completion_tokens": 3, "total_tokens": words + 3}}


class _Handler(BaseHTTPRequestHandler):
    service: FakeService
    protocol_version = "HTTP/1.1"
    wbufsize = 65536
    disable_nagle_algorithm = True

    def do_GET(self): self.reply("GET")
    def do_POST(self): self.reply("POST")
    def log_message(self, *args): pass

    def reply(self, method: str) -> None:
        if self.service.closed:
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urlsplit(self.path)
        path, query = unquote(url.path).removeprefix("/v1"), {name: values[0] for name, values in parse_qs(url.query).items()}
        with self.service.lock: self.service.calls.append(f"{method} {path}")
        try: self.send(200, self.route(method, path, query, body))
        except Refusal as error:
            self.send(error.status, {"error": {"message": str(error), "type": "invalid_request_error", "param": None, "code": error.code}})

    def send(self, status: int, value) -> None:
        raw = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def route(self, method: str, path: str, query: dict, body: bytes):
        service = self.service
        if (method, path) == ("POST", "/chat/completions"): return service.chat(json.loads(body))
        if (method, path) == ("POST", "/files"): return self.upload(body)
        if (method, path) == ("POST", "/fine_tuning/jobs"): return service.create_job(json.loads(body))
        if path == "/files": return self.page([entry["file"] for entry in service.files.values()], query)
        if path == "/models": return self.page([{"id": name, "object": "model", "created": 1, "owned_by": "test"} for name in service.models], {})
        if path.startswith("/models/"):
            if (name := path.removeprefix("/models/")) in service.models: return {"id": name, "object": "model", "created": 1, "owned_by": "test"}
            raise Refusal(404, f"The model `{name}` does not exist", "model_not_found")
        if path.startswith("/files/file-ftjob"): return b"step,train_loss,train_accuracy\n1,1.00000,0.50000\n"
        if path == "/fine_tuning/jobs": return self.page(self.jobs(query), query)
        if found := re.fullmatch(r"/fine_tuning/jobs/(ftjob-\d+)(?:/(\w+))?", path): return self.job(*found.groups(), query)
        raise Refusal(404, f"Not found: {path}")

    def jobs(self, query: dict) -> list[dict]:
        wanted = {name[9:-1]: value for name, value in query.items() if name.startswith("metadata[")}
        return [entry["job"] for entry in self.service.jobs.values()
                if all((entry["job"]["metadata"] or {}).get(name) == value for name, value in wanted.items())]

    def job(self, id: str, part: str | None, query: dict):
        entry = self.service.jobs.get(id)
        if entry is None: raise Refusal(404, f"Could not find fine-tuning job {id}.", "fine_tune_not_found")
        if part == "events": return self.page(entry["events"], query)
        if part == "checkpoints": return self.page([{"id": "ftckpt_1", "step_number": 6, "fine_tuned_model_checkpoint": entry["job"]["fine_tuned_model"]}], {})
        states = {"cancel": "cancelled", "pause": "paused", "resume": "queued"}
        if part in states: entry["job"]["status"] = states[part]
        else: self.service.advance(id)
        job = entry["job"]
        return {name: job[name] for name in ("id", "status", "fine_tuned_model")} if self.service.bare else job

    def page(self, oldest_first: list[dict], query: dict) -> dict:
        data = oldest_first[::-1]
        if "after" in query: data = data[[item["id"] for item in data].index(query["after"]) + 1:]
        limit = int(query.get("limit", 20))
        return {"object": "list", "data": data[:limit], "has_more": len(data) > limit}

    def upload(self, body: bytes) -> dict:
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        parts = {part.get_param("name", header="content-disposition"): part for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts()}
        content = parts["file"].get_payload(decode=True)
        file = {"id": f"file-{len(self.service.files) + 1:04}", "object": "file", "bytes": len(content), "created_at": 1_700_000_000,
                "filename": parts["file"].get_filename(), "purpose": "fine-tune", "status": "processed"}
        self.service.files[file["id"]] = {"file": file, "content": content}
        return file
