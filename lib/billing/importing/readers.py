"""Lines read in processes beside the one that writes: reading a line takes as long as all else."""

from __future__ import annotations

import marshal
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import fields
from itertools import chain
from multiprocessing import get_context, parent_process
from operator import attrgetter
from typing import Any, Final, NamedTuple

from ..domain.errors import BillingError, PayloadInvalid
from ..domain.observations import Observation
from ..intake.arrivals import Arrival, Rejected, read_line
from .shelves import Numbered, Portion

Read = Arrival | Rejected

AHEAD: Final = 80
"""Portions read, or being read, that the writer has not come to: two of its batches."""

_ARRIVAL: Final = attrgetter(*(field.name for field in fields(Arrival)))
_OBSERVATION: Final = attrgetter(*(field.name for field in fields(Observation)))


class Manner(NamedTuple):
    """How lines are to be read: see `Ingest`."""

    livemode: bool
    org_key: str


def read(lines: Iterable[Numbered], manner: Manner) -> Iterator[Read]:
    """Every line as what it is, in their order."""
    for number, line in lines:
        try:
            yield read_line(line, livemode=manner.livemode, org_key=manner.org_key)
        except PayloadInvalid as error:
            yield Rejected(number, str(error))


def read_beside(portions: Iterable[Portion], manner: Manner, processes: int) -> Iterator[Read]:
    """The same of lines on shelves, read by ``processes`` that run ahead; 0: by this one.

    Raises BillingError when one of them is gone.
    """
    if not processes:
        yield from read(chain.from_iterable(p.lines() for p in portions), manner)
        return
    started = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_belong)
    under_way: deque[Future[bytes]] = deque()
    try:
        for portion in portions:
            under_way.append(started.submit(_packed, portion, manner))
            if len(under_way) >= AHEAD:
                yield from _unpacked(under_way.popleft().result())
        while under_way:
            yield from _unpacked(under_way.popleft().result())
    except BrokenProcessPool:
        raise BillingError(
            "A process that reads lines could not begin, or was ended from outside, perhaps for "
            "want of memory. What was taken in stays: run this again, with fewer --processes.",
            code="reader_gone",
        ) from None
    finally:
        started.shutdown(cancel_futures=True)


def _belong() -> None:
    """Whoever is at the keyboard ends the writer, and that ends these, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    # Each of these holds both ends of what it is told by, and would wait for ever.
    if (writer := parent_process()) is not None:
        writer.join()
        os._exit(1)


def _packed(portion: Portion, manner: Manner) -> bytes:
    """What :func:`_unpacked` takes: plain values, which are handed over in half the time."""
    return marshal.dumps([_plain(each) for each in read(portion.lines(), manner)])


def _plain(each: Read) -> tuple[Any, ...]:
    if isinstance(each, Rejected):
        return tuple(each)
    *before, seen, body, delivery, size = _ARRIVAL(each.shrinking())
    return (*before, tuple(map(_OBSERVATION, seen)), body, delivery, size)


def _unpacked(packed: bytes) -> Iterator[Read]:
    for cells in marshal.loads(packed):  # noqa: S302 - from a process that we started
        if len(cells) == 2:
            yield Rejected(*cells)
            continue
        *before, seen, body, delivery, size = cells
        told = (*before, tuple(Observation(*o) for o in seen), body, delivery, size)
        yield Arrival(*told)
