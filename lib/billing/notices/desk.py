"""What an installation sends by itself, and what is sent when somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from ..digest.letter import Letter
from ..digest.spelled import Names
from ..digest.values import Digest
from ..digest.wording import letter_of
from ..domain.errors import ConfigurationError
from ..settings.business import Business
from ..settings.setup import Setup
from ..store import notices
from ..store.engine import Store
from ..store.notices import Outcome
from . import digests
from .alerts import Alerts
from .channel import Channel
from .channels import NEEDS
from .delivering import Delivery
from .digests import DigestSchedule
from .writing import Gathers, Writing

Round = Callable[[], object]


class NoticeDesk:
    """``channels`` opens what is configured; it may raise ConfigurationError."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Callable[[], int],
        setup: Setup,
        business: Business,
        channels: Callable[[], Mapping[str, Channel]],
        gathers: Gathers,
        dashboard: str | None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._setup = setup
        self._business = business
        self._open = channels
        self._gathers = gathers
        self._names = Names(setup.catalog, setup.timezone, dashboard)

    @property
    def rounds(self) -> dict[str, Round | None]:
        """What `serve` does, by the job's name; None where nothing is configured."""
        digest, alerts = self._business.digest, self._business.alerts
        schedule = DigestSchedule(self._store, self._clock, digest, self._setup.timezone)
        watching = Alerts(self._store, self._clock, alerts, self._setup)
        return {
            "digest": schedule.round if digest.moments else None,
            "alerts": watching.round if alerts.kinds else None,
            "notices": self.delivery.round if digest.to.pairs or alerts.to.pairs else None,
        }

    @cached_property
    def delivery(self) -> Delivery:
        writing = Writing(self._gathers, self._names)
        return Delivery(self._store, self._clock, lambda: self.channels, writing)

    @cached_property
    def channels(self) -> Mapping[str, Channel]:
        """Raises ConfigurationError for a setting that cannot be used."""
        return self._open()

    def letter(self, digest: Digest) -> Letter:
        return letter_of(digest, self._names)

    def send(self, digest: Digest, *, slack: bool, email: bool, again: bool) -> list[Outcome]:
        """Send a digest now to those of the configured recipients who do not have it yet.

        Who is not reached now is tried again by `portside serve`, or by the next call. Raises
        ConfigurationError where a channel has no settings or no recipients.
        """
        to = self._recipients(slack=slack, email=email)
        with self._store.writing() as connection:
            now = self._clock()
            key = digests.make(connection, digest.covered, to, now, as_of=digest.as_of, again=again)
        self.delivery.round(key)
        with self._store.reading() as connection:
            return [o for o in notices.outcomes(connection, key) if (o.channel, o.recipient) in to]

    def _recipients(self, *, slack: bool, email: bool) -> list[tuple[str, str]]:
        wanted = {"slack": slack, "email": email}
        for name, variable in NEEDS.items():
            if wanted[name] and name not in self.channels:
                raise ConfigurationError(f"Set {variable} to send the digest there.")
        emails = self._business.digest.to.emails
        if email and not emails:
            raise ConfigurationError(
                "The digest has no recipients: set [digest] email in portside.toml."
            )
        mails = [("email", address) for address in emails] if email else []
        return [("slack", ""), *mails] if slack else mails
