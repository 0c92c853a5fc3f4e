"""What the Sync page reads, over both databases."""

from __future__ import annotations

import pytest

from lib.billing.desk import Portside
from lib.billing.domain.errors import NoSuchObject
from lib.billing.domain.findings import FindingFilters
from lib.billing.settings.setup import Setup
from lib.billing.showing.differing import compared
from lib.billing.showing.sync_views import FieldDifference
from lib.billing.store.engine import Store
from tests.health import seeding
from tests.health.seeding import DAY, NOW, TODAY
from tests.reports.ledger import CATALOG

DRIFT = FindingFilters(kinds=("drift",))
GAPS = FindingFilters(kinds=("gap",), sort="lost_after")


@pytest.fixture
def desk(store: Store) -> Portside:
    return Portside(store=store, clock=lambda: NOW, setup=Setup(catalog=CATALOG))


def test_nothing_at_all_is_healthy_and_says_that_nothing_came(desk: Portside) -> None:
    health, seen = desk.health(), desk.deliveries()
    assert (seen.day.deliveries, seen.day.p50, seen.day.p95) == (0, None, None)
    assert (health.failed, health.drift, health.gaps, health.needing_reread) == (0, 0, 0, 0)
    assert health.last_run is None
    assert [day.fates for day in seen.days] == [{}] * 14
    assert (seen.days[0].day, seen.days[-1].day) == (TODAY - 13 * DAY, TODAY)


@pytest.mark.parametrize(
    ("lags", "p50", "p95"),
    [
        pytest.param([7], 7, 7, id="a single one"),
        pytest.param([1, 2, 3, 4], 2, 4, id="the lower of two middles, by nearest rank"),
        pytest.param(list(range(1, 21)), 10, 19, id="twenty: the nineteenth is p95"),
        pytest.param([-3, 0, 5], 0, 5, id="an event from the future was under way for no time"),
    ],
)
def test_the_lag_is_read_by_nearest_rank(
    desk: Portside, store: Store, lags: list[int], p50: int, p95: int
) -> None:
    for index, lag in enumerate(lags):
        seeding.webhook(store, f"evt_{index}", lag)
    seeding.webhook(store, "evt_imported", 9_999, source="import")
    day = desk.deliveries().day
    assert (day.deliveries, day.p50, day.p95) == (len(lags), p50, p95)


def test_a_day_and_a_week_are_told_apart(desk: Portside, store: Store) -> None:
    seeding.webhook(store, "evt_now", 2)
    seeding.webhook(store, "evt_late", 3_601)
    seeding.webhook(store, "evt_punctual_enough", 3_600)
    seeding.webhook(store, "evt_tuesday", 8_000, received_at=NOW - 5 * DAY)
    seeding.webhook(store, "evt_last_month", 8_000, received_at=NOW - 30 * DAY)
    seen = desk.deliveries()
    assert (seen.day.deliveries, seen.day.late) == (3, 1)
    assert (seen.week.deliveries, seen.week.late) == (4, 2)


def test_fates_come_by_day_and_only_of_webhooks(desk: Portside, store: Store) -> None:
    seeding.tally(store, TODAY, "applied", 40)
    seeding.tally(store, TODAY, "repeated", 3)
    seeding.tally(store, TODAY - DAY, "stale", 2)
    seeding.tally(store, TODAY - 14 * DAY, "applied", 999)
    seeding.tally(store, TODAY, "applied", 5_000, source="import")
    seen = desk.deliveries()
    assert seen.today == {"applied": 40, "repeated": 3}
    assert seen.days[-2].fates == {"stale": 2}
    assert seen.days[0].fates == {}


def test_failures_differences_and_runs_are_counted(desk: Portside, store: Store) -> None:
    seeding.failed(store, "evt_1", next_attempt_at=NOW + 60)
    seeding.failed(store, "evt_2", next_attempt_at=NOW + 30)
    seeding.failed(store, "evt_3")
    seeding.customer(store, "cus_1", needs_reread=True)
    seeding.drift(store, "cus_1")
    seeding.drift(store, "cus_2", subject="drift:known")
    seeding.drift(store, "cus_3", resolved_at=NOW - 5, resolution="repaired")
    seeding.gap(store, "evt_9", NOW + 3 * DAY)
    seeding.gap(store, "evt_8", NOW + 9 * DAY)
    seeding.acknowledgement(store, "drift:known")
    seeding.run(store, problem="Stripe did not answer.", started_at=NOW - 9 * DAY)
    seeding.run(store)
    seeding.run(store, scope="cus_1")
    health = desk.health()
    seeding.acknowledgement(store, "gap:evt_9")
    later = desk.health()
    assert (later.gaps, later.gaps_acknowledged, later.nearest_loss) == (2, 1, NOW + 9 * DAY)
    assert (health.failed, health.waiting, health.next_retry_at) == (3, 2, NOW + 30)
    assert (health.drift, health.drift_acknowledged) == (2, 1)
    assert (health.gaps, health.nearest_loss) == (2, NOW + 3 * DAY)
    assert health.needing_reread == 1
    assert health.last_run is not None
    assert (health.last_run.ended_at, health.last_run.problem) == (NOW - 3 * 3_600, None)


