"""Two PostgreSQL roles: one that keeps the projection, one that can only read it.

    receiver    `serve` and the command line: reads everything, writes the projection, carries out
                requests, closes months. It adds to the audit and to closed months and cannot change
                what is there.
    dashboard   reads what it shows and adds to its own tables; it changes nothing that is there.
                Raw bodies of events are for engineers: only when asked for.

Roles are made without a password: whoever runs the database sets one, or uses another way in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal

from sqlalchemy import BigInteger, Connection, Table

from ..domain.errors import ConfigurationError, WrongUsage
from . import tables
from .engine import Store
from .search_index import FUNCTION

RECEIVER: Final = "portside_receiver"
DASHBOARD: Final = "portside_dashboard"
_LONGEST: Final = 63  # bytes of a name in PostgreSQL

_DESK: Final = frozenset(
    {"audit", "requests", "notes", "acknowledgements", "saved_views", "staff_choices"}
)
"""The dashboard's own tables: beside reading them it may add to them."""

_RECEIVER: Final = {
    "audit": ("INSERT",),  # links minted on the command line
    "closes": ("INSERT",),  # the dashboard asks for a close, see docs/decisions/0015
    "closed_movements": ("INSERT",),
    "notes": (),
    "acknowledgements": (),
    "saved_views": (),
    "staff_choices": ("DELETE",),  # what counts no more; the newest stays
    "requests": ("INSERT", "UPDATE"),
    "inbox": ("INSERT", "UPDATE"),
    "observations": ("INSERT", "UPDATE"),
}
"""Where the receiver may do less than everything."""

_PATIENCE_OF_RECEIVER: Final = ("lock_timeout = '30s'",)
_PATIENCE_OF_DASHBOARD: Final = (
    "lock_timeout = '5s'",
    "statement_timeout = '2min'",
    "idle_in_transaction_session_timeout = '10min'",
)
"""Kept with the role, so that they hold through any pooler."""

_EVERYTHING: Final = ("INSERT", "UPDATE", "DELETE")
_VERSION: Final = "alembic_version"


def statements(
    connection: Connection,
    *,
    receiver: str = RECEIVER,
    dashboard: str = DASHBOARD,
    payloads: bool = False,
) -> list[str]:
    """The statements, to be run in their order in one transaction by the owner of the tables.

    ``payloads``: the dashboard may read raw bodies of events. What the roles had before on these
    tables is taken back first, so that running them again after an upgrade gives exactly this.
    Raises WrongUsage for a name that cannot be a role's.
    """
    _check(receiver, dashboard)
    found = connection.exec_driver_sql("SELECT current_schema(), current_database()").one()
    schema, database = _name(found[0]), _name(found[1])
    made: list[str] = []
    for role in (receiver, dashboard):
        made += _fresh(role, schema, database)
    made += _receiver(_name(receiver))
    made += _dashboard(_name(dashboard), payloads=payloads)
    # Everybody may run a function, unless the database was hardened.
    roles = f"{_name(receiver)}, {_name(dashboard)}"
    made.append(f"GRANT EXECUTE ON FUNCTION {FUNCTION}(text) TO {roles}")
    made += _future(_name(receiver), _name(dashboard), schema)
    for role, told in ((receiver, _PATIENCE_OF_RECEIVER), (dashboard, _PATIENCE_OF_DASHBOARD)):
        made += [f"ALTER ROLE {_name(role)} IN DATABASE {database} SET {each}" for each in told]
    return made


def wanted(party: Literal["receiver", "dashboard"]) -> dict[str, tuple[str, ...]]:
    """Table → what ``party`` is given on it; of the inbox the dashboard reads no bodies."""
    if party == "receiver":
        return {t.name: ("SELECT", *_RECEIVER.get(t.name, _EVERYTHING)) for t in _sorted()}
    return {t.name: ("SELECT", "INSERT") if t.name in _DESK else ("SELECT",) for t in _sorted()}


def apply(store: Store, made: Iterable[str]) -> None:
    """Run ``made`` in one transaction. Raises ConfigurationError when PostgreSQL refuses."""
    with store.writing() as connection:
        driver = connection.connection.cursor()
        try:
            for statement in made:
                # Straight to the driver: a percent sign in a name is no parameter.
                driver.execute(statement)
        except connection.dialect.loaded_dbapi.Error as error:
            reason = (str(error).splitlines() or [""])[0]
            raise ConfigurationError(
                f"PostgreSQL refused ({reason}). Run it as the owner of the tables, who may make "
                "roles."
            ) from None
        finally:
            driver.close()


