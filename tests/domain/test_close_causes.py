"""One cause a restatement: which of what came after the close is told, and in which words."""

from __future__ import annotations

import pytest

from lib.billing.domain.close_causes import Cause, Sighting, cause_of, in_words

STARTS, ENDS, CLOSED = 1_000, 2_000, 2_500


def came(event_id: str, effective: int, *, received: int = 3_000, attempts: int = 1) -> Sighting:
    kind = "read.subscription" if event_id.startswith("read:") else "customer.subscription.updated"
    return Sighting(event_id, kind, "sub_1", effective, effective, received, "webhook", attempts)


IN, BEFORE, AFTER = came("evt_in", 1_500), came("evt_before", 500), came("evt_after", 2_600)
READ = came("read:sub_1:3000:backfill", 3_000)
FAILED = came("evt_failed", 1_600, received=1_700, attempts=3)
SAME_SECOND = came("evt_same", 1_600, received=2_500)
COUPON = came("evt_coupon", 100)

CASES = {
    "an event of the month": ([IN], (), None, (), ("late_event", "evt_in", 0)),
    "an event of before the month": ([BEFORE], (), None, (), ("late_event", "evt_before", 0)),
    "one of the month before one of before": (
        [BEFORE, IN],
        (),
        None,
        (),
        ("late_event", "evt_in", 1),
    ),
    "the one behind a movement before a later one": (
        [IN, came("evt_later", 1_900)],
        ("evt_in",),
        None,
        (),
        ("late_event", "evt_in", 1),
    ),
    "an event before a read": ([READ, IN], (), None, (), ("late_event", "evt_in", 0)),
    "a read": ([READ], (), None, (), ("read", READ.event_id, 0)),
    "a later event that is behind a movement": (
        [AFTER],
        ("evt_after",),
        None,
        (),
        ("first_seen", "evt_after", 0),
    ),
    "a later event that has nothing to do with it": ([AFTER], (), None, (), ("unknown", None, 0)),
    "one that had failed": ([FAILED], (), None, (), ("failed_event", "evt_failed", 0)),
    "one that came in the second of the close": (
        [SAME_SECOND],
        (),
        None,
        (),
        ("late_event", "evt_same", 0),
    ),
    "a coupon": ([], (), COUPON, ("catalogue",), ("reference", "evt_coupon", 0)),
    "an event before a coupon": ([IN], (), COUPON, (), ("late_event", "evt_in", 0)),
    "another catalogue": ([], (), None, ("catalogue", "metrics"), ("catalogue", None, 0)),
    "another policy": ([], (), None, ("policy",), ("policy", None, 0)),
    "another time zone": ([], (), None, ("timezone",), ("timezone", None, 0)),
    "another way of folding": ([], (), None, ("manner",), ("definitions", None, 0)),
    "other words of a metric explain nothing": ([], (), None, ("metrics",), ("unknown", None, 0)),
    "nothing": ([], (), None, (), ("unknown", None, 0)),
}


@pytest.mark.parametrize(
    ("sightings", "own", "reference", "changed", "expected"), CASES.values(), ids=CASES.keys()
)
def test_the_cause(sightings, own, reference, changed, expected):
    for order in (sightings, sightings[::-1]):
        found = cause_of(
            order,
            own=own,
            starts=STARTS,
            ends=ENDS,
            closed_at=CLOSED,
            reference=reference,
            changed=changed,
        )
        assert (found.slug, found.event_id, found.others) == expected


WORDS = {
    "late_event": "was received on 1 January 1970, after the close, and 2 more of this customer.",
    "failed_event": "could be applied only after the close, and 2 more of this customer.",
    "read": "Read from Stripe on 1 January 1970 (webhook), after the close",
    "first_seen": "told of a subscription that began earlier",
    "reference": "A price or coupon became known on 1 January 1970",
    "catalogue": "The catalogue was changed",
    "policy": "The MRR policy was changed",
    "timezone": "days begin elsewhere",
    "definitions": "Portside itself",
    "unknown": "Compare the database with a backup",
}


@pytest.mark.parametrize(("slug", "said"), WORDS.items(), ids=WORDS.keys())
def test_every_cause_has_its_words(slug, said):
    rules = slug in ("catalogue", "policy", "timezone", "definitions", "unknown")
    told = Cause(slug) if rules else Cause(slug, "evt_1", "x.y", 1, 2, "webhook", 2)
    assert said in in_words(told, "UTC")
