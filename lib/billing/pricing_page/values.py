"""What a pricing page is made of, and what its address says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode


@dataclass(frozen=True)
class Asked:
    """What the address says. ``table``: as it was spelled, None for the default one."""

    table: str | None
    language: str
    term: str | None = None
    currency: str | None = None
    said_language: bool = False
    token: str | None = None

    def query(self, **over: str) -> str:
        """The address of the same page, otherwise shown."""
        given = {
            "lang": self.language if self.said_language else None,
            "interval": self.term,
            "currency": self.currency,
            "t": self.token,
        }
        kept = {name: value for name, value in {**given, **over}.items() if value is not None}
        return f"?{urlencode(kept)}"


@dataclass(frozen=True)
class Switch:
    """One of several ways to see the table."""

    label: str
    href: str
    here: bool
    more: str | None = None


@dataclass(frozen=True)
class Button:
    """``plan`` is read out behind a label that does not name it."""

    kind: Literal["form", "link", "off"]
    label: str
    plan: str | None = None
    value: str = ""  # lookup key of a form, address of a link


@dataclass(frozen=True)
class Bullet:
    """``leads``: it introduces those after it, as “Everything in Starter, plus:” does."""

    text: str
    leads: bool


@dataclass(frozen=True)
class CardView:
    key: str
    name: str
    highlight: str | None
    current: bool
    amount: str | None
    per: str | None
    worded: bool  # ``amount`` is a sentence rather than a number
    saving: str | None
    lines: tuple[str, ...]  # what else there is to say of the price
    bullets: tuple[Bullet, ...]
    features: tuple[str, ...]
    button: Button | None
    note: str | None
    closed: bool  # ``note`` says why


@dataclass(frozen=True)
class TableView:
    """``action``: where the forms of the buttons go, relative to the page."""

    words: Mapping[str, str]
    language: str
    action: str
    notices: tuple[str, ...]
    terms: tuple[Switch, ...]
    currencies: tuple[Switch, ...]
    cards: tuple[CardView, ...]
    features_heading: str | None
    footnotes: tuple[str, ...]
    hidden: tuple[tuple[str, str], ...]
