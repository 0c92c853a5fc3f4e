"""Who is signed in, what they may see, and the one seam to the product behind the pages."""

from __future__ import annotations

import itertools
import logging
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

from dashboard import signin
from dashboard.language import mark, tr
from dashboard.ui import entrance
from lib.billing import (
    BillingError,
    Follower,
    Identity,
    Permission,
    PermissionDenied,
    Portside,
    SignInRefused,
    follow_portside,
    permissions_of,
    require,
)
from lib.billing import Role as Role


@dataclass(frozen=True)
class Staff:
    """The person at the other end of this browser session."""

    email: str
    name: str
    roles: frozenset[Role]
    sign_in: Identity | None = None  # what says so; None only in tests

    @property
    def permissions(self) -> frozenset[Permission]:
        return permissions_of(self.roles)

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions


_CALLED: Final[dict[Role, str]] = {
    Role.SUPPORT: mark("support"),
    Role.FINANCE: mark("finance"),
    Role.FOUNDER: mark("founders"),
    Role.ADMIN: mark("administrators"),
}


@dataclass
class _Seam:
    desk: Portside | None = None
    generation: int = 0


_PINNED: Final = "desk_of_this_run"
ACTED: Final = "acted_at"
"""When this session last did something: a choice in a fragment reaches no page's head."""

_seam = _Seam()
_generations = itertools.count(1)


def use(desk: Portside | None) -> None:
    """Let every page talk to ``desk``, as a test does; None goes back to the configured one."""
    _seam.desk = desk
    _seam.generation = next(_generations)


def billing() -> Portside:
    """The facade that every page talks to, closed to a sign-in that has ended meanwhile.

    A fragment reruns without its page's guard, so the end is noticed here, whatever was clicked.
    Raises SignInRefused, and ConfigurationError when the set-up is wrong.
    """
    error = signin.refusal()
    if error is not None:
        raise error
    return desk()


def desk() -> Portside:
    """The facade for what is said about people who are not, or no longer, signed in."""
    if _seam.desk is not None:
        return _seam.desk
    pinned: Portside | None = st.session_state.get(_PINNED)
    return pinned if pinned is not None else _opened().running.portside


def generation() -> int:
    """Which desk is in use: part of every cache key, so that two of them never share a number."""
    if _seam.desk is not None:
        return _seam.generation
    return (_seam.generation << 32) + int(desk().catalog.mark[:8], 16)


def keep_up() -> None:
    """Go over to an applied catalogue, if there is one to follow: once a run, before anything is
    drawn, so that a run shows one catalogue from its beginning to its end."""
    if _seam.desk is not None:
        return
    try:
        follower = _opened()
        follower.look()
    except BillingError:
        return  # every page will say what is missing
    st.session_state[_PINNED] = follower.running.portside


@st.cache_resource(show_spinner="Opening the projection …")
def _opened() -> Follower[Any]:
    follower = follow_portside()
    _warn_of_the_portal(follower.running.portside)
    return follower


def _warn_of_the_portal(desk: Portside) -> None:
    """At the start, as far as events have told: the Portal page shows the same."""
    try:
        warnings = desk.portal_observed().warnings
    except BillingError:
        return  # every page will say what is missing
    for warning in warnings:
        if warning.level != "note":
            logging.getLogger("portside").warning("%s", warning.sentence)


def staff() -> Staff | None:
    """Who is signed in, with the roles of this very moment; None when nobody is."""
    try:
        return _staff()
    except SignInRefused:
        return None


def _staff() -> Staff | None:
    found = signin.identity()
    if found is None:
        return None
    roles = found.roles
    if roles is None:
        roles = desk().roles_of(found.email, found.groups)
    return Staff(found.email, found.name, frozenset(roles), found)


def guard(permission: Permission) -> Staff:
    """First line of every page: the signed-in person, or the end of the run."""
    person = staff()
    if person is None:
        entrance.sign_in()
        st.stop()
    if not person.may(permission):
        denied(permission)
        st.stop()
    return person


def check(permission: Permission, *, by_itself: bool = False) -> Staff:
    """First line of every action: a fragment reruns without its page's guard.

    ``by_itself``: the fragment reruns by a clock, which is no sign of anybody.
    Raises PermissionDenied, and SignInRefused when the sign-in has ended meanwhile.
    """
    try:
        person = _staff()
    except SignInRefused as error:
        raise SignInRefused(f"{error} Nothing was done.", code=error.code) from None
    if person is None:
        raise PermissionDenied("Your sign-in has ended. Reload the page and sign in again.")
    require(person.roles, permission)
    if not by_itself:
        st.session_state[ACTED] = desk().now()
    return person


def denied(permission: Permission) -> None:
    """The page that someone sees whose roles do not allow it."""
    person = staff()
    if person is not None and not person.roles:
        entrance.without_role(person.sign_in)
        return
    able = [tr(_CALLED[role]) for role in Role if permission in permissions_of([role])]
    st.title(tr("Not for your role"), anchor=False)
    st.caption(
        tr(
            "This page is for {roles}. If you need it, ask an administrator for the role.",
            roles=_and(able),
        )
    )
    if person is not None:
        names = ", ".join(sorted(person.roles))
        st.text(tr("You are signed in as {person}.", person=f"{person.email} ({names})"))


def _and(names: list[str]) -> str:
    *others, last = names
    return tr("{some} and {last}", some=", ".join(others), last=last) if others else last
