"""Ways in: the company's identity provider, a trusted proxy, the demo's personas, a closed door."""

from __future__ import annotations

import ipaddress
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard import proven
from lib.billing import Identity, Role, SignIn, SignInRefused, from_claims, read_sign_in

DEMO_SWITCH: Final = "PORTSIDE_DEMO_SIGN_IN"
DEMO_COOKIE: Final = "portside_demo_role"
CHOSEN: Final = "demo_chosen"
_PERSONA: Final = "demo_role"
_MOST_ENDED: Final = 10_000


class Method(StrEnum):
    PROVIDER = "provider"
    PROXY = "proxy"
    DEMO = "demo"
    CLOSED = "closed"


@dataclass
class _Seam:
    rules: SignIn | None = None
    clock: Callable[[], float] = time.time


_seam = _Seam()
_looked: Final = threading.local()
"""The run that a thread makes, and whether there was a provider when it began: Streamlit looks for
its files each time."""
_signed_out: dict[str, None] = {}
"""The sign-ins that ended here by their owner's wish: a browser's other tabs still hold them."""


def use(rules: SignIn | None = None, clock: Callable[[], float] = time.time) -> None:
    """Let ``rules`` and ``clock`` (unix seconds) be in force, as a test does; nobody has signed
    out yet."""
    _seam.rules = rules
    _seam.clock = clock
    _signed_out.clear()


def rules() -> SignIn:
    """What `portside.toml` says about signing in, read once. Raises ConfigurationError."""
    if _seam.rules is None:
        _seam.rules = read_sign_in()
    return _seam.rules


def provider_configured() -> bool:
    """Whether an [auth] section is in Streamlit's secrets."""
    running = get_script_run_ctx(suppress_warning=True)
    if running is None or getattr(_looked, "run", None) is not running:
        try:
            _looked.found = "auth" in st.secrets
        except FileNotFoundError:
            _looked.found = False
        _looked.run = running
    found: bool = _looked.found
    return found


def providers() -> list[str]:
    """The names of the configured providers; none when [auth] itself is the only one."""
    sections = st.secrets["auth"].items()
    return [n for n, v in sections if isinstance(v, Mapping) and n != "client_kwargs"]


def redirect_uri() -> str:
    """Where the provider sends people back, as configured."""
    return str(st.secrets["auth"].get("redirect_uri", ""))


def served_by_https() -> bool:
    """Whether the address that people open begins with https, as far as that is configured."""
    return provider_configured() and redirect_uri().startswith("https://")


def demo_asked_for() -> bool:
    return os.environ.get(DEMO_SWITCH, "").strip().lower() in {"1", "true", "yes"}


def open_to_others() -> bool:
    """Whether people elsewhere may knock, because they have a way to say who they are."""
    return rules().headers is not None or provider_configured()


def method() -> Method:
    """How people sign in here. The demo's personas never open a door that others can reach."""
    if rules().headers is not None:
        return Method.PROXY
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


def identity() -> Identity | None:
    """Who this browser session belongs to at this moment, or None.

    Raises SignInRefused: what was said about it is not believed, or not any more.
    """
    match method():
        case Method.PROVIDER:
            found = from_claims(st.user.to_dict(), rules())
        case Method.PROXY:
            found = proven.read(st.context.headers)
        case Method.DEMO:
            return _demo_identity()
        case _:
            return None
    if found is None:
        return None
    if found.key in _signed_out:
        raise SignInRefused("You have signed out.", code="signed_out", email=found.email)
    return found.at(_seam.clock())


def refusal() -> SignInRefused | None:
    """Why this browser session counts for nobody although something was said about it."""
    try:
        identity()
    except SignInRefused as error:
        return error
    return None


def still(found: Identity | None) -> None:
    """Raises SignInRefused when the sign-in ``found`` has ended since; for work between runs."""
    if found is None:
        return
    if found.key in _signed_out:
        raise SignInRefused("You have signed out.", code="signed_out", email=found.email)
    found.at(_seam.clock())


def ended(key: str) -> bool:
    return key in _signed_out


def sign_out() -> None:
    """Forget who this is, in every tab; for a provider, also at the provider."""
    way = method()
    if way is Method.DEMO:
        st.session_state[_PERSONA] = ""
        return
    try:
        found = identity()
    except SignInRefused:
        found = None
    if found is not None:
        if len(_signed_out) >= _MOST_ENDED:
            _signed_out.pop(next(iter(_signed_out)))
        _signed_out[found.key] = None
    if way is Method.PROVIDER:
        st.logout()


def choose(role: Role) -> None:
    """Be the demo's persona with ``role`` from now on."""
    st.session_state[_PERSONA] = role.value
    st.session_state[CHOSEN] = True


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


_NAMES: Final[dict[Role, str]] = {
    Role.SUPPORT: "Support agent",
    Role.FINANCE: "Finance",
    Role.FOUNDER: "Founder",
    Role.ADMIN: "Administrator",
}


def _demo_identity() -> Identity | None:
    said = st.session_state.get(_PERSONA)
    if said is None:
        said = st.context.cookies.get(DEMO_COOKIE)
    role = next((role for role in Role if role.value == said), None)
    if role is None:
        return None
    return Identity(f"{role}@demo.invalid", _NAMES[role], "demo", roles=frozenset({role}))
