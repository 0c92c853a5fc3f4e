"""Beside the desks: what runs by itself, and what is run from the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Final

from ..audits import Audits
from ..close import Closing
from ..domain.catalog import Catalog
from ..drain import Drain
from ..enrich import Enricher
from ..following import Follower
from ..jobs.due import Periodic
from ..jobs.job import Job
from ..jobs.table import jobs_of
from ..notices.channels import open_channel
from ..notices.desk import NoticeDesk
from ..outgoing.parts import OutgoingJobs, outgoing_jobs
from ..prune import Pruner
from ..reading.pace import PER_SECOND, Pace
from ..reading.paced import Paced, Progress
from ..reconcile import Reconcile, ReconcileSummary
from ..refold import Refold
from ..requests import Requests
from ..reread import Rereader
from ..settings.catalog_file import read_catalog
from ..stripe.gateway import Gateway
from ..sync import Backfill, BackfillSummary
from ..tidy import tidy
from .desks import Desks
from .gateway import open_gateway

_KEPT: Final = (
    "ingest gateway maker crowd enricher drain primary reconciles rereader follower refold".split()
)
"""Parts that stay when another catalogue is followed. They hold connections, or what they have
done so far, and nothing of a catalogue; `ingest` is told of the new one."""


@dataclass(frozen=True)
class Installation(Desks):
    """What was configured, opened. Parts are built when first asked for."""

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
            audit=self.audits.round,
            prune=self.pruner.round if self.pruner else None,
            tidy=partial(tidy, self.primary),
            portal=self.portal.watch if self.gateway else None,
            **self.notices.rounds,
        )

    @cached_property
    def audits(self) -> Audits:
        return Audits(self.primary, self.clock, self.setup)

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
            if self.pruner is not None:
                self.pruner.stop()
            if self.reconciles is not None:
                self.reconciles.stop()

        return stop

    @cached_property
    def pruner(self) -> Pruner | None:
        """Drops old bodies beside the receiver; None where they are kept for ever."""
        days = self.business.retention_days
        return Pruner(self.primary, self.clock, days=days) if days else None

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
