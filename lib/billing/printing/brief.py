"""The customer brief: one customer on one sheet or two, for a conversation or a file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ..digest.letter import clean
from ..domain.catalog import Catalog
from ..domain.permissions import Permission
from ..domain.rows import SubscriptionRow
from ..domain.staff_notes import StaffNote
from ..showing.customer_views import CustomerView, TimelineEntry
from ..showing.views import Listing
from .document import render
from .words import Words, words_of
from .words.slugs import called, every

MOST_SUBSCRIPTIONS: Final = 5
MOST_INVOICES: Final = 8
MOST_NOTES: Final = 4
MOST_ENTRIES: Final = 16
LONGEST_NOTE: Final = 280
LONGEST_COMMENT: Final = 160

TEMPLATE: Final = "customer.html"
Say = Callable[[str], str]
"""A sentence of the domain in the document's language."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who prints, what they may see, and where the business is."""

    staff: str
    rights: Collection[Permission]
    language: str
    say: Say
    catalog: Catalog
    timezone: str
    livemode: bool


@dataclass(frozen=True, slots=True)
class _Held:
    """A subscription as a row: ``date`` is a word with a hole for the day."""

    plan: str
    billed: str
    status: str
    tone: str
    date: str
    at: int | None
    mrr_minor: int | None
    currency: str | None
    subscription_id: str
    why: str


def brief(
    view: CustomerView,
    told: Listing[TimelineEntry],
    notes: Listing[StaffNote] | None,
    asked: Asked,
) -> str:
    """The document. ``told``: the latest of the timeline first; ``notes`` None: not for this role.

    MRR is on it only for who may see money, whatever ``told`` holds.
    """
    words, who = words_of(TEMPLATE, asked.language), view.customer
    money = Permission.MONEY in asked.rights
    entries = [entry for entry in told.rows if money or entry.kind != "movement"]
    still_open = [row for row in view.invoices if row.status == "open"]
    hidden = [words["mrr"]] * (not money) + [words["notes"]] * (notes is None)
    kept = notes.rows if notes is not None else ()
    return render(
        TEMPLATE,
        asked.language,
        title=clean(who.name, 80) or clean(who.email, 80) or clean(who.customer_id, 80),
        kind=words["kind"],
        subtitle=_subtitle(view, words),
        as_of=view.at,
        timezone=asked.timezone,
        staff=clean(asked.staff, 80),
        livemode=asked.livemode,
        view=view,
        deleted=who.deleted,
        sentence=asked.say(view.access_sentence),
        would_change=asked.say(view.access.what_would_change),
        rule=called(view.access.rule, asked.language),
        money=money,
        mrr=_mrr(view.subscriptions),
        unknown=sum(row.live and row.mrr_minor is None for row in view.subscriptions),
        next=_next(view.subscriptions, words),
        held=[_held(row, asked, words) for row in view.subscriptions[:MOST_SUBSCRIPTIONS]],
        more_held=_beyond(len(view.subscriptions), MOST_SUBSCRIPTIONS),
        limits=[(called(limit.name, asked.language), limit.limit) for limit in view.limits],
        features=[clean(feature.name, 60) for feature in view.features],
        invoices=[
            (clean(row.number, 40) or row.invoice_id, row) for row in still_open[:MOST_INVOICES]
        ],
        more_invoices=_beyond(len(still_open), MOST_INVOICES),
        notes=None if notes is None else [(_shortened(note.body), note) for note in kept],
        more_notes=0 if notes is None else notes.total - len(kept),
        entries=[(clean(asked.say(entry.sentence), 300), entry) for entry in entries],
        more_entries=max(told.total - len(told.rows), 0),
        hidden=words["and"].join(hidden),
    )


def _subtitle(view: CustomerView, words: Words) -> str:
    who = view.customer
    org = words["organization"].format(name=clean(who.org_id, 60)) if who.org_id else ""
    email = clean(who.email, 80) if clean(who.name) else ""
    return _joined((email, org, who.customer_id))


def _held(row: SubscriptionRow, asked: Asked, words: Words) -> _Held:
    status = "winding_down" if row.winding_down else row.status
    date, at = _date(row)
    comment = clean(row.comment, LONGEST_COMMENT)
    quoted = words["quoted"].format(text=comment) if comment else ""
    return _Held(
        plan=clean(asked.catalog.plan(row.plan).name, 60) if row.plan else words["no_plan"],
        billed=every(row.interval, row.interval_count, asked.language),
        status=called(status, asked.language),
        tone=_TONES.get(status, ""),
        date=words[date] if date else "",
        at=at,
        mrr_minor=row.mrr_minor,
        currency=row.currency,
        subscription_id=row.subscription_id,
        why=_joined((called(row.feedback or row.reason or "", asked.language), quoted))
        if row.reason
        else "",
    )


_TONES: Final = {
    "active": "good",
    "trialing": "good",
    "winding_down": "amber",
    "past_due": "amber",
    "unpaid": "bad",
}


def _date(row: SubscriptionRow) -> tuple[str, int | None]:
    """The one date that matters of a subscription, and the word for it."""
    if row.ended_at is not None:
        return "ended", row.ended_at
    if row.winding_down and row.ends_at is not None:
        return "ends", row.ends_at
    if row.status == "trialing" and row.trial_end is not None:
        return "trial_ends", row.trial_end
    if row.status in ("active", "past_due") and row.current_period_end is not None:
        return "renews", row.current_period_end
    return "", None


def _next(rows: Iterable[SubscriptionRow], words: Words) -> tuple[str, int] | None:
    """An end before a trial's end before a renewal; of one that is over, when it ended."""
    dated = [(name, at) for name, at in map(_date, rows) if at is not None]
    for wanted, choose in (("ends", min), ("trial_ends", min), ("renews", min), ("ended", max)):
        if found := [at for name, at in dated if name == wanted]:
            return words[f"{wanted}_on"], choose(found)
    return None


def _mrr(rows: Iterable[SubscriptionRow]) -> dict[str, int]:
    """MRR by currency; currencies are never added up."""
    found: dict[str, int] = {}
    for row in rows:
        if row.live and row.currency and row.mrr_minor is not None:
            found[row.currency] = found.get(row.currency, 0) + row.mrr_minor
    return found


def _beyond(count: int, most: int) -> int:
    return max(count - most, 0)


def _shortened(body: str) -> str:
    return body if len(body) <= LONGEST_NOTE else f"{body[:LONGEST_NOTE].rstrip()}…"


def _joined(parts: Sequence[str]) -> str:
    return " · ".join(part for part in parts if part)
