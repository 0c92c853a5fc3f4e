"""Delivers what waits, each notice to each recipient until it was taken over or is a day old.

A notice is claimed before it is sent and noted after. A process that dies between the two leaves it
claimed; it is sent again ten minutes later. So a crash may bring one twice and never loses one: a
second copy costs a glance, an alert that nobody got costs what it was about. A mail's second copy
has the first one's Message-ID, which most mail programs show once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

import structlog

from ..digest.letter import Letter
from ..domain.errors import BillingError, NoticeNotSent
from ..domain.times import DAY
from ..store import notices
from ..store.engine import Store
from ..store.notices import Notice
from .channel import Channel

FIRST_PAUSE: Final = 60
LONGEST_PAUSE: Final = 3_600
"""Seconds between attempts: 1 minute, 4, 16, then an hour."""

GIVEN_UP_AFTER: Final = DAY

log = structlog.get_logger(__name__)


class Writes(Protocol):
    """What a notice says, from its content."""

    def letter(self, notice: Notice) -> Letter: ...


class Delivery:
    """``channel``: by name; None for one without settings, whose notices wait for them."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], int],
        channel: Callable[[str], Channel | None],
        writes: Writes,
    ) -> None:
        self._store = store
        self._clock = clock
        self._channel = channel
        self._writes = writes

    def round(self, key: str | None = None) -> int:
        """Try what is due, or all of ``key`` at once; how many were taken over.

        A fault of one recipient stops no other; a channel that is away is left alone until the next
        round. Raises DatabaseUnavailable.
        """
        with self._store.reading() as connection:
            due = notices.due(connection, self._clock(), key=key)
        letters: dict[str, Letter] = {}
        away: set[str] = set()
        count = 0
        for notice in due:
            if notice.channel in away or not self._claimed(notice, at_once=key is not None):
                continue
            error = self._tried(notice, letters)
            if error is None:
                count += 1
                self._sent(notice)
            else:
                self._failed(notice, error)
                if error.away:
                    away.add(notice.channel)
        return count

    def _claimed(self, notice: Notice, *, at_once: bool) -> bool:
        with self._store.writing() as connection:
            return notices.claim(connection, notice, self._clock(), at_once=at_once)

    def _tried(self, notice: Notice, letters: dict[str, Letter]) -> NoticeNotSent | None:
        """None when it was taken over."""
        try:
            channel = self._channel(notice.channel)
            if channel is None:
                raise NoticeNotSent(f"The channel {notice.channel} is not configured.", away=True)
            if notice.key not in letters:
                letters[notice.key] = self._writes.letter(notice)
            channel.send(letters[notice.key], notice.recipient, notice.key)
        except NoticeNotSent as error:
            return error
        except BillingError as error:
            return NoticeNotSent(str(error))
        except Exception as error:  # a mistake of ours must not keep the others from going out
            return NoticeNotSent(f"It could not be written ({type(error).__name__}).")
        return None

    def _sent(self, notice: Notice) -> None:
        with self._store.writing() as connection:
            notices.sent(connection, notice, self._clock())
        log.info("notice_sent", kind=notice.kind, channel=notice.channel, attempts=notice.attempts)

    def _failed(self, notice: Notice, error: NoticeNotSent) -> None:
        now = self._clock()
        at = now + pause(notice.attempts + 1, error.retry_after)
        again = None if at > notice.made_at + GIVEN_UP_AFTER else at
        with self._store.writing() as connection:
            notices.failed(connection, notice, str(error), again)
        told = "notice_given_up" if again is None else "notice_failed"
        log.warning(told, kind=notice.kind, channel=notice.channel, reason=str(error))


def pause(failed: int, retry_after: int | None = None) -> int:
    """Seconds after the ``failed``-th attempt that failed; never sooner than was asked for."""
    return max(min(FIRST_PAUSE << 2 * min(failed - 1, 8), LONGEST_PAUSE), retry_after or 0)
