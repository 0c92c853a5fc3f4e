"""Much asked of Stripe: at a pace, and again after a pause when Stripe is busy."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Generic, Protocol, TypeVar

from ..domain.errors import StripeUnavailable
from ..stripe.gateway import Page
from .pace import Pace

PAUSES: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""Seconds to wait when Stripe asks to slow down or has a problem; then it is given up."""

LONGEST: Final = 120.0
"""Seconds that a ``Retry-After`` may ask for; the next try comes then all the same."""

JITTER: Final = 0.25
"""The share by which a pause may be longer: who was sent away together does not return together."""


Progress = Callable[[str], None]


class Lists(Protocol):
    """What pages are asked of; `lib.billing.stripe.gateway.Gateway` is one."""

    def list_objects(
        self, kind: str, *, after: str | None = None, **filters: Any
    ) -> Iterator[Page]: ...


class Asks(Lists, Protocol):
    """What objects are asked of too."""

    def retrieve(
        self, kind: str, object_id: str, *, expand: Sequence[str] = ()
    ) -> tuple[dict[str, Any], int]: ...


G = TypeVar("G", bound=Lists, covariant=True)


class Paced(Generic[G]):
    """A gateway asked with patience. ``requests`` and ``pauses`` count what it took.

    Args:
        tell: hears why nothing seems to happen.
        halt: raises, before a request, when there is to be none any more.
        chance: between 0 and 1, for the jitter.
    """

    def __init__(
        self,
        gateway: G,
        pace: Pace | None = None,
        *,
        tell: Progress = lambda _: None,
        halt: Callable[[], None] = lambda: None,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.requests = 0
        self.pauses = 0
        self._gateway = gateway
        self._pace = pace or Pace()
        self._tell = tell
        self._halt = halt
        self._sleep = sleep
        self._chance = chance

    def pages(self, kind: str, *, after: str | None = None, **filters: Any) -> Iterator[Page]:
        """Every page of ``kind`` after the object ``after``, newest first, to the end.

        Raises StripeUnavailable once a page was asked for in vain after every pause, and
        StripeRefused at once.
        """
        tries = 0
        while True:
            try:
                for page in self._paced(kind, after, filters):
                    tries = 0
                    yield page
                    after = str(page.objects[-1]["id"]) if page.objects else after
                return
            except StripeUnavailable as error:
                tries = self._pause(tries, error)

    def retrieve(
        self: Paced[Asks], kind: str, object_id: str, *, expand: Sequence[str] = ()
    ) -> tuple[dict[str, Any], int]:
        """One object and the second at which Stripe saw it. Raises NoSuchObject too."""
        tries = 0
        while True:
            self._halt()
            self._pace.wait()
            self.requests += 1
            try:
                return self._gateway.retrieve(kind, object_id, expand=expand)
            except StripeUnavailable as error:
                tries = self._pause(tries, error)

    def _paced(self, kind: str, after: str | None, filters: dict[str, Any]) -> Iterator[Page]:
        listed = self._gateway.list_objects(kind, after=after, **filters)
        while True:
            self._halt()
            self._pace.wait()
            self.requests += 1
            try:
                page = next(listed)
            except StopIteration:
                self.requests -= 1  # the list knew by itself that it had ended
                return
            yield page

    def _pause(self, tries: int, busy: StripeUnavailable) -> int:
        """Wait, longer each time; raises ``busy`` when that has not helped."""
        if tries == len(PAUSES):
            raise busy
        wanted = max(PAUSES[tries], min(busy.retry_after or 0.0, LONGEST))
        seconds = wanted * (1 + JITTER * self._chance())
        self.pauses += 1
        self._tell(f"Stripe asks to wait: {seconds:.0f} seconds")
        self._sleep(seconds)
        return tries + 1
