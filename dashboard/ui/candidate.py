"""The candidate of the Plans page: pasted, uploaded or begun from the file, and judged by itself.

It stays in this browser session's memory; no table, file or log ever has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import streamlit as st

from dashboard import format as fmt
from dashboard import session
from dashboard.language import ntr, tr
from dashboard.ui import plan_check, primary
from lib.billing import BillingError, Candidate, CatalogInvalid, Permission

_TRIED: Final = "impact_tried"
_LARGEST: Final = 256 * 1024


@dataclass(frozen=True)
class Tried:
    """What the last press came to. ``key``: of the comparison that it began."""

    text: str
    candidate: Candidate | None = None
    key: str | None = None
    trouble: str | None = None
    line: int | None = None


def form() -> None:
    """The text, and the button that compares everybody with it."""
    st.text_area(
        tr("Candidate catalogue"),
        key="candidate",
        height=280,
        max_chars=_LARGEST + 1,  # one more than is read: what is cut off is refused, not compared
        label_visibility="collapsed",
        placeholder='default_plan = "free"\n\n[plans.pro]\nname = "Pro"\n…',
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            primary.label(tr("Compare everybody")),
            key="impact_start",
            type="primary",
            icon=":material/compare_arrows:",
            on_click=_press,
        )
        st.button(
            tr("Begin with the present file"),
            key="impact_fill",
            icon=":material/content_copy:",
            on_click=_fill,
        )
        with st.popover(tr("Upload a file"), icon=":material/upload_file:"):
            st.file_uploader(
                tr("A catalogue file, at most 256 KiB"),
                type=["toml"],
                key="impact_file",
                on_change=_uploaded,
            )
        st.caption(tr("About a second for every few hundred customers."), width="content")


def last() -> Tried | None:
    """What the last press came to; None before the first."""
    tried: Tried | None = st.session_state.get(_TRIED)
    return tried


def said(tried: Tried) -> None:
    """What is wrong with the candidate, if it could not be read; else how it is judged."""
    if tried.text != st.session_state.get("candidate", ""):
        changed = tr("The text has changed since it was compared.")
        st.caption(f":material/edit: {changed}")
    if tried.trouble:
        st.error(fmt.md(tried.trouble), icon=":material/error:")
        _around(tried)
    elif tried.candidate is not None:
        _judged(tried.candidate)


def _fill() -> None:
    st.session_state["candidate"] = session.billing().catalog_text()
    st.session_state.pop(_TRIED, None)


def _uploaded() -> None:
    given = st.session_state.get("impact_file")
    if given is None:
        return
    try:
        if given.size > _LARGEST:
            raise CatalogInvalid("The file is larger than 256 KiB.")
        st.session_state["candidate"] = given.getvalue().decode("utf-8")
        st.session_state.pop(_TRIED, None)
    except UnicodeDecodeError:
        st.session_state[_TRIED] = Tried("", trouble="The file is not UTF-8 text.")
    except CatalogInvalid as error:
        st.session_state[_TRIED] = Tried("", trouble=str(error))


def _press() -> None:
    text = st.session_state.get("candidate") or ""
    try:
        person = session.check(Permission.CUSTOMERS)
        desk = session.billing()
        candidate = desk.try_catalog(text)
        key = desk.start_impact(text, roles=person.roles)
        st.session_state[_TRIED] = Tried(text, candidate, key)
    except CatalogInvalid as error:
        st.session_state[_TRIED] = Tried(text, trouble=str(error), line=error.line)
    except BillingError as error:
        st.session_state[_TRIED] = Tried(text, trouble=str(error))


def _around(tried: Tried) -> None:
    """The line at fault, with those before and after it."""
    lines = tried.text.splitlines()
    if tried.line is None or not 0 < tried.line <= len(lines):
        return
    first, last = max(tried.line - 2, 1), min(tried.line + 2, len(lines))
    st.code(
        "\n".join(
            f"{'→' if number == tried.line else ' '} {number:>4}  {lines[number - 1][:160]}"
            for number in range(first, last + 1)
        ),
        language=None,
    )


def _judged(candidate: Candidate) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="judged"):
        plan_check.verdict(candidate.findings)
        st.caption(
            tr(
                "The candidate by itself: {plans}, {prices}",
                plans=ntr("{count} plan", "{count} plans", candidate.plans),
                prices=ntr("{count} price", "{count} prices", candidate.prices),
            ),
            width="content",
        )
    if candidate.findings:
        with st.expander(
            tr("What is amiss in the candidate"),
            icon=":material/rule:",
            expanded=any(each.level == "error" for each in candidate.findings),
        ):
            plan_check.table(candidate.findings, "candidate_findings")
