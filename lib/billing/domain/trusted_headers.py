"""Who somebody is, from what an authenticating proxy says, once it has proved to be that proxy."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

from .errors import SignInRefused
from .sign_in import Identity, SignIn, TrustedHeaders, address_of, groups_of, key_of, name_of


def from_headers(
    headers: Iterable[tuple[str, str]],
    peer: str | None,
    rules: SignIn,
    now: int,
    *,
    browser: str = "",
) -> Identity:
    """What the proxy said in one request that it proved to be its own.

    ``peer`` is the address that the connection came from, ``browser`` tells browsers apart.
    Raises SignInRefused: ``proxy_unproven``, ``header_doubled``, ``email_missing``.
    """
    trusted = rules.headers
    if trusted is None:
        raise SignInRefused("Headers are not trusted here.", code="proxy_unproven")
    given = _given(trusted, headers)
    _prove(trusted, given, peer)
    email = address_of(_only(given, trusted.email))
    if email is None:
        raise SignInRefused(
            "The proxy in front of this dashboard did not say who you are. Sign in there first.",
            code="email_missing",
        )
    name = _only(given, trusted.name)
    listed = _only(given, trusted.groups) or ""
    return Identity(
        email=email,
        name=name_of(name, email),
        via="proxy",
        groups=groups_of(listed.split(",")),
        since=now,
        until=now + rules.max_age,
        key=key_of("proxy", email, browser or now),
    )


def _given(trusted: TrustedHeaders, headers: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    ours = {trusted.email, trusted.name, trusted.groups, trusted.secret_header}
    given: dict[str, list[str]] = {}
    for name, value in headers:
        name = name.lower()
        if "_" in name and name.replace("_", "-") in ours:
            raise _doubled()  # a spelling that slips past proxies which replace the other
        given.setdefault(name, []).append(value)
    return given


def _prove(trusted: TrustedHeaders, given: Mapping[str, list[str]], peer: str | None) -> None:
    proofs = []
    if trusted.peers:
        proofs.append(peer is not None and _among(peer, trusted.peers))
    if trusted.secret_header is not None:
        said = _only(given, trusted.secret_header) or ""
        known = trusted.secret or ""
        # As bytes: compare_digest takes no text beyond ASCII.
        same = hmac.compare_digest(said.encode("utf-8", "replace"), known.encode())
        proofs.append(bool(known) and same)
    if not proofs or not all(proofs):
        raise SignInRefused(
            "This dashboard is opened through the company's sign-in only.", code="proxy_unproven"
        )


def _among(peer: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)  # a dual-stack socket's ::ffff:10.0.0.5
    return any((mapped or address) in network for network in networks)


def _only(given: Mapping[str, list[str]], name: str | None) -> str | None:
    values = given.get(name, []) if name else []
    if len(values) > 1:
        raise _doubled()  # one of them may be the visitor's own
    return values[0].strip() if values else None


def _doubled() -> SignInRefused:
    return SignInRefused(
        "A header of the proxy arrived twice or misspelt, so it is not known whose it is. "
        "The proxy must replace what visitors send.",
        code="header_doubled",
    )
