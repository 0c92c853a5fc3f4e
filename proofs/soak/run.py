"""A soak: everything stands, is loaded, asked, attacked and struck down, and is looked at."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from ..proof import Figures, holds
from .account import account
from .asking import Asking, Visitor
from .faults import Faults
from .foes import Foes
from .load import Load
from .memory import Memory, private, resident, slope
from .standing import Standing, standing
from .stream import stream

DELIVERIES: Final = 50.0
"""New events a second."""

QUESTIONS: Final = 20.0
"""Of the product, a second."""

LONG: Final = 600
"""Seconds from which on a soak is told whole, whatever was seen beside what it claims."""


def soak(scale: int) -> Figures:
    """For ``scale`` seconds."""
    with tempfile.TemporaryDirectory(prefix="pside-s-") as name:
        folder = Path(name)
        with standing(folder) as stood:
            told, memory = _loaded(stood, scale)
            grown = _memory(memory, scale)
            database = stood.database
        told["tracebacks"] = _told_or_wrong("tracebacks", _complaints(folder), scale)
        return {**told, **account(database, folder / "spool"), **grown}


def _loaded(stood: Standing, length: int) -> tuple[Figures, Memory]:
    urls = [served.url for served in stood.receivers]
    load = Load(urls, lambda: stood.secret, stream(length), stood.folder / "spool", rate=DELIVERIES)
    asking = Asking(urls, lambda: tuple(load.customers), rate=QUESTIONS)
    visitor = Visitor(stood.dashboard, pause=2.0 if length < LONG else 5.0)
    foes = Foes(urls, lambda: stood.secret)
    faults = Faults(stood, length)
    first, second = stood.receivers
    memory = Memory(
        {
            "receiver 1": (lambda: first.process, resident),
            "receiver 2": (lambda: second.process, resident),
            "dashboard": (lambda: stood.dashboard_process, resident),
            "PostgreSQL": (lambda: stood.server.process, private),
        },
        every=1.0 if length < LONG else 5.0,
    )
    with ExitStack() as running:
        running.callback(load.give_up)
        for each in (memory, load, asking, visitor, foes):
            each.start()
            if each is not load:
                running.callback(each.finish)
        faults.run()
        for each in (foes, asking, visitor, memory):
            each.finish()
        load.finish()
    unexpected = [*load.unexpected, *asking.unexpected, *visitor.unexpected, *foes.unexpected]
    told = _figures(load, asking, visitor, foes, faults)
    wrong = "answers that should not be"
    return {**told, wrong: _told_or_wrong(wrong, unexpected, length)}, memory


def _figures(load: Load, asking: Asking, visitor: Visitor, foes: Foes, faults: Faults) -> Figures:
    sent = load.counts
    held = (sent["events"] - sent["spoilt events refused"]) / load.seconds
    bad = {name: count for name, count in foes.counts.items() if name != "nobody there"}
    return {
        "new events a second": f"{held:.1f} (asked for: {DELIVERIES:.0f})",
        "events": sent["events"],
        "deliveries": sent["deliveries"],
        "answered, p50 and p99": _times(load.took),
        **{name: count for name, count in sorted(sent.items()) if name not in _TOLD_APART},
        "questions of the product": sum(asking.counts.values()),
        "answered them, p50 and p99": _times(asking.took),
        "answered them 503, or nobody was there": (
            asking.counts["answered 503"] + asking.counts["nobody there"]
        ),
        "pages opened": visitor.counts["pages"],
        **dict(faults.counts),
        "bad inputs": sum(bad.values()),
        "of these": ", ".join(f"{count:,} {name}" for name, count in sorted(bad.items())),
    }


_TOLD_APART: Final = {"events", "deliveries", "answered 200"}


def _times(took: Sequence[float]) -> str:
    ordered = sorted(took)
    if not ordered:
        return "none"
    p50, p99 = (ordered[min(int(len(ordered) * q), len(ordered) - 1)] for q in (0.50, 0.99))
    return f"{p50 * 1_000:.0f} and {p99 * 1_000:.0f} ms"


def _memory(memory: Memory, length: int) -> Figures:
    found = {name: slope(looks, length) for name, looks in memory.looks.items()}
    return {f"memory of {name}": each.told() for name, each in found.items()}


def _told_or_wrong(what: str, found: Sequence[str], length: int) -> str:
    """A cut fails at the first one; an hour is told whole, with how many there were."""
    holds(length >= LONG or not found, f"{len(found)} {what}: {found[:3]}")
    return "0" if not found else f"{len(found):,}, as {found[0][:200].replace('|', '/')!r}"


def _complaints(folder: Path) -> list[str]:
    """The tracebacks in the logs."""
    found = []
    for log in sorted(folder.glob("*.log")):
        _, *after = log.read_text("utf-8", "replace").split("Traceback")
        found += [f"{log.name}: {_ended_by(each)}" for each in after]
    return found


_WHERE: Final = re.compile(r'"/[^"]*/(?=(?:site-packages|python3\.\d+|lib/billing|dashboard)/)')
"""What a traceback's file names say of the machine alone."""


def _ended_by(trace: str) -> str:
    """Where a traceback ends, and with what."""
    lines = trace.splitlines()[1:]
    end = next((n for n, line in enumerate(lines) if line[:1] not in (" ", "")), len(lines) - 1)
    told = " ".join(" ".join(lines[max(end - 6, 0) : end + 1]).split())
    return _WHERE.sub('"', told)[:1_500]
