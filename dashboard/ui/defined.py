"""Numbers with their definition one click away.

A definition is a metric of the registry, named by its slug (``"mrr"``), or a field of a report,
named by both (``"failed-payments.attempt_count"``). Whatever shows a number takes its words from
here: cards by `kpis.defined`, columns by `number` and `share`, charts and sections by `title`. The
tests walk every page and refuse a number that has none.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import format as fmt
from dashboard.language import say
from dashboard.ui import titles
from lib.billing import METRICS, REPORTS


def label(name: str) -> str:
    """What people call it. Raises KeyError for a name that is defined nowhere."""
    if name in METRICS:
        return say(METRICS[name].label)
    _, _, field = name.partition(".")
    _sentence(name)
    return fmt.words(field.removesuffix("_minor"))


def meaning(name: str, more: str = "") -> str:
    """Its definition, then ``more``, which is about this very place. Raises KeyError."""
    return f"{_sentence(name)} {more}".strip()


def number(name: str, called: str | None = None, *, more: str = "", **rest: Any) -> Any:
    """A column of numbers or of money; ``called`` where the page has a shorter word for it.

    Money is named in `tables.show` too, which spells it in each row's currency.
    """
    return st.column_config.NumberColumn(called or label(name), help=meaning(name, more), **rest)


def count(name: str, called: str | None = None, *, more: str = "", **rest: Any) -> Any:
    """A column of whole numbers, with the reader's separators."""
    return number(name, called, more=more, **rest)


def share(name: str, called: str | None = None, *, more: str = "", **rest: Any) -> Any:
    """A column of shares, each 0 to 100, as bars."""
    return st.column_config.ProgressColumn(
        called or label(name),
        help=meaning(name, more),
        **{"format": "%.1f%%", "min_value": 0, "max_value": 100, "color": "blue", **rest},
    )


def title(question: str, *names: str, more: str = "", way: titles.Way | None = None) -> None:
    """The question that a chart answers, with the definitions of what it draws."""
    told = [(label(name), _sentence(name)) for name in names]
    titles.draw(question, [*told, *([("", more)] if more else [])], way=way)


def _sentence(name: str) -> str:
    if name in METRICS:
        return say(METRICS[name].definition)
    report, _, field = name.partition(".")
    found = {each.name: each.definition for each in REPORTS[report].fields}
    return say(found[field])
