"""The receiver dies again and again under load, and nothing is lost or counted twice."""

from __future__ import annotations

import random
import signal
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from lib.billing.replay import replay

from .ground import Tables, dump, postgres, same, sqlite_file
from .life import COUPON, Life, Plot, Raw
from .proof import Figures, holds
from .serving import Sender, Served, installation

STRIKES_EVERY = 10
"""Kills of the receiver to one of PostgreSQL itself."""


def crash_sqlite(scale: int) -> Figures:
    with sqlite_file() as url:
        return _crash(url, scale, seed=1)


def crash_postgres(scale: int) -> Figures:
    """PostgreSQL itself is struck down too: by immediate shutdown and by SIGKILL in turn."""
    struck = 0

    def strike() -> None:
        nonlocal struck
        server.strike(signal.SIGKILL if struck % 2 else signal.SIGQUIT)
        struck += 1
        server.revive()

    server = postgres()
    figures = _crash(server.database(), scale, seed=2, strike=strike)
    return {"kills of PostgreSQL": struck, **figures}


def lives(seed: int) -> Iterator[Raw]:
    """The events of one life after another, without end."""
    yield COUPON
    rng = random.Random(seed)
    number = 0
    while True:
        made = [
            Life(
                Plot(rng.getrandbits(32), turns=rng.randint(4, 16), skew=True, twins=True),
                f"{seed}x{number + n}",
            ).told
            for n in range(6)
        ]
        number += len(made)
        longest = max(map(len, made))
        yield from (told[n] for n in range(longest) for told in made if n < len(told))


def _crash(url: str, kills: int, *, seed: int, strike: Callable[[], None] | None = None) -> Figures:
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="portside-proof-") as folder:
        served = Served(url, Path(folder) / "log")
        sender = Sender(served.url, lives(seed), seed)
        served.start()
        served.wait_until_ready()
        sender.start()
        try:
            for number in range(kills):
                time.sleep(rng.uniform(0.02, 1.5))
                served.end(signal.SIGKILL)
                if strike is not None and number % STRIKES_EVERY == STRIKES_EVERY // 2:
                    strike()
                served.start()
                if rng.random() < 0.15:
                    time.sleep(rng.uniform(0.0, 0.3))  # killed while it starts
                else:
                    served.wait_until_ready()
            served.wait_until_ready()
            sender.finish()
        finally:
            sender.give_up()
            served.end(signal.SIGTERM)
        complaints = served.log.read_text().count("Traceback")
    return {"kills of the receiver": kills, **_account(url, sender), "tracebacks": complaints}


def _account(url: str, sender: Sender) -> Figures:
    """Raise Disproved unless everything that was sent is there once, and says what it should."""
    installed = installation(url)
    try:
        with installed.store.reading() as connection:
            stored = connection.exec_driver_sql("SELECT event_id, state FROM inbox").fetchall()
            seen = connection.exec_driver_sql("SELECT count(*) FROM observations").scalar()
        states = {row[0]: row[1] for row in stored}
        lost = sender.acknowledged - states.keys()
        holds(not lost, f"{len(lost)} acknowledged events are not in the inbox: {sorted(lost)[:3]}")
        holds(states.keys() == sender.sent.keys(), "the inbox holds other events than were sent")
        failed = [event_id for event_id, state in states.items() if state == "failed"]
        holds(not failed, f"{len(failed)} events failed: {failed[:3]}")
        found = dump(installed.store)
        expected, once = undisturbed(sender.sent.values())
        same(found, expected, "after all the kills, against an undisturbed run")
        holds(seen == once, f"{seen} observations are stored instead of {once}")
        changed = replay(installed.ingest).batches_changed
        holds(changed == 0, "replay changed rows afterwards")
    finally:
        installed.store.close()
    return {
        "events": len(states),
        "deliveries": sender.counts["deliveries"],
        **{name: sender.counts[name] for name in sorted(sender.counts) if name != "deliveries"},
        "customers": len(found["customers"]),
        "events lost": 0,
        "events applied twice": 0,
        "differing rows": 0,
    }


def undisturbed(events: Iterable[Raw]) -> tuple[Tables, int]:
    """The tables that the same events make in one quiet run, and how many observations."""
    with sqlite_file() as url:
        quiet = installation(url)
        quiet.ingest.apply(events)
        with quiet.store.reading() as connection:
            seen = connection.exec_driver_sql("SELECT count(*) FROM observations").scalar()
        tables = dump(quiet.store)
        quiet.close()
        return tables, int(seen or 0)
