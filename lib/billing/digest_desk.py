"""The facade's part for the digest."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from .digest.gathering import gather
from .digest.values import Covered, Digest
from .domain.policy import Policy
from .settings.setup import Setup
from .store.queries.reading import Reader


class DigestDesk:
    """Gathers what changed in a day or a week, and what to do next."""

    _reader: Reader
    _clock: Callable[[], int]
    _setup: Setup

    if TYPE_CHECKING:

        def _scratch(
            self, policy: Policy | str, until: int | None, moving: Policy | None = None
        ) -> AbstractContextManager[Reader]: ...

    def digest(
        self, by: str = "week", *, as_of: str | None = None, of: Covered | None = None
    ) -> Digest:
        """The last whole ``day`` or ``week`` before now, before ``as_of``, or the one of ``of``.

        Raises WrongUsage for an ``as_of`` that is neither a day nor a time.
        """
        return gather(
            self._reader, self._scratch, self._setup, by=by, now=self._clock(), as_of=as_of, of=of
        )
