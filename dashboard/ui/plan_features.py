"""What each plan gives: features and limits, a plan group at a time."""

from __future__ import annotations

from collections import defaultdict

import streamlit as st

from dashboard import format as fmt
from dashboard.ui import notes, tables
from lib.billing import Catalog, Plan

YES, NO = "✓", "–"


def matrix(catalog: Catalog) -> None:
    """Plan by feature and limit, the lowest rank first."""
    groups: dict[str, list[Plan]] = defaultdict(list)
    for plan in catalog.plans.values():
        groups[plan.group].append(plan)
    for group, plans in sorted(groups.items()):
        plans.sort(key=lambda plan: (plan.rank, plan.slug))
        which = f" of the group {fmt.md(group)}" if groups.keys() - {group} else ""
        st.subheader(f"What does each plan{which} give?", anchor=False)
        st.caption(_standing(catalog, plans))
        _group(catalog, group, plans)
    given = {slug for plan in catalog.plans.values() for slug in plan.features}
    unused = [slug for slug in catalog.features if slug not in given]
    if unused:
        st.caption(f"Declared, and given by no plan: {fmt.md(', '.join(unused))}.")
    if not groups:
        notes.empty("The catalogue has no plan.", icon=":material/inbox:")


def _standing(catalog: Catalog, plans: list[Plan]) -> str:
    default = next((plan.name for plan in plans if plan.slug == catalog.default_plan), None)
    drafts = [plan.name for plan in plans if not plan.published]
    return fmt.joined(
        (
            f"For {plans[0].audience}",
            f"{fmt.md(default)} is what everybody has without a subscription" if default else None,
            f"not published: {fmt.md(', '.join(drafts))}" if drafts else None,
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
            "what": f"Limit: {fmt.words(name).lower()}",
            "key": name,
            **{
                plan.slug: f"{plan.limits[name]:,}" if name in plan.limits else NO for plan in plans
            },
        }
        for name in dict.fromkeys(name for plan in plans for name in plan.limits)
    ]
    if not rows:
        st.caption("No plan of this group has a feature or a limit.")
        return
    column = st.column_config
    columns = {
        "what": column.TextColumn("Feature or limit", width=160, pinned=True),
        **{plan.slug: column.TextColumn(plan.name, width=85, alignment="center") for plan in plans},
        "key": column.TextColumn(
            "Key", width=190, help="What the product asks for: the feature's flag, or the limit."
        ),
    }
    tables.show(
        rows,
        columns,
        key=f"features_{group}",
        ids=[row["key"] for row in rows],
        alt=f"Features and limits by plan of the group {group}",
        choose=False,
    )


def _feature(catalog: Catalog, slug: str) -> str:
    known = catalog.features.get(slug)
    return known.name if known else f"{slug} (not declared)"
