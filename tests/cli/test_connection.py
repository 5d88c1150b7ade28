"""How `ftbench lab` starts JupyterLab: the kernel's answers wait for nothing."""
import os
import sys

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

from ftbench.cli import PROMPT, main
from ftbench.connection import PromptConnection


def test_lab_starts_jupyter_with_it(tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(os, "execv", lambda program, command: started.append((program, command)))
    main(["lab", str(tmp_path / "work"), "--no-browser"])
    program, command = started[0]
    assert program == sys.executable and PROMPT in command and command[1:3] == ["-m", "jupyterlab"]
    assert PROMPT.endswith(f"={PromptConnection.__module__}.{PromptConnection.__name__}")


def test_small_messages_go_out_at_once(monkeypatch):
    class Socket(KernelWebsocketHandler):
        def __init__(self): self.asked = None
        def set_nodelay(self, on): self.asked = on

    monkeypatch.setattr(ZMQChannelsWebsocketConnection, "connect", lambda self: self.websocket_handler.asked)
    assert PromptConnection(websocket_handler=Socket()).connect() is True, "before anything is sent"
