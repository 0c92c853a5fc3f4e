"""What a customer may use, and which subscription gives it."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from dashboard import format as fmt
from dashboard.language import tr
from lib.billing import CustomerView, Source


def table(view: CustomerView) -> None:
    """Features and limits side by side, each with where it comes from."""
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True, height="stretch", gap="small"):
        st.markdown("**" + tr("Features") + "**")
        for feature in view.features:
            _line(":material/check:", fmt.md(feature.name), feature.sources)
        if not view.features:
            st.caption(tr("None beyond the default plan."))
    with right, st.container(border=True, height="stretch", gap="small"):
        st.markdown("**" + tr("Limits") + "**")
        for limit in view.limits:
            _line(
                ":material/speed:",
                f"{fmt.md(fmt.words(limit.name))}: {fmt.number(limit.limit)}",
                limit.sources,
            )
        if not view.limits:
            st.caption(tr("None."))
    if any(len(each.sources) > 1 for each in view.features):
        st.caption(
            tr("Of several subscriptions the features add up, and of limits the highest counts.")
        )


def _line(icon: str, what: str, sources: Iterable[Source]) -> None:
    origin = fmt.joined(_from(source) for source in sources)
    with st.container(gap=None):
        st.markdown(f"{icon} {what}")
        if origin:
            st.caption(origin)


def _from(source: Source) -> str:
    if source.subscription_id is None:
        return tr("{plan}, the default plan", plan=fmt.md(source.plan))
    return f"{fmt.md(source.plan)}, {fmt.md(source.subscription_id)}"
