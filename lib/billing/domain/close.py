"""A closed month: its bounds, what its figures were defined by, and its seal."""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Final

from .errors import WrongUsage
from .fold import MANNER, Rules
from .metrics import METRICS
from .observations import canonical
from .times import day_start, local_date, next_period, period_name

OPENING: Final = "opening"
"""The kind under which the first close keeps each customer's MRR of before its month."""

LONGEST_REASON: Final = 300
_MONTH: Final = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Close:
    """One closed month as it is sealed. Times are unix seconds; ``figures`` is canonical JSON."""

    month: str
    policy: str
    timezone: str
    starts: int
    ends: int
    closed_at: int
    staff: str
    reason: str | None  # why it was closed although something was open
    definitions: str
    seen: int
    figures: str


def seal(previous: str, close: Close) -> str:
    """SHA-256 over the seal before and :func:`sealed_text`, in hexadecimal."""
    return hashlib.sha256((previous + sealed_text(close)).encode()).hexdigest()


def sealed_text(close: Close) -> str:
    """The one spelling of a close: every column but its number and the two hashes."""
    return canonical(asdict(close))


def movement_line(customer_id: str, currency: str, kind: str, minor: int, movements: int) -> str:
    """One sealed line of a month's movements."""
    return f"{customer_id}\t{currency}\t{kind}\t{minor}\t{movements}\n"


def first_day(month: str) -> date:
    """The first day of ``2026-10``. Raises WrongUsage for anything else."""
    found = _MONTH.fullmatch(month)
    if found and 1970 <= int(found[1]) <= 9998 and 1 <= int(found[2]) <= 12:
        return date(int(found[1]), int(found[2]), 1)
    raise WrongUsage(f"{month!r} is not a month: write it like 2026-10.")


def bounds(month: str, timezone: str) -> tuple[int, int]:
    """``starts <= second < ends`` of a month of the business. Raises WrongUsage."""
    day = first_day(month)
    return day_start(day, timezone), day_start(next_period(day, "month"), timezone)


def month_after(month: str) -> str:
    return period_name(next_period(first_day(month), "month"), "month")


def month_of(second: int, timezone: str) -> str:
    """The business month that ``second`` belongs to."""
    return period_name(local_date(second, timezone), "month")


@dataclass(frozen=True, slots=True)
class Definitions:
    """What figures depend on beside events: a mark of each part."""

    catalogue: str
    policy: str
    timezone: str
    metrics: str
    manner: int

    @property
    def version(self) -> str:
        """Another one whenever a part is another one."""
        return _mark(canonical(asdict(self)))

    def changed_since(self, earlier: dict[str, Any]) -> tuple[str, ...]:
        """The names of the parts that were something else in ``earlier``."""
        return tuple(f.name for f in fields(self) if earlier.get(f.name) != getattr(self, f.name))


def definitions_of(rules: Rules) -> Definitions:
    """What is in force under ``rules``."""
    metrics = [
        [m.slug, m.label, m.unit, m.good, m.definition, m.source, list(m.flags)]
        for m in METRICS.values()
    ]
    policy = rules.policy
    flags = {f.name: _plain(getattr(policy, f.name)) for f in fields(policy)}
    return Definitions(
        catalogue=_mark(repr(rules.catalog)),
        policy=_mark(canonical(flags)),
        timezone=rules.timezone,
        metrics=_mark(repr(sorted(metrics))),
        manner=MANNER,
    )


def _plain(value: Any) -> Any:
    """Sets have no order, and another one in each process."""
    if isinstance(value, set | frozenset):
        return sorted(value)
    return value if isinstance(value, str | int | bool | None) else repr(value)


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def checked_reason(reason: str | None) -> str | None:
    """A reason fit to be kept. Raises WrongUsage."""
    why = (reason or "").strip()
    if len(why) > LONGEST_REASON:
        raise WrongUsage(f"Say it in at most {LONGEST_REASON} characters.")
    return why or None
