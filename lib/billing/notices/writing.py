"""What a notice says: a digest is gathered when it is sent, an alert says what was found."""

from __future__ import annotations

import json
from typing import Protocol

from ..digest.letter import Letter
from ..digest.spelled import Names
from ..digest.values import Covered, Digest
from ..digest.wording import letter_of
from ..store.notices import Notice
from . import alert_words, digests


class Gathers(Protocol):
    """`lib.billing.desk.Portside` is one."""

    @property
    def livemode(self) -> bool: ...
    def digest(
        self, by: str = ..., *, as_of: str | None = ..., of: Covered | None = ...
    ) -> Digest: ...


class Writing:
    """Writes letters. Raises DatabaseUnavailable."""

    def __init__(self, gathers: Gathers, names: Names) -> None:
        self._gathers = gathers
        self._names = names

    def letter(self, notice: Notice) -> Letter:
        names = self._names
        if notice.kind != digests.KIND:
            told = json.loads(notice.content)
            return alert_words.letter_of(notice.kind, told, names, livemode=self._gathers.livemode)
        span, as_of = digests.told(notice.content, names.timezone)
        return letter_of(self._gathers.digest(span.by, as_of=as_of, of=span), names)
