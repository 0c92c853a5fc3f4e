"""What every event of Kinde's carries around its data, and how its times are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from ..domain.errors import PayloadInvalid
from ..domain.providers import Provider, id_of

LONGEST: Final = 200
"""Characters of an id or a key; Kinde's have some forty."""

_LATEST: Final = 253_402_300_799  # the last second of the year 9999
_MILLISECONDS: Final = 100_000_000_000
"""From here on a number is taken for milliseconds: as seconds it would be after the year 5000."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """``event_id`` is the id here. ``at``: unix seconds at which it happened."""

    event_id: str
    type: str
    at: int
    data: dict[str, Any]


def read_envelope(event: Any) -> Envelope:
    """The envelope of a verified event. Raises PayloadInvalid when it is none."""
    if type(event) is not dict:
        raise PayloadInvalid("This is not an event of Kinde's: it is not a JSON object.")
    event_id, kind = name(event.get("event_id")), name(event.get("type"))
    told = (moment(event.get(key)) for key in ("event_timestamp", "timestamp", "iat"))
    at = next((second for second in told if second is not None), None)
    if event_id is None or kind is None or at is None:
        raise PayloadInvalid(
            "This is not an event of Kinde's: it lacks an event_id, a type or a time."
        )
    data = event.get("data")
    return Envelope(id_of(Provider.KINDE, event_id), kind, at, data if type(data) is dict else {})


def name(value: Any) -> str | None:
    """An id, a key or a type; None for what cannot be one."""
    if type(value) is int:
        value = str(value)
    if type(value) is not str:
        return None
    value = value.strip()
    usable = 0 < len(value) <= LONGEST and value.isprintable()
    return value if usable and _storable(value) else None


def text(value: Any) -> str | None:
    """Words for people, on one line; None for what is none."""
    if type(value) is not str:
        return None
    kept = " ".join("".join(c for c in value if _storable(c) and c != "\x00").split())
    return kept[:500] or None


def moment(value: Any) -> int | None:
    """Unix seconds UTC of a number of seconds or milliseconds, or of an ISO 8601 time; a time
    without a zone is UTC. None for what is neither."""
    if type(value) is float and value == value and abs(value) < 1e15:
        value = int(value)
    if type(value) is int:
        second = value // 1_000 if value >= _MILLISECONDS else value
        return second if 0 <= second <= _LATEST else None
    if type(value) is not str or len(value) > 40:
        return None
    if value.isascii() and value.isdigit():
        return moment(int(value))
    try:
        read = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    read = read if read.tzinfo else read.replace(tzinfo=UTC)
    second = int(read.timestamp())
    return second if 0 <= second <= _LATEST else None


def _storable(value: str) -> bool:
    """Whether databases take it: no halves of characters."""
    return not any("\ud800" <= c <= "\udfff" for c in value)
