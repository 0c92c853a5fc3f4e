"""Who is signed in, what they may see, and the one seam to the product behind the pages."""

from __future__ import annotations

import itertools
import logging
from dataclasses import dataclass
from typing import Final

import streamlit as st

from dashboard import signin
from lib.billing import (
    BillingError,
    Permission,
    PermissionDenied,
    Portside,
    open_portside,
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

    @property
    def permissions(self) -> frozenset[Permission]:
        return permissions_of(self.roles)

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions


_CALLED: Final[dict[Role, str]] = {
    Role.SUPPORT: "support",
    Role.FINANCE: "finance",
    Role.FOUNDER: "founders",
    Role.ADMIN: "administrators",
}


@dataclass
class _Seam:
    desk: Portside | None = None
    generation: int = 0


_seam = _Seam()
_generations = itertools.count(1)


def use(desk: Portside | None) -> None:
    """Let every page talk to ``desk``, as a test does; None goes back to the configured one."""
    _seam.desk = desk
    _seam.generation = next(_generations)


def billing() -> Portside:
    """The facade that every page talks to. Raises ConfigurationError when the set-up is wrong."""
    return _seam.desk if _seam.desk is not None else _opened()


def generation() -> int:
    """Which desk is in use: part of every cache key, so that two of them never share a number."""
    return _seam.generation


@st.cache_resource(show_spinner="Opening the projection …")
def _opened() -> Portside:
    desk = open_portside()
    _warn_of_the_portal(desk)
    return desk


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
    identity = signin.identity()
    if identity is None:
        return None
    roles = identity.roles if identity.roles is not None else billing().roles_of(identity.email)
    return Staff(identity.email, identity.name, frozenset(roles))


def guard(permission: Permission) -> Staff:
    """First line of every page: the signed-in person, or the end of the run."""
    person = staff()
    if person is None:
        signin.sign_in()
        st.stop()
    if not person.may(permission):
        denied(permission)
        st.stop()
    return person


def check(permission: Permission) -> Staff:
    """First line of every action: a fragment reruns without its page's guard.

    Raises PermissionDenied.
    """
    person = staff()
    if person is None:
        raise PermissionDenied("Your sign-in has ended. Reload the page and sign in again.")
    require(person.roles, permission)
    return person


def denied(permission: Permission) -> None:
    """The page that someone sees whose roles do not allow it."""
    able = [_CALLED[role] for role in Role if permission in permissions_of([role])]
    st.title("Not for your role", anchor=False)
    others = f"{', '.join(able[:-1])} and " if able[1:] else ""
    st.caption(
        f"This page is for {others}{able[-1]}. If you need it, ask an administrator for the role."
    )
    person = staff()
    if person is not None:
        names = ", ".join(sorted(person.roles)) or "no role yet"
        st.text(f"You are signed in as {person.email} ({names}).")
