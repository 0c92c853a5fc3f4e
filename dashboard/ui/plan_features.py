"""What each plan gives: features and limits, a plan group at a time."""

from __future__ import annotations

from collections import defaultdict

import streamlit as st

from dashboard import format as fmt
from dashboard.language import tr
from dashboard.ui import notes, tables, titles
from lib.billing import Catalog, Plan

YES, NO = "✓", "–"


def matrix(catalog: Catalog) -> None:
    """Plan by feature and limit, the lowest rank first."""
    groups: dict[str, list[Plan]] = defaultdict(list)
    for plan in catalog.plans.values():
        groups[plan.group].append(plan)
    for group, plans in sorted(groups.items()):
        plans.sort(key=lambda plan: (plan.rank, plan.slug))
        question = (
            tr("What does each plan of the group {group} give?", group=group)
            if groups.keys() - {group}
            else tr("What does each plan give?")
        )
        titles.draw(question)
        st.caption(_standing(catalog, plans))
        _group(catalog, group, plans)
    given = {slug for plan in catalog.plans.values() for slug in plan.features}
    unused = [slug for slug in catalog.features if slug not in given]
    if unused:
        told = fmt.md(", ".join(unused))
        st.caption(tr("Declared, and given by no plan: {features}.", features=told))
    if not groups:
        notes.empty(tr("The catalogue has no plan."), icon=":material/inbox:")


def _standing(catalog: Catalog, plans: list[Plan]) -> str:
    default = next((plan.name for plan in plans if plan.slug == catalog.default_plan), None)
    drafts = [plan.name for plan in plans if not plan.published]
    return fmt.joined(
        (
            audience(plans[0].audience),
            tr("{plan} is what everybody has without a subscription", plan=fmt.md(default))
            if default
            else None,
            tr("not published: {plans}", plans=fmt.md(", ".join(drafts))) if drafts else None,
        )
    )


def _group(catalog: Catalog, group: str, plans: list[Plan]) -> None:
    held = {slug for plan in plans for slug in plan.features}
    declared = [slug for slug in catalog.features if slug in held]
    rows = [
        {
            "what": _feature(catalog, slug),
            "key": slug,
            **{plan.slug: YES if slug in plan.features else NO for plan in plans},
        }
        for slug in [*declared, *sorted(held - catalog.features.keys())]
    ]
    rows += [
        {
            "what": tr("Limit: {limit}", limit=fmt.words(name)),
            "key": name,
            **{
                plan.slug: fmt.number(plan.limits[name]) if name in plan.limits else NO
                for plan in plans
            },
        }
        for name in dict.fromkeys(name for plan in plans for name in plan.limits)
    ]
    if not rows:
        st.caption(tr("No plan of this group has a feature or a limit."))
        return
    column = st.column_config
    columns = {
        "what": column.TextColumn(tr("Feature or limit"), width=190, pinned=True),
        **{plan.slug: column.TextColumn(plan.name, width=85, alignment="center") for plan in plans},
        "key": column.TextColumn(
            tr("Key"),
            width=190,
            help=tr("What the product asks for: the feature's flag, or the limit."),
        ),
    }
    tables.show(
        rows,
        columns,
        key=f"features_{group}",
        ids=[row["key"] for row in rows],
        alt=tr("Features and limits by plan of the group {group}", group=group),
        choose=False,
    )


def _feature(catalog: Catalog, slug: str) -> str:
    known = catalog.features.get(slug)
    return known.name if known else tr("{feature} (not declared)", feature=slug)


def audience(whom: str) -> str:
    """For whom a plan group is sold."""
    return tr("For organizations") if whom == "organizations" else tr("For users")
