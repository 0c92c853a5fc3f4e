"""Where a link leads, and the addresses that are there without a session."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from ..domain.errors import LinkRefused, NoSuchObject
from ..domain.flow_situation import Situation
from ..domain.flow_values import Choice


@dataclass(frozen=True, slots=True)
class Address:
    """Where a link leads. ``lives``: seconds unopened; ``ends``: a fixed end; neither: no end, or,
    where it opens ``once``, none that is known."""

    url: str = field(repr=False)
    bearer: bool
    session_id: str | None = None
    lives: int | None = None
    ends: int | None = None
    once: bool = False

    def expires_at(self, minted_at: int) -> int | None:
        return self.ends if self.lives is None else minted_at + self.lives


def invoice_page(choice: Choice, situation: Situation) -> Address:
    """The invoice's own page at Stripe. Raises NoSuchObject when it has none."""
    found = (row for row in situation.invoices if row.invoice_id == choice.invoice_id)
    url = next(found).hosted_invoice_url
    if url is None:
        raise NoSuchObject(f"Invoice {choice.invoice_id} has no page to pay on.")
    return Address(url, bearer=False)


def login_page(situation: Situation) -> Address:
    """The portal's login page with the customer's e-mail address filled in.

    Raises LinkRefused when it is off.
    """
    if situation.configuration is None or situation.configuration.login_url is None:
        raise LinkRefused("The portal's login page is off.", code="login_page_off")
    url = situation.configuration.login_url
    if situation.customer.email is not None:
        url += f"?{urlencode({'prefilled_email': situation.customer.email})}"
    return Address(url, bearer=False)
