"""When somebody was last here, from what is kept of a person's visits.

A visit ends when half an hour passes without a sign of the person. Within one, signs are kept every
ten minutes and not with every click.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

AWAY: Final = 30 * 60
"""Seconds without a sign after which the next one begins another visit."""
KEPT_EVERY: Final = 10 * 60


@dataclass(frozen=True, slots=True)
class Visit:
    """``since``: the last sign of the visit before, None on the first; ``seen``: of this one."""

    since: int | None
    seen: int

    def spelled(self) -> str:
        """As it is kept: ``1795316400 1795400000``; the first is ``-`` where there is none."""
        return f"{'-' if self.since is None else self.since} {self.seen}"


def visit_of(kept: str | None) -> Visit | None:
    """What was kept; None for nothing, or for what nobody can read."""
    since, _, seen = (kept or "").partition(" ")
    if not seen.isdecimal() or not (since == "-" or since.isdecimal()):
        return None
    return Visit(None if since == "-" else int(since), int(seen))


def visiting(known: Visit | None, now: int, act: int | None = None) -> Visit:
    """The visit of somebody who is here ``now``. ``act``: a later sign than what was kept.

    A clock that was put back begins no visit.
    """
    if known is None:
        return Visit(None, now)
    last = max(known.seen, act or 0)
    if now - last > AWAY:
        return Visit(last, now)
    if now - known.seen >= KEPT_EVERY or now < known.seen:
        return Visit(known.since, now)
    return known
