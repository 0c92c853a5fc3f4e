"""The sections `[digest]` and `[alerts]` of `portside.toml`: what is sent to whom, and when.

[digest]
weekly = "monday 08:00"             # business time zone; the ISO week before
daily = "08:00"                     # the day before
email = ["founders@example.com"]
slack = true                        # to PORTSIDE_SLACK_WEBHOOK_URL

[alerts]                            # amounts in minor units, by currency
email = ["ops@example.com"]
slack = true
large_upgrade = { usd = 50000 }     # of MRR, from there on
large_churn = { usd = 50000 }       # of MRR, from there on
failed_payment = { usd = 100000 }   # what is open, from there on
drift = 20                          # more differences from Stripe than that
silence_minutes = 120               # without a webhook
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ..digest.spans import Moment, parse_moment
from .table import Table

_TO: Final = frozenset({"email", "slack"})
_DIGEST: Final = _TO | {"weekly", "daily"}
_AMOUNTS: Final = ("large_upgrade", "large_churn", "failed_payment")
_ALERTS: Final = _TO | {*_AMOUNTS, "drift", "silence_minutes"}
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


@dataclass(frozen=True, slots=True)
class Recipients:
    emails: tuple[str, ...] = ()
    slack: bool = False

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(channel, recipient), as notices name them."""
        mails = tuple(("email", address) for address in self.emails)
        return (("slack", ""), *mails) if self.slack else mails


@dataclass(frozen=True, slots=True)
class DigestPolicy:
    weekly: Moment | None = None
    daily: Moment | None = None
    to: Recipients = field(default_factory=Recipients)

    @property
    def moments(self) -> tuple[Moment, ...]:
        return tuple(each for each in (self.weekly, self.daily) if each is not None)


@dataclass(frozen=True, slots=True)
class AlertPolicy:
    """Limits by currency in minor units; what has none alerts nobody."""

    large_upgrade: Mapping[str, int] = field(default_factory=dict)
    large_churn: Mapping[str, int] = field(default_factory=dict)
    failed_payment: Mapping[str, int] = field(default_factory=dict)
    drift: int | None = None
    silence: int | None = None  # seconds
    to: Recipients = field(default_factory=Recipients)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The alerts that are switched on."""
        told = {name: getattr(self, name) for name in _AMOUNTS}
        given = [name for name, limits in told.items() if limits]
        given += [] if self.drift is None else ["drift"]
        return tuple(given + ([] if self.silence is None else ["silence"]))


def read_digest(table: Table) -> DigestPolicy:
    """Raises ConfigurationError naming the file, the key and what it should be."""
    table.only(_DIGEST)
    policy = DigestPolicy(
        weekly=_moment(table, "weekly", weekly=True),
        daily=_moment(table, "daily", weekly=False),
        to=_recipients(table),
    )
    if policy.moments and not policy.to.pairs:
        raise table.refuse("email", "given, or slack = true: else a schedule has no recipient")
    return policy


def read_alerts(table: Table) -> AlertPolicy:
    """Raises ConfigurationError naming the file, the key and what it should be."""
    table.only(_ALERTS)
    minutes = table.positive("silence_minutes", 1) if "silence_minutes" in table.given else None
    policy = AlertPolicy(
        **{name: _limits(table, name) for name in _AMOUNTS},
        drift=_drift(table),
        silence=None if minutes is None else 60 * minutes,
        to=_recipients(table),
    )
    if policy.kinds and not policy.to.pairs:
        raise table.refuse("email", "given, or slack = true: else an alert has no recipient")
    return policy


def is_address(text: str) -> bool:
    """Whether ``text`` is a plain e-mail address: nothing that a header could be broken by."""
    return _ADDRESS.fullmatch(text) is not None and len(text) <= 254


def _moment(table: Table, name: str, *, weekly: bool) -> Moment | None:
    given = table.maybe_text(name)
    if given is None:
        return None
    try:
        return parse_moment(given, weekly=weekly)
    except ValueError:
        wanted = "written like monday 08:00" if weekly else "written like 08:00"
        raise table.refuse(name, wanted) from None


def _recipients(table: Table) -> Recipients:
    wanted = "a list of e-mail addresses"
    addresses = table.texts("email", wanted)
    if not all(is_address(address) for address in addresses):
        raise table.refuse("email", f"{wanted} like founders@example.com")
    slack = table.given.get("slack", False)
    if not isinstance(slack, bool):
        raise table.refuse("slack", "true or false")
    return Recipients(tuple(dict.fromkeys(addresses)), slack)


def _limits(table: Table, name: str) -> dict[str, int]:
    found = {}
    for currency, minor in table.section(name).items():
        if len(currency) != 3 or not currency.isalpha():
            raise table.refuse(f"{name}.{currency}", "named by a three-letter code like usd")
        if type(minor) is not int or minor < 1:
            raise table.refuse(f"{name}.{currency}", "a whole number of minor units above zero")
        found[currency.lower()] = minor
    return found


def _drift(table: Table) -> int | None:
    given = table.given.get("drift")
    if given is not None and (type(given) is not int or given < 0):
        raise table.refuse("drift", "a whole number of differences; 0 alerts at the first one")
    return given
