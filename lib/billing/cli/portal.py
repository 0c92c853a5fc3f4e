"""`portside portal plan` and `apply`: the customer portal as the catalogue says."""

from __future__ import annotations

import getpass
import json
from typing import Annotated, Any

import typer

from ..config import Settings
from ..domain.permissions import Role
from ..domain.portal_plan import PortalPlan
from ..export import to_csv
from ..wiring import open_portside
from .output import Format, progress, say, table, write
from .reading import FormatOption

COLUMNS = ["plan_group", "configuration_id", "action", "field", "live", "wanted"]


def register(app: typer.Typer) -> None:
    portal = typer.Typer(
        help="The customer portal's configuration, from the catalogue.", no_args_is_help=True
    )
    portal.command("plan")(plan)
    portal.command("apply")(apply)
    app.add_typer(portal, name="portal")


def plan(output: FormatOption = Format.TABLE) -> None:
    """Show what `apply` would change, field by field; exit 1 when there is anything to do."""
    with progress("Reading Stripe's portal configurations"):
        found = open_portside(Settings.load()).portal_plan()
    if output is Format.JSON:
        write(json.dumps(_facts(found), indent=2, ensure_ascii=False))
    elif output is Format.CSV:
        write(to_csv(COLUMNS, [[_spelt(row[name]) for name in COLUMNS] for row in rows(found)]))
    else:
        _show(found)
    if not found.clean:
        raise typer.Exit(1)


def apply(
    output: FormatOption = Format.TABLE,
    staff: Annotated[
        str | None, typer.Option("--staff", help="Who asks; else who runs this.")
    ] = None,
) -> None:
    """Make Stripe's configurations what the catalogue says; nothing where they are already."""
    with progress("Applying the portal's configuration"):
        done = open_portside(Settings.load()).portal_apply(
            staff=staff or getpass.getuser(),
            # Whoever can run this holds the API key and the database already.
            roles=frozenset({Role.ADMIN}),
        )
    facts = [
        {"plan_group": group, "configuration_id": name, "action": verb, "fields": list(fields)}
        for group, name, verb, fields in done.done
    ]
    if output is Format.JSON:
        told = {"applied": facts, "not_taken": list(done.refused_fields)}
        write(json.dumps(told, indent=2, ensure_ascii=False))
    elif output is Format.CSV:
        header = ["plan_group", "configuration_id", "action", "fields"]
        write(to_csv(header, [[*each[:3], ";".join(each[3])] for each in done.done]))
    else:
        for sentence in done.sentences() or ["Nothing to do: Stripe says what the catalogue says."]:
            say(sentence)
    for left in done.refused_fields:
        say(f"Stripe took it but shows another value. {left}.")
    if done.refused_fields:
        raise typer.Exit(1)


def rows(found: PortalPlan) -> list[dict[str, Any]]:
    """One row a field that differs."""
    return [
        {
            "plan_group": group.group,
            "configuration_id": group.configuration_id,
            "action": group.action,
            "field": change.field,
            "live": change.live,
            "wanted": change.wanted,
        }
        for group in found.groups
        for change in group.changes
    ]


def _facts(found: PortalPlan) -> dict[str, Any]:
    return {
        "clean": found.clean,
        "configurations": [
            {
                "plan_group": group.group,
                "configuration_id": group.configuration_id,
                "action": group.action,
                "not_told": list(group.untold),
            }
            for group in found.groups
        ],
        "changes": rows(found),
        "problems": list(found.problems),
        "warnings": [{"level": w.level, "sentence": w.sentence} for w in found.warnings],
    }


def _show(found: PortalPlan) -> None:
    shown = rows(found)
    if shown:
        table(COLUMNS, [[_spelt(row[name]) for name in COLUMNS] for row in shown])
    for problem in found.problems:
        say(f"In the way: {problem}")
    for warning in found.warnings:
        say(f"{'!! ' if warning.level == 'red' else ''}{warning.sentence}")
    for group in found.groups:
        for name in group.untold:
            say(f"{group.group}: Stripe does not tell {name}, so it is not compared.")
    if found.clean:
        say("Nothing to do: Stripe says what the catalogue says.")
    elif not found.problems:
        say("`portside portal apply` makes it so.")


def _spelt(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ";".join(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
