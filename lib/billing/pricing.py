"""The pricing page's desk: who looks, what their buttons may do, and starting what they chose.

Known are those whom the product vouches for with a signed link. All starts go through the guards,
the limit and the audit of every other link.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from .domain.errors import ConfigurationError, LinkRefused, StripeRefused, WrongUsage
from .domain.filters import clean
from .domain.flow_situation import Situation
from .domain.flow_values import Flow
from .domain.gating import entitled
from .domain.plans import Plan, PricingTable
from .domain.pricing_offers import Offer, offer_for, price_in, table_for
from .domain.pricing_token import PARAMETER, PricingToken, seal, unseal
from .gating import Gate
from .linking.crowd import Crowd
from .linking.newcomers import Newcomer
from .links import LinkDesk, LinkRequest
from .self_service import LIKE_STAFF, SelfService, acting
from .settings.setup import Setup

LINKED: Final = "pricing.linked"
_LONGEST_NAME: Final = 150
_SPENT: Final = frozenset({"click_reused", "link_expired"})
"""What the desk says of a click that has got a link already: a later one, or for another plan."""


@dataclass(frozen=True, slots=True)
class PricingWanted:
    """What the product asks for: either ``org`` or ``customer``. ``table``: a key, by itself the
    default one's."""

    caller: str
    member: str
    permissions: Collection[str]
    org: str | None = None
    customer: str | None = None
    table: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class PricingLink:
    """``url`` acts as the member once, until ``expires_at`` (unix seconds)."""

    url: str = field(repr=False)
    table: str
    customer_id: str | None
    expires_at: int


@dataclass(frozen=True, slots=True)
class Known:
    """Whom a page is for. ``plan``: the one whose access they have. ``used``: the link is spent."""

    token: PricingToken = field(repr=False)
    customer_id: str | None
    situation: Situation = field(repr=False)
    plan: str
    used: bool

    def offer(self, lookup_key: str | None, plan: str) -> Offer:
        found = offer_for(lookup_key, plan, self.situation, self.plan)
        if self.used and found.kind in ("start", "change"):
            return Offer("closed", "link_used")
        return found


