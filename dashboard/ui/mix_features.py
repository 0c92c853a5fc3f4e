"""Which features customers pay for, by plan."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import mixed
from dashboard.language import ntr, tr
from dashboard.ui import defined, notes, tables
from dashboard.ui.plan_names import plan
from lib.billing import FeatureHolders, PlanFeatures


def draw(code: str) -> None:
    """Of one currency: each feature of the catalogue with those who have it."""
    found = mixed.features(code)
    if not found.features:
        notes.empty(
            tr("No plan of the catalogue gives a feature."),
            hint=tr("Features show here when plans list them in the catalogue."),
            icon=":material/extension:",
        )
        return
    with st.container(border=True):
        defined.title(tr("Which features do customers pay for?"), "feature_holders", "feature_mrr")
        st.caption(
            tr(
                "Of {customers}. Under each plan: how many customers of it have the feature; a "
                "dash where the plan does not give it.",
                customers=ntr(
                    "{count} paying customer", "{count} paying customers", found.customers
                ),
            )
        )
        _table(found)


def _table(found: PlanFeatures) -> None:
    column = st.column_config
    plans = [slug for slug in found.plans if any(slug in f.plans for f in found.features)]
    columns = {
        "feature": column.TextColumn(tr("Feature"), width=180, pinned=True),
        "customers": defined.count("feature_holders", tr("Customers"), width=95),
        "share": defined.share("feature_holders", tr("Share of paying customers"), width=170),
        "mrr": defined.number("feature_mrr", tr("MRR of its plans"), width=125),
        **{
            slug: defined.count("feature_holders", plan(slug), width=90, alignment="right")
            for slug in plans
        },
        "key": column.TextColumn(
            tr("Key"), width=150, help=tr("What the product asks for: the feature's flag.")
        ),
    }
    tables.show(
        [_row(each, found, plans) for each in found.features],
        columns,
        key="plan_features",
        ids=[each.slug for each in found.features],
        money=("mrr",),
        alt=tr("Features by plan, with the customers who have them"),
        choose=False,
    )


def _row(each: FeatureHolders, found: PlanFeatures, plans: list[str]) -> dict[str, Any]:
    return {
        "feature": each.name,
        "customers": each.customers,
        "share": each.customers / found.customers * 100 if found.customers else 0.0,
        "mrr": each.minor,
        **{slug: each.plans.get(slug) for slug in plans},
        "key": each.slug,
        "currency": found.currency,
    }
