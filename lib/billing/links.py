"""Minting links: who may, for whom, whether it helps, and what was done about it.

permission → customer from the projection → guard → audit "requested" → Stripe → audit "minted",
"refused" or "failed". The address is handed to the caller once and kept nowhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Final

from .domain.errors import (
    BillingError,
    ConfigurationError,
    KindeUnavailable,
    LinkRefused,
    NoSuchObject,
    PermissionDenied,
    RateLimited,
    StripeUnavailable,
)
from .domain.flow_situation import Situation
from .domain.flow_values import Choice, LinkOptions
from .domain.flows import options as choices_of
from .domain.follow_ups import FollowUp, LinkProgress
from .domain.permissions import Permission, require
from .domain.providers import is_stripes
from .linking.addresses import Address
from .linking.beginnings import REQUESTED, Begun, earlier_checkouts, one_checkout_at_a_time
from .linking.choosing import allowed
from .linking.clicks import handed_over, idempotency_key_of, wanted_by
from .linking.outcomes import handed_out
from .linking.sessions import PORTAL_SECONDS, LinkMaker
from .linking.situations import MINTED, asked_about, plan_group, situation_of
from .linking.values import LinkRequest, MintedLink, RateLimit, checked
from .settings.rules import current_rules
from .settings.setup import Setup
from .store import audit
from .store.audit import AuditRow
from .store.engine import Store

__all__ = ["FollowUp", "LinkDesk", "LinkProgress", "LinkRequest", "MintedLink", "RateLimit"]

REFUSED: Final = "link.refused"
FAILED: Final = "link.failed"


class LinkDesk:
    """Mints links and keeps the audit of them. ``maker`` asks Stripe; see `link_sessions`."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Callable[[], int],
        setup: Setup,
        maker: LinkMaker,
        limit: RateLimit | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._setup = setup
        self._maker = maker
        self._limit = limit or RateLimit()

    def options(self, customer_id: str) -> LinkOptions:
        """Which links this customer can be given now. Raises NoCustomer."""
        with self._store.reading() as connection:
            found = situation_of(connection, self._setup, customer_id, self._clock())
        return choices_of(self._configured(found))

    def options_for(self, request: LinkRequest) -> LinkOptions:
        """The same for whom a request is for, who may be a newcomer. Raises NoCustomer."""
        return choices_of(self.situation(request))

    def situation(self, request: LinkRequest) -> Situation:
        """All that the choice depends on, for whom a request is for. Raises NoCustomer."""
        with self._store.reading() as connection:
            found = asked_about(connection, self._setup, request, self._clock())
        return self._configured(found)

    def used(self, click_id: str) -> bool:
        """Whether a click has got its link already."""
        with self._store.reading() as connection:
            return audit.has_click(connection, MINTED, click_id)

    def refuse(self, request: LinkRequest, error: PermissionDenied | LinkRefused) -> None:
        """Keep that a request was refused before it came here."""
        self._close(self._audit_row(checked(request)), REFUSED, error=error)

    def mint(self, request: LinkRequest) -> MintedLink:
        """One link for one click.

        Raises:
            WrongUsage: no reason, or something too long.
            PermissionDenied, RateLimited: who asks may not, or not so often.
            NoCustomer, NoSuchObject: whom or what it is for is not in the projection.
            LinkRefused: it would not help; ``code`` names the rule.
            ConfigurationError: STRIPE_API_KEY or PORTSIDE_RETURN_URL is missing.
            StripeRefused, StripeUnavailable, KindeRefused, KindeUnavailable: the provider's answer.
        """
        request = checked(request)
        row = self._audit_row(request)
        with self._refusals(row):
            require(request.roles, Permission.LINKS)
        earlier = self._minted_before(row)
        if earlier is not None:
            return self._again(request, earlier)
        situation = self.situation(request)
        with self._refusals(row):
            choice = allowed(request, situation)
        row = replace(row, subscription_id=choice.subscription_id, invoice_id=choice.invoice_id)
        begun = self._request(row, situation.customer.org_id)
        if begun.minted is not None:
            return self._again(request, begun.minted)
        row = replace(row, at=begun.at)  # both halves of a double click ask Stripe for the same
        address = self._made(request, choice, situation, row, begun.earlier)
        self._close(row, MINTED, session_id=address.session_id)
        return handed_over(row, choice, address)

    def _again(self, request: LinkRequest, earlier: AuditRow) -> MintedLink:
        """The second click of a double click: the same link, and nothing more in the audit."""
        if self._clock() >= earlier.at + PORTAL_SECONDS:
            raise LinkRefused("This link has expired. Open the panel again.", code="link_expired")
        situation = self.situation(request)
        choice = allowed(request, situation)
        address = self._maker.make(
            choice,
            situation,
            request,
            idempotency_key=idempotency_key_of(earlier),
            at=earlier.at,
        )
        return handed_over(earlier, choice, address)

    def follow_ups(self, link_id: str) -> LinkProgress:
        """What became of a link. Raises NoSuchObject."""
        with self._store.reading() as connection:
            rows = [asdict(row) for row in audit.of_link(connection, link_id)]
            if not rows:
                raise NoSuchObject(f"No link has the id {link_id!r}. Take it from the audit.")
            rules = current_rules(connection, self._setup)
            (link,) = handed_out(connection, rows, rules, now=self._clock())
        return link.progress

    def record(
        self,
        staff: str,
        action: str,
        *,
        detail: str | None = None,
        customer_id: str | None = None,
        code: str | None = None,
        once: str | None = None,
    ) -> None:
        """Keep that ``staff`` did ``action``, for example "export"; with ``once`` only once."""
        row = AuditRow(
            at=self._clock(),
            staff=staff,
            action=action,
            customer_id=customer_id,
            click_id=once,
            code=code,
            detail=detail,
        )
        with self._store.writing() as connection:
            audit.hold(connection)
            if once is None or not audit.has_click(connection, action, once):
                audit.append(connection, row)

    def _configured(self, found: Situation) -> Situation:
        if not is_stripes(found.customer.customer_id):
            return replace(found, portal_ready=self._maker.opens_kinde)
        return replace(found, configuration=self._maker.configuration(plan_group(found)))

    def _audit_row(self, request: LinkRequest) -> AuditRow:
        # The same click gives the same link: whoever clicks twice gets one row and one session.
        link_id = hashlib.sha256(f"{request.staff}\0{request.click_id}".encode()).hexdigest()[:24]
        return AuditRow(
            at=self._clock(),
            staff=request.staff,
            action=REQUESTED,
            customer_id=request.customer_id or None,
            link_id=f"lnk_{link_id}",
            click_id=request.click_id,
            flow=request.flow,
            reason=request.reason,
            ticket=request.ticket,
            subscription_id=request.subscription_id,
            invoice_id=request.invoice_id,
            plan=request.plan,
            detail=request.extras,
        )

    def _minted_before(self, row: AuditRow) -> AuditRow | None:
        """The audit's row of this very click, if it minted already."""
        with self._store.reading() as connection:
            rows = audit.of_link(connection, str(row.link_id))
        minted = next((known for known in rows if known.action == MINTED), None)
        if minted is None:
            return None
        if wanted_by(minted) != wanted_by(row):
            raise LinkRefused(
                "This click was already used for another link. Open the panel again.",
                code="click_reused",
            )
        return minted

    @contextmanager
    def _refusals(self, row: AuditRow) -> Iterator[None]:
        """Keep what the guard refuses."""
        try:
            yield
        except (PermissionDenied, LinkRefused) as error:
            self._close(row, REFUSED, error=error)
            raise

    def _request(self, row: AuditRow, org_id: str | None) -> Begun:
        """Count the request against its maker's limit and keep it, in one transaction.

        What has to be closed for it is settled here too: whatever is minted later than this row
        is newer than this link and must not be closed for it.
        """
        since = row.at - self._limit.seconds
        with self._store.writing() as connection:
            audit.hold(connection)
            known = audit.of_link(connection, str(row.link_id))
            made = audit.times_of(connection, row.staff, REQUESTED, since)
            minted = next((other for other in known if other.action == MINTED), None)
            if minted is not None:
                return Begun(row.at, minted)
            earlier = earlier_checkouts(connection, row, org_id)
            if known and known[-1].action == REQUESTED:
                # The other half of a double click was faster; what stops it has to stop both.
                return Begun(known[-1].at, earlier=earlier)
            error = self._against(row, made) or one_checkout_at_a_time(connection, row)
            if error is None:
                audit.append(connection, row)
                return Begun(row.at, earlier=earlier)
        self._close(row, REFUSED, error=error)
        raise error

    def _against(self, row: AuditRow, made: list[int]) -> BillingError | None:
        if len(made) < self._limit.links:
            return None
        return RateLimited(
            f"{row.staff} asked for {len(made)} links within {self._limit.seconds // 60} minutes. "
            "Wait a few minutes before the next one."
        )

    def _made(
        self,
        request: LinkRequest,
        choice: Choice,
        situation: Situation,
        row: AuditRow,
        earlier: Sequence[str],
    ) -> Address:
        try:
            return self._maker.make(
                choice,
                situation,
                request,
                idempotency_key=idempotency_key_of(row),
                earlier=earlier,
                at=row.at,
            )
        except (StripeUnavailable, KindeUnavailable, ConfigurationError) as error:
            self._close(row, FAILED, error=error)
            raise
        except BillingError as error:
            self._close(row, REFUSED, error=error)
            raise
        except Exception:
            self._close(row, FAILED, error=BillingError("Something unexpected went wrong."))
            raise

    def _close(
        self,
        row: AuditRow,
        action: str,
        *,
        session_id: str | None = None,
        error: BillingError | None = None,
    ) -> None:
        told = (error.code, str(error)) if error is not None else (None, row.detail)
        self._append(
            replace(row, action=action, session_id=session_id, code=told[0], detail=told[1]),
            once=action == MINTED,
        )

    def _append(self, row: AuditRow, *, once: bool = False) -> None:
        """Add a row; ``once``: unless this link has one of the same action."""
        with self._store.writing() as connection:
            audit.hold(connection)
            known = audit.of_link(connection, row.link_id) if once and row.link_id else []
            if all(other.action != row.action for other in known):
                audit.append(connection, row)