class PricingDesk:
    """Args:
    visits: mints for those whom nobody knows, under a limit of its own.
    keys: of the tokens; the first signs, every one is accepted.
    return_url: where customers come back to; beside it is the pricing page by itself.
    checkout_base: another place than Stripe's where hosted pages are.
    crowd: counts the starts of strangers by their addresses.
    """

    def __init__(
        self,
        *,
        gate: Gate,
        links: LinkDesk,
        visits: LinkDesk,
        members: SelfService,
        setup: Setup,
        clock: Callable[[], int],
        keys: Sequence[str],
        return_url: str | None = None,
        checkout_base: str | None = None,
        crowd: Crowd | None = None,
    ) -> None:
        self._gate = gate
        self._links = links
        self._visits = visits
        self._members = members
        self._setup = setup
        self._clock = clock
        self._keys = tuple(keys)
        self._return_url = return_url
        self._checkout_base = checkout_base
        self._crowd = crowd or Crowd()

    @property
    def targets(self) -> tuple[str, ...]:
        """Origins beside those of https that a start may lead to."""
        addresses = (self._checkout_base, self._setup.pricing.sign_up_url)
        return tuple(dict.fromkeys(_origin(each) for each in addresses if each))

    def link(self, wanted: PricingWanted) -> PricingLink:
        """The pricing page for one member, to start one subscription.

        Raises:
            PermissionDenied: ``member_not_permitted``.
            NoCustomer, NotFound: no such customer, or no such table.
            ConfigurationError: no key, or no address of the page.
            WrongUsage: no member, or a name that is too long.
        """
        member, org = clean(wanted.member), clean(wanted.org) if wanted.org else None
        customer = clean(wanted.customer) if wanted.customer else None
        if not member:
            raise WrongUsage("Say which member acts.", code="member_required")
        names = (member, org or "", customer or "")
        if any(len(name) > _LONGEST_NAME for name in names):
            raise WrongUsage(f"A name or id is longer than {_LONGEST_NAME} characters. Check it.")
        table = table_for(self._setup.catalog, wanted.table, known=True)
        customer_id = self._members.customer_of(org, customer)
        now = self._clock()
        token = PricingToken(secrets.token_hex(12), org, customer, member, wanted.caller, now)
        self._members.check(wanted.permissions, self._request(token, table, customer_id))
        if not self._keys:
            raise ConfigurationError("Pricing links are signed: set PORTSIDE_RETURN_KEY.")
        query = {PARAMETER: seal(token, self._keys[0])}
        if wanted.language:
            query["lang"] = wanted.language
        url = f"{self.address()}/{quote(table.key, safe='')}?{urlencode(query)}"
        self._links.record(
            acting(wanted.caller, member),
            LINKED,
            customer_id=customer_id,
            once=f"{token.id}.link",
            detail=f"pricing table {table.key}" + ("" if customer_id else f", organization {org}"),
        )
        return PricingLink(url, table.key, customer_id, token.ends_at)

    def address(self) -> str:
        """The page's own, as customers reach it. Raises ConfigurationError."""
        if self._setup.pricing.url is not None:
            return self._setup.pricing.url.rstrip("/")
        parts = urlsplit(self._return_url or "")
        head, _, last = parts.path.rstrip("/").rpartition("/")
        if last != "return":
            raise ConfigurationError(
                "Nobody said where the pricing page is: set url in [pricing] of portside.toml."
            )
        return urlunsplit((parts.scheme, parts.netloc, f"{head}/pricing", "", ""))

    def known(self, text: str) -> Known:
        """Whom a signed link is for. Raises LinkRefused (``link_invalid``, ``link_expired``),
        NoCustomer, DatabaseUnavailable."""
        token = unseal(text, self._keys, self._clock())
        customer_id = self._members.customer_of(token.org, token.customer_id)
        request = self._request(token, None, customer_id)
        name = token.customer_id or token.org or ""
        rows = self._gate.rows([name])[name]
        catalog = self._setup.catalog
        plan = (
            entitled(rows, self._clock(), catalog, timezone=self._setup.timezone).access.plan
            if rows
            else catalog.default_plan
        )
        used = self._links.used(token.id)
        return Known(token, customer_id, self._links.situation(request), plan, used)

    def start(
        self,
        table_key: str,
        lookup_key: str,
        *,
        text: str | None = None,
        address: str = "",
        cancel_url: str | None = None,
    ) -> str:
        """Where somebody goes who chose a price: Checkout, the portal, or the product's sign-up.

        Args:
            text: the signed link's token, of those who have one.
            address: where the request came from.
            cancel_url: where strangers come back to who leave Checkout.

        Raises:
            NotFound: ``table_unknown``, ``plan_unknown``.
            LinkRefused: ``link_invalid``, ``link_expired``, ``link_used``, or a guard's code such
                as ``already_subscribed``.
            RateLimited, ConfigurationError, StripeRefused, StripeUnavailable, DatabaseUnavailable.
        """
        if text is None:
            self._crowd.count(address)
        table = table_for(self._setup.catalog, table_key, known=text is not None)
        if text is None:
            plan, _ = price_in(self._setup.catalog, table, lookup_key)
            if self._setup.pricing.sign_up_url is not None:
                return self.sign_up(table, plan, lookup_key)
            return self._visits.mint(self._visit(table, plan, lookup_key, cancel_url)).url
        known = self.known(text)
        plan, _ = price_in(self._setup.catalog, table, lookup_key)
        # Also of a spent link: the second half of a double click gets what the first one got.
        kind = offer_for(lookup_key, plan.slug, known.situation, known.plan).kind
        flow = Flow.SUBSCRIPTION_UPDATE_CONFIRM if kind == "change" else Flow.CHECKOUT
        request = self._request(
            known.token, table, known.customer_id, flow=flow, plan=plan, lookup_key=lookup_key
        )
        try:
            return self._links.mint(request).url
        except (LinkRefused, StripeRefused) as error:  # Stripe says it where two were as fast
            if error.code in _SPENT:
                raise LinkRefused(
                    "This link was used already. Open the prices again from your account.",
                    code="link_used",
                ) from None
            raise

    def sign_up(self, table: PricingTable, plan: Plan, lookup_key: str | None) -> str:
        """The product's sign-up, told what was chosen where."""
        chosen = {"plan_interest": plan.slug, "pricing_table_key": table.key}
        if lookup_key is not None:
            chosen["lookup_key"] = lookup_key
        address = self._setup.pricing.sign_up_url or ""
        return f"{address}{'&' if '?' in address else '?'}{urlencode(chosen)}"

    def _visit(
        self, table: PricingTable, plan: Plan, lookup_key: str, cancel_url: str | None
    ) -> LinkRequest:
        visit = secrets.token_hex(8)
        return LinkRequest(
            customer_id="",
            flow=Flow.CHECKOUT,
            staff=f"pricing:{table.key}",
            roles=LIKE_STAFF,
            reason=_reason(table),
            click_id=visit,
            plan=lookup_key,
            newcomer=Newcomer(None, visit=visit),
            marks=_marks(table, plan),
            cancel_url=cancel_url,
        )

    def _request(
        self,
        token: PricingToken,
        table: PricingTable | None,
        customer_id: str | None,
        *,
        flow: str = Flow.CHECKOUT,
        plan: Plan | None = None,
        lookup_key: str | None = None,
    ) -> LinkRequest:
        return LinkRequest(
            customer_id=customer_id or "",
            flow=flow,
            staff=acting(token.caller, token.member),
            roles=LIKE_STAFF,
            reason=_reason(table),
            click_id=token.id,
            plan=lookup_key,
            newcomer=None if customer_id else Newcomer(token.org),
            marks=_marks(table, plan) if table and plan else (),
        )


def _reason(table: PricingTable | None) -> str:
    return f"Chosen in the pricing table {table.key if table else ''}".strip()


def _marks(table: PricingTable, plan: Plan) -> tuple[tuple[str, str], ...]:
    """As Kinde passes them through a sign-up."""
    return ("plan_interest", plan.slug), ("pricing_table_key", table.key)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
