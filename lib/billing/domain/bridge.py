"""From the MRR of one policy to that of another, one flag at a time.

The lines stand in one order and each goes on from where the one before it stopped, so that they sum
exactly to the difference, and a subscription that two flags concern is in one line alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from .policy import Policy
from .policy_flags import COUNTABLE, policy_name
from .said import Count, Said, said

UNEXPLAINED: Final = "unexplained"
"""The line of what the movements of the other policy say beyond the lines: a fault, to be seen."""

_UNEXPLAINED: Final = (
    said("Cannot be explained"),
    said(
        "The movements under the other policy come to something else than the lines above: this "
        "should not be, run `portside doctor` and `portside reconcile`."
    ),
)

_STATUS_WORDS: Final = {
    "active": (said("Active subscriptions"), said("active subscriptions")),
    "past_due": (said("Subscriptions that are past due"), said("subscriptions that are past due")),
    "trialing": (said("Trials"), said("trials")),
    "unpaid": (said("Unpaid subscriptions"), said("unpaid subscriptions")),
    "incomplete": (said("Incomplete subscriptions"), said("incomplete subscriptions")),
    "paused": (
        said("Subscriptions with the status paused"),
        said("subscriptions with the status paused"),
    ),
}
"""Of each status the label of its line, and the same within a sentence."""
_DISCOUNT_WORDS: Final = {
    "forever": said("takes off only discounts that last forever"),
    "all": said("takes off every discount, also one that will end"),
    "none": said("takes no discount off"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One flag that differs: what it moves is MRR under ``after`` less MRR under ``before``."""

    slug: str  # status_paused … or the flag's name
    label: str
    sentence: str
    before: Policy
    after: Policy


@dataclass(frozen=True, slots=True)
class BridgeLine:
    """What one flag moves in one currency. ``reached_minor``: MRR after this line."""

    slug: str
    label: str
    sentence: str
    minor: int
    customers: int
    reached_minor: int


@dataclass(frozen=True, slots=True)
class Bridge:
    """In one currency: ``from_minor`` and the lines' ``minor`` add up to ``to_minor``.

    ``checked``: ``to_minor`` was held against all movements under the other policy; what they say
    beyond the lines is the line ``unexplained``. ``unvalued``: subscriptions that should count and
    whose value cannot be computed; they are in no amount.
    """

    policy_from: str
    policy_to: str
    currency: str
    from_minor: int
    to_minor: int
    lines: tuple[BridgeLine, ...]
    checked: bool
    unvalued: int


def across(
    ours: Policy,
    theirs: Policy,
    currency: str,
    from_minor: int,
    moved: Sequence[tuple[int, int]],
    *,
    unexplained: tuple[int, int] | None,
    unvalued: int = 0,
) -> Bridge:
    """The bridge whose steps moved ``moved``, each (minor, customers).

    ``unexplained``: (minor, customers) by which the other policy's movements exceed the lines; None
    where nobody could tell.
    """
    reached, lines = from_minor, []
    told = [(step.slug, step.label, step.sentence) for step in steps(ours, theirs)]
    if unexplained is not None and any(unexplained):
        told.append((UNEXPLAINED, *_UNEXPLAINED))
        moved = [*moved, unexplained]
    for (slug, label, sentence), (minor, customers) in zip(told, moved, strict=True):
        reached += minor
        lines.append(BridgeLine(slug, label, sentence, minor, customers, reached))
    return Bridge(
        ours.slug,
        theirs.slug,
        currency,
        from_minor,
        reached,
        tuple(lines),
        unexplained is not None,
        unvalued,
    )


def steps(ours: Policy, theirs: Policy) -> tuple[Step, ...]:
    """A step for every flag of MRR that differs, in a fixed order; also where nobody is concerned.

    Flags that say how MRR moves or how rates are made change no MRR and have none.
    """
    return tuple(_steps(ours, theirs))


def _steps(ours: Policy, theirs: Policy) -> Iterator[Step]:
    we, they = policy_name(ours.slug), policy_name(theirs.slug)
    now = ours
    for status in COUNTABLE:
        if (status in now.statuses) == (status in theirs.statuses):
            continue
        following = replace(now, statuses=now.statuses ^ {status})
        label, words = _STATUS_WORDS[status]
        sentence = _counts(we, they, words, theirs=status in theirs.statuses)
        yield Step(f"status_{status}", label, sentence, now, following)
        now = following
    if now.collection_paused != theirs.collection_paused:
        following = replace(now, collection_paused=theirs.collection_paused)
        words = said("subscriptions whose collection is paused")
        sentence = _counts(we, they, words, theirs=theirs.collection_paused)
        yield Step("collection_paused", said("Collection paused"), sentence, now, following)
        now = following
    if now.discounts != theirs.discounts:
        following = replace(now, discounts=theirs.discounts)
        sentence = said(
            "{they} {theirs}; {we} {ours}.",
            they=they,
            theirs=_DISCOUNT_WORDS[theirs.discounts],
            we=we,
            ours=_DISCOUNT_WORDS[now.discounts],
        )
        yield Step("discounts", said("Discounts"), sentence, now, following)
        now = following
    if now.leaves_when_scheduled != theirs.leaves_when_scheduled:
        following = replace(now, leaves_when_scheduled=theirs.leaves_when_scheduled)
        when, ending = said("at once"), said("at its end")
        if not theirs.leaves_when_scheduled:
            when, ending = ending, when
        sentence = said(
            "For {they} a scheduled cancellation leaves MRR {when}, for {we} {ending}.",
            they=they,
            when=when,
            we=we,
            ending=ending,
        )
        yield Step(
            "leaves_when_scheduled", said("Scheduled cancellations"), sentence, now, following
        )
        now = following
    if now.past_due_leaves_after_days != theirs.past_due_leaves_after_days:
        days = theirs.past_due_leaves_after_days
        following = replace(now, past_due_leaves_after_days=days)
        sentence = said(
            "For {they} a subscription past due leaves MRR {after}; for {we} {ours}.",
            they=they,
            after=_after(days),
            we=we,
            ours=_after(now.past_due_leaves_after_days),
        )
        yield Step(
            "past_due_leaves_after_days", said("Past due for long"), sentence, now, following
        )


def _counts(we: str, they: str, words: Said, *, theirs: bool) -> Said:
    if theirs:
        return said("{they} counts {words}; {we} leaves them out.", they=they, words=words, we=we)
    return said("{they} leaves out {words}; {we} counts them.", they=they, words=words, we=we)


def _after(days: int | None) -> Said:
    if days is None:
        return said("never")
    return said("after a day") if days == 1 else said("after {days} days", days=Count(days))
