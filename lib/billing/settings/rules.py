"""What folds are judged by, as configured and as known now."""

from __future__ import annotations

from ..domain.fold import Rules
from ..domain.policy import Policy
from ..store import references
from ..store.queries.reading import Connection
from .setup import Setup


def current_rules(
    connection: Connection,
    setup: Setup,
    policy: Policy | str | None = None,
    *,
    until: int | None = None,
) -> Rules:
    """The configured rules with the newest references, under ``policy`` if one is given.

    ``until``: the second up to which a fold is made, for a policy that needs a clock.
    """
    if not isinstance(policy, Policy):
        policy = setup.policies[policy or setup.policy]
    return Rules(
        catalog=setup.catalog,
        policy=policy,
        references=references.load(connection),
        timezone=setup.timezone,
        until=until,
    )
