"""What is amiss in the catalogue, with the line and what to do; and its policies in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from dashboard import format as fmt
from dashboard import selling, session
from dashboard.language import mark, ntr, tr
from dashboard.session import Staff
from dashboard.ui import titles
from lib.billing import (
    Catalog,
    CatalogFinding,
    Permission,
    StripeRefused,
    StripeUnavailable,
)

_LEVELS: Final[dict[str, tuple[str, str, Any]]] = {
    "error": (mark("Error"), ":material/error:", "red"),
    "warning": (mark("Warning"), ":material/warning:", "orange"),
    "note": (mark("Note"), ":material/info:", "gray"),
}
_ICONS: Final = ("trending_up", "trending_down", "event_busy")
_POLICIES: Final = {
    ("upgrade", "immediately"): mark("**Upgrades** take effect at once."),
    ("upgrade", "period_end"): mark(
        "**Upgrades** take effect at the end of the period that is paid for."
    ),
    ("downgrade", "immediately"): mark("**Downgrades** take effect at once."),
    ("downgrade", "period_end"): mark(
        "**Downgrades** take effect at the end of the period that is paid for."
    ),
    ("cancel", "immediately"): mark("**Cancellations** take effect at once."),
    ("cancel", "period_end"): mark(
        "**Cancellations** take effect at the end of the period that is paid for."
    ),
}


def draw(catalog: Catalog, staff: Staff) -> None:
    """Findings, then policies."""
    with st.spinner(tr("Comparing the file with Stripe and with what customers hold …")):
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
        return session.billing().file_findings(), tr("The file by itself")
    if linted.told_by == "Stripe":
        return linted.findings, tr("The file, against Stripe and what customers hold")
    return linted.findings, tr("The file, against Stripe's events and what customers hold")


def verdict(findings: Sequence[CatalogFinding]) -> None:
    """A badge a level."""
    counts = Counter(finding.level for finding in findings)
    said = {
        "error": ntr("{count} error", "{count} errors", counts["error"]),
        "warning": ntr("{count} warning", "{count} warnings", counts["warning"]),
        "note": ntr("{count} note", "{count} notes", counts["note"]),
    }
    for level, (_word, icon, colour) in _LEVELS.items():
        if counts[level]:  # type: ignore[index]  # the same three
            st.badge(said[level], icon=icon, color=colour)
    if not findings:
        st.badge(tr("Nothing amiss"), icon=":material/check_circle:", color="green")


def table(findings: Sequence[CatalogFinding], key: str) -> None:
    """What each is, and beneath it the line and what to do."""
    if not findings:
        return
    with st.container(border=True, gap="small", key=key):
        for finding in findings:
            word, icon, colour = _LEVELS[finding.level]
            line = tr("Line {line}.", line=finding.line) if finding.line is not None else ""
            with st.container(gap=None):
                st.markdown(f":{colour}-badge[{icon} {tr(word)}] {fmt.md(finding.sentence)}")
                st.caption(f"{line} {fmt.md(finding.remedy.replace('`', ''))}".strip())


def policies(catalog: Catalog) -> None:
    """What the business decided, in words an agent can read out."""
    said = catalog.policies
    with st.container(border=True, gap="small", key="policies"):
        told = tr(
            "The section policies of the catalogue file. The customer portal is set up by it: see "
            "Portal."
        )
        titles.draw(tr("What happens when customers change or cancel?"), [("", told)])
        days = said.past_due_grace_days
        grace = tr("**Past due**: access ends at once.")
        if days:
            grace = ntr(
                "**Past due**: access stays for {count} day, then it is that of the default plan.",
                "**Past due**: access stays for {count} days, then it is that of the default plan.",
                days,
            )
        paused = (
            tr("**Collection paused**: access stays.")
            if said.collection_paused == "access"
            else tr("**Collection paused**: access is that of the default plan.")
        )
        changed = [
            _POLICIES["upgrade", said.upgrade],
            _POLICIES["downgrade", said.downgrade],
            _POLICIES["cancel", said.cancel],
        ]
        lines = {
            **dict(zip(_ICONS, map(tr, changed), strict=True)),
            "hourglass_top": grace,
            "pause_circle": paused,
        }
        st.markdown("\n\n".join(f":material/{icon}: {line}" for icon, line in lines.items()))
