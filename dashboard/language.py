"""The language of the one who looks: English as in the code, or what `locales` has for it.

English is the message id. The catalogues are PO files, one for each section of the dashboard;
`scripts/strings.py` lists what they lack and what nothing uses.
"""

from __future__ import annotations

import re
import threading
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import streamlit as st
from babel.messages.pofile import read_po
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lib.billing import Count, Day, Money, Said, Share

LANGUAGES: Final = {"en": "English", "de": "Deutsch"}
"""Language → what it calls itself."""
PSEUDO: Final = "xx"
"""Not for people: marks what is translated, so that a test sees what is not."""
FOLDER: Final = Path(__file__).with_name("locales")
_KEY: Final = "language"

_spoken: Final = threading.local()
"""The run that a thread makes and its language: it is asked for with every word."""

Catalogue = dict[str, str | tuple[str, str]]


def current() -> str:
    """``en`` or ``de``: the language of this browser session; English outside of one."""
    running = get_script_run_ctx(suppress_warning=True)
    if running is None:
        return "en"
    if getattr(_spoken, "run", None) is not running:
        _spoken.language, _spoken.run = st.session_state.get(_KEY, "en"), running
    found: str = _spoken.language
    return found


def settle(chosen: str | None) -> None:
    """Speak what the person has chosen, or else what the browser asks for."""
    wanted = chosen or (st.context.locale or "en").partition("-")[0].lower()
    st.session_state[_KEY] = wanted if wanted in {*LANGUAGES, PSEUDO} else "en"
    _spoken.run = None


def mark(text: str) -> str:
    """``text`` itself, a constant that is translated where it is shown."""
    return text


def tr(text: str, /, **values: Any) -> str:
    """``text`` in the language of now, with ``values`` in place of their names in braces."""
    language = current()
    told = text if language in ("en", PSEUDO) else str(catalogue(language).get(text, text))
    told = told.format_map(values) if values else told
    return f"⟦{told}⟧" if language == PSEUDO and told else told


def ntr(one: str, many: str, number: int, /, **values: Any) -> str:
    """``one`` or ``many`` by ``number``, which is ``{count}`` in them."""
    language = current()
    told: str | tuple[str, str] = (one, many)
    if language not in ("en", PSEUDO):
        told = catalogue(language).get(one, told)
    chosen = told if isinstance(told, str) else told[number != 1]
    spelled = chosen.format_map({"count": grouped(number), **values})
    return f"⟦{spelled}⟧" if language == PSEUDO else spelled


def say(text: str | None) -> str:
    """What comes from below in the language of now: a sentence of the domain, a definition."""
    if text is None:
        return ""
    if not isinstance(text, Said):
        return tr(text) if text else ""
    if current() == "en":
        return str(text)
    if text.parts:
        return text.between.join(say(part) for part in text.parts) + text.end
    return tr(text.template, **{name: _spelled(value) for name, value in text.values.items()})


def _spelled(value: Any) -> str:
    from dashboard import format as fmt  # it speaks the language of now, so it imports this

    match value:
        case Said():
            return say(value)
        case Day():
            return fmt.spoken_day(value.second, value.timezone)
        case Money():
            return fmt.money(value.minor, value.currency)
        case Count():
            return grouped(value.number)
        case Share():
            return fmt.share(value.part)
    return str(value)


def grouped(number: int) -> str:
    """``1,204`` or ``1.204``."""
    text = f"{number:,}"
    return text.replace(",", ".") if current() == "de" else text


@cache
def catalogue(language: str) -> Catalogue:
    """English → ``language``, a pair where there is a plural. Read once."""
    found: Catalogue = {}
    for path in sorted((FOLDER / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if not message.id or not message.string:
                    continue
                one = message.id if isinstance(message.id, str) else message.id[0]
                told = message.string
                found[one] = told if isinstance(told, str) else (told[0], told[1])
    return found


_CHOSEN: Final = frozenset(
    {
        "Asked for it", "Canceled", "Drift", "Length of stay", "Outgoing", "Past due", "Saved",
        "Still open", "Unknown", "Voluntary",
    }
)  # fmt: skip
"""Of the texts that another language calls the same, those that people choose by."""


@cache
def _back() -> dict[str, str]:
    """What a language calls it → English, for all that has no value in it.

    What is English already is meant so. Where several texts are called the same, it is the one that
    people choose by, else a name (they begin with a capital) and no word of a sentence.
    """
    found: dict[str, str] = {}
    for language in LANGUAGES:
        if language != "en":
            said = {
                english: told
                for english, told in catalogue(language).items()
                if isinstance(told, str) and "{" not in told
            }
            for english in sorted(said, key=lambda text: (text not in _CHOSEN, text[0].islower())):
                found.setdefault(said[english], english)
            found |= {english: english for english in said}
    return found


def readdressed(value: str) -> str:
    """A value of an address that was written in another language, as the filters call it now.

    Streamlit keeps the words of a choice in the address, not the choice.
    """
    if current() == PSEUDO:
        return value
    if icon := _ICON.match(value):
        return f"{icon[0]}{readdressed(value[icon.end() :])}"
    english = _back().get(value)
    return tr(english) if english else refilled(value) or _redated(value)


_ICON: Final = re.compile(r":material/\w+: ")
_HOLED: Final = (
    "Last {count} days", "Last {count} weeks", "Last {count} months", "Last {count} quarters",
    "Every {count} days", "Every {count} weeks", "Every {count} months", "Every {count} years",
    "Week {number}, {year}", "{period} so far", "All in {currency}", "Within {plan}",
    "{table} (draft)",
)  # fmt: skip
"""Choices with a value in their words."""


def refilled(value: str) -> str | None:
    """``Letzte 12 Monate`` as ``Last 12 months``; None for what is none of `_HOLED`."""
    for template, spelled in _patterns():
        if found := spelled.fullmatch(value):
            held = found.groupdict()
            if "period" in held:
                held["period"] = readdressed(held["period"])
            return tr(template, **held)
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (template, re.compile(re.sub(r"\\{(\w+)\\}", _hole, re.escape(told))))
        for template in _HOLED
        for told in (template, *(str(_in(language, template)) for language in LANGUAGES))
    )


def _in(language: str, text: str) -> str | tuple[str, str]:
    return text if language == "en" else catalogue(language).get(text, text)


def _hole(name: re.Match[str]) -> str:
    return f"(?P<{name[1]}>{r'[0-9.,]+' if name[1] in ('count', 'number', 'year') else '.+'})"


_DATED: Final = re.compile(r"(?:(\d{1,2})\.? )?(\w{3,5})\.? (\d{4})")


def _redated(value: str) -> str:
    """``14 Aug 2026`` and ``14. Aug. 2026`` are the same day, ``Oct 2026`` and ``Okt. 2026`` the
    same month."""
    from dashboard import format as fmt  # as above

    found = _DATED.fullmatch(value)
    if found is None:
        return value
    number, name, year = found.groups()
    for month in range(1, 13):
        if name in (short.rstrip(".") for short in fmt.month_names(month)):
            if number is None:
                return fmt.period(f"{year}-{month:02}")
            try:
                return fmt.calendar_day(date(int(year), month, int(number)))
            except ValueError:
                return value
    return value
