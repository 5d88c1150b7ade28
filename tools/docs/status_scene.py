"""The status page of a server that is really running."""
import atexit
import json
import subprocess
import sys
import time
from pathlib import Path

import openai


class Server:
    "A server with a home of its own."

    def __init__(self, home: Path):
        self.process = subprocess.Popen([sys.executable, "-m", "ftbench.server.serve", "--home", str(home)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        atexit.register(self.stop)
        while not (home / "server.json").exists(): time.sleep(.1)
        self.url, self.key = json.loads((home / "server.json").read_text())["url"], (home / "token").read_text().strip()

    def jobs(self, kinds) -> None:
        "Jobs in several states."
        from material import lines
        client = openai.OpenAI(base_url=self.url, api_key=self.key)
        text = "".join(json.dumps(one) + "\n" for one in lines("routing")).encode()
        file = client.files.create(file=("mails.jsonl", text), purpose="fine-tune").id
        made = [client.fine_tuning.jobs.create(model="nano", training_file=file, suffix=suffix, hyperparameters={"n_epochs": epochs}, extra_body=more)
                for suffix, epochs, more in kinds]
        while client.fine_tuning.jobs.retrieve(made[0].id).status not in ("succeeded", "failed"): time.sleep(.3)
        if len(made) > 3: client.fine_tuning.jobs.cancel(made[3].id)
        client.chat.completions.create(model="nano", messages=[{"role": "user", "content": "Where is my parcel?"}])
        time.sleep(4)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


def status_page(scene: str, folder: Path, make, width: int):
    "The scene, made by `make`."
    server = Server(folder / f"status-{scene}")
    jobs = [("support-v1", 1, {}), ("support-v2", 20, {}), ("marv-tone", 30, {}), ("first try", 30, {})]
    if scene != "empty": server.jobs(jobs if scene == "full" else jobs[:2])

    def show(page):
        page.goto(server.url.removesuffix("v1"))
        page.get_by_label("Key").fill(server.key)
        page.keyboard.press("Enter")
        page.locator("#health").get_by_text("healthy").wait_for()
        page.wait_for_timeout(2500)

    def act(page):
        if scene == "error":
            server.stop()
            page.wait_for_timeout(6000)
    return make(f"status {scene}", show, act, width, 640)
