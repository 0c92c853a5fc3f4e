"""Spoilt events neither crash the receiver nor leave half of anything behind."""

from __future__ import annotations

import random
import re
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import httpx

from lib.billing.domain.errors import PayloadInvalid
from lib.billing.intake.arrivals import Arrival
from lib.billing.replay import replay
from lib.billing.stripe.signature import sign
from lib.billing.wiring import Installation

from .ground import postgres, sqlite_file
from .mutation import originals, spoilt
from .proof import Disproved, Figures, holds
from .serving import SECRET, Served, installation

LOOKS = 8
"""How often on the way every row is derived anew and compared."""

BATCHES = (1, 5, 40, 400)
"""Sizes of what is committed together."""

SENTENCE = re.compile(r"[A-Z“`][^\n]{5,500}\.")
LAST_RESORT = "It could not be applied"
"""How the reason begins where nothing foresaw the fault."""


def fuzz(scale: int) -> Figures:
    """Of ``scale`` events three of four go to SQLite, one to PostgreSQL, some of them over HTTP."""
    found = originals(max(20, min(scale // 100, 150)))
    rng = random.Random(scale)
    bodies = spoilt(found, rng)
    counted: Counter[str] = Counter()
    on_sqlite, over_http = scale * 3 // 4, max(scale // 50, 20)
    with sqlite_file() as url:
        _through(url, bodies, on_sqlite - over_http, rng, counted)
        _over_http(url, bodies, over_http, counted)
    _through(postgres().database(), bodies, scale - on_sqlite, rng, counted)
    return {
        "events": scale,
        "originals": len(found),
        "over HTTP": over_http,
        "on PostgreSQL": scale - on_sqlite,
        **dict(sorted(counted.items())),
        "crashes": 0,
        "customers whose rows are not what their history says": 0,
    }


def _through(
    url: str, bodies: Iterator[bytes], number: int, rng: random.Random, counted: Counter[str]
) -> None:
    installed = installation(url)
    try:
        waiting: list[Arrival] = []
        size = rng.choice(BATCHES)
        for done, body in enumerate(islice(bodies, number), 1):
            arrival = _received(installed, body, counted)
            waiting += [] if arrival is None else [arrival]
            if len(waiting) >= size or done == number:
                _commit(installed, waiting, counted)
                waiting, size = [], rng.choice(BATCHES)
            if done % (number // LOOKS + 1) == 0 or done == number:
                _look(installed)
    finally:
        installed.close()


def _received(installed: Installation, body: bytes, counted: Counter[str]) -> Arrival | None:
    header = sign(body, SECRET, int(time.time()))
    try:
        return installed.ingest.receive(body, header, [SECRET])
    except PayloadInvalid as refused:
        _readable(str(refused), body)
        counted["refused as no event"] += 1
    except Exception as error:
        raise Disproved(f"{type(error).__name__}: {error}, by the body {body[:2_000]!r}") from error
    return None


def _commit(installed: Installation, waiting: list[Arrival], counted: Counter[str]) -> None:
    try:
        outcomes = installed.ingest.commit(waiting, "webhook")
    except Exception as error:
        first = waiting[0].body[:2_000]
        raise Disproved(f"{type(error).__name__}: {str(error)[:300]}, by {first!r}") from error
    holds(len(outcomes) == len(waiting), "an outcome was lost")
    for outcome, arrival in zip(outcomes, waiting, strict=True):
        counted[f"kept as {outcome.fate}"] += 1
        if outcome.fate == "failed":
            _readable(outcome.error or "", arrival.body)


def _readable(reason: str, body: bytes) -> None:
    holds(
        SENTENCE.fullmatch(reason) is not None and not reason.startswith(LAST_RESORT),
        f"no readable reason: {reason!r}, by the body {body[:3_000]!r}",
    )


def _look(installed: Installation) -> None:
    changed = replay(installed.ingest).batches_changed
    holds(changed == 0, "rows are not what their customers' histories say")


def _over_http(url: str, bodies: Iterator[bytes], number: int, counted: Counter[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="portside-proof-") as folder:
        served = Served(url, Path(folder) / "log")
        served.start()
        try:
            served.wait_until_ready()
            with httpx.Client(base_url=served.url, timeout=30) as client:
                for body in islice(bodies, number):
                    answer = _posted(client, body)
                    counted[f"answered {answer.status_code}"] += 1
                    holds(answer.status_code in (200, 400), f"{answer.text}, by {body[:2_000]!r}")
        finally:
            served.end(signal.SIGTERM)
        log = served.log.read_text()
        holds("Traceback" not in log, f"a traceback in the log: {log[-1_500:]}")
    installed = installation(url)
    try:
        _look(installed)
    finally:
        installed.close()


def _posted(client: httpx.Client, body: bytes) -> Any:
    header = {"Stripe-Signature": sign(body, SECRET, int(time.time()))}
    return client.post("/webhooks/stripe", content=body, headers=header)
