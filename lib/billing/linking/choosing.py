"""Which of a customer's choices a request means."""

from __future__ import annotations

from ..domain.errors import LinkRefused
from ..domain.flow_extras import checked_extras
from ..domain.flow_situation import Situation
from ..domain.flow_values import Choice
from ..domain.flows import options
from .values import LinkRequest


def allowed(request: LinkRequest, situation: Situation) -> Choice:
    """The choice that is asked for; an invoice may be named by its number.

    Raises:
        LinkRefused: there is none, or it would not help; ``code`` names the rule.
    """
    numbers = {row.number: row.invoice_id for row in situation.invoices if row.number}
    invoice_id = numbers.get(request.invoice_id or "", request.invoice_id)
    choice = options(situation).find(
        request.flow, subscription_id=request.subscription_id, invoice_id=invoice_id
    )
    if not choice.allowed:
        raise LinkRefused(str(choice.reason), code=choice.code)
    checked_extras(choice, request.coupon, request.trial_days)
    return choice
