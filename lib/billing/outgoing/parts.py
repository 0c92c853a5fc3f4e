"""What runs of outgoing events beside the receiver, from what was configured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..domain.catalog import Catalog
from ..settings.outgoing import Endpoint, Secrets, check_secrets
from ..store.engine import Store
from .delivering import Deliverer
from .noticing import Notices
from .sending import Sender
from .telling import Teller


@dataclass(frozen=True, slots=True)
class OutgoingJobs:
    """Rounds by the names that `jobs.table` has for them; None where there is no endpoint."""

    deliver: Callable[[], object] | None = None
    notice: Callable[[], object] | None = None
    stop: Callable[[], None] = lambda: None


def make_teller(
    endpoints: Sequence[Endpoint], catalog: Catalog, clock: Callable[[], int]
) -> Teller | None:
    """None without an endpoint: then the writer does nothing for it."""
    return Teller(endpoints, catalog, clock) if endpoints else None


def outgoing_jobs(
    store: Store,
    endpoints: Sequence[Endpoint],
    secrets: Secrets,
    teller: Teller | None,
    clock: Callable[[], int],
) -> OutgoingJobs:
    """Raises ConfigurationError when an endpoint has no secret."""
    if teller is None:
        return OutgoingJobs()
    check_secrets(endpoints, secrets)
    deliverer = Deliverer(store, endpoints, Sender(secrets), clock)
    return OutgoingJobs(deliverer.round, Notices(store, teller, clock).round, deliverer.stop)
