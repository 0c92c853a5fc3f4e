"""What is still open that could change a month."""

from __future__ import annotations

from ..domain.close_rules import POINTS
from ..domain.fold import Rules, mark_of
from ..settings.setup import Setup
from ..store import meta
from ..store.queries import closing
from ..store.queries.reading import Connection


def rules_of(setup: Setup) -> Rules:
    """The configured rules, without what the store knows of prices."""
    return Rules(setup.catalog, setup.policies[setup.policy], timezone=setup.timezone)


def open_points(connection: Connection, setup: Setup, ends: int, now: int) -> dict[str, int]:
    """How many of each of `POINTS` are open, zeros included, in their order."""
    found = closing.open_points(connection, ends, now)
    folded_by = meta.get(connection, meta.FOLDED_BY)
    newest = int(meta.get(connection, meta.LAST_EVENT_AT) or 0)
    found["rules"] = int(folded_by not in (None, mark_of(rules_of(setup))))
    found["late"] = int(newest < ends)
    return {slug: found[slug] for slug in POINTS}
