"""Manage billing in the product: a member asks, the product vouches for them, one link comes out.

The same guard, limit and audit as for staff; the audit's "staff" is the token's name and the
member. Where there is nothing to manage yet, the link is a Checkout.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Final

from .domain.errors import (
    LinkRefused,
    NoCustomer,
    PermissionDenied,
    StripeRefused,
    WrongUsage,
)
from .domain.filters import clean
from .domain.flow_values import Flow, LinkOptions
from .domain.gating import entitled
from .domain.permissions import Role
from .domain.providers import Provider, provider_of
from .gating import Gate
from .linking.newcomers import Newcomer, first_offer
from .links import LinkDesk, LinkRequest, MintedLink
from .settings.setup import Setup

REASON: Final = "Asked in the product"

LIKE_STAFF: Final = frozenset({Role.SUPPORT})
"""The token's scope and the member's permission were checked: they stand where a role does."""

_INSTEAD: Final = {
    "click_reused": "This Idempotency-Key was already used for another link. Send a new one.",
    "link_expired": "The link of this Idempotency-Key has expired. Send a new one.",
}
"""Sentences that staff read differently."""


def acting(caller: str, member: str) -> str:
    """How the audit calls a member whom the product vouches for."""
    return f"api:{caller} acting for {member}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One click in the product. ``key``: the same one never mints twice for one member.

    Either ``org`` or ``customer``. ``plan`` is a lookup key; ``invoice`` an id or a number.
    """

    caller: str  # the name of the API token
    member: str
    permissions: Collection[str]
    key: str
    org: str | None = None
    customer: str | None = None
    flow: str = Flow.HOME
    plan: str | None = None
    subscription: str | None = None
    invoice: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Handed:
    """``code``: why it is a Checkout though another flow was asked for."""

    link: MintedLink = field(repr=False)
    customer_id: str | None
    plan: str | None = None
    code: str | None = None


class SelfService:
    """Mints for members of the product's organizations."""

    def __init__(
        self, *, gate: Gate, links: LinkDesk, setup: Setup, clock: Callable[[], int]
    ) -> None:
        self._gate = gate
        self._links = links
        self._setup = setup
        self._clock = clock

    def session(self, wanted: Wanted) -> Handed:
        """One link for one click.

        Raises:
            PermissionDenied: ``member_not_permitted``.
            NoCustomer: no such customer; of an organization nobody is missed, see ``code``.
            LinkRefused, RateLimited, WrongUsage, StripeRefused, StripeUnavailable …: as
                `LinkDesk.mint` does.
        """
        request, newcomer = self._request(wanted)
        self.check(wanted.permissions, request)
        self._refuse_other_provider(request)
        request, code = self._checkout_instead(request, newcomer)
        try:
            link = self._links.mint(request)
        except (LinkRefused, StripeRefused) as error:
            # Of two at once with one key Stripe refuses the slower; of two in turn, we do.
            if isinstance(error, StripeRefused) and error.code not in _INSTEAD:
                raise
            raise LinkRefused(_INSTEAD.get(error.code, str(error)), code=error.code) from None
        plan = request.plan if link.flow == Flow.CHECKOUT else None
        return Handed(link, request.customer_id or None, plan, code)

    def check(self, permissions: Collection[str], request: LinkRequest) -> None:
        """Raises PermissionDenied (``member_not_permitted``), which the audit keeps."""
        needed = self._setup.self_service.permissions
        if set(permissions) & set(needed):
            return
        error = PermissionDenied(
            f"Managing billing needs the permission {' or '.join(needed)}, "
            "which this member does not have.",
            code="member_not_permitted",
        )
        self._links.refuse(request, error)
        raise error

    def _refuse_other_provider(self, request: LinkRequest) -> None:
        """Another provider's portal opens as the person whom events named, and that may be another
        member than the one who asks."""
        provider = provider_of(request.customer_id)
        if provider is Provider.STRIPE:
            return
        refused = LinkRefused(
            f"Managed in {provider.label}: send the member there with their own session.",
            code="other_provider",
        )
        self._links.refuse(request, refused)
        raise refused

    def _request(self, wanted: Wanted) -> tuple[LinkRequest, Newcomer | None]:
        """Raises NoCustomer, WrongUsage."""
        member = clean(wanted.member)
        if not member:
            raise WrongUsage("Say which member acts.", code="member_required")
        customer_id = self.customer_of(wanted.org, wanted.customer, wanted.subscription)
        newcomer = None
        if customer_id is None:
            email = clean(wanted.email) if wanted.email else None
            newcomer = Newcomer(clean(wanted.org or ""), email)
        request = LinkRequest(
            customer_id=customer_id or "",
            flow=wanted.flow,
            staff=acting(wanted.caller, member),
            roles=LIKE_STAFF,
            reason=REASON,
            click_id=wanted.key,
            subscription_id=wanted.subscription,
            invoice_id=wanted.invoice,
            plan=wanted.plan,
            newcomer=newcomer,
        )
        return request, newcomer

    def customer_of(
        self, org: str | None, customer: str | None, subscription: str | None = None
    ) -> str | None:
        """Whose link it is: of an organization the customer who decides its access, or the one
        with the named subscription. None: the organization has no customer yet.

        Raises NoCustomer.
        """
        name = clean(customer or org or "")
        rows = self._gate.rows([name])[name]
        if customer is not None:
            rows = [row for row in rows if row.customer_id == name]
            if not rows:
                raise NoCustomer.named(name)
        if not rows:
            return None
        for row in rows:
            if any(grant["subscription_id"] == subscription for grant in row.grants):
                return row.customer_id
        return entitled(rows, self._clock(), self._setup.catalog).access.customer_id

    def _checkout_instead(
        self, request: LinkRequest, newcomer: Newcomer | None
    ) -> tuple[LinkRequest, str | None]:
        """The request, turned into a Checkout where there is nothing to manage; and why."""
        options = self._links.options_for(request)
        code = "no_customer" if newcomer else None
        if code is None:
            code = _refusal(options, request)
        if code not in ("no_customer", "never_subscribed") and request.flow != Flow.CHECKOUT:
            return request, None
        plan = request.plan or self._plan(options)
        changed = replace(
            request, flow=Flow.CHECKOUT, plan=plan, subscription_id=None, invoice_id=None
        )
        return changed, code if code in ("no_customer", "never_subscribed") else None

    def _plan(self, options: LinkOptions) -> str | None:
        """What a Checkout begins with when the product did not say."""
        offered = options.find(Flow.CHECKOUT).plans
        configured = self._setup.self_service.checkout_plan
        if configured is not None and any(offer.lookup_key == configured for offer in offered):
            return configured
        return first_offer(offered, self._setup.catalog)


def _refusal(options: LinkOptions, request: LinkRequest) -> str | None:
    """The code with which a request for what there is not yet would be refused, if it would."""
    of_flow = [choice for choice in options.choices if choice.flow == request.flow]
    refused = [choice.code for choice in of_flow if not choice.allowed]
    return refused[0] if len(refused) == len(of_flow) and refused else None
