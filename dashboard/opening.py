"""Whether the dashboard may start the way it is configured: one sentence, before it listens."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import streamlit as st

from dashboard import signin
from lib.billing import BillingError

FORWARDED: Final = "FORWARDED_ALLOW_IPS"
SHORTEST_SECRET: Final = 32
_NEEDED: Final = ("client_id", "client_secret", "server_metadata_url")
_SECRETS: Final = ".streamlit/secrets.toml"


def refusal() -> str | None:
    """Why the dashboard must not start, or None."""
    try:
        headers = signin.rules().headers
    except BillingError as error:
        return str(error)
    if headers is not None:
        return _beside_a_proxy(from_anywhere=not headers.peers)
    if signin.provider_configured():
        return of_provider(st.secrets["auth"].to_dict())
    address = st.get_option("server.address")
    if signin.is_loopback(address):
        return None
    return (
        f"The dashboard will not listen on {address or 'every address'} without a sign-in. "
        f"Configure [auth] in {_SECRETS}, or keep server.address at 127.0.0.1."
    )


def _beside_a_proxy(*, from_anywhere: bool) -> str | None:
    if signin.provider_configured():
        return (
            f"There are two sign-ins: [auth] in {_SECRETS} and [sign_in.headers] in "
            "portside.toml. Keep one of them."
        )
    if signin.demo_asked_for():
        return (
            "The demo's sign-in and [sign_in.headers] in portside.toml exclude each other. "
            f"Unset {signin.DEMO_SWITCH} or remove the section."
        )
    if not from_anywhere and os.environ.get(FORWARDED) != "":
        return (
            "sign_in.headers.peers needs the true address of every connection, which "
            f"X-Forwarded-For would replace. Start with `portside dashboard`, or set {FORWARDED} "
            "to nothing."
        )
    return None


def of_provider(auth: Mapping[str, Any]) -> str | None:
    """What is wrong with the [auth] section, or None."""
    redirect = urlsplit(str(auth.get("redirect_uri", "")))
    if redirect.scheme not in ("http", "https") or redirect.path.split("/")[-1] != "oauth2callback":
        return (
            f"redirect_uri in [auth] of {_SECRETS} should be this dashboard's address with "
            "/oauth2callback, like https://billing.example.com/oauth2callback."
        )
    if redirect.scheme == "http" and not signin.is_loopback(redirect.hostname or ""):
        return (
            f"redirect_uri in [auth] of {_SECRETS} should begin with https://: over http anybody "
            "on the way could take a sign-in over."
        )
    if len(str(auth.get("cookie_secret", ""))) < SHORTEST_SECRET:
        return (
            f"cookie_secret in [auth] of {_SECRETS} should have {SHORTEST_SECRET} characters at "
            "least, for example from: openssl rand -hex 32"
        )
    named = {name: value for name, value in auth.items() if isinstance(value, Mapping)}
    named = {name: value for name, value in named.items() if name != "client_kwargs"}
    for name, section in (named or {"": auth}).items():
        where = f"[auth.{name}]" if name else "[auth]"
        if "_" in name:
            return f"{where} of {_SECRETS}: a provider's name may not contain an underscore."
        missing = [key for key in _NEEDED if not section.get(key)]
        if missing:
            return f"{where} of {_SECRETS} lacks {', '.join(missing)}."
    return None
