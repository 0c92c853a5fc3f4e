"""`portside catalog lint`, `plan`, `apply` and `impact`: the catalogue as code."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import Annotated

import typer

from ..config import Settings
from ..domain import catalog_lint
from ..domain.catalog_findings import CatalogFinding, in_order, unusable
from ..domain.errors import CatalogInvalid
from ..domain.permissions import Role
from ..export import to_csv
from ..settings.catalog_file import read_catalog
from ..wiring import open_portside
from .catalog_impact import impact
from .catalog_steps import (
    STEP_COLUMNS,
    finding_facts,
    plan_facts,
    show_plan,
    show_versions,
    step_cells,
    step_facts,
    step_line,
    version_facts,
)
from .output import Format, progress, say, table, write
from .reading import FormatOption

FINDING_COLUMNS = ["level", "code", "line", "finding", "remedy"]


def register(app: typer.Typer) -> None:
    catalog = typer.Typer(
        help="The catalogue file: check it, and make Stripe sell what it says.",
        no_args_is_help=True,
    )
    catalog.command("lint")(lint)
    catalog.command("plan")(plan)
    catalog.command("apply")(apply)
    catalog.command("impact")(impact)
    app.add_typer(catalog, name="catalog")


def lint(
    file: Annotated[
        Path | None, typer.Option("--file", help="Another file than PORTSIDE_CATALOG.")
    ] = None,
    alone: Annotated[
        bool, typer.Option("--file-only", help="Ask neither the database nor Stripe.")
    ] = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Check the catalogue: the file, the prices in use, and Stripe; exit 1 on an error."""
    settings = Settings.load()
    try:
        given = None if file is None and not alone else read_catalog(file or settings.catalog)
        if alone and given is not None:
            found, asked = tuple(in_order(catalog_lint.findings(given))), "nobody"
        else:
            with progress("Comparing with Stripe's prices"):
                linted = open_portside(settings).catalog_lint(given)
            found, asked = linted.findings, linted.told_by
    except CatalogInvalid as error:
        found, asked = (unusable(error),), "nobody"
    _show_findings(found, asked, output)
    if any(each.level == "error" for each in found):
        raise typer.Exit(1)


def plan(output: FormatOption = Format.TABLE) -> None:
    """Show what `apply` would write, and whom it costs what; exit 1 when there is anything."""
    with progress("Reading what Stripe sells"):
        found = open_portside(Settings.load()).catalog_plan()
    if output is Format.JSON:
        write(json.dumps(plan_facts(found), indent=2, ensure_ascii=False))
    elif output is Format.CSV:
        write(to_csv(STEP_COLUMNS, map(step_cells, found.steps)))
    else:
        show_plan(found)
    if not found.clean:
        raise typer.Exit(1)


def apply(
    output: FormatOption = Format.TABLE,
    staff: Annotated[
        str | None, typer.Option("--staff", help="Who asks; else who runs this.")
    ] = None,
    expected: Annotated[
        str | None, typer.Option("--expect", help="The mark that `plan --format json` gave.")
    ] = None,
    local: Annotated[
        bool, typer.Option("--local", help="Without STRIPE_API_KEY: only note it as applied.")
    ] = False,
) -> None:
    """Make Stripe sell what the catalogue says; nothing is written where it does already."""
    who = staff or getpass.getuser()
    # Whoever can run this holds the API key and the database already.
    roles = frozenset({Role.ADMIN})
    desk = open_portside(Settings.load())
    with progress("Applying the catalogue"):
        if local:
            applied = desk.catalog_adopt(staff=who, roles=roles)
        else:
            applied = desk.catalog_apply(staff=who, roles=roles, expected=expected)
    if output is Format.JSON:
        facts = {
            "applied": [step_facts(done.step) | {"id": done.id} for done in applied.done],
            "not_taken": [step_facts(step) for step in applied.left],
            "versions": [version_facts(each) for each in applied.versions],
            "notes": list(applied.notes),
            "replay_needed": applied.stale,
        }
        write(json.dumps(facts, indent=2, ensure_ascii=False))
    elif output is Format.CSV:
        header = [*STEP_COLUMNS, "id"]
        write(to_csv(header, [[*step_cells(done.step), done.id] for done in applied.done]))
    else:
        for done in applied.done:
            say(f"{step_line(done.step)}: {done.id}")
        show_versions(applied.versions)
        if not applied.done:
            say(
                "Noted as the applied catalogue; Stripe was not asked."
                if local
                else "Nothing to do: Stripe sells what the catalogue says."
            )
        elif any(done.step.action.startswith("price.") for done in applied.done):
            say("`portside portal apply` offers the new prices in the customer portal.")
    if applied.stale:
        say(
            "The rows are folded by another catalogue. Where this file is deployed, `portside "
            "serve` and the dashboard follow within seconds and fold everybody anew; without "
            "`serve`, run `portside replay`."
        )
    for step in applied.left:
        say(f"Stripe took it but shows another value: {step_line(step)}.")
    if applied.left:
        raise typer.Exit(1)


def _show_findings(found: tuple[CatalogFinding, ...], asked: str, output: Format) -> None:
    if output is Format.JSON:
        facts = {"told_by": asked, "findings": [finding_facts(each) for each in found]}
        write(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    rows = [
        [each.level, each.code, str(each.line or ""), each.sentence, each.remedy] for each in found
    ]
    if output is Format.CSV:
        write(to_csv(FINDING_COLUMNS, rows))
        return
    if rows:
        table(FINDING_COLUMNS, rows)
    counts = [sum(each.level == level for each in found) for level in ("error", "warning", "note")]
    words = [
        f"{n} {level}{'' if n == 1 else 's'}"
        for n, level in zip(counts, ("error", "warning", "note"), strict=True)
    ]
    where = {
        "Stripe": "compared with Stripe",
        "its events": "compared with the prices that events told of: set STRIPE_API_KEY to ask "
        "Stripe",
        "nobody": "the file alone",
    }[asked]
    say(f"{', '.join(words)} ({where}).")
