"""PORTSIDE_NOW: nothing, a time, or the address of a clock."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from lib.billing.domain.errors import ConfigurationError
from lib.billing.settings.clock import ClockUnavailable, make_clock


class Wall(BaseHTTPRequestHandler):
    answers: list[object] = []  # noqa: RUF012 - replaced by each test

    def do_GET(self):
        body = json.dumps(self.answers[0]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def wall():
    """The address of a clock, and the list whose first element it answers."""
    handler = type("Handler", (Wall,), {"answers": [{"now": "2026-01-31T12:00:00Z"}]})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/clock", handler.answers
        server.shutdown()
        thread.join()


def test_without_a_setting_it_is_the_system_clock():
    before = int(time.time())
    assert before <= make_clock(None)() <= int(time.time())


def test_a_fixed_time_stands_still():
    assert make_clock("2026-01-31T12:00:00Z")() == 1_769_860_800
    assert make_clock("2026-01-31T13:00:00+01:00")() == 1_769_860_800


def test_a_clock_elsewhere_is_asked(wall):
    url, _ = wall
    assert make_clock(url)() == 1_769_860_800


@pytest.mark.parametrize("answer", [{}, [], {"now": 5}, {"now": "noon"}])
def test_a_clock_that_tells_no_time_is_named(wall, answer):
    url, answers = wall
    answers[0] = answer
    with pytest.raises(ClockUnavailable, match="PORTSIDE_NOW"):
        make_clock(url)()


def test_a_clock_that_is_not_there_is_named():
    with pytest.raises(ClockUnavailable, match="PORTSIDE_NOW"):
        make_clock("http://127.0.0.1:9/clock")()


def test_a_setting_that_is_no_time_is_refused():
    with pytest.raises(ConfigurationError, match="PORTSIDE_NOW"):
        make_clock("yesterday")
