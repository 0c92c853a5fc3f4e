"""Asking Stripe for much: page by page, not too fast, and again after a pause when it is busy."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Protocol

from ..domain.errors import StripeUnavailable
from .fields import Raw
from .gateway import Page

PAUSES: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""Seconds to wait when Stripe asks to slow down or has a problem; then it is given up."""

Progress = Callable[[str], None]


class Asks(Protocol):
    """As much of `Gateway` as is needed here."""

    def list_objects(
        self, kind: str, *, after: str | None = None, **filters: Any
    ) -> Iterator[Page]: ...

    def retrieve(
        self, kind: str, object_id: str, *, expand: Sequence[str] = ()
    ) -> tuple[Raw, int]: ...


class Paced:
    """A gateway asked with patience. ``requests`` counts what was asked, refusals included.

    ``per_second``: at most so many requests a second; None leaves the pace to Stripe's refusals.
    """

    def __init__(
        self,
        gateway: Asks,
        *,
        sleep: Callable[[float], None] = time.sleep,
        progress: Progress = lambda _: None,
        per_second: float | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gateway = gateway
        self._sleep = sleep
        self._progress = progress
        self._monotonic = monotonic
        self._between = 0.0 if per_second is None else 1.0 / per_second
        self._next = 0.0
        self.requests = 0

    def pages(self, kind: str, *, after: str | None = None, **filters: Any) -> Iterator[Page]:
        """Every page of a list; goes on after the last page that came.

        Raises StripeUnavailable when the longest pause did not help, StripeRefused.
        """
        tries = 0
        while True:
            try:
                for page in self._counted(self._gateway.list_objects(kind, after=after, **filters)):
                    tries = 0
                    yield page
                    after = str(page.objects[-1]["id"]) if page.objects else after
                return
            except StripeUnavailable:
                tries = self._pause(tries)

    def retrieve(self, kind: str, object_id: str, *, expand: Sequence[str] = ()) -> tuple[Raw, int]:
        """One object and the second at which Stripe saw it. Raises NoSuchObject too."""
        tries = 0
        while True:
            self._keep_pace()
            self.requests += 1
            try:
                return self._gateway.retrieve(kind, object_id, expand=expand)
            except StripeUnavailable:
                tries = self._pause(tries)

    def _counted(self, pages: Iterator[Page]) -> Iterator[Page]:
        while True:
            self._keep_pace()
            try:
                page = next(pages)
            except StopIteration:
                return
            except StripeUnavailable:
                self.requests += 1
                raise
            self.requests += 1
            yield page

    def _keep_pace(self) -> None:
        if not self._between:
            return
        now = self._monotonic()
        if self._next > now:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + self._between

    def _pause(self, tries: int) -> int:
        """Wait, longer each time; raises what is being handled when that has not helped."""
        if tries == len(PAUSES):
            raise
        self._progress(f"Stripe asks to wait: {PAUSES[tries]:.0f} seconds")
        self._sleep(PAUSES[tries])
        return tries + 1
