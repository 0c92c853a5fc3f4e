"""Is what has to happen again and again happening: dropping of old bodies, backups?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ..domain.times import DAY, iso
from ..settings.business import Business
from ..settings.clock import make_clock
from ..store import retention
from ..store.engine import Store
from .finding import Finding

OVERDUE: Final = DAY
"""Seconds since the last round of `prune`, which comes every hour."""

STALE: Final = 26 * 3_600
"""Seconds that the newest backup may be old: they are made every night, and take their time."""

BACKUPS: Final = "portside-*.dump"


def pruning(store: Store, business: Business, clock: str | None) -> Iterator[Finding]:
    """Whether bodies go as `retention_days` says; nothing where they are kept for ever.

    ``clock``: PORTSIDE_NOW as it was given.
    """
    days = business.retention_days
    if days is None:
        return
    now, name = make_clock(clock)(), "Retention"
    with store.reading() as connection:
        kept = retention.kept(connection)
        oldest = retention.oldest_row(connection)
    due = oldest is not None and oldest < now - days * DAY - OVERDUE
    if due and (kept.ended_at is None or now - kept.ended_at > OVERDUE):
        last = "never" if kept.ended_at is None else f"last on {iso(kept.ended_at)}"
        yield Finding(
            False,
            name,
            f"Bodies are to go after {days} days, and a round of dropping them ended {last}.",
            "Is a `serve` running with this portside.toml? `portside db prune` does it at once.",
        )
        return
    yield Finding(True, name, f"Bodies go after {days} days.")


def backups(folder: Path | None) -> Iterator[Finding]:
    """How old the newest backup of PORTSIDE_BACKUPS is; nothing where that is not set."""
    if folder is None:
        return
    name, remedy = "Backup", "Look at portside-backup.service, or run `deploy/backup.sh FOLDER`."
    try:
        found = [(path.stat().st_mtime, path) for path in folder.glob(BACKUPS)]
    except OSError as error:
        yield Finding(False, name, f"{folder} cannot be read ({error.strerror}).", remedy)
        return
    if not found:
        yield Finding(False, name, f"There is none in {folder}.", remedy)
        return
    made, newest = max(found)
    # A file's time is the system's, whatever clock the projection has.
    hours = max(int(time.time() - made), 0) // 3_600
    told = f"The newest, {newest.name}, is {hours} hours old."
    if hours * 3_600 > STALE:
        yield Finding(False, name, told, remedy)
    elif newest.stat().st_size == 0:
        yield Finding(False, name, f"The newest, {newest.name}, is empty.", remedy)
    else:
        yield Finding(True, name, told)
