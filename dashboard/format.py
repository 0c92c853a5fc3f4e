"""Values into words: money, days, labels, escaped text. The only place that divides by 100."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.numbers import format_currency

from lib.billing import minor_digits

UNKNOWN: Final = "–"

_WORDS: Final[dict[str | None, str]] = {
    None: UNKNOWN,
    # rules
    "no_subscription": "No subscription",
    "past_due_in_grace": "Past due, in grace",
    "past_due_expired": "Past due, grace over",
    "collection_paused": "Collection paused",
    "plan_unresolved": "Plan unresolved",
    "winding_down": "Winding down",
    # why subscriptions end
    "cancellation_requested": "Asked for it",
    "payment_failed": "Payment failed",
    "payment_disputed": "Payment disputed",
    "too_expensive": "Too expensive",
    "missing_features": "Missing features",
    "switched_service": "Switched service",
    "customer_service": "Customer service",
    "too_complex": "Too complex",
    "low_quality": "Low quality",
    "voluntary": "Voluntary",
    "involuntary": "Involuntary",
    # how long customers had been there
    "under_90_days": "Under 90 days",
    "90_days_to_1_year": "90 days to 1 year",
    "1_to_2_years": "1 to 2 years",
    "over_2_years": "Over 2 years",
    "joined_since": "Joined in the period",
    # flows
    "home": "Customer portal",
    "payment_method_update": "Update payment method",
    "customer_update": "Update billing details",
    "subscription_update": "Change plan",
    "subscription_update_confirm": "Confirm a named plan",
    "subscription_pause": "Pause subscription",
    "subscription_cancel": "Cancel subscription",
    "renew": "Renew subscription",
    "pay_invoice": "Pay invoice",
    "login_page": "Portal login page",
    "checkout": "Start a subscription",
    # why payments fail, where their own word says little
    "generic_decline": "No reason given",
    "incorrect_cvc": "Incorrect CVC",
    "invalid_cvc": "Invalid CVC",
    "unknown": "Not said yet",
    # invoices
    "charge_automatically": "Charged automatically",
    "send_invoice": "Sent to be paid",
    # how a link ended
    "waiting": "Waiting for the customer",
    "acted": "Customer acted",
    "no_change_seen": "No change seen",
}

_EVERY: Final[dict[str, tuple[str, str]]] = {
    "day": ("Daily", "days"),
    "week": ("Weekly", "weeks"),
    "month": ("Monthly", "months"),
    "year": ("Yearly", "years"),
}

_PUNCTUATION: Final = str.maketrans({mark: f"\\{mark}" for mark in string.punctuation})


def md(text: str | None) -> str:
    """``text`` as Markdown that shows exactly these characters on one line and loads nothing.

    Whatever came from a customer or from Stripe goes through here before it meets st.markdown,
    a label, a caption, a metric or an alert.
    """
    if text is None:
        return UNKNOWN
    line = "".join(c if c.isprintable() else " " for c in text)
    line = re.sub(r"\s+", " ", line).strip()
    # Escaping does not stop a bare address from becoming a link: an invisible joiner does.
    line = re.sub(r"(?i)(://|www\.)", "\\1\u2060", line)
    return line.translate(_PUNCTUATION)


def words(slug: str | None) -> str:
    """A stable id as people say it: ``past_due`` → Past due."""
    known = _WORDS.get(slug)
    return known if known is not None else str(slug).replace("_", " ").capitalize()


def money(minor: int | None, currency: str | None) -> str:
    """``$1,234.50``; a dash when either is unknown."""
    if minor is None or currency is None:
        return UNKNOWN
    return amount(exact(minor, currency), currency)


def exact(minor: int, currency: str) -> Decimal:
    """The amount in the currency's own unit, exact: what lies beneath a table's money column."""
    return Decimal(minor).scaleb(-minor_digits(currency))


def amount(value: Decimal | None, currency: str) -> str:
    """An exact amount, spelled."""
    if value is None or value.is_nan():
        return UNKNOWN
    return _spelled(value, currency, minor_digits(currency))


def money_short(minor: int | None, currency: str | None) -> str:
    """Whole units, ``$1,235``, where cents are noise; the exact sum belongs into the help."""
    if minor is None or currency is None:
        return UNKNOWN
    value = exact(minor, currency)
    return _spelled(value, currency, 0 if abs(value) >= 100 else minor_digits(currency))


def price(minor: int | None, currency: str, language: str) -> str:
    """What customers of ``language`` read, whole units without a fraction: ``29 €``, ``¥2,900``."""
    if minor is None:
        return UNKNOWN
    value, digits = exact(minor, currency), minor_digits(currency)
    fraction = "." + "0" * digits if digits and value % 1 else ""
    pattern = Locale.parse(language).currency_formats["standard"].pattern
    return format_currency(
        value,
        currency.upper(),
        format=re.sub(r"\.0+", fraction, pattern),
        locale=language,
        currency_digits=False,
    )


def signed(minor: int | None, currency: str | None) -> str:
    """``+$29.00``, ``−$29.00``."""
    if minor is None or currency is None:
        return UNKNOWN
    return f"{'−' if minor < 0 else '+'}{money(abs(minor), currency)}"


def signed_short(minor: int, currency: str) -> str:
    """``+$1,235``: a change where cents are noise."""
    return f"{'−' if minor < 0 else '+'}{money_short(abs(minor), currency)}"


def each(minor: int, people: int, currency: str) -> str:
    """What one of ``people`` comes to, rounded half up; a dash for nobody."""
    return money((2 * minor + people) // (2 * people), currency) if people else UNKNOWN


def major(minor: int, currency: str) -> float:
    """The amount a chart's axis shows. For drawing only: never add these up."""
    return float(exact(minor, currency))


