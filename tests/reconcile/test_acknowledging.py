"""Leaving a finding alone needs a reason, an end within 90 days, and a finding that is open."""

from __future__ import annotations

from threading import Thread

import pytest

from lib.billing.domain.drift import Difference
from lib.billing.domain.errors import NotFound, WrongUsage
from lib.billing.domain.findings import FindingFilters
from lib.billing.store import findings
from lib.billing.store.acknowledgements import acknowledge
from lib.billing.store.queries import findings as board

NOW = 1_790_000_000
DAY = 86_400


def difference(
    name: str, cause: str = "missed_event", customer: str | None = "cus_1"
) -> Difference:
    return Difference(
        subject=f"stripe subscription {name}",
        customer_id=customer,
        object_type="subscription",
        object_id=name,
        fields=("status",),
        projected={"status": "active"},
        stripe={"status": "canceled"},
        cause=cause,
    )


def found(store, *differences: Difference, at: int = NOW) -> int:
    with store.writing() as connection:
        return findings.record(connection, differences, now=at)


def leave(
    store, name: str, *, at: int = NOW, until: int = NOW + DAY, reason: str = "known"
) -> None:
    with store.writing() as connection:
        acknowledge(
            connection,
            f"stripe subscription {name}",
            staff="ops@example.com",
            reason=reason,
            at=at,
            expires_at=until,
        )


REFUSED = {
    "no reason": ({"reason": "  "}, "no_reason"),
    "an endless reason": ({"reason": "x" * 501}, "no_reason"),
    "an end that is now": ({"until": NOW}, "bad_expiry"),
    "an end too far off": ({"until": NOW + 90 * DAY + 1}, "bad_expiry"),
}


@pytest.mark.parametrize(("given", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_an_unfit_acknowledgement_is_refused(sqlite_store, given, code):
    found(sqlite_store, difference("sub_1"))
    with pytest.raises(WrongUsage) as refused:
        leave(sqlite_store, "sub_1", **given)
    assert refused.value.code == code


def test_what_is_not_open_cannot_be_left_alone(store):
    with pytest.raises(NotFound) as refused:
        leave(store, "sub_1")
    assert refused.value.code == "no_finding"


def test_the_board_is_filtered_sorted_and_counted(store):
    found(store, difference("sub_1"), difference("sub_2", "failed_event", "cus_2"))
    found(store, difference("sub_3", customer=None), at=NOW + 60)
    leave(store, "sub_1", until=NOW + 90 * DAY)
    with store.reading() as connection:

        def names(**narrowed):
            listed = board.open_findings(connection, FindingFilters(**narrowed), NOW + 60)
            return [f.object_id for f in listed]

        assert names() == ["sub_2", "sub_3", "sub_1"]
        assert names(acknowledged=True) == ["sub_1"]
        assert names(causes=("failed_event",)) == ["sub_2"]
        assert names(text="CUS_2") == ["sub_2"]
        assert names(customer_id="cus_1") == ["sub_1"]
        assert names(sort="customer", descending=True) == ["sub_2", "sub_1", "sub_3"]
        assert names(sort="first_seen_at", limit=1, offset=2) == ["sub_3"]
        assert [(c.cause, c.open, c.acknowledged) for c in board.by_cause(connection, NOW)] == [
            ("missed_event", 2, 1),
            ("failed_event", 1, 0),
        ]
        left = board.acknowledgements_of(connection, "stripe subscription sub_1")
        assert [(a.staff, a.reason) for a in left] == [("ops@example.com", "known")]


CHANGES = {
    "what was on its way is lost": ("not_yet_delivered", "missed_event", 1),
    "what was lost is too old to fetch": ("missed_event", "event_expired", 1),
    "what could not be explained is": ("unexplained", "failed_event", 1),
    "another cause is another finding": ("failed_event", "missed_event", 2),
    "a repair that did not help": ("event_expired", "missed_event", 2),
}


@pytest.mark.parametrize(("first", "then", "rows"), CHANGES.values(), ids=CHANGES.keys())
def test_a_finding_goes_on_as_the_same_one_or_begins_anew(sqlite_store, first, then, rows):
    found(sqlite_store, difference("sub_1", first))
    found(sqlite_store, difference("sub_1", then), at=NOW + 60)
    with sqlite_store.reading() as connection:
        told = board.history(connection, "stripe subscription sub_1", NOW + 60)
    assert len(told) == rows
    assert [f.cause for f in told if f.resolved_at is None] == [then]


def test_two_comparisons_at_once_open_a_finding_once(store):
    runs = [Thread(target=found, args=(store, difference("sub_1"))) for _ in range(4)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    with store.reading() as connection:
        (kept,) = board.history(connection, "stripe subscription sub_1", NOW)
    assert kept.times == 4
