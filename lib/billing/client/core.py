"""What the client does without a network: which question to ask, what an answer means, what to do
when there is none. Both clients share it."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Literal
from urllib.parse import quote

import httpx

from .cache import Cache, Entry
from .errors import PortsideError, PortsideRefused, PortsideUnavailable
from .values import (
    Entitlements,
    PortalSession,
    PricingLink,
    moment,
    read_default,
    read_entitlements,
)

OnFailure = (
    Literal["deny", "allow", "stale", "raise"] | Callable[[str, PortsideError], Entitlements]
)

PAUSE: Final = 1.0
"""Seconds after a failure in which nothing is asked: an outage must not slow the product down."""
UNKNOWN_FOR: Final = 5.0
"""Seconds for which "nobody of that name" is remembered at most: they may be about to buy."""
LONGEST_WAIT: Final = 1.0
_AGE: Final = re.compile(r"max-age=(\d+)")
_log = logging.getLogger("portside.client")


class Core:
    """See `PortsideClient` for the arguments."""

    def __init__(
        self,
        *,
        on_failure: OnFailure,
        ttl: float,
        size: int,
        stale_for: float,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        if not callable(on_failure) and on_failure not in ("deny", "allow", "stale", "raise"):
            raise ValueError("on_failure is deny, allow, stale, raise or a function")
        self._on_failure = on_failure
        self._ttl = ttl
        self._stale_for = float("inf") if on_failure == "stale" else stale_for
        self._ticks = ticks
        self._away: tuple[float, PortsideError] | None = None
        self.cache = Cache(size)

    def fresh(self, name: str) -> Entitlements | None:
        """An answer that need not be asked for again."""
        entry = self.cache.get(name)
        return entry.value if entry and self._ticks() < entry.fresh_until else None

    def away(self) -> PortsideError | None:
        """The failure that was met a moment ago."""
        known = self._away
        return known[1] if known and self._ticks() < known[0] else None

    def headers(self, name: str) -> dict[str, str]:
        entry = self.cache.get(name)
        tag = entry.tag if entry is not None and self._ticks() < entry.ends_at else None
        return {} if tag is None else {"If-None-Match": tag}

    def received(self, name: str, answer: httpx.Response) -> Entitlements:
        """Raises PortsideError for what is no answer."""
        self._away = None
        known = self.cache.get(name)
        if answer.status_code == 304 and known is not None:
            return self._keep(name, known.value, answer, known.ends_at)
        body = object_of(answer)
        try:
            if answer.status_code == 200:
                found = read_entitlements(name, body)
                return self._keep(name, found, answer, self._ends_at(answer, body["changes_at"]))
            if answer.status_code == 404 and body.get("code") == "no_customer":
                found = read_default(name, body["default"])
                now = self._ticks()
                fresh = now + min(self._ttl, UNKNOWN_FOR)
                self.cache.put(name, Entry(found, None, now, fresh, float("inf")))
                return found
        except (KeyError, TypeError, ValueError):
            raise PortsideUnavailable("Portside's answer cannot be read.") from None
        raise refusal_of(answer, body)

    def failed(self, name: str, error: PortsideError) -> Entitlements:
        """What was chosen for when there is no answer."""
        now = self._ticks()
        if self.away() is None:
            self._away = now + PAUSE, error
            refused = isinstance(error, PortsideRefused)
            _log.log(logging.ERROR if refused else logging.WARNING, "no entitlements: %s", error)
        entry = self.cache.get(name)
        if entry is not None and now < min(entry.ends_at, entry.asked_at + self._stale_for):
            return replace(entry.value, source="stale")
        if callable(self._on_failure):
            return self._on_failure(name, error)
        if self._on_failure == "raise":
            raise error
        allowed = self._on_failure == "allow"
        return Entitlements(name, "", access=allowed, source="allow" if allowed else "deny")

    def _keep(
        self, name: str, found: Entitlements, answer: httpx.Response, ends_at: float
    ) -> Entitlements:
        now = self._ticks()
        found_age = _AGE.search(answer.headers.get("cache-control", ""))
        age = min(self._ttl, float(found_age[1]) if found_age else 0.0)
        tag = answer.headers.get("etag")
        self.cache.put(name, Entry(found, tag, now, min(now + age, ends_at), ends_at))
        return found

    def _ends_at(self, answer: httpx.Response, changes_at: str | None) -> float:
        """By Portside's own clock, so that a wrong one here does not matter."""
        if changes_at is None:
            return float("inf")
        told = datetime.fromisoformat(answer.headers.get("portside-time", ""))
        left = datetime.fromisoformat(changes_at) - told
        return self._ticks() + left.total_seconds()


def path_of(name: str, *more: str) -> str:
    """Raises ValueError for a name that no address can carry."""
    if not name or name in (".", ".."):
        raise ValueError(f"{name!r} is no id")
    return "/".join(["/v1/entitlements", *(quote(part, safe="") for part in (name, *more))])


def wait_of(answer: httpx.Response, tried: int) -> float:
    """Seconds before a 503 is tried again."""
    asked = answer.headers.get("retry-after", "")
    return min(LONGEST_WAIT, float(asked) if asked.isdecimal() else 0.1 * 2**tried)


def object_of(answer: httpx.Response) -> Mapping[str, Any]:
    """Raises PortsideUnavailable for what is no JSON object."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise PortsideUnavailable(f"Portside answered {answer.status_code} without an answer.")
    return body


def refusal_of(answer: httpx.Response, body: Mapping[str, Any]) -> PortsideError:
    code, message = str(body.get("code", "")), str(body.get("message", "Portside refused."))
    if answer.status_code >= 500:
        return PortsideUnavailable(f"{message} [{code}]")
    return PortsideRefused(answer.status_code, code, message)


def session_body(
    *,
    org: str | None,
    customer: str | None,
    member: str,
    permissions: object,
    flow: str,
    **more: str | None,
) -> dict[str, Any]:
    listed = [str(permission) for permission in permissions]  # type: ignore[attr-defined]
    body = {"member": member, "permissions": listed, "flow": flow, "org": org, "customer": customer}
    return {name: value for name, value in {**body, **more}.items() if value is not None}


def read_session(answer: httpx.Response) -> PortalSession:
    """Raises PortsideRefused, PortsideUnavailable."""
    body = object_of(answer)
    if answer.status_code != 201:
        raise refusal_of(answer, body)
    return PortalSession(
        url=str(body["url"]),
        flow=str(body["flow"]),
        expires_at=moment(body["expires_at"]),
        plan=body["plan"],
        code=body["code"],
    )


def pricing_body(*, member: str, permissions: object, **more: str | None) -> dict[str, Any]:
    listed = [str(permission) for permission in permissions]  # type: ignore[attr-defined]
    given = {name: value for name, value in more.items() if value is not None}
    return {"member": member, "permissions": listed, **given}


def read_pricing_link(answer: httpx.Response) -> PricingLink:
    """Raises PortsideRefused, PortsideUnavailable."""
    body = object_of(answer)
    if answer.status_code != 201:
        raise refusal_of(answer, body)
    return PricingLink(
        url=str(body["url"]),
        table=str(body["table"]),
        customer_id=body["customer_id"],
        expires_at=moment(body["expires_at"]),
    )


def read_token(answer: httpx.Response) -> str:
    """Raises PortsideRefused, PortsideUnavailable."""
    body = object_of(answer)
    if answer.status_code != 200:
        raise refusal_of(answer, body)
    return str(body["token"])