@lru_cache(maxsize=4096)
def _spelled(value: Decimal, currency: str, digits: int) -> str:
    pattern = "¤#,##0." + "0" * digits if digits else "¤#,##0"
    text = format_currency(
        value, currency.upper(), format=pattern, locale="en_US", currency_digits=False
    )
    return re.sub(r"([A-Z]{3})(?=\d)", "\\1\u00a0", text)


def rate(exact: Fraction) -> str:
    """An exchange rate with up to six digits after the point: ``1.08``."""
    return f"{float(exact):.6f}".rstrip("0").rstrip(".")


def share(part: float | None) -> str:
    """``0.1234`` → 12.3%. What rounds to nothing has no sign."""
    return UNKNOWN if part is None else f"{part * 100:z.1f}%"


def period(name: str) -> str:
    """``Oct 2026``, ``Q4 2026``, ``Week 48, 2026`` or ``26 Nov 2026``."""
    year, _, rest = name.partition("-")
    if rest.startswith("Q"):
        return f"{rest} {year}"
    if rest.startswith("W"):
        return f"Week {int(rest[1:])}, {year}"
    if len(rest) == 2:
        return f"{date(int(year), int(rest), 1):%b} {year}"
    on = date.fromisoformat(name)
    return f"{on.day} {on:%b %Y}"


def moment(second: int | None, timezone: str) -> datetime | None:
    """A unix second as the business's wall clock, for a date column."""
    return None if second is None else datetime.fromtimestamp(second, ZoneInfo(timezone))


def today(now: int, timezone: str) -> date:
    """The business day that ``now`` belongs to."""
    return datetime.fromtimestamp(now, ZoneInfo(timezone)).date()


def day(second: int | None, timezone: str) -> str:
    """``14 Aug 2026``."""
    at = moment(second, timezone)
    return UNKNOWN if at is None else f"{at.day} {at:%b %Y}"


def clock(second: int | None, timezone: str) -> str:
    """``14 Aug 2026, 10:09``."""
    at = moment(second, timezone)
    return UNKNOWN if at is None else f"{at.day} {at:%b %Y, %H:%M}"


def span(seconds: int) -> str:
    """A length of time in its one largest unit: ``42 s``, ``7 min``, ``3 h``, ``12 days``."""
    seconds = max(seconds, 0)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 2 * 86_400:
        return f"{seconds // 3600} h"
    return f"{seconds // 86_400} days"


def every(interval: str | None, count: int | None) -> str:
    """How often it is billed: ``Monthly``, ``Every 3 months``."""
    if interval is None:
        return UNKNOWN
    once, many = _EVERY.get(interval, (interval.capitalize(), f"{interval}s"))
    return once if count in (None, 1) else f"Every {count} {many}"


def every_named(name: str) -> str:
    """The same for a filter's ``3 month``."""
    count, _, interval = name.rpartition(" ")
    return every(interval, int(count) if count.isdigit() else 1)


def plural(count: int, one: str, many: str | None = None) -> str:
    """``1 subscription``, ``1,204 subscriptions``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def joined(parts: Iterable[str | None]) -> str:
    """The known parts with a dot between them."""
    return " · ".join(part for part in parts if part)


def code(text: str | None) -> str:
    """``text`` for the inside of a Markdown code span: no backtick, one line."""
    return "" if text is None else re.sub(r"[^\w.:@+-]", "", text)
