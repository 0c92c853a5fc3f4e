"""A little company on a clock the test moves, with channels that keep what they are given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lib.billing.desk import Portside
from lib.billing.digest.letter import Letter
from lib.billing.domain.errors import NoticeNotSent
from lib.billing.notices.channel import Channel
from lib.billing.notices.desk import NoticeDesk
from lib.billing.settings.business import Business, parse_business
from lib.billing.settings.setup import Setup
from lib.billing.store.engine import Store
from tests.reports.ledger import CATALOG, at

DASHBOARD = "https://billing.example.com"


@dataclass
class Kept:
    """A channel. ``faults``: what the next attempts raise, one after the other."""

    sent: list[tuple[str, str, Letter]] = field(default_factory=list)  # once, recipient, letter
    faults: list[BaseException] = field(default_factory=list)
    attempts: int = 0

    def send(self, letter: Letter, recipient: str, once: str) -> None:
        self.attempts += 1
        if self.faults:
            raise self.faults.pop(0)
        self.sent.append((once, recipient, letter))

    def check(self) -> str:
        return "Fine."

    @property
    def keys(self) -> list[str]:
        return [once for once, _, _ in self.sent]


@dataclass
class Office:
    """One `serve` process: its jobs' rounds are run by hand."""

    store: Store
    toml: str
    now: int
    slack: Kept = field(default_factory=Kept)
    mail: Kept = field(default_factory=Kept)
    off: frozenset[str] = frozenset()  # channels that are not configured

    def __post_init__(self) -> None:
        business = parse_business(self.toml)
        self.setup = Setup(catalog=CATALOG, timezone=business.timezone)
        self.desk = self.opened(business)

    def opened(self, business: Business) -> NoticeDesk:
        portside = Portside(store=self.store, clock=lambda: self.now, setup=self.setup)
        return NoticeDesk(
            store=self.store,
            clock=lambda: self.now,
            setup=self.setup,
            business=business,
            channel=self.channel,
            gathers=portside,
            dashboard=DASHBOARD,
        )

    def channel(self, name: str) -> Channel | None:
        return None if name in self.off else {"slack": self.slack, "email": self.mail}[name]

    def restarted(self, **over: Any) -> Office:
        """Another process over the same database, with the same channels."""
        told: dict[str, Any] = {"toml": self.toml, "now": self.now, "off": self.off} | over
        return Office(self.store, slack=self.slack, mail=self.mail, **told)

    def round(self, *names: str, when: str | None = None) -> None:
        """One round of each job, or of those that are named."""
        if when is not None:
            self.now = at(when)
        for name, round_ in self.desk.rounds.items():
            if round_ is not None and (not names or name in names):
                round_()


def away(times: int = 1) -> list[BaseException]:
    return [NoticeNotSent("The mail server could not be used (ConnectionRefusedError).")] * times
