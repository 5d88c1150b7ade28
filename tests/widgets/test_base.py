"Messages, state and stills of the widgets' foundation."
import logging
import threading

import pytest
from ftbench.core import FtbenchError
from ftbench.widgets.base import FtWidget, Pane, answer
from ftbench.widgets.drawing import node


class Lamp(Pane):
    script, draws = "dom.js", "h"

    def __init__(self):
        super().__init__()
        self.on, self.size = False, {"watts": 5}

    def state(self): return {"on": self.on, "size": self.size}
    def still(self): return node("p", "on" if self.on else "off")
    def __repr__(self): return "Lamp"

    def do_switch(self, on):
        self.on = on
        self.changed()

    def do_break(self): raise ZeroDivisionError("spark")
    def do_refuse(self): raise FtbenchError("No power.", "Plug it in.")


class Room(Lamp):
    def __init__(self):
        super().__init__()
        self.parts = {"lamp": Lamp()}


def test_verbs_of_parts():
    room = Room()
    assert answer(room, {"do": "lamp.switch", "id": 1, "on": True}) == {"id": 1, "answer": None}
    assert room.parts["lamp"].on and not room.on


@pytest.mark.parametrize("message, words", [
    ({"do": "fly"}, "Lamp cannot do 'fly'"), ({"do": "__init__"}, "cannot do"), ({}, "cannot do"), ({"do": "switch"}, "TypeError"),
    ({"do": "switch", "on": 1, "colour": 2}, "TypeError"), ({"do": "break"}, "ZeroDivisionError: spark"), ({"do": "refuse"}, "No power."),
])
def test_errors_go_back_and_into_the_log(message, words, caplog):
    with caplog.at_level(logging.WARNING, "ftbench.widgets"):
        reply = answer(Lamp(), {**message, "id": "x"})
    assert reply["id"] == "x" and words in reply["error"]["message"] and reply["error"]["remedy"]
    assert caplog.records


def test_only_what_differs_crosses_the_wire(monkeypatch):
    lamp = Lamp()
    widget = lamp.widget()
    sent = []
    monkeypatch.setattr(type(widget), "_send", lambda self, message, buffers=None: sent.append(message), raising=False)
    lamp.do_switch(True)
    states = [message["state"] for message in sent if message.get("method") == "update"]
    assert states == [{"state_on": True}]
    lamp.tell({"hello": 1})
    assert sent[-1]["content"] == {"tell": {"hello": 1}}


def test_views_stay_in_step_until_closed():
    lamp = Lamp()
    one, two = FtWidget(lamp), FtWidget(lamp)
    lamp.do_switch(True)
    assert one.state_on and two.state_on
    two.close()
    lamp.do_switch(False)
    assert not one.state_on and two.state_on


def test_displays_as_widget_html_and_text():
    bundle = Lamp()._repr_mimebundle_()
    assert set(bundle) == {"application/vnd.jupyter.widget-view+json", "text/plain", "text/html"}
    assert bundle["text/plain"] == "Lamp"


def test_one_widget_for_every_display():
    lamp = Lamp()
    first = lamp.widget()
    assert lamp.widget() is first
    first.close()
    assert lamp.widget() is not first


def test_a_still_is_text_not_markup():
    class Sign(Lamp):
        def still(self): return node("p", "</style><script>alert(1)</script>")
    assert "<script>" not in Sign()._repr_html_()


def test_a_picture_drawn_late_does_not_undo_a_later_one():
    lamp = Lamp()
    widget, state, started, go_on = lamp.widget(), lamp.state, threading.Event(), threading.Event()

    def slow():
        drawn = state()
        started.set()
        assert go_on.wait(20)
        return drawn

    lamp.state = slow
    thread = threading.Thread(target=lamp.changed) # a search goes on in the background
    thread.start()
    assert started.wait(20)
    lamp.state = state
    lamp.do_switch(True)
    go_on.set()
    thread.join(20)
    assert widget.state_on is True
