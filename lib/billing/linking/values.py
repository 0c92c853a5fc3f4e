"""What a click on a link button asks for, and what it gets."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ..domain.errors import WrongUsage
from ..domain.filters import clean
from ..domain.permissions import Role
from .newcomers import Newcomer

_LONGEST_REASON: Final = 500
_LONGEST_NAME: Final = 200
_TEXTS: Final = (
    "customer_id", "flow", "staff", "reason", "click_id", "ticket", "subscription_id",
    "invoice_id", "plan", "coupon",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most ``links`` requests of one staff member within ``seconds``."""

    links: int = 30
    seconds: int = 600


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """A click on a link button. The same ``click_id`` never mints twice.

    ``plan`` is the lookup key of a price, for `subscription_update_confirm` and `checkout`.
    ``coupon`` is one of those configured for the flow: what is offered before a cancellation, or
    taken off in Checkout. ``trial_days`` is for `checkout`. ``invoice_id`` may be its number.
    """

    customer_id: str
    flow: str
    staff: str
    roles: Collection[Role]
    reason: str
    click_id: str
    ticket: str | None = None
    subscription_id: str | None = None
    invoice_id: str | None = None
    plan: str | None = None
    coupon: str | None = None
    trial_days: int | None = None
    newcomer: Newcomer | None = None  # whoever has no customer; then no customer_id
    marks: tuple[tuple[str, str], ...] = ()  # metadata of a Checkout and of what it starts
    cancel_url: str | None = None  # where a Checkout that is left leads; None: as a completed one

    @property
    def extras(self) -> str | None:
        """What the link carries beside its flow and plan, as the audit keeps it."""
        told = [self.newcomer.told] if self.newcomer is not None else []
        if self.coupon is not None:
            told.append(f"coupon {self.coupon}")
        if self.trial_days is not None:
            told.append(f"trial of {self.trial_days} days")
        return ", ".join(told) or None


@dataclass(frozen=True, slots=True)
class MintedLink:
    """A link, shown once. ``url`` may act as the customer: it is in no repr, log, file or table.

    ``expires_at`` is when it stops working unopened (unix seconds); None: it does not.
    ``bearer``: whoever opens it acts as the customer. ``once``: it opens a single time, and how
    long it waits for that is up to the provider.
    """

    link_id: str
    url: str = field(repr=False)
    flow: str
    label: str
    destination: str
    minted_at: int
    expires_at: int | None
    bearer: bool
    note: str | None = None  # what the customer should know of it
    once: bool = False


def checked(request: LinkRequest) -> LinkRequest:
    """The request with its texts trimmed, without anything that no database takes.

    Raises WrongUsage.
    """
    given = ((name, getattr(request, name)) for name in _TEXTS)
    texts: dict[str, Any] = {name: clean(text) for name, text in given if text is not None}
    request = replace(request, **texts)
    reason, staff = request.reason, request.staff
    if not reason:
        raise WrongUsage("Say why the customer needs this link.", code="reason_required")
    if not staff or not request.click_id:
        raise WrongUsage("A link needs to know who asks for it, and a click id.")
    if len(reason) > _LONGEST_REASON:
        raise WrongUsage(f"The reason is longer than {_LONGEST_REASON} characters. Shorten it.")
    ticket, coupon = request.ticket or None, request.coupon or None
    named = (
        staff,
        request.click_id,
        request.customer_id,
        request.flow,
        *(text or "" for text in (ticket, request.plan, coupon)),
        *(text or "" for text in (request.subscription_id, request.invoice_id)),
        *((n.org_id or "", n.email or "") if (n := request.newcomer) else ()),
    )
    if any(len(text) > _LONGEST_NAME for text in named):
        raise WrongUsage(f"A name or id is longer than {_LONGEST_NAME} characters. Check it.")
    return replace(request, ticket=ticket, coupon=coupon)
