"""What a list page is narrowed to, sorted by and paged to."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

MAX_PAGE = 500
"""The most rows one page of a list may ask for."""

REACH = 10_000
"""Rows of a list that its pages are numbered through."""

COUNTED = 2_000
"""Rows that are counted and added up one by one, where no sum of them is kept."""


@dataclass(frozen=True, slots=True)
class Filters:
    """An empty value means no narrowing.

    ``sort`` is one of the list's sortable columns ("" = the list's own order); ``starts`` and
    ``ends`` bound the list's date (half-open unix seconds), as a click on a bar of its chart does.
    """

    text: str = ""  # part of customer id, e-mail, name, org, subscription or invoice
    plans: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    intervals: tuple[str, ...] = ()  # "month", "3 month"
    reasons: tuple[str, ...] = ()  # winding down: feedback, else reason; failed: decline code
    causes: tuple[str, ...] = ()  # of churn: voluntary, involuntary, unknown
    stays: tuple[str, ...] = ()  # how long they had been there: see `domain.stays`
    starts: int | None = None
    ends: int | None = None
    sort: str = ""
    descending: bool = False
    limit: int = 50  # 0: what the list adds up to, without its rows
    offset: int = 0  # rows, counted from the first one or from behind ``after``
    after: str = ""  # `Listing.last` of an earlier page: where a page far behind begins
    exact: bool = False  # count and add up everything, however long that takes
    bars: bool = True  # whether what a chart of the list is drawn from is added up, too
    by: str = ""  # day, week, month or quarter: how a report over time is divided

    @property
    def page(self) -> tuple[int, int]:
        """``(limit, offset)``, kept within what a page may ask for."""
        return min(max(self.limit, 0), MAX_PAGE), max(self.offset, 0)

    @property
    def narrows_nothing(self) -> bool:
        """Whether it is the whole list, however it is sorted and paged."""
        own = {"sort", "descending", "limit", "offset", "after", "exact", "bars"}
        return all(not getattr(self, f.name) for f in fields(self) if f.name not in own)

    def cleaned(self) -> Filters:
        """The same without anything that no database takes."""
        return replace(
            self,
            text=clean(self.text),
            plans=tuple(map(clean, self.plans)),
            currencies=tuple(map(clean, self.currencies)),
            statuses=tuple(map(clean, self.statuses)),
            intervals=tuple(map(clean, self.intervals)),
            reasons=tuple(map(clean, self.reasons)),
            causes=tuple(map(clean, self.causes)),
            stays=tuple(map(clean, self.stays)),
            after=clean(self.after),
        )


EVERYTHING = Filters()


def clean(text: str) -> str:
    """What somebody typed, without outer blanks, NUL and halves of characters.

    An address pasted into a browser can hold those, and PostgreSQL refuses them.
    """
    return text.replace("\x00", "").encode("utf-8", "ignore").decode().strip()


def holdable(text: str) -> bool:
    """Whether a database takes it as it is: no NUL, no half of a character."""
    return "\x00" not in text and text.encode("utf-8", "ignore").decode() == text


def interval_name(interval: str | None, count: int | None) -> str | None:
    """``month``, or ``3 month``."""
    if interval is None:
        return None
    return interval if count in (None, 1) else f"{count} {interval}"
