"""Is PostgreSQL run as several receivers and dashboards need it, and who is believed?"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from ..store import rights
from ..store.engine import Store
from ..store.queries import replica, sessions
from .finding import Finding, some

LONG_BEHIND = 60
"""Seconds."""


def postgres(store: Store) -> Iterator[Finding]:
    """Who signs in, how long it waits, and how far the replica is behind; nothing on SQLite."""
    if store.is_sqlite:
        return
    with store.writing() as connection:
        seen = sessions.seen(connection)
        given = rights.rights(connection)
    yield _role(seen)
    yield from _rights(seen, given)
    yield _patience(seen)
    if store.replicated:
        with store.glancing() as connection:
            behind = replica.behind(connection)
        yield _replica(behind)


def _role(seen: sessions.Session) -> Finding:
    name = "Database role"
    if seen.superuser:
        return Finding(
            False,
            name,
            f"{seen.role} is a superuser: a dashboard that signs in as it could write everything.",
            "Run `portside db grants --apply`, and sign in as the roles that it makes.",
        )
    return Finding(True, name, f"Signs in as {seen.role}.")


def _rights(seen: sessions.Session, given: rights.Rights) -> Iterator[Finding]:
    """Whether the role has what this version gives it; nothing of the owner, who may all."""
    name, remedy = "Database rights", "Run `portside db grants --apply` as the owner of the tables."
    if given.party == "owner":
        return
    if given.lacking:
        said = f"{seen.role} lacks {some(list(given.lacking))}, as after an upgrade."
        yield Finding(False, name, said, remedy)
    elif given.beyond:
        said = f"{seen.role} is a dashboard's and has {some(list(given.beyond))}."
        yield Finding(False, name, said, remedy)
    else:
        yield Finding(True, name, f"{seen.role} has those of a {given.party}, no less.")


def _patience(seen: sessions.Session) -> Finding:
    name = "Time-outs"
    if not seen.waits_for_locks:
        return Finding(
            False,
            name,
            f"{seen.role} waits for locks for ever.",
            "Run `portside db grants --apply` again, and sign in as the roles that it makes.",
        )
    return Finding(True, name, f"Waits {seen.waits_for_locks} ms for a lock at most.")


def _replica(behind: int | None) -> Finding:
    name = "Replica"
    if behind is None:
        return Finding(
            False,
            name,
            "PORTSIDE_READ_DATABASE_URL names no replica but a primary.",
            "Name a standby that follows the primary, or unset it.",
        )
    if behind >= LONG_BEHIND:
        said = f"It is {behind:,} seconds behind."
        return Finding(False, name, said, "Look at pg_stat_replication on the primary.")
    return Finding(True, name, f"It follows, {behind} seconds behind.")


def proxies(environment: Mapping[str, str] | None = None) -> Iterator[Finding]:
    """Whether anybody may say who asks; nothing where that is not configured."""
    told = (os.environ if environment is None else environment).get("FORWARDED_ALLOW_IPS")
    if told is None:
        return
    if "*" in [part.strip() for part in told.split(",")]:
        yield Finding(
            False,
            "Proxy",
            "FORWARDED_ALLOW_IPS believes everybody about who asks: limits by address are none.",
            "Name the proxy's address or network.",
        )
    else:
        yield Finding(True, "Proxy", f"Believed about who asks: {told or 'nobody'}.")
