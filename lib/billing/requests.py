"""Carries out what staff asked for on the pages: check, repair, retry, ignore, close, resend.

In the order asked, one at a time. A request is finished only after it was carried out; when the
process is killed in between it is carried out again, which does no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import structlog

from .domain.errors import (
    BillingError,
    CloseRefused,
    DatabaseUnavailable,
    Interrupted,
    NoSuchObject,
    WrongUsage,
)
from .drain import Drain
from .outgoing.again import send_again
from .store import meta, unapplied
from .store import requests as asked
from .store.engine import Store
from .store.requests import StaffRequest

log = structlog.get_logger(__name__)


class Reconciled(Protocol):
    """What a comparison came to; `lib.billing.reconcile.ReconcileSummary` is one."""

    @property
    def customers(self) -> int: ...
    @property
    def found(self) -> int: ...
    @property
    def repaired(self) -> int: ...
    @property
    def left_out(self) -> Mapping[str, str]: ...


class Reconciles(Protocol):
    """Compares with Stripe and repairs; `lib.billing.reconcile.Reconcile` is one."""

    def run(self, *, apply: bool, only: str | None) -> Reconciled:
        """``only``: one customer; None is everyone. Raises BillingError."""


class Closes(Protocol):
    """Closes months; `lib.billing.close.Closing` is one."""

    def close(
        self, month: str, *, staff: str, anyway: bool, first: bool, reason: str | None
    ) -> object:
        """Raises BillingError."""


class Requests:
    """Without ``reconciles`` (no API key) a check or repair ends as failed and says so; without
    ``closes`` a month close does."""

    def __init__(
        self,
        store: Store,
        drain: Drain,
        *,
        clock: Callable[[], int],
        reconciles: Reconciles | None = None,
        closes: Closes | None = None,
    ) -> None:
        self._closes = closes
        self._store = store
        self._drain = drain
        self._clock = clock
        self._reconciles = reconciles

    def round(self) -> int:
        """Carry out what waits; gives how many.

        Raises DatabaseUnavailable and Interrupted: what is left waits on.
        """
        with self._store.reading() as connection:
            waiting = asked.waiting(connection)
        for request in waiting:
            self._carry_out(request)
        return len(waiting)

    def _carry_out(self, request: StaffRequest) -> None:
        state: asked.State = "done"
        try:
            outcome = self._do(request)
        except (DatabaseUnavailable, Interrupted):
            raise
        except BillingError as error:
            state, outcome = "failed", str(error)
        except Exception as error:  # the requests behind it must not wait for ever
            log.error("request_fault", request_id=request.request_id, code=type(error).__name__)
            state = "failed"
            outcome = f"Something unexpected went wrong ({type(error).__name__}). See the log."
        with self._store.writing() as connection:
            asked.finish(connection, request.request_id, state, outcome, self._clock())
            meta.raise_watermark(connection)

    def _do(self, request: StaffRequest) -> str:
        match request.action:
            case "check" | "repair":
                return self._reconcile(request)
            case "retry":
                return self._retry(request.subject)
            case "ignore":
                return self._ignore(request)
            case "close":
                return self._close(request)
            case "resend":
                return self._resend(request.subject)
        raise WrongUsage(f"There is no request {request.action!r}.")

    def _reconcile(self, request: StaffRequest) -> str:
        if self._reconciles is None:
            raise WrongUsage("This needs Stripe's API: set STRIPE_API_KEY where `serve` runs.")
        found = self._reconciles.run(apply=request.action == "repair", only=request.subject or None)
        told = f"{_counted(found.customers, 'customer')} compared, "
        told += f"{_counted(found.found, 'difference')} found"
        if request.action == "repair":
            told += f", {found.repaired:,} repaired"
        if found.left_out:
            told += f"; left out: {', '.join(sorted(found.left_out))}"
        return f"{told}."

    def _retry(self, event_id: str) -> str:
        if not event_id:
            summary = self._drain.run()
            if not summary.lines:
                return "No event was failed."
            settled = summary.lines - summary.failed
            return f"{settled:,} of {summary.lines:,} failed events are settled now."
        outcome = self._drain.one(event_id)
        if outcome.fate == "failed":
            raise WrongUsage(f"It failed again: {outcome.error}")
        return f"It is {outcome.fate} now."

    def _ignore(self, request: StaffRequest) -> str:
        if not request.subject or not request.reason:
            raise WrongUsage("Ignoring an event needs the event and a reason.")
        why = f"Ignored by {request.staff}: {request.reason}"
        with self._store.writing() as connection:
            if unapplied.ignore(connection, request.subject, why):
                meta.raise_watermark(connection)
                return "It is ignored from now on."
            kept = unapplied.one(connection, request.subject)
        if kept is None:
            raise NoSuchObject(f"No event has the id {request.subject!r}. Take it from the inbox.")
        if kept.state == "ignored" and kept.error == why:
            return "It is ignored from now on."  # we were killed before we could say so
        raise WrongUsage(f"The event is {kept.state}: only a failed one can be ignored.")

    def _resend(self, subject: str) -> str:
        event_id, _, endpoint = subject.partition("@")
        made = send_again(self._store, self._clock(), event_id=event_id, endpoint=endpoint)
        return f"{_counted(made, 'event')} will be sent again to {endpoint} within seconds."

    def _close(self, request: StaffRequest) -> str:
        """Who asks on the page has seen what is open; a reason means that it is meant anyway."""
        if self._closes is None:
            raise WrongUsage("This `serve` closes no months: use `portside close`.")
        try:
            self._closes.close(
                request.subject,
                staff=request.staff,
                anyway=request.reason is not None,
                first=True,
                reason=request.reason,
            )
        except CloseRefused as refused:
            if refused.code != "already_closed":
                raise
            return str(refused)  # by another process, or before we could say so
        return f"{request.subject} is closed."


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
