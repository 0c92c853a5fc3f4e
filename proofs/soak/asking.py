"""Who asks meanwhile: the product at `/v1`, Prometheus, and somebody who opens pages."""

from __future__ import annotations

import http.client
import random
import threading
import time
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Subprotocol

TOKEN: Final = "soak-asks-entitlements-0123456789"
PAGES: Final = (
    *("overview", "winding-down", "invoices", "mrr", "sync", "failed-payments", "plan-mix"),
    *("churn", "upgrades", "audit"),
)
PATIENCE: Final = 120.0
"""Seconds for a page to say something more."""

EXPECTED: Final = {200, 404, 503}
"""404: nobody has that name (yet). 503: the database is away."""


class Asking:
    """Questions at a steady pace. ``customers``: whom to ask about."""

    def __init__(
        self, receivers: Sequence[str], customers: Callable[[], Sequence[str]], *, rate: float
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.took = array("d")
        self.unexpected: list[str] = []
        self._to = [urlsplit(each).netloc for each in receivers]
        self._customers = customers
        self._pause = 1 / rate
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def start(self) -> None:
        self._thread.start()

    def finish(self) -> None:
        self._stop.set()
        self._thread.join()

    def _ask(self) -> None:
        rng = random.Random(3)
        number = 0
        while not self._stop.wait(self._pause):
            number += 1
            known = list(self._customers()) or ["cus_nobody"]
            name = "cus_nobody" if rng.random() < 0.05 else rng.choice(known)
            path = "/metrics" if number % 100 == 0 else f"/v1/entitlements/{name}"
            path += "/features/api" if path.startswith("/v1") and rng.random() < 0.3 else ""
            self._one(self._to[number % len(self._to)], path)

    def _one(self, to: str, path: str) -> None:
        line = http.client.HTTPConnection(to, timeout=30)
        began = time.monotonic()
        try:
            line.request("GET", path, headers={"Authorization": f"Bearer {TOKEN}"})
            answer = line.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            self.counts["nobody there"] += 1
            return
        finally:
            line.close()
        self.counts[f"answered {answer.status}"] += 1
        if answer.status in (200, 404):
            self.took.append(time.monotonic() - began)
        if answer.status not in EXPECTED:
            self.unexpected.append(f"{path} was answered {answer.status}: {body[:200]!r}")


class Visitor:
    """Opens one page after another, as an administrator."""

    def __init__(self, dashboard: str, *, pause: float) -> None:
        self.counts: Counter[str] = Counter()
        self.unexpected: list[str] = []
        self._url = dashboard
        self._pause = pause
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._visit)

    def start(self) -> None:
        self._thread.start()

    def finish(self) -> None:
        self._stop.set()
        self._thread.join()

    def _visit(self) -> None:
        number = 0
        while not self._stop.wait(self._pause):
            page = PAGES[number % len(PAGES)]
            number += 1
            try:
                wrong = _opened(self._url, page)
            except (OSError, WebSocketException) as error:
                wrong = f"it did not come: {error!r}"
            self.counts["pages"] += 1
            if wrong is not None:
                self.unexpected.append(f"the page {page} ended with {wrong}")


def _opened(url: str, page: str) -> str | None:
    """Open a page as a browser does, to its end; what it says when it broke, None else."""
    ask, wrong = BackMsg(), None
    ask.rerun_script.page_name = page
    with connect(
        f"{url.replace('http', 'ws', 1)}/_stcore/stream",
        additional_headers={"Cookie": "portside_demo_role=admin"},
        subprotocols=[Subprotocol("streamlit")],
        open_timeout=PATIENCE,
        max_size=None,
    ) as socket:
        socket.send(ask.SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(bytes(socket.recv(timeout=PATIENCE)))
            element = message.delta.new_element
            if element.WhichOneof("type") == "exception":
                wrong = f"{element.exception.type}: {element.exception.message[:200]}"
            if message.WhichOneof("type") == "script_finished":
                return wrong
