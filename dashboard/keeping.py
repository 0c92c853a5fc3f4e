"""What was read is kept under the projection's watermark and the clock's minute.

The watermark grows with every write, so nothing stale is ever shown; the minute is there because
grace and period ends pass without any write.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from queue import SimpleQueue
from typing import Any, Final, TypeVar

from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard import caches, language, session
from lib.billing import DatabaseUnavailable, Portside

T = TypeVar("T")

COUNTED_EVERY: Final = 5
"""Minutes between two countings of how webhooks arrived, and two comparisons of closed months."""

_asked: Final = itertools.count(1)

GLANCE: Final = 0.05
"""Seconds for which one run of one thread believes the stamp that it has read: it asks for it with
every value."""
_glance: Final = threading.local()
HELD: Final = 2.0
"""Seconds for which a run that has something read beside it stays with the moment that it asked
for: what is read then is for nothing else."""
SIDE_BY_SIDE: Final = 4
"""Threads that read beside pages, of all who look at one."""
_beginning: Final = threading.Lock()
_beside: Final = threading.local()


@dataclass(frozen=True)
class Stamp:
    """What the cached values belong to."""

    generation: int
    watermark: int
    minute: int


@dataclass(frozen=True)
class _Asker:
    """For whom a thread beside reads: at which stamp, from which desk."""

    stamp: Stamp
    desk: Portside


_waiting: Final[SimpleQueue[tuple[_Asker, Callable[[], Any]]]] = SimpleQueue()


def stamp() -> Stamp:
    """The key of everything cached now, looked at again after `GLANCE`."""
    running = get_script_run_ctx(suppress_warning=True)
    seen: tuple[Any, float, Stamp | DatabaseUnavailable] | None = getattr(_glance, "seen", None)
    if not seen or seen[0] is not running or running is None or time.monotonic() >= seen[1]:
        return _believed(GLANCE)
    if isinstance(seen[2], DatabaseUnavailable):
        del _glance.seen
        raise seen[2]
    return seen[2]


def _believed(seconds: float) -> Stamp:
    """The stamp of this moment, which this run takes to hold for so long."""
    fresh = session.billing().freshness()
    found = Stamp(session.generation(), fresh.watermark, fresh.now // 60)
    running = get_script_run_ctx(suppress_warning=True)
    _glance.seen = (running, time.monotonic() + seconds, found)
    return found


def kept(name: str, ask: Callable[[Portside], T], *key: Any) -> T:
    """What ``ask`` gives for ``key``, until the projection or the minute is another one."""
    before: _Asker | None = getattr(_beside, "asker", None)
    now = stamp() if before is None else before.stamp
    desk = session.billing if before is None else lambda: before.desk
    found: T = caches.value(name, (now, key), lambda: ask(desk()))
    return found


def ahead(*reads: Callable[[], Any]) -> None:
    """Begin to read what will be asked of `kept` further down, beside what is asked until then.

    Only where the database answers several at once. What fails is asked again by whoever needs it,
    and told there.
    """
    desk = session.billing()
    if not desk.answers_several:
        return
    try:
        asker = _Asker(_believed(HELD), desk)
    except DatabaseUnavailable as away:
        # Told by whoever asks first, in its own place, and without waiting for it once more.
        running = get_script_run_ctx(suppress_warning=True)
        _glance.seen = (running, time.monotonic() + HELD, away)
        return
    with _beginning:
        _begin_to_wait()
    for read in reads:
        _waiting.put((asker, read))


@cache
def _begin_to_wait() -> None:
    """An end of the process waits for none of them, as it does not for who draws a page."""
    for number in range(SIDE_BY_SIDE):
        threading.Thread(target=_wait, name=f"portside-ahead-{number}", daemon=True).start()


def _wait() -> None:
    while True:
        # A thread of its own has nobody who is signed in: whoever asked was.
        _beside.asker, read = _waiting.get()
        with suppress(BaseException):  # Streamlit's ways to end a run are no Exceptions
            read()


def counted(name: str, ask: Callable[[Portside], T], *key: Any, every: int = COUNTED_EVERY) -> T:
    """What ``ask`` gives, for everyone until ``every`` minutes have passed."""
    found: T = caches.value(name, (_seldom(every), key), lambda: ask(session.billing()))
    return found


def slowly(name: str, read: Callable[[], T], asked: int, *key: Any) -> T:
    """What ``read`` gives, for a few minutes whatever is written, or until ``asked`` is anew."""
    found: T = caches.value(name, (_seldom(COUNTED_EVERY), asked, key), read)
    return found


def asked_anew() -> int:
    """What nobody has asked by yet: two who each counted would share what one of them got."""
    return next(_asked)


def figure(name: str, build: Callable[[], Any], *key: Any) -> Any:
    """A chart, built once for the data it was made of: an unchanged figure keeps its selection."""
    return caches.figure(name, (session.generation(), language.current(), key), build)


def _seldom(every: int) -> Stamp:
    """The stamp that all moments of ``every`` minutes share, whatever is written in them."""
    now = stamp()
    return replace(now, watermark=0, minute=now.minute - now.minute % every)
