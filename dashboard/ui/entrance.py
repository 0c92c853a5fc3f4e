"""What people see who are not in: the ways in, why they were refused, whom to ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit

import streamlit as st

from dashboard import format as fmt
from dashboard import kept, return_to, signin
from dashboard.language import mark, tr
from dashboard.ui import primary
from lib.billing import Identity, Role

MOST_GROUPS: Final = 20
_HELD: Final = "address_held"


@dataclass(frozen=True)
class Persona:
    role: Role
    name: str
    icon: str
    sees: str


PERSONAS: Final = (
    Persona(
        Role.SUPPORT,
        mark("Support agent"),
        ":material/support_agent:",
        mark("Finds a customer, explains access, hands over the right link. No company totals."),
    ),
    Persona(
        Role.FINANCE,
        mark("Finance"),
        ":material/account_balance:",
        mark("Invoices, MRR and files to take away. No links for customers."),
    ),
    Persona(
        Role.FOUNDER,
        mark("Founder"),
        ":material/monitoring:",
        mark("Where MRR stands, what leaves it soon, what is failing."),
    ),
    Persona(
        Role.ADMIN,
        mark("Administrator"),
        ":material/shield_person:",
        mark("Everything the others see, and the set-up."),
    ),
)
_CONTINUE: Final = {
    Role.SUPPORT: mark("Continue as support"),
    Role.FINANCE: mark("Continue as finance"),
    Role.FOUNDER: mark("Continue as founder"),
    Role.ADMIN: mark("Continue as admin"),
}


def sign_in() -> None:
    """The page that someone sees who has not signed in, whatever address they came to."""
    left, middle, right = st.columns([1, 2, 1])
    del left, right
    with middle:
        st.title("Portside", anchor=False)
        st.caption(tr("Subscriptions, entitlements and the right link to hand over."))
        refusal = signin.refusal()
        if refusal is not None:
            _hold_address()
            st.warning(fmt.md(str(refusal)), icon=":material/lock_clock:")
        match signin.method():
            case signin.Method.PROVIDER:
                _provider_form(tried=refusal is not None)
            case signin.Method.PROXY:
                _proxy_notice()
            case signin.Method.DEMO:
                _demo_form()
            case signin.Method.CLOSED:
                _closed_notice()


def again(place: str) -> None:
    """The way back in, beneath the sentence that a sign-in has ended; the address stays.

    ``place`` tells the fragments of a page apart: each notices the end by itself.
    """
    _hold_address()
    match signin.method():
        case signin.Method.PROVIDER:
            _buttons(tr("Sign in again"), f"again_{place}")
        case signin.Method.PROXY:
            _reload(tr("Sign in again"))


def without_role(person: Identity | None) -> None:
    """The page of somebody who is known by name and allowed nothing."""
    st.title(tr("No access yet"), anchor=False)
    if person is not None:
        called = f"{person.name}, {person.email}" if person.name != person.email else person.email
        st.text(tr("You are signed in as {person}.", person=called))
        if person.groups:
            groups = sorted(person.groups)[:MOST_GROUPS]
            st.text(tr("Your groups: {groups}", groups=", ".join(groups)))
    whom = fmt.md(signin.rules().ask or tr("an administrator of Portside"))
    st.markdown(
        tr(
            "Nobody has given you a role here. Ask {whom} to add your address, or one of your "
            "groups, to portside\\.toml.",
            whom=whom,
        )
    )


def _provider_form(*, tried: bool) -> None:
    opened, sent_back = urlsplit(st.context.url or ""), urlsplit(signin.redirect_uri())
    if opened.netloc and opened.netloc != sent_back.netloc:
        st.warning(
            tr(
                "Signing in does not work at this address: the identity provider sends people to "
                "another one. Open {address} instead.",
                address=fmt.md(f"{sent_back.scheme}://{sent_back.netloc}"),
            ),
            icon=":material/alt_route:",
        )
    elif not tried and st.context.cookies.get(return_to.FAILED):
        st.warning(
            tr(
                "The identity provider did not sign you in. Try again; if it happens again, ask an "
                "administrator: the dashboard's log says why."
            ),
            icon=":material/login:",
        )
    _buttons(tr("Sign in"), "sign_in")


def _buttons(label: str, key: str) -> None:
    names = signin.providers()
    if not names:
        st.button(
            primary.label(label), key=key, type="primary", on_click=_leave, icon=":material/login:"
        )
    for name in names:
        told = tr("{sign_in} with {provider}", sign_in=label, provider=name.capitalize())
        st.button(
            primary.label(told) if len(names) == 1 else told,
            key=f"{key}_{name}",
            type="primary" if len(names) == 1 else "secondary",
            on_click=_leave,
            args=(name,),
            icon=":material/login:",
        )


def _leave(name: str | None = None) -> None:
    """To the provider, from the address that the page had before its widgets went."""
    for key, values in _held_address().items():
        if key not in kept.params():
            kept.params()[key] = values
    st.login(name)


def _hold_address() -> None:
    """Remember the query: with the widgets of a page Streamlit removes theirs from the address."""
    shown = {key: kept.params().get_all(key) for key in kept.params()}
    st.session_state[_HELD] = (st.context.url, _held_address() | shown)


def _held_address() -> dict[str, list[str]]:
    page, query = st.session_state.get(_HELD, (None, {}))
    return dict(query) if page == st.context.url else {}


def _proxy_notice() -> None:
    headers = signin.rules().headers
    _reload(tr("Open Portside"))
    if headers is not None and headers.sign_out:
        st.link_button(
            tr("Sign out of the company's sign-in too"),
            headers.sign_out,
            icon=":material/logout:",
        )


def _reload(label: str) -> None:
    """The proxy signs people in before a page is loaded: only loading it again leads past it."""
    query = urlencode(_held_address(), doseq=True)
    page = st.context.url or "/"
    st.link_button(
        primary.label(label),
        f"{page}?{query}" if query else page,
        icon=":material/login:",
        type="primary",
    )


def _demo_form() -> None:
    st.header(tr("Choose who you are in this demo"), anchor=False)
    for persona in PERSONAS:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            with st.container(gap=None):
                st.markdown(f"**{persona.icon} {tr(persona.name)}**")
                st.caption(tr(persona.sees))
            st.button(
                tr(_CONTINUE[persona.role]),
                key=f"persona_{persona.role.value}",
                on_click=signin.choose,
                args=(persona.role,),
            )
    st.caption(tr("This sign-in exists only on this machine and only in the demo."))
    signin.remember()


def _closed_notice() -> None:
    if signin.demo_asked_for():
        st.error(
            tr("The demo sign-in works only on a loopback address such as 127.0.0.1."),
            icon=":material/lock:",
        )
        return
    st.warning(tr("No sign-in is configured, so nothing is shown."), icon=":material/lock:")
    st.markdown(tr("Add your identity provider to `.streamlit/secrets.toml` and start again:"))
    st.code(
        '[auth]\nredirect_uri = "http://localhost:8501/oauth2callback"\n'
        'cookie_secret = "a long random text"\nclient_id = "…"\nclient_secret = "…"\n'
        'server_metadata_url = "https://idp.example.com/.well-known/openid-configuration"',
        language="toml",
    )
    st.caption(tr("To look around with made-up data, run: portside demo"))
