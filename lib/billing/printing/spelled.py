"""Amounts, days and times on paper, as the document's language spells them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from jinja2 import pass_context
from jinja2.runtime import Context

from ..domain.times import local_date, zone
from ..replies import spelling

UNKNOWN: Final = "–"
_SHORT_DAY: Final = {"en": "{0.day} {0:%b} {0.year}", "de": "{0:%d.%m.%Y}"}
_CLOCK: Final = {"en": "{day}, {time:%H:%M}", "de": "{day}, {time:%H:%M} Uhr"}
_THOUSANDS: Final = {"en": ",", "de": "."}


def filters(language: str) -> Mapping[str, Callable[..., str]]:
    """What templates spell with. Days and times are those of the context's ``timezone``."""
    return {
        "money": lambda minor, currency: money(minor, currency, language),
        "number": lambda count: number(count, language),
        "day": _zoned(day, language),
        "short_day": _zoned(short_day, language),
        "clock": _zoned(clock, language),
        "moment": _zoned(moment, language),
    }


def money(minor: int | None, currency: str | None, language: str) -> str:
    """``$1,234.50``, ``1.234,50 $``; a dash when either is unknown."""
    if minor is None or currency is None:
        return UNKNOWN
    return spelling.money(minor, currency, spelling.locale_of(language))


def number(count: int | None, language: str) -> str:
    return UNKNOWN if count is None else f"{count:,}".replace(",", _THOUSANDS[language])


def day(second: int | None, timezone: str, language: str) -> str:
    """``14 August 2026``, ``14. August 2026``."""
    if second is None:
        return UNKNOWN
    return spelling.day(second, timezone, spelling.locale_of(language))


def short_day(second: int | None, timezone: str, language: str) -> str:
    """``14 Aug 2026``, ``14.08.2026``: for tables."""
    if second is None:
        return UNKNOWN
    return _SHORT_DAY[language].format(local_date(second, timezone))


def clock(second: int | None, timezone: str, language: str) -> str:
    """``14 August 2026, 10:09``, ``14. August 2026, 10:09 Uhr``."""
    if second is None:
        return UNKNOWN
    time = datetime.fromtimestamp(second, zone(timezone))
    return _CLOCK[language].format(day=day(second, timezone, language), time=time)


def moment(second: int | None, timezone: str, language: str) -> str:
    """``14 Aug 2026, 10:09``, ``14.08.2026, 10:09``: for tables."""
    if second is None:
        return UNKNOWN
    time = datetime.fromtimestamp(second, zone(timezone))
    return f"{short_day(second, timezone, language)}, {time:%H:%M}"


def as_of(language: str, words: Mapping[str, str], values: Mapping[str, Any]) -> str:
    """``As of 26 November 2026, 14:31 (Europe/Berlin), printed by ann@example.com``."""
    timezone = values["timezone"]
    told = words["as_of"].format(
        time=clock(values["as_of"], timezone, language), zone=timezone, staff=values["staff"]
    )
    printed = values.get("printed_at")
    if printed is None or printed == values["as_of"]:
        return told
    return f"{told} ({words['printed_at'].format(time=clock(printed, timezone, language))})"


def style_text(text: str) -> str:
    """``text`` as a string of a style sheet: whatever is not plain is written as its code point."""
    plain = (c if c.isprintable() else " " for c in text)
    return f'"{"".join(map(_code_point, plain))}"'


def _code_point(character: str) -> str:
    plain = character.isascii() and character.isalnum()
    return character if plain else f"\\{ord(character):x} "


def _zoned(spell: Callable[[int | None, str, str], str], language: str) -> Callable[..., str]:
    @pass_context
    def spelled(context: Context, second: int | None) -> str:
        return spell(second, context["timezone"], language)

    return spelled
