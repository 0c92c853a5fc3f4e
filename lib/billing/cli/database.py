"""Commands about the database itself: db upgrade, db grants, db prune."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from ..config import Settings
from ..domain.errors import ConfigurationError, WrongUsage
from ..domain.times import iso
from ..export import to_csv
from ..prune import prune as drop_bodies
from ..store import grants as roles
from ..store import migrate
from ..wiring import open_installation, open_store
from .output import Format, progress, say, write
from .reading import FormatOption


def register(app: typer.Typer) -> None:
    database = typer.Typer(help="The database's tables, roles and size.", no_args_is_help=True)
    database.command("upgrade")(upgrade)
    database.command("grants")(grants)
    database.command("prune")(prune)
    app.add_typer(database, name="db")


def upgrade() -> None:
    """Create the tables, or bring them to this version."""
    store = open_store(Settings.load(), upgrade=True)
    say(f"The database is at revision {migrate.current(store)}.")


def grants(
    apply: Annotated[bool, typer.Option("--apply", help="Run them instead of printing.")] = False,
    receiver: Annotated[
        str, typer.Option("--receiver", help="Role that writes the projection.")
    ] = roles.RECEIVER,
    dashboard: Annotated[
        str, typer.Option("--dashboard", help="Role that only reads it.")
    ] = roles.DASHBOARD,
    payloads: Annotated[
        bool, typer.Option("--payloads", help="Let the dashboard read raw bodies of events.")
    ] = False,
) -> None:
    """PostgreSQL roles: the receiver writes the projection, the dashboard cannot."""
    store = open_store(Settings.load())
    if store.is_sqlite:
        raise WrongUsage("SQLite has no roles: who can open the file can write it. Use PostgreSQL.")
    with store.reading() as connection:
        made = roles.statements(
            connection, receiver=receiver, dashboard=dashboard, payloads=payloads
        )
    if not apply:
        write("BEGIN;\n" + "".join(f"{statement};\n" for statement in made) + "COMMIT;")
        return
    roles.apply(store, made)
    with store.reading() as connection:
        found = roles.left_open(connection, dashboard)
    if found:
        raise ConfigurationError(
            f"{dashboard} can still write {', '.join(found)}: it is a superuser, owns them, "
            "belongs to a role that may, or PUBLIC may. Take that back, or name another role."
        )
    say(f"{receiver} and {dashboard} have their rights. Give each a password, or another way in.")


def prune(
    days: Annotated[
        int | None,
        typer.Option("--older-than", help="Days; else retention_days of portside.toml."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Drop the raw bodies of old events; what was observed in them stays."""
    opened = open_installation(Settings.load())
    days = days if days is not None else opened.business.retention_days
    if days is None:
        raise WrongUsage(
            "Bodies are kept for ever: set retention_days in portside.toml, or give --older-than."
        )
    with progress("Dropping old bodies") as status:
        found = drop_bodies(
            opened.store, now=opened.clock(), days=days, dry_run=dry_run, progress=status
        )
    facts = asdict(found) | {"before": iso(found.before)}
    if output is Format.JSON:
        write(json.dumps(facts, indent=2))
    if output is Format.CSV:
        write(to_csv(list(facts), [list(facts.values())]))
    if output is not Format.TABLE:
        return
    verb = "would be dropped" if dry_run else "dropped"
    say(f"{found.bodies:,} bodies {verb}, {found.size / 1_048_576:,.1f} MiB as stored.")
