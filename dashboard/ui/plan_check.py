"""What is amiss in the catalogue, with the line and what to do; and its policies in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from dashboard import format as fmt
from dashboard import selling, session
from dashboard.session import Staff
from lib.billing import (
    Catalog,
    CatalogFinding,
    Permission,
    StripeRefused,
    StripeUnavailable,
)

_LEVELS: Final[dict[str, tuple[str, str, Any]]] = {
    "error": ("Error", ":material/error:", "red"),
    "warning": ("Warning", ":material/warning:", "orange"),
    "note": ("Note", ":material/info:", "gray"),
}
_AT_END: Final = "at the end of the period that is paid for"


def draw(catalog: Catalog, staff: Staff) -> None:
    """Findings, then policies."""
    with st.spinner("Comparing the file with Stripe and with what customers hold …"):
        found, told = _found(staff)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="check_state"):
        verdict(found)
        st.caption(told, width="content")
    table(found, "findings")
    policies(catalog)


def _found(staff: Staff) -> tuple[Sequence[CatalogFinding], str]:
    try:
        linted = selling.plan_findings(staff.may(Permission.TOTALS))
    except (StripeRefused, StripeUnavailable) as error:
        st.warning(fmt.md(str(error)), icon=":material/cloud_off:")
        return session.billing().file_findings(), "The file by itself"
    by = "Stripe" if linted.told_by == "Stripe" else "Stripe's events"
    return linted.findings, f"The file, against {by} and what customers hold"


def verdict(findings: Sequence[CatalogFinding]) -> None:
    """A badge a level."""
    counts = Counter(finding.level for finding in findings)
    for level, (word, icon, colour) in _LEVELS.items():
        if counts[level]:  # type: ignore[index]  # the same three
            said = fmt.plural(counts[level], word.lower())  # type: ignore[index]
            st.badge(said, icon=icon, color=colour)
    if not findings:
        st.badge("Nothing amiss", icon=":material/check_circle:", color="green")


def table(findings: Sequence[CatalogFinding], key: str) -> None:
    """What each is, and beneath it the line and what to do."""
    if not findings:
        return
    with st.container(border=True, gap="small", key=key):
        for finding in findings:
            word, icon, colour = _LEVELS[finding.level]
            line = f"Line {finding.line}. " if finding.line is not None else ""
            with st.container(gap=None):
                st.markdown(f":{colour}-badge[{icon} {word}] {fmt.md(finding.sentence)}")
                st.caption(f"{line}{fmt.md(finding.remedy.replace('`', ''))}")


def policies(catalog: Catalog) -> None:
    """What the business decided, in words an agent can read out."""
    said = catalog.policies
    with st.container(border=True, gap="small", key="policies"):
        st.subheader(
            "What happens when customers change or cancel?",
            anchor=False,
            help="The section policies of the catalogue file. The customer portal is set up by it: "
            "see Portal.",
        )
        ends = {"immediately": "at once", "period_end": _AT_END}
        days = said.past_due_grace_days
        grace = "access ends at once"
        if days:
            grace = (
                f"access stays for {fmt.plural(days, 'day')}, then it is that of the default plan"
            )
        st.markdown(
            f":material/trending_up: **Upgrades** take effect {ends[said.upgrade]}.\n\n"
            f":material/trending_down: **Downgrades** take effect {ends[said.downgrade]}.\n\n"
            f":material/event_busy: **Cancellations** take effect {ends[said.cancel]}.\n\n"
            f":material/hourglass_top: **Past due**: {grace}.\n\n"
            ":material/pause_circle: **Collection paused**: "
            + (
                "access stays."
                if said.collection_paused == "access"
                else "access is that of the default plan."
            )
        )
