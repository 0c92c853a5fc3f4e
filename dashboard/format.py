"""Values into words: money, days, labels, escaped text. The only place that divides by 100."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency

from dashboard.language import current, grouped, mark, tr
from dashboard.slugs import UNKNOWN as UNKNOWN
from dashboard.slugs import words as words
from lib.billing import minor_digits

_MONEY: Final = {"en": ("¤{}", "en_US"), "de": ("{}\u00a0¤", "de_DE")}
"""Language → where the sign of a currency stands, and whose sign it is."""

_EVERY: Final[dict[str, tuple[str, str]]] = {
    "day": (mark("Daily"), mark("Every {count} days")),
    "week": (mark("Weekly"), mark("Every {count} weeks")),
    "month": (mark("Monthly"), mark("Every {count} months")),
    "year": (mark("Yearly"), mark("Every {count} years")),
}

_PUNCTUATION: Final = str.maketrans({mark: f"\\{mark}" for mark in string.punctuation})


def md(text: str | None) -> str:
    """``text`` as Markdown that shows exactly these characters on one line and loads nothing.

    Whatever came from a customer or from Stripe goes through here before it meets st.markdown,
    a label, a caption, a metric or an alert.
    """
    if text is None:
        return UNKNOWN
    line = plain(text)
    # Escaping does not stop a bare address from becoming a link: an invisible joiner does.
    line = re.sub(r"(?i)(://|www\.)", "\\1\u2060", line)
    return line.translate(_PUNCTUATION)


def plain(text: str) -> str:
    """``text`` on one line, without what turns words round or is no character at all."""
    line = "".join(c if c.isprintable() else " " for c in text)
    return re.sub(r"\s+", " ", line).strip()


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
    return _spelled(value, currency, minor_digits(currency), _language())


def money_short(minor: int | None, currency: str | None) -> str:
    """Whole units, ``$1,235``, where cents are noise; the exact sum belongs into the help."""
    if minor is None or currency is None:
        return UNKNOWN
    value = exact(minor, currency)
    digits = 0 if abs(value) >= 100 else minor_digits(currency)
    return _spelled(value, currency, digits, _language())


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
def _spelled(value: Decimal, currency: str, digits: int, language: str) -> str:
    number = "#,##0." + "0" * digits if digits else "#,##0"
    pattern, locale = _MONEY[language]
    text = format_currency(
        value,
        currency.upper(),
        format=pattern.format(number),
        locale=locale,
        currency_digits=False,
    )
    return re.sub(r"([A-Z]{3})(?=\d)", "\\1\u00a0", text)


def rate(exact: Fraction) -> str:
    """An exchange rate with up to six digits after the point: ``1.08``."""
    told = f"{float(exact):.6f}".rstrip("0").rstrip(".")
    return told.replace(".", ",") if _language() == "de" else told


def share(part: float | None) -> str:
    """``0.1234`` → 12.3%. What rounds to nothing has no sign."""
    if part is None:
        return UNKNOWN
    told = f"{part * 100:z.1f}"
    return f"{told.replace('.', ',')}\u00a0%" if _language() == "de" else f"{told}%"


def number(value: int) -> str:
    """A count: ``1,204``."""
    return grouped(value)


def period(name: str) -> str:
    """``Oct 2026``, ``Q4 2026``, ``Week 48, 2026`` or ``26 Nov 2026``."""
    year, _, rest = name.partition("-")
    if rest.startswith("Q"):
        return f"{rest} {year}"
    if rest.startswith("W"):
        return tr("Week {number}, {year}", number=int(rest[1:]), year=year)
    if len(rest) == 2:
        return f"{month(name)} {year}"
    return calendar_day(date.fromisoformat(name))


def moment(second: int | None, timezone: str) -> datetime | None:
    """A unix second as the business's wall clock, for a date column."""
    return None if second is None else datetime.fromtimestamp(second, ZoneInfo(timezone))


def today(now: int, timezone: str) -> date:
    """The business day that ``now`` belongs to."""
    return datetime.fromtimestamp(now, ZoneInfo(timezone)).date()


def day(second: int | None, timezone: str) -> str:
    """``14 Aug 2026``."""
    at = moment(second, timezone)
    return UNKNOWN if at is None else calendar_day(at.date())


def calendar_day(on: date) -> str:
    """The same for a day of the calendar."""
    english, german = month_names(on.month)
    if _language() == "de":
        return f"{on.day}. {german} {on.year}"
    return f"{on.day} {english} {on.year}"


def month(name: str) -> str:
    """``Oct`` for ``2026-10``, where the year is known."""
    return month_names(int(name.split("-")[1]))[_language() == "de"]


@cache
def month_names(number: int) -> tuple[str, str]:
    """The short names of the months 1 to 12, in English and in German."""
    on = date(2026, number, 1)
    return f"{on:%b}", format_date(on, "MMM", locale="de")


def spoken_day(second: int, timezone: str) -> str:
    """``14 August 2026``, inside a sentence."""
    language = _language()
    pattern = "d. MMMM y" if language == "de" else "d MMMM y"
    return format_date(today(second, timezone), pattern, locale=_MONEY[language][1])


def clock(second: int | None, timezone: str) -> str:
    """``14 Aug 2026, 10:09``."""
    at = moment(second, timezone)
    return UNKNOWN if at is None else f"{calendar_day(at.date())}, {at:%H:%M}"


def short_day(on: date) -> str:
    """How a table spells days: ``14 Aug 2026``, ``14.08.2026``."""
    return f"{on:%d.%m.%Y}" if _language() == "de" else calendar_day(on)


def short_clock(at: datetime) -> str:
    """How it spells points in time."""
    return f"{short_day(at.date())}, {at:%H:%M}"


def clock_format() -> str:
    """The same for a widget, which spells by itself."""
    return f"{'DD.MM.YYYY' if _language() == 'de' else 'D MMM YYYY'}, HH:mm"


def span(seconds: int) -> str:
    """A length of time in its one largest unit: ``42 s``, ``7 min``, ``3 h``, ``12 days``."""
    seconds = max(seconds, 0)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 2 * 86_400:
        return f"{seconds // 3600} h"
    return tr("{count} days", count=seconds // 86_400)


def every(interval: str | None, count: int | None) -> str:
    """How often it is billed: ``Monthly``, ``Every 3 months``."""
    if interval is None:
        return UNKNOWN
    once, many = _EVERY.get(interval, (interval.capitalize(), f"Every {{count}} {interval}s"))
    return tr(once) if count in (None, 1) else tr(many, count=count)


def inside(text: str) -> str:
    """``text`` within a sentence: it begins small, and its other words stay as they are."""
    return text[:1].lower() + text[1:]


def every_named(name: str) -> str:
    """The same for a filter's ``3 month``."""
    count, _, interval = name.rpartition(" ")
    return every(interval, int(count) if count.isdigit() else 1)


def _language() -> str:
    """Whose spelling of numbers and days: the pseudo-language has English ones."""
    return "de" if current() == "de" else "en"


def plural(count: int, one: str, many: str | None = None) -> str:
    """``1 subscription``, ``1,204 subscriptions``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def joined(parts: Iterable[str | None]) -> str:
    """The known parts with a dot between them."""
    return " · ".join(part for part in parts if part)


def code(text: str | None) -> str:
    """``text`` for the inside of a Markdown code span: no backtick, one line."""
    return "" if text is None else re.sub(r"[^\w.:@+-]", "", text)
