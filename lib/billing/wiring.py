"""Builds an installation from its settings. Everything else is handed what it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, Final

from .api.parts import Api
from .catalog import CatalogDesk
from .close import Closing
from .config import Settings
from .desk import Portside
from .domain.catalog import Catalog
from .domain.errors import ConfigurationError
from .domain.fold import Rules
from .drain import Drain
from .enrich import Enricher
from .following import Follower
from .gating import Gate
from .ingest import Ingest
from .jobs.due import Periodic
from .jobs.job import Job
from .jobs.table import jobs_of
from .kinde.portal import portal_of
from .linking.crowd import Crowd
from .linking.sessions import LinkMaker
from .links import LinkDesk, RateLimit
from .notices.channels import open_channel
from .notices.desk import NoticeDesk
from .outgoing.parts import OutgoingJobs, make_teller, outgoing_jobs
from .outgoing.telling import Teller
from .portal import PortalDesk
from .pricing import PricingDesk
from .prune import prune
from .reading.pace import PER_SECOND, Pace
from .reading.paced import Paced, Progress
from .reconcile import Reconcile, ReconcileSummary
from .refold import Refold
from .requests import Requests
from .reread import Rereader
from .returns import ReturnLinks
from .self_service import SelfService
from .settings.business import Business
from .settings.catalog_file import read_catalog
from .settings.clock import Clock, make_clock
from .settings.setup import Setup, setup_of
from .signing import Signer, read_keys
from .store import migrate
from .store.engine import Store
from .stripe.configurations import Configurations
from .stripe.gateway import Gateway
from .stripe.products import Products
from .sync import Backfill, BackfillSummary

_KEPT: Final = (
    "ingest gateway maker crowd enricher drain primary reconciles rereader follower refold".split()
)
"""Parts that stay when another catalogue is followed. They hold connections, or what they have
done so far, and nothing of a catalogue; `ingest` is told of the new one."""


@dataclass(frozen=True)
class Installation:
    """What was configured, opened. Parts are built when first asked for."""

    settings: Settings
    business: Business
    catalog: Catalog
    clock: Clock
    store: Store

    @cached_property
    def setup(self) -> Setup:
        return setup_of(
            self.business,
            self.catalog,
            livemode=self.settings.livemode,
            api_ready=self.settings.api_key is not None,
        )

    @cached_property
    def ingest(self) -> Ingest:
        return Ingest(
            self.store,
            self._rules,
            clock=self.clock,
            livemode=self.settings.livemode,
            org_key=self.business.org_key,
            teller=self.teller,
        )

    @property
    def _rules(self) -> Rules:
        business = self.business
        return Rules(catalog=self.catalog, policy=business.policy, timezone=business.timezone)

    def with_catalog(self, catalog: Catalog) -> Installation:
        """The same installation, selling by ``catalog``: what is open stays open, what goes by
        the catalogue is built anew, and from here on all writers fold by it."""
        fresh = replace(self, catalog=catalog)
        kept = {name: self.__dict__[name] for name in _KEPT if name in self.__dict__}
        fresh.__dict__.update(kept)
        # Both write through the one, also when nobody has written yet.
        fresh.__dict__["ingest"] = self.ingest
        if "maker" in kept:
            self.maker.forget()  # `apply` may have shaped the portal anew, elsewhere
        self.ingest.judge_by(fresh._rules, fresh.teller)
        return fresh

    @cached_property
    def follower(self) -> Follower[Installation]:
        """Follows the applied catalogue; see `lib.billing.following`."""
        return Follower(self, lambda: read_catalog(self.settings.catalog))

    @cached_property
    def refold(self) -> Refold:
        return Refold(self.primary, self.ingest, lambda: self.follower.at_applied)

    @cached_property
    def teller(self) -> Teller | None:
        """Keeps what the product is to be told; None without an endpoint."""
        return make_teller(self.business.outgoing, self.catalog, self.clock)

    @cached_property
    def portside(self) -> Portside:
        return Portside(
            store=self.store,
            clock=self.clock,
            setup=self.setup,
            links=self.links,
            portal=self.portal,
            stripe=self.gateway,
            catalogue=self.catalogue,
        )

    @cached_property
    def links(self) -> LinkDesk:
        return LinkDesk(store=self.store, clock=self.clock, setup=self.setup, maker=self.maker)

    @cached_property
    def gate(self) -> Gate:
        return Gate(self.store, self.setup, self.clock)

    @cached_property
    def api(self) -> Api:
        """The read API, and Manage billing, as far as they are configured.

        Raises ConfigurationError for a token or a signing key that cannot be used.
        """
        settings = self.settings
        keys = read_keys(settings.claim_keys)
        signer = Signer(keys, settings.claim_issuer, settings.claim_audience) if keys else None
        return Api(settings.api_callers, signer, self.members, self.pricing)

    @cached_property
    def members(self) -> SelfService:
        return SelfService(gate=self.gate, links=self.links, setup=self.setup, clock=self.clock)

    @cached_property
    def pricing(self) -> PricingDesk:
        """The pricing page's desk. Strangers share one limit, whatever their addresses."""
        visits = LinkDesk(
            store=self.store,
            clock=self.clock,
            setup=self.setup,
            maker=self.maker,
            limit=RateLimit(links=300),
        )
        return PricingDesk(
            gate=self.gate,
            links=self.links,
            visits=visits,
            members=self.members,
            setup=self.setup,
            clock=self.clock,
            keys=self.return_keys,
            return_url=self.settings.return_url,
            checkout_base=self.settings.stripe_api_base,
            crowd=self.crowd,
        )

    @cached_property
    def crowd(self) -> Crowd:
        return Crowd()

    @cached_property
    def maker(self) -> LinkMaker:
        return LinkMaker(
            self.gateway,
            return_url=self.settings.return_url,
            org_key=self.business.org_key,
            returns=ReturnLinks(self.return_keys),
            kinde=portal_of(self.settings),
        )

    @cached_property
    def portal(self) -> PortalDesk:
        return PortalDesk(
            store=self.store,
            clock=self.clock,
            setup=self.setup,
            portals=Configurations(self.gateway) if self.gateway else None,
            return_url=self.settings.return_url,
            changed=self.maker.forget,
        )

    @cached_property
    def catalogue(self) -> CatalogDesk:
        return CatalogDesk(
            store=self.store,
            clock=self.clock,
            setup=self.setup,
            sells=Products(self.gateway) if self.gateway else None,
            portal=self.portal,
        )

    @cached_property
    def gateway(self) -> Gateway | None:
        """Stripe's API; None without a key."""
        if self.settings.api_key is None:
            return None
        return open_gateway(self.settings)

    @property
    def kinde_issuer(self) -> str | None:
        return self.settings.kinde_issuer

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        return self.settings.webhook_secrets

    @property
    def return_keys(self) -> tuple[str, ...]:
        return self.settings.return_keys

    @cached_property
    def enricher(self) -> Enricher | None:
        """Reads decline codes beside the receiver; None without a key."""
        if self.gateway is None:
            return None
        return Enricher(self.store, self.ingest, self.gateway)

    @cached_property
    def drain(self) -> Drain:
        return Drain(self.store, self.ingest, clock=self.clock, gateway=self.gateway)

    @cached_property
    def closing(self) -> Closing:
        return Closing(self.primary, self.clock, self.setup)

    @cached_property
    def primary(self) -> Store:
        """The database without its replica, which may be behind what is being signed."""
        if self.settings.read_database_url is None:
            return self.store
        return Store(self.settings.database_url)

    @cached_property
    def reconciles(self) -> Reconcile | None:
        """Compares with Stripe, beside the receiver; None without a key."""
        if self.gateway is None:
            return None
        return Reconcile(self.store, self.ingest, self.gateway, clock=self.clock)

    @cached_property
    def jobs(self) -> tuple[Job, ...]:
        """What runs beside the receiver, as far as it is configured."""
        business, reconciles = self.business, self.reconciles
        told = outgoing_jobs(
            self.store, business.outgoing, self.settings.outgoing_secrets, self.teller, self.clock
        )
        requests = Requests(
            self.store, self.drain, clock=self.clock, reconciles=reconciles, closes=self.closing
        )
        return jobs_of(
            stop=self._stop_jobs(told),
            follow=self.follower.look,
            refold=self.refold.round,
            requests=requests.round,
            deliver=told.deliver,
            notice=told.notice,
            enrich=self.enricher.round if self.enricher else None,
            drain=self.drain.round,
            reread=self.rereader.round if self.rereader else None,
            reconcile=(
                Periodic(self.store, reconciles, self.clock, hours=business.reconcile_hours).round
                if reconciles and business.reconcile_hours
                else None
            ),
            prune=self._prune if business.retention_days else None,
            portal=self.portal.watch if self.gateway else None,
            **self.notices.rounds,
        )

    @cached_property
    def notices(self) -> NoticeDesk:
        return NoticeDesk(
            store=self.primary,
            clock=self.clock,
            setup=self.setup,
            business=self.business,
            channel=partial(open_channel, self.settings),
            gathers=self.portside,
            dashboard=self.settings.dashboard_url,
        )

    def _stop_jobs(self, told: OutgoingJobs) -> Callable[[], None]:
        def stop() -> None:
            told.stop()
            self.refold.stop()
            if self.reconciles is not None:
                self.reconciles.stop()

        return stop

    def _prune(self) -> None:
        days = self.business.retention_days
        if days is not None:
            prune(self.store, now=self.clock(), days=days)

    @cached_property
    def rereader(self) -> Rereader | None:
        """Reads what events leave open, beside the receiver; None without a key."""
        if self.gateway is None:
            return None
        return Rereader(self.store, self.ingest, self.gateway)

    def reconcile(
        self,
        *,
        apply: bool = False,
        only: str | None = None,
        progress: Progress = lambda _: None,
    ) -> ReconcileSummary:
        """Compare with Stripe, and repair with ``apply``. Raises ConfigurationError without a
        key, else as `Reconcile.run` does."""
        gateway = open_gateway(self.settings, retries=0)  # every request is paced and counted
        reconcile = Reconcile(self.store, self.ingest, gateway, clock=self.clock, progress=progress)
        return reconcile.run(apply=apply, only=only)

    def paced(
        self, *, per_second: float = PER_SECOND, tell: Progress = lambda _: None
    ) -> Paced[Gateway]:
        """Reads Stripe's lists at a pace. Raises ConfigurationError without a key."""
        # Without retries of its own, so that every request is paced and counted.
        gateway = open_gateway(self.settings, retries=0)
        return Paced(gateway, Pace(per_second), tell=tell)

    def backfill(
        self, *, progress: Progress = lambda _: None, per_second: float = PER_SECOND
    ) -> BackfillSummary:
        """Read everything from Stripe. Raises ConfigurationError without a key."""
        reader = self.paced(per_second=per_second, tell=progress)
        return Backfill(self.store, self.ingest, reader, progress=progress).run()

    def close(self) -> None:
        self.store.close()
        if "primary" in self.__dict__:
            self.primary.close()