def test_failed_events_are_paged_the_latest_first(desk: Portside, store: Store) -> None:
    for index in range(5):
        seeding.failed(store, f"evt_{index}", received_at=NOW - index)
    seeding.webhook(store, "evt_fine", 1)
    page = desk.failed_events(limit=2, offset=2)
    assert page.total == 5
    assert [event.event_id for event in page.rows] == ["evt_2", "evt_3"]
    assert (page.rows[0].error, page.rows[0].attempts) == ("The price is not an object.", 2)


def test_drift_shows_what_nobody_looked_at_first_then_the_oldest(
    desk: Portside, store: Store
) -> None:
    seeding.customer(store, "cus_1", name="Harbour Lane Bakery")
    seeding.drift(store, "cus_1", first_seen_at=NOW - DAY)
    seeding.drift(store, "cus_2", first_seen_at=NOW - 3 * DAY)
    seeding.drift(store, "cus_3", first_seen_at=NOW - 9 * DAY, subject="drift:known")
    seeding.acknowledgement(store, "drift:known")
    rows = desk.findings(DRIFT).rows
    assert [row.finding.customer_id for row in rows] == ["cus_2", "cus_1", "cus_3"]
    assert rows[1].name == "Harbour Lane Bakery"
    assert rows[1].finding.acknowledged is None
    known = rows[2].finding.acknowledged
    assert known is not None
    assert (known.staff, known.expires_at) == ("ada@example.com", NOW + 6 * DAY)


def test_an_acknowledgement_that_ran_out_no_longer_counts(desk: Portside, store: Store) -> None:
    seeding.drift(store, "cus_1", subject="drift:a")
    seeding.acknowledgement(store, "drift:a", expires_at=NOW)
    assert desk.health().drift_acknowledged == 0
    assert desk.findings(DRIFT).rows[0].finding.acknowledged is None


def test_of_several_acknowledgements_the_newest_counts(desk: Portside, store: Store) -> None:
    seeding.drift(store, "cus_1", subject="drift:a")
    seeding.acknowledgement(store, "drift:a", reason="First")
    seeding.acknowledgement(store, "drift:a", reason="Second", at=NOW)
    found = desk.findings(DRIFT)
    assert found.total == len(found.rows) == 1
    known = found.rows[0].finding.acknowledged
    assert known is not None
    assert known.reason == "Second"
    assert desk.health().drift == 1


def test_gaps_come_by_what_stripe_forgets_first(desk: Portside, store: Store) -> None:
    seeding.gap(store, "evt_late", NOW + 20 * DAY)
    seeding.gap(store, "evt_soon", NOW + DAY)
    seeding.gap(store, "evt_unknown", None)
    assert [row.finding.event_id for row in desk.findings(GAPS).rows] == [
        "evt_soon",
        "evt_late",
        "evt_unknown",
    ]


def test_a_finding_has_its_differences_and_its_history(desk: Portside, store: Store) -> None:
    number = seeding.drift(store, "cus_1", subject="drift:a")
    seeding.acknowledgement(store, "drift:a")
    view = desk.finding(number)
    assert view.item.differences == (
        FieldDifference("cancel_at", "none", "2026-12-01T03:00:00Z"),
        FieldDifference("status", "active", "past_due"),
    )
    assert [entry.sentence for entry in view.history] == [
        "Seen again, 3 times so far.",
        "Acknowledged by ada@example.com for 7 days: Finance is on it",
        "First seen.",
    ]
    assert view.item.means == "Stripe has an event that never arrived here."
    assert view.item.repairable


def test_an_unknown_finding_says_so(desk: Portside) -> None:
    with pytest.raises(NoSuchObject, match="No finding has the number 7"):
        desk.finding(7)


@pytest.mark.parametrize(
    ("projected", "stripe", "differing"),
    [
        pytest.param(
            '{"plan":"pro"}', '{"plan":"free"}', [("plan", "pro", "free")], id="one field"
        ),
        pytest.param(
            None, '{"status":"active"}', [("status", None, "active")], id="not in the projection"
        ),
        pytest.param(
            '{"features":["a","b"],"live":true}',
            '{"features":[],"live":false}',
            [("features", "a, b", "none"), ("live", "yes", "no")],
            id="lists and flags in words",
        ),
        pytest.param("active", "past_due", [("status", "active", "past_due")], id="plain text"),
        pytest.param(
            '"active"', "1795316400", [("status", "active", "1795316400")], id="plain values"
        ),
        pytest.param(None, None, [], id="nothing on either side"),
    ],
)
def test_two_sides_are_compared_field_by_field(
    projected: str | None, stripe: str | None, differing: list[tuple[str, str | None, str | None]]
) -> None:
    assert compared("status", projected, stripe) == tuple(
        FieldDifference(*each) for each in differing
    )
