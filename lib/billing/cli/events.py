"""`portside events`: what the product is told, and telling it again."""

from __future__ import annotations

import base64
import secrets
from typing import Annotated

import typer

from ..config import Settings
from ..domain.errors import WrongUsage
from ..domain.times import iso
from ..settings.clock import make_clock
from ..settings.outgoing import SHORTEST_SECRET
from ..wiring import open_store
from .output import say, table, write

_STATES = ("waiting", "delivered", "dead")


def register(app: typer.Typer) -> None:
    events = typer.Typer(help="Events for the product that sells.", no_args_is_help=True)
    events.command("list")(listed)
    events.command("resend")(resend)
    events.command("secret")(secret)
    app.add_typer(events, name="events")


def listed(
    state: Annotated[str, typer.Option(help="waiting, delivered or dead; default all.")] = "",
    endpoint: Annotated[str, typer.Option(help="Only of this endpoint.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
) -> None:
    """The latest events and what became of them at each endpoint."""
    from ..store.queries.outgoing import latest

    if state and state not in _STATES:
        raise WrongUsage(f"--state {state!r} is none of {', '.join(_STATES)}.")
    store = open_store(Settings.load())
    try:
        with store.reading() as connection:
            found = latest(connection, state=state or None, endpoint=endpoint or None, limit=limit)
    finally:
        store.close()
    if not found:
        say("No outgoing event.")
        return
    table(
        ("event", "type", "customer", "endpoint", "state", "attempts", "reason", "made", "next"),
        [
            (
                row["event_id"],
                row["type"],
                f"{row['customer_id']} #{row['sequence']}",
                row["endpoint"],
                row["state"],
                str(row["attempts"]),
                row["reason"] or "",
                iso(row["created_at"]) or "",
                iso(row["next_attempt_at"]) or "",
            )
            for row in found
        ],
    )


def resend(
    event: Annotated[str, typer.Argument(help="An event's id, whatever became of it.")] = "",
    dead: Annotated[str, typer.Option("--dead", help="All dead letters of this endpoint.")] = "",
) -> None:
    """Make deliveries due again under the same id; `serve` sends them."""
    from ..outgoing.again import send_again

    if bool(event) == bool(dead):
        raise WrongUsage("Name an event, or an endpoint with --dead.")
    settings = Settings.load()
    store = open_store(settings)
    try:
        made = send_again(store, make_clock(settings.now)(), event_id=event, endpoint=dead)
    finally:
        store.close()
    say(f"{made:,} {'delivery is' if made == 1 else 'deliveries are'} due now.")


def secret(name: Annotated[str, typer.Argument(help="The endpoint's name.")]) -> None:
    """A new signing secret, as PORTSIDE_OUTGOING_SECRET takes it. It is kept nowhere."""
    made = base64.b64encode(secrets.token_bytes(SHORTEST_SECRET + 8)).decode()
    write(f"{name}=whsec_{made}")
