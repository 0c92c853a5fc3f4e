"""Sign-ins, refused sign-ins and sign-outs, kept in the audit once each.

Reruns, reloads and other tabs of one sign-in share its key. This process remembers which keys it
kept; after a restart, and beside other processes, the audit itself takes no second row of one.
"""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import session, signin
from dashboard.session import Staff
from lib.billing import SignInRefused

MOST: Final = 10_000
NOT_OURS: Final = frozenset({"sign_in_ended", "signed_out"})
"""Refusals of people who had been let in before."""
_kept: dict[str, None] = {}


def keep(staff: Staff | None) -> None:
    """Keep who came, or who was turned away, unless it is known. Raises DatabaseUnavailable."""
    if staff is None:
        refusal = signin.refusal()
        if refusal is not None and refusal.code not in NOT_OURS:
            _turned_away(refusal)
        return
    found = staff.sign_in
    if found is None:
        return
    if found.via == "demo":
        if st.session_state.pop(signin.CHOSEN, False):
            session.desk().record_audit(found.email, "sign_in", detail="Through the demo")
        return
    if found.key in _kept:
        return
    told = f"Through {found.via}"
    if staff.roles:
        told = f"{told}, as {', '.join(sorted(staff.roles))}"
        session.desk().record_audit(found.email, "sign_in", detail=told, once=found.key)
    else:
        session.desk().record_audit(
            found.email,
            "sign_in.refused",
            detail=f"{told}, without a role",
            code="unknown_user",
            once=found.key,
        )
    _remember(found.key)


def forget() -> None:
    """Know no key any more, as after a restart."""
    _kept.clear()


def leave() -> None:
    """Sign out. The audit is told first, and its trouble keeps nobody from leaving."""
    try:
        staff = session.staff()
        if staff is not None and staff.sign_in is not None:
            session.desk().record_audit(
                staff.email,
                "sign_out",
                detail=f"Through {staff.sign_in.via}",
                once=staff.sign_in.key or None,
            )
    finally:
        signin.sign_out()


def _turned_away(refusal: SignInRefused) -> None:
    if refusal.key is None or refusal.key in _kept:
        return
    session.desk().record_audit(
        refusal.email or "unknown",
        "sign_in.refused",
        detail=str(refusal),
        code=refusal.code,
        once=refusal.key,
    )
    _remember(refusal.key)


def _remember(key: str) -> None:
    if len(_kept) >= MOST:
        _kept.pop(next(iter(_kept)))
    _kept[key] = None