def left_open(connection: Connection, dashboard: str = DASHBOARD) -> list[str]:
    """What ``dashboard`` may still write beside its own tables, whoever allowed it.

    A superuser, an owner, a member of a role that may, and everybody where PUBLIC may, keep their
    rights whatever is granted to the role itself. "schema" stands for making tables there.
    """
    found = []
    for table in _sorted():
        verbs = ["UPDATE", "DELETE", "TRUNCATE"]
        if table.name not in _DESK:
            verbs.append("INSERT")
        statement = " OR ".join("has_table_privilege(%s, %s, %s)" for _ in verbs)
        asked = tuple(part for verb in verbs for part in (dashboard, _name(table.name), verb))
        if connection.exec_driver_sql(f"SELECT {statement}", asked).scalar_one():
            found.append(table.name)
    makes = "SELECT has_schema_privilege(%s, current_schema(), 'CREATE')"
    if connection.exec_driver_sql(makes, (dashboard,)).scalar_one():
        found.append("schema")
    return found


def _check(receiver: str, dashboard: str) -> None:
    for name in (receiver, dashboard):
        if not name.strip() or "\x00" in name or len(name.encode()) > _LONGEST:
            raise WrongUsage(f"A role's name has between 1 and {_LONGEST} bytes: {name!r} has not.")
    if receiver == dashboard:
        raise WrongUsage("The receiver and the dashboard need two roles: give two names.")


def _fresh(role: str, schema: str, database: str) -> Iterator[str]:
    """The role, with nothing but a way in."""
    quoted = _name(role)
    missing = f"NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {_text(role)})"
    role_made = f"CREATE ROLE {quoted} LOGIN"
    made = _body(f"BEGIN IF {missing} THEN {role_made}; END IF; END")  # nosec B608 - quoted above
    yield f"DO {made}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {quoted}"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM {quoted}"
    yield f"REVOKE ALL ON SCHEMA {schema} FROM {quoted}"
    yield f"GRANT CONNECT ON DATABASE {database} TO {quoted}"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {quoted}"


def _receiver(role: str) -> Iterator[str]:
    for table in _sorted():
        rights = ("SELECT", *_RECEIVER.get(table.name, _EVERYTHING))
        yield f"GRANT {', '.join(rights)} ON {_name(table.name)} TO {role}"
        if "INSERT" in rights:
            yield from _sequences(table, role)
    yield f"GRANT SELECT ON {_VERSION} TO {role}"


def _dashboard(role: str, *, payloads: bool) -> Iterator[str]:
    for table in _sorted():
        if table is tables.inbox and not payloads:
            shown = ", ".join(_name(c.name) for c in table.columns if c.name != "payload")
            yield f"GRANT SELECT ({shown}) ON inbox TO {role}"
            continue
        rights = "SELECT, INSERT" if table.name in _DESK else "SELECT"
        yield f"GRANT {rights} ON {_name(table.name)} TO {role}"
        if table.name in _DESK:
            yield from _sequences(table, role)
    yield f"GRANT SELECT ON {_VERSION} TO {role}"


def _future(receiver: str, dashboard: str, schema: str) -> Iterator[str]:
    """Until this is run again after an upgrade: tables that the upgrade makes."""
    head = f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema}"
    yield f"{head} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {receiver}"
    yield f"{head} GRANT USAGE ON SEQUENCES TO {receiver}"
    yield f"{head} GRANT SELECT ON TABLES TO {dashboard}"


def _sequences(table: Table, role: str) -> Iterator[str]:
    for column in table.columns:
        if column.primary_key and column.autoincrement is True:
            assert isinstance(column.type, BigInteger)
            yield f"GRANT USAGE ON SEQUENCE {_name(f'{table.name}_{column.name}_seq')} TO {role}"


def _sorted() -> list[Table]:
    return sorted(tables.metadata.tables.values(), key=lambda table: table.name)


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text(text: str) -> str:
    """A literal; with E, so that a backslash means itself whatever the server is set to."""
    return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _body(code: str) -> str:
    """A quoted block that nothing inside can end."""
    tag = "$portside$"
    while tag in code:
        tag = tag[:-1] + "x$"
    return f"{tag}{code}{tag}"
