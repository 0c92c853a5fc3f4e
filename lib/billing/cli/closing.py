"""The command that closes a month: close."""

from __future__ import annotations

import getpass
import json
from dataclasses import asdict
from typing import Annotated, Any

import typer

from ..config import Settings
from ..domain.amounts import in_units
from ..domain.close import sealed_text
from ..domain.errors import WrongUsage
from ..domain.times import iso
from ..export import to_csv
from ..store import closes
from ..store.closes import Link
from ..store.engine import Store
from ..store.spelling import read
from ..wiring import open_installation
from .output import Format, progress, say, table, write
from .reading import FormatOption

ROLL_FORWARD = (
    "currency opening_minor restated_minor new_minor reactivation_minor expansion_minor "
    "contraction_minor churn_minor closing_minor committed_minor"
).split()
COLUMNS = ("month", "policy", "closed_at", "staff", "reason", "definitions", "hash")


def register(app: typer.Typer) -> None:
    app.command("close")(close)


def close(
    month: Annotated[str | None, typer.Argument(help="The month, like 2026-10.")] = None,
    staff: Annotated[str | None, typer.Option(help="Who closes; else this system's user.")] = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Although something is open that could change it.")
    ] = False,
    reason: Annotated[str | None, typer.Option(help="Why, kept with the close.")] = None,
    first: Annotated[
        bool,
        typer.Option("--first", help="Begin here: all before becomes the opening balance."),
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Follow the seals of all closed months.")
    ] = False,
    listed: Annotated[bool, typer.Option("--list", help="List the closed months.")] = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Freeze a month's figures under a seal; what changes in it later is a restatement.

    `portside report restatements` tells what has changed since, of whom and why.
    """
    if (month is not None) + verify + listed != 1:
        raise WrongUsage("Give one of these: a month like 2026-10, --verify, or --list.")
    opened = open_installation(Settings.load())
    if verify:
        _verify(opened.store, output)
    elif listed:
        _list(opened.store, output)
    elif month is not None:
        with progress(f"Closing {month}") as status:
            closed = opened.closing.close(
                month,
                staff=staff or _user(),
                anyway=anyway,
                first=first,
                reason=reason,
                progress=status,
            )
        _show(closes_link(opened.store, closed.close.policy, month), output)


def closes_link(store: Store, policy: str, month: str) -> Link:
    """A close that is there, with its seal."""
    with store.reading() as connection:
        link = closes.find(connection, policy, month)
    assert link is not None
    return link


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        raise WrongUsage("A close says who closes: --staff.") from None


def _verify(store: Store, output: Format) -> None:
    with store.reading() as connection:
        found = closes.follow(connection)
    if output is Format.JSON:
        write(json.dumps(asdict(found), indent=2))
    elif output is Format.CSV:
        write(
            to_csv(["months", "hash", "broken"], [[found.months, found.hash, found.broken or ""]])
        )
    elif found.broken is None:
        say(f"{found.months:,} closed months hold. The last seal is {found.hash}.")
    if found.broken is not None:
        say(
            f"Broken: {found.broken}. {found.months:,} before it hold. Compare with a backup: "
            "nothing of Portside changes a closed month."
        )
        raise typer.Exit(1)


def _list(store: Store, output: Format) -> None:
    with store.reading() as connection:
        links = closes.chain(connection)
    if output is Format.JSON:
        write(json.dumps([_whole(link) for link in links], indent=2, ensure_ascii=False))
        return
    rows = [_cells(link) for link in links]
    if output is Format.CSV:
        write(to_csv(COLUMNS, rows))
    elif rows:
        table(COLUMNS, [[*row[:-1], row[-1][:16]] for row in rows])
    else:
        say("No month is closed yet.")


def _cells(link: Link) -> list[str]:
    c = link.close
    at = iso(c.closed_at) or ""
    return [c.month, c.policy, at, c.staff, c.reason or "", c.definitions, link.hash]


def _whole(link: Link) -> dict[str, Any]:
    """``sealed`` is the text that, after ``previous_hash``, gives ``hash``."""
    c = link.close
    times = {"starts": iso(c.starts), "ends": iso(c.ends), "closed_at": iso(c.closed_at)}
    return (
        asdict(c)
        | times
        | {
            "figures": read(c.figures),
            "previous_hash": link.previous_hash,
            "hash": link.hash,
            "sealed": sealed_text(c),
        }
    )


def _show(link: Link, output: Format) -> None:
    if output is Format.JSON:
        write(json.dumps(_whole(link), indent=2, ensure_ascii=False))
        return
    rows = read(link.close.figures)["reports"]["mrr"]
    names = ROLL_FORWARD
    if output is Format.CSV:
        write(to_csv(names, [[row[name] for name in names] for row in rows]))
        return
    if rows:
        heads = [name.removesuffix("_minor").replace("_", " ") for name in names]
        table(heads, [[_cell(name, row) for name in names] for row in rows])
    say(f"{link.close.month} is closed. Its seal is {link.hash}.")


def _cell(name: str, row: dict[str, Any]) -> str:
    value = row[name]
    return in_units(value, row["currency"]) if name.endswith("_minor") else str(value)
