"""What an installation sends by itself, and what is sent when somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

from ..digest.letter import Letter
from ..digest.spelled import Names
from ..digest.values import Digest
from ..digest.wording import letter_of
from ..domain.errors import BillingError, ConfigurationError
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
    """``channel`` opens one by its name, None without settings; it may raise ConfigurationError."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Callable[[], int],
        setup: Setup,
        business: Business,
        channel: Callable[[str], Channel | None],
        gathers: Gathers,
        dashboard: str | None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._setup = setup
        self._business = business
        self._open = channel
        self._opened: dict[str, Channel] = {}
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
        return Delivery(self._store, self._clock, self.channel, Writing(self._gathers, self._names))

    def channel(self, name: str) -> Channel | None:
        """None without settings. Raises ConfigurationError for those that cannot be used."""
        if name not in self._opened:
            opened = self._open(name)
            if opened is None:
                return None
            self._opened[name] = opened
        return self._opened[name]

    def checks(self) -> Iterator[tuple[bool, str]]:
        """(fine, a sentence) of each channel that has settings; nothing is sent."""
        for name in NEEDS:
            try:
                channel = self.channel(name)
                if channel is not None:
                    yield True, channel.check()
            except BillingError as error:
                yield False, str(error)

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
            if wanted[name] and self.channel(name) is None:
                raise ConfigurationError(f"Set {variable} to send the digest there.")
        emails = self._business.digest.to.emails
        if email and not emails:
            raise ConfigurationError(
                "The digest has no recipients: set [digest] email in portside.toml."
            )
        mails = [("email", address) for address in emails] if email else []
        return [("slack", ""), *mails] if slack else mails
