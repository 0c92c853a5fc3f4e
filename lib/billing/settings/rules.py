"""What folds are judged by, as configured and as known now."""

from __future__ import annotations

from ..domain.fold import Rules
from ..domain.policy import PRESETS
from ..store import references
from ..store.queries.reading import Connection
from .setup import Setup


def current_rules(connection: Connection, setup: Setup, policy: str | None = None) -> Rules:
    """The configured rules with the newest references, under ``policy`` if one is named."""
    return Rules(
        catalog=setup.catalog,
        policy=PRESETS[policy or setup.policy],
        references=references.load(connection),
        timezone=setup.timezone,
    )
