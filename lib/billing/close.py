"""Month close: a month's figures frozen, sealed, and never changed afterwards.

The receiver's role closes: `portside close`, and `portside serve` for who asks on the page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from .closing import checklist, figures
from .domain.close import Close, bounds, checked_reason, definitions_of, month_of
from .domain.close_rules import refuse_open, refuse_order
from .domain.errors import CloseRefused, WrongUsage
from .settings.setup import Setup
from .store import audit, closes, meta, references
from .store.audit import AuditRow
from .store.engine import Connection, Store
from .store.queries import closing
from .store.spelling import spell

ATTEMPTS = 3
"""How often a month is taken up anew because something of it arrived meanwhile."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A month that was just closed. ``hash`` is its seal."""

    close: Close
    hash: str


class Closing:
    """Closes months under the configured policy. ``clock`` gives unix seconds."""

    def __init__(self, store: Store, clock: Callable[[], int], setup: Setup) -> None:
        self._store = store
        self._clock = clock
        self._setup = setup

    def close(
        self,
        month: str,
        *,
        staff: str,
        anyway: bool = False,
        first: bool = False,
        reason: str | None = None,
        progress: Callable[[str], None] = lambda _: None,
    ) -> Closed:
        """Freeze ``month``.

        ``anyway``: although something is open that could change it. ``first``: it begins the
        closed months, and all before it becomes its opening balance.

        Raises WrongUsage for what is no month or nobody's, CloseRefused, DatabaseUnavailable.
        """
        bounds(month, self._setup.timezone)
        if not staff.strip():
            raise WrongUsage("A close says who closes: --staff.")
        why = checked_reason(reason)
        for _ in range(ATTEMPTS):
            starts, ends, known = self._taken_up(month, first=first, anyway=anyway)
            progress(f"Folding everything up to the end of {month}")
            end = figures.at_its_end(self._store, self._setup, starts, ends)
            progress(f"Freezing {month}")
            with self._store.writing() as connection:
                # Movements and figures are right only between two writers.
                references.lock(connection, changing=True)
                closes.hold(connection)
                if closes.seen_since(connection, known, ends):
                    continue
                last, points = self._check(connection, month, first=first, anyway=anyway)
                starts, ends = self._span(month, last)
                closes.freeze(
                    connection, self._setup.policy, month, starts, ends, first=last is None
                )
                reports = figures.reports(
                    connection, month, self._setup, starts, last=last, end=end
                )
                frozen = {"open": points, "reports": reports}
                return self._seal(
                    connection, month, starts, ends, frozen, staff=staff.strip(), reason=why
                )
        raise CloseRefused(
            f"Events of {month} are arriving at this moment. Close it when they have come.",
            code="still_arriving",
        )

    def _taken_up(self, month: str, *, first: bool, anyway: bool) -> tuple[int, int, int]:
        """The month's span, and what is stored now. Refusals come before any long work."""
        with self._store.reading() as connection:
            last, _ = self._check(connection, month, first=first, anyway=anyway)
        with self._store.writing() as connection:
            # Whoever is storing something finishes first: then "newer than" is exact.
            references.lock(connection, changing=True)
            return (*self._span(month, last), closes.newest_seen(connection))

    def _span(self, month: str, last: Close | None) -> tuple[int, int]:
        starts, ends = bounds(month, self._setup.timezone)
        # Another time zone since the last close must leave no hole and no overlap.
        return (starts if last is None else last.ends), ends

    def _check(
        self, connection: Connection, month: str, *, first: bool, anyway: bool
    ) -> tuple[Close | None, dict[str, int]]:
        """The latest closed month, if ``month`` may follow it, and what is open.

        Raises CloseRefused.
        """
        setup, now = self._setup, self._clock()
        last = closes.last(connection, setup.policy)
        _, ends = self._span(month, last)
        since = closing.first_movement(connection, setup.policy)
        refuse_order(
            month,
            ends=ends,
            now=now,
            timezone=setup.timezone,
            last=last,
            earliest=None if since is None else month_of(since, setup.timezone),
            first=first,
        )
        points = checklist.open_points(connection, setup, ends, now)
        refuse_open(month, points, anyway=anyway)
        return last, points

    def _seal(
        self,
        connection: Connection,
        month: str,
        starts: int,
        ends: int,
        frozen: dict[str, Any],
        *,
        staff: str,
        reason: str | None,
    ) -> Closed:
        setup, now = self._setup, self._clock()
        definitions = definitions_of(checklist.rules_of(setup))
        frozen |= {
            "definitions": asdict(definitions),
            "movements": closes.fingerprint(connection, setup.policy, month),
        }
        close = Close(
            month=month,
            policy=setup.policy,
            timezone=setup.timezone,
            starts=starts,
            ends=ends,
            closed_at=now,
            staff=staff,
            reason=reason,
            definitions=definitions.version,
            seen=closes.newest_seen(connection),
            figures=spell(frozen),
        )
        sealed = closes.append(connection, close)
        row = AuditRow(now, staff, "close.done", reason=reason, detail=f"{month}, {sealed[:16]}")
        audit.append(connection, row)
        meta.raise_watermark(connection)
        return Closed(close, sealed)
