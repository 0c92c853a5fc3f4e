"""What a merchant would set in Stripe's Dashboard: the account, its retries and its prefixes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

DAY = 86_400
HOUR = 3_600


@dataclass
class Settings:
    """Account settings; times in seconds."""

    account: str = "acct_1PortsideSandbox"
    account_name: str = "Portside Sandbox"
    account_country: str = "US"
    public_url: str = "http://127.0.0.1:12111"
    """Address that hosted pages are linked under; the server sets its own."""
    deliveries_at_once: int = 1
    """Webhook deliveries to one endpoint that may be under way together."""
    billing_mode: Literal["flexible", "classic"] = "flexible"
    """Billing mode of new subscriptions that do not ask for one."""
    draft_seconds: int = HOUR
    """How long a renewal's invoice stays a draft."""
    incomplete_seconds: int = 23 * HOUR
    trial_notice_seconds: int = 3 * DAY
    retry_after: tuple[int, ...] = field(default=(3 * DAY, 5 * DAY, 7 * DAY))
    """Waiting times between the payment attempts of a renewal."""
    after_retries: Literal["cancel", "unpaid", "past_due"] = "cancel"
    """What becomes of the subscription when the last retry has failed."""