def open_installation(settings: Settings | None = None) -> Installation:
    """Open what ``settings`` (default: the environment) names.

    A SQLite file is created and migrated by the way; PostgreSQL is migrated by `portside db
    upgrade` alone, because its readers may not change it. Raises ConfigurationError,
    CatalogInvalid, DatabaseUnavailable.
    """
    settings = settings or Settings.load()
    return Installation(
        settings=settings,
        business=settings.business(),
        catalog=read_catalog(settings.catalog),
        clock=make_clock(settings.now),
        store=open_store(settings),
    )


def open_store(settings: Settings, *, upgrade: bool = False) -> Store:
    """The database, migrated when it is SQLite or ``upgrade`` is asked for."""
    store = Store(settings.database_url, read_url=settings.read_database_url)
    if upgrade or store.is_sqlite:
        migrate.upgrade(store)
    return store


def open_gateway(settings: Settings, **client_options: Any) -> Gateway:
    """Stripe's API. Raises ConfigurationError without a key."""
    if settings.api_key is None:
        raise ConfigurationError("This needs Stripe's API: set STRIPE_API_KEY.")
    key = settings.api_key.get_secret_value()
    return Gateway(key, settings.stripe_api_base, **client_options)


def open_portside(settings: Settings | None = None) -> Portside:
    """The facade of the installation that ``settings`` (default: the environment) names."""
    return open_installation(settings).portside


def follow_portside(settings: Settings | None = None) -> Follower[Installation]:
    """The same, kept at the applied catalogue: ask for ``running.portside`` after each look."""
    return open_installation(settings).follower


def open_ingest(settings: Settings | None = None) -> Ingest:
    """The way in, of the installation that ``settings`` (default: the environment) names."""
    return open_installation(settings).ingest


__all__ = [
    "Installation",
    "follow_portside",
    "open_gateway",
    "open_ingest",
    "open_installation",
    "open_portside",
    "open_store",
]
