"""How people prove who they are: the `[sign_in]` section of `portside.toml`.

[sign_in]
max_age_hours = 12                  # a sign-in ends then, also in the middle of work
groups_claim = "groups"             # of the ID token; "realm_access.roles" reads one level deeper
ask = "the billing team, billing@example.com"   # told to whoever has no role

[sign_in.headers]                   # only behind a proxy that signs people in; off by default
email = "X-Forwarded-Email"
name = "X-Forwarded-Preferred-Username"
groups = "X-Forwarded-Groups"       # separated by commas
secret = "X-Portside-Proxy-Secret"  # carries PORTSIDE_PROXY_SECRET; and/or:
peers = ["10.0.0.5", "10.1.0.0/24"] # where the proxy connects from
sign_out = "/oauth2/sign_out"       # where the proxy's own sign-out is
"""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

from ..domain.errors import ConfigurationError
from ..domain.sign_in import SignIn, TrustedHeaders
from .table import Table

if TYPE_CHECKING:
    from ..config import Settings

LONGEST_AGE: Final = 30 * 24
"""Hours. Streamlit's identity cookie does not live longer."""
SHORTEST_SECRET: Final = 24
SECRET_VARIABLE: Final = "PORTSIDE_PROXY_SECRET"  # noqa: S105 - where it is, not what it is

_KNOWN: Final = frozenset({"max_age_hours", "groups_claim", "ask", "headers"})
_HEADERS: Final = frozenset({"email", "name", "groups", "secret", "peers", "sign_out"})
_NAME: Final = re.compile(r"[A-Za-z0-9-]+")
_TAKEN: Final = frozenset({"host", "cookie", "origin", "connection", "upgrade", "content-type"})


def read_sign_in_section(table: Table) -> SignIn:
    """Raises ConfigurationError naming the file, the key and what it should be."""
    table.only(_KNOWN)
    hours = table.positive("max_age_hours", 12)
    if hours > LONGEST_AGE:
        raise table.refuse("max_age_hours", f"{LONGEST_AGE} at most")
    return SignIn(
        max_age=hours * 3_600,
        groups_claim=table.text("groups_claim", "groups"),
        ask=table.maybe_text("ask"),
        headers=_headers(table.sub("headers")) if "headers" in table.given else None,
    )


def read_sign_in(settings: Settings | None = None) -> SignIn:
    """What the environment and `portside.toml` say together, without opening anything.

    Raises ConfigurationError, also when the shared secret is missing or too short.
    """
    from ..config import Settings

    settings = settings or Settings.load()
    rules = settings.business().sign_in
    secret = settings.proxy_secret.get_secret_value() if settings.proxy_secret else None
    headers = rules.headers
    if headers is None:
        if secret is not None:
            raise ConfigurationError(
                f"{SECRET_VARIABLE} is set, but portside.toml has no [sign_in.headers]. "
                "Add the section or unset it."
            )
        return rules
    if (headers.secret_header is None) is not (secret is None):
        raise ConfigurationError(
            f"sign_in.headers.secret in portside.toml and {SECRET_VARIABLE} belong together: "
            "set both or neither."
        )
    if secret is not None and len(secret) < SHORTEST_SECRET:
        raise ConfigurationError(
            f"{SECRET_VARIABLE} should have {SHORTEST_SECRET} characters at least, "
            "for example from: openssl rand -hex 32"
        )
    return replace(rules, headers=replace(headers, secret=secret))


def _headers(table: Table) -> TrustedHeaders:
    table.only(_HEADERS)
    carry = ("email", "name", "groups", "secret")
    names = {key: _header(table, key) for key in carry if key in table.given}
    if "email" not in names:
        raise table.refuse("email", "the name of the header that carries the e-mail address")
    if len(set(names.values())) < len(names):
        raise table.refuse("email", "another header than the others: each is used once")
    peers = []
    for text in table.texts("peers", "a list of addresses"):
        try:
            peers.append(ip_network(text))
        except ValueError:
            raise table.refuse("peers", f"addresses or networks; {text!r} is none") from None
    if not peers and "secret" not in names:
        raise table.refuse("secret", "set, or peers: headers are not trusted without a proof")
    if any(peer.prefixlen == 0 for peer in peers):
        raise table.refuse("peers", "the proxy's addresses, not every address there is")
    return TrustedHeaders(
        email=names["email"],
        name=names.get("name"),
        groups=names.get("groups"),
        secret_header=names.get("secret"),
        peers=tuple(peers),
        sign_out=_sign_out(table),
    )


def _header(table: Table, key: str) -> str:
    name = table.text(key, "").lower()
    if not _NAME.fullmatch(name) or name in _TAKEN:
        raise table.refuse(key, "the name of a header of its own, like X-Forwarded-Email")
    return name


def _sign_out(table: Table) -> str | None:
    address = table.maybe_text("sign_out")
    if address is None:
        return None
    local = address.startswith("/") and not address.startswith(("//", "/\\"))
    if not local and not address.startswith("https://"):
        raise table.refuse("sign_out", "a path like /oauth2/sign_out or an https address")
    return address
