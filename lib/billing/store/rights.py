"""What a role of PostgreSQL may do, against what this version gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Connection

from . import grants, tables

Party = Literal["receiver", "dashboard", "owner"]

_MAY: Final = """
SELECT has_table_privilege('inbox', 'INSERT'),
       coalesce((SELECT rolsuper FROM pg_roles WHERE rolname = current_user), false)
       OR pg_has_role((SELECT relowner FROM pg_class WHERE oid = 'inbox'::regclass), 'USAGE')
"""


@dataclass(frozen=True, slots=True)
class Rights:
    """Of the role that is signed in: ``lacking`` and ``beyond`` are like "INSERT on notes"."""

    party: Party
    lacking: tuple[str, ...]
    beyond: tuple[str, ...]


def rights(connection: Connection) -> Rights:
    """PostgreSQL alone. Whoever takes events in is a receiver, whoever owns the tables may all."""
    takes, owns = connection.exec_driver_sql(_MAY).one()
    if owns:
        return Rights("owner", (), ())
    party: Literal["receiver", "dashboard"] = "receiver" if takes else "dashboard"
    lacking, beyond = [], []
    for name, wanted in grants.wanted(party).items():
        for verb in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            may = _may(connection, name, verb)
            if verb in wanted and not may:
                lacking.append(f"{verb} on {name}")
            if verb not in wanted and may and party == "dashboard":
                beyond.append(f"{verb} on {name}")
    return Rights(party, tuple(lacking), tuple(beyond))


def _may(connection: Connection, table: str, verb: str) -> bool:
    if verb == "SELECT" and table == tables.inbox.name:
        # The dashboard reads its columns but for the bodies.
        names = [column.name for column in tables.inbox.columns if column.name != "payload"]
        asked = (
            "SELECT bool_and(has_column_privilege('inbox', name, 'SELECT')) "
            "FROM unnest(%s::text[]) AS name"
        )
        return bool(connection.exec_driver_sql(asked, (names,)).scalar())
    asked = "SELECT has_table_privilege(%s, %s)"
    return bool(connection.exec_driver_sql(asked, (f'"{table}"', verb)).scalar())
