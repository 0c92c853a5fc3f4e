"""Three ways in: the company's identity provider, the demo's personas, or a closed door."""

from __future__ import annotations

import ipaddress
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import streamlit as st

from lib.billing import Role

DEMO_SWITCH: Final = "PORTSIDE_DEMO_SIGN_IN"
DEMO_COOKIE: Final = "portside_demo_role"
MAX_AGE: Final = 12 * 3600  # Streamlit's identity cookie lasts 30 days and cannot be revoked
_PERSONA: Final = "demo_role"


class Method(StrEnum):
    PROVIDER = "provider"
    DEMO = "demo"
    CLOSED = "closed"


@dataclass(frozen=True)
class Identity:
    email: str
    name: str
    roles: frozenset[Role] | None  # None: look them up in the configuration


@dataclass(frozen=True)
class Persona:
    role: Role
    name: str
    icon: str
    sees: str


PERSONAS: Final = (
    Persona(
        Role.SUPPORT,
        "Support agent",
        ":material/support_agent:",
        "Finds a customer, explains access, hands over the right link. No company totals.",
    ),
    Persona(
        Role.FINANCE,
        "Finance",
        ":material/account_balance:",
        "Invoices, MRR and files to take away. No links for customers.",
    ),
    Persona(
        Role.FOUNDER,
        "Founder",
        ":material/monitoring:",
        "Where MRR stands, what leaves it soon, what is failing.",
    ),
    Persona(
        Role.ADMIN,
        "Administrator",
        ":material/shield_person:",
        "Everything the others see, and the set-up.",
    ),
)


def provider_configured() -> bool:
    """Whether an [auth] section is in Streamlit's secrets."""
    try:
        return "auth" in st.secrets
    except FileNotFoundError:
        return False


def demo_asked_for() -> bool:
    return os.environ.get(DEMO_SWITCH, "").strip().lower() in {"1", "true", "yes"}


def method() -> Method:
    """How people sign in here. The demo's personas never open a door that others can reach."""
    if provider_configured():
        return Method.PROVIDER
    if demo_asked_for() and is_loopback(st.get_option("server.address")):
        return Method.DEMO
    return Method.CLOSED


def is_loopback(host: str | None) -> bool:
    """Whether ``host`` can only be reached from this very machine. None means every address."""
    if host is None:
        return False
    name = host.strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def open_door() -> str | None:
    """Why the dashboard must not start as it is configured, or None."""
    address = st.get_option("server.address")
    if provider_configured() or is_loopback(address):
        return None
    return (
        f"The dashboard will not listen on {address or 'every address'} without a sign-in. "
        "Configure [auth] in .streamlit/secrets.toml, or keep server.address at 127.0.0.1."
    )


def identity() -> Identity | None:
    """Who this browser session belongs to, or None."""
    match method():
        case Method.PROVIDER:
            return from_claims(st.user.to_dict(), time.time())
        case Method.DEMO:
            return _demo_identity()
    return None


def from_claims(claims: Mapping[str, Any], now: float) -> Identity | None:
    """What an identity provider said, read strictly; ``now`` is unix seconds."""
    if not claims.get("is_logged_in") or not claims.get("email"):
        return None
    if claims.get("email_verified") is False:
        return None
    issued = claims.get("iat")
    if isinstance(issued, int | float) and now - issued > MAX_AGE:
        return None
    email = str(claims["email"]).lower()
    return Identity(email, str(claims.get("name") or email), None)


def _demo_identity() -> Identity | None:
    role = st.session_state.get(_PERSONA)
    if role is None:
        role = st.context.cookies.get(DEMO_COOKIE)
    persona = next((p for p in PERSONAS if p.role.value == role), None)
    if persona is None:
        return None
    return Identity(f"{persona.role}@demo.invalid", persona.name, frozenset({persona.role}))


def sign_in() -> None:
    """The page that someone sees who has not signed in, whatever address they came to."""
    left, middle, right = st.columns([1, 2, 1])
    del left, right
    with middle:
        st.title("Portside", anchor=False)
        st.caption("Subscriptions, entitlements and the right link to hand over.")
        match method():
            case Method.PROVIDER:
                _provider_form()
            case Method.DEMO:
                _demo_form()
            case Method.CLOSED:
                _closed_notice()


def sign_out() -> None:
    """Forget who this is; for a provider, also at the provider."""
    if method() is Method.PROVIDER:
        st.logout()
    st.session_state[_PERSONA] = ""


def remember() -> None:
    """Keep the demo's choice over a reload: a new browser session reads it from the cookie."""
    if method() is not Method.DEMO:
        return
    role = st.session_state.get(_PERSONA)
    if role is None or role == st.context.cookies.get(DEMO_COOKIE, ""):
        return
    age = 86_400 if role else 0
    st.html(
        f"<script>document.cookie='{DEMO_COOKIE}={role}; path=/; max-age={age}; "
        "samesite=strict'</script>",
        unsafe_allow_javascript=True,
    )


def _choose(role: Role) -> None:
    st.session_state[_PERSONA] = role.value


def _demo_form() -> None:
    st.subheader("Choose who you are in this demo", anchor=False)
    for persona in PERSONAS:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            with st.container(gap=None):
                st.markdown(f"**{persona.icon} {persona.name}**")
                st.caption(persona.sees)
            st.button(
                f"Continue as {persona.role.value}",
                key=f"persona_{persona.role.value}",
                on_click=_choose,
                args=(persona.role,),
            )
    st.caption("This sign-in exists only on this machine and only in the demo.")
    remember()


def _provider_form() -> None:
    providers = [name for name, value in st.secrets["auth"].items() if isinstance(value, Mapping)]
    if not providers:
        st.button("Sign in", type="primary", on_click=st.login, icon=":material/login:")
    for name in providers:
        st.button(
            f"Sign in with {name.capitalize()}",
            key=f"sign_in_{name}",
            on_click=st.login,
            args=(name,),
            icon=":material/login:",
        )


def _closed_notice() -> None:
    if demo_asked_for():
        st.error(
            "The demo sign-in works only on a loopback address such as 127.0.0.1.",
            icon=":material/lock:",
        )
        return
    st.warning("No sign-in is configured, so nothing is shown.", icon=":material/lock:")
    st.markdown("Add your identity provider to `.streamlit/secrets.toml` and start again:")
    st.code(
        '[auth]\nredirect_uri = "http://localhost:8501/oauth2callback"\n'
        'cookie_secret = "a long random text"\nclient_id = "…"\nclient_secret = "…"\n'
        'server_metadata_url = "https://idp.example.com/.well-known/openid-configuration"',
        language="toml",
    )
    st.caption("To look around with made-up data, run: portside demo")
