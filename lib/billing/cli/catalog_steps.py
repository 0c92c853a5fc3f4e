"""The steps of a catalogue's plan as lines, cells and facts."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from ..domain.catalog_findings import CatalogFinding
from ..domain.catalog_live import terms_of
from ..domain.catalog_plan import CatalogPlan, HeldVersion
from ..domain.catalog_steps import Action, Step
from ..domain.observations import State
from .output import say

STEP_COLUMNS: Final = ["action", "plan", "name", "target", "live", "wanted"]
_SIGNS: Final[dict[Action, tuple[str, str]]] = {
    "feature.create": ("+", "make the feature"),
    "feature.rename": ("~", "rename the feature"),
    "product.create": ("+", "make the product"),
    "product.update": ("~", "change the product"),
    "feature.attach": ("+", "give the feature"),
    "price.create": ("+", "make the price"),
    "price.version": ("~", "make a new version of the price"),
    "price.activate": ("~", "activate the price"),
    "price.name": ("~", "give the lookup key"),
    "feature.detach": ("-", "take away the feature"),
}
_COLOURS: Final = {"+": "green", "~": "yellow", "-": "red"}


def step_line(step: Step) -> str:
    """``+ pro: make the price pro_monthly, 29.00 USD a month``"""
    sign, verb = _SIGNS[step.action]
    plan = f"{step.plan}: " if step.plan else ""
    return f"{sign} {plan}{verb} {step.name}{_detail(step)}"


def _detail(step: Step) -> str:
    match step.action:
        case "price.create":
            return f", {_terms(step.wanted)}"
        case "price.version":
            old = _terms(step.wanted | {"amount": step.live["amount"]})
            return f", {old} → {_terms(step.wanted)}; {step.target} stays with whoever has it"
        case "feature.rename":
            return f": {step.live['name']} → {step.wanted['name']}"
        case "product.update":
            return f" ({step.target}): {', '.join(_changes(step))}"
        case "product.create":
            return f" ({step.wanted['id']})"
        case "feature.create":
            return f", {step.wanted['name']}"
        case _:
            return ""


def _changes(step: Step) -> Iterator[str]:
    wanted, live = step.wanted, step.live
    if "plan" in wanted:
        yield f"published as {wanted['plan']}"
    for key in ("audience", "currency"):
        if key in wanted:
            yield f"{key} {wanted[key]}"
    if "name" in wanted:
        yield f"name {live['name']} → {wanted['name']}"
    if "active" in wanted:
        yield "no longer archived"


def _terms(wanted: State) -> str:
    amount = wanted["amount"]
    told = None if amount is None else str(amount)
    said = terms_of(wanted | {"unit_amount_decimal": told})
    return f"{said} by usage" if wanted["usage"] == "metered" else said


def step_cells(step: Step) -> list[str]:
    """The cells of STEP_COLUMNS."""
    values = (json.dumps(v, ensure_ascii=False, sort_keys=True) for v in (step.live, step.wanted))
    return [step.action, step.plan or "", step.name, step.target or "", *values]


def step_facts(step: Step) -> dict[str, Any]:
    return {
        "action": step.action,
        "plan": step.plan,
        "name": step.name,
        "target": step.target,
        "live": step.live,
        "wanted": step.wanted,
    }


def version_facts(version: HeldVersion) -> dict[str, Any]:
    held = version.held
    return {
        "plan": version.plan,
        "lookup_key": version.lookup_key,
        "price_id": version.price_id,
        "terms": version.terms,
        "replaced": version.replaced,
        "customers": len(held.customers),
        "subscriptions": held.subscriptions,
        "mrr": [
            {"currency": currency, "mrr_minor": minor}
            for currency, minor in sorted(held.mrr.items())
        ],
        "unvalued": held.unvalued,
        "customer_ids": list(held.customers),
    }


def finding_facts(finding: CatalogFinding) -> dict[str, Any]:
    return {
        "level": finding.level,
        "code": finding.code,
        "line": finding.line,
        "finding": finding.sentence,
        "remedy": finding.remedy,
    }


def plan_facts(planned: CatalogPlan) -> dict[str, Any]:
    return {
        "clean": planned.clean,
        "mark": planned.mark,
        "steps": [step_facts(step) for step in planned.steps],
        "problems": [finding_facts(each) for each in planned.problems],
        "versions": [version_facts(each) for each in planned.versions],
        "notes": list(planned.notes),
    }


def show_plan(planned: CatalogPlan) -> None:
    """Coloured on a terminal."""
    console = Console(soft_wrap=True, highlight=False)
    for step in planned.steps:
        line = step_line(step)
        console.print(Text(line, style=_COLOURS[line[0]]))
    show_versions(planned.versions)
    for problem in planned.problems:
        where = f"line {problem.line}: " if problem.line else ""
        say(f"In the way: {where}{problem.sentence} {problem.remedy}")
    for note in planned.notes:
        say(note)
    if planned.clean:
        say("Nothing to do: Stripe sells what the catalogue says.")
    elif not planned.problems:
        say("`portside catalog apply` makes it so.")


def show_versions(versions: Collection[HeldVersion]) -> None:
    for version in versions:
        say(version.sentence())
