"""What a comparison finds, keeps, leaves alone and leaves out."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from lib.billing.domain.errors import (
    ConfigurationError,
    Interrupted,
    NoCustomer,
    NoSuchObject,
    StripeRefused,
    StripeUnavailable,
)
from lib.billing.domain.findings import FindingFilters
from lib.billing.reading.pace import Pace
from lib.billing.reading.paced import PAUSES, Paced
from lib.billing.reconcile import Reconcile
from lib.billing.store.acknowledgements import acknowledge
from lib.billing.store.queries import findings as board
from lib.billing.store.queries import lacking
from lib.billing.stripe.gateway import Page
from lib.sandbox.testing import running_sandbox
from tests.reconcile.scene import DAY, MINUTE, NOW, Beside, Scene, everything, values
from tests.sandbox.worlds import every_event


def lose_an_end(s: Scene) -> None:
    s.lose(lambda: s.schedule_end(s.adas))
    s.tick()


# -- what counts as a difference -----------------------------------------------------------------


def test_clean_data_shows_nothing_on_either_database(company):
    company.tick(40 * DAY)  # renewals, invoices, payments
    company.deliver()
    summary = company.reconcile()
    assert (summary.found, summary.customers, summary.left_out) == (0, 3, {})
    assert company.open() == []


def test_all_fields_of_one_object_are_one_finding_with_its_diff(small):
    lose_an_end(small)
    small.reconcile()
    (found,) = small.open()
    assert found.customer_id == small.ada
    named = f"subscription {small.adas}: cancel_at_period_end, canceled_at, reason"
    assert found.field == named
    assert values(found.projected)["cancel_at_period_end"] is False
    assert values(found.stripe)["cancel_at_period_end"] is True
    assert found.event_id == every_event(small.running.sandbox)[-1]["id"]


def test_two_faults_of_one_object_are_two_findings(small):
    lose_an_end(small)
    small.sql("UPDATE subscriptions SET status = 'unpaid' WHERE subscription_id = :s", s=small.adas)
    small.reconcile()
    assert sorted(f.cause for f in small.open()) == ["hand_edited_row", "missed_event"]
    small.reconcile(apply=True)
    assert small.open() == []


def test_a_subscription_that_ended_unheard_is_found_though_no_list_of_living_ones_has_it(small):
    small.lose(lambda: small.stripe.subscriptions.cancel(small.adas))
    small.tick()
    small.reconcile()
    assert [f.cause for f in small.open()] == ["missed_event"]


def test_under_a_changed_catalogue_a_row_edited_by_hand_still_shows(small):
    small.catalog = small.catalog.replace("plans.pro", "plans.business")
    small.sql("UPDATE subscriptions SET status = 'unpaid' WHERE subscription_id = :s", s=small.adas)
    small.reconcile()
    assert sorted(f.cause for f in small.open()) == ["hand_edited_row", "rules_changed"]
    small.reconcile(apply=True)
    assert small.reconcile().found == 0


# -- what happens meanwhile ----------------------------------------------------------------------


class Meanwhile(Beside):
    """Something happens after a page was read and before it is looked at."""

    def __init__(self, gateway: Any, happens: Any) -> None:
        super().__init__(gateway)
        self.happens = happens

    def list_objects(self, kind: str, **filters: Any) -> Any:
        for page in self.gateway.list_objects(kind, **filters):
            if kind == "subscriptions":
                self.happens()
            yield page


def test_a_page_that_is_older_than_a_webhook_is_no_difference(small):
    planned = iter([True, False, True])

    def happens() -> None:
        small.schedule_end(small.adas, next(planned))
        small.deliver()

    small.gateway = Meanwhile(small.gateway, happens)
    assert small.reconcile().found == 0
    assert small.stored("findings") == []


def test_a_webhook_that_arrives_while_a_page_is_read_is_no_difference(small):
    small.schedule_end(small.adas)
    small.tick()
    small.gateway = Meanwhile(small.gateway, small.deliver)
    assert small.reconcile().found == 0


def test_an_event_on_its_way_that_arrives_is_gone_and_one_that_does_not_keeps_its_age(small):
    lost = small.lose(lambda: small.schedule_end(small.adas))
    small.reconcile()
    (waiting,) = small.open()
    small.tick()
    small.reconcile()
    (missed,) = small.open()
    assert (waiting.cause, missed.cause) == ("not_yet_delivered", "missed_event")
    assert (missed.finding_id, missed.age(small.now)) == (waiting.finding_id, 10 * MINUTE)
    small.ingest.apply(lost)
    assert small.reconcile().resolved == 1
    with small.store.reading() as connection:
        (kept,) = board.history(connection, missed.subject, small.now)
    assert (kept.resolution, kept.times) == ("gone", 2)


# -- repair --------------------------------------------------------------------------------------


def test_a_missed_event_is_fetched_so_that_inbox_and_history_are_complete(small):
    (event,) = small.lose(lambda: small.schedule_end(small.adas))
    small.tick()
    small.reconcile(apply=True)
    kept = dict(inbox(small))
    assert kept[event["id"]] == "reconcile"
    assert not any(name.startswith("read:") for name in kept)


def test_what_no_event_brings_is_read_as_it_is_now(small):
    small.lose(lambda: small.rename(small.eve, "Eve of old"))
    small.tick(31 * DAY)
    small.deliver()
    small.reconcile(apply=True)
    reads = [name for name, _ in inbox(small) if name.startswith("read:")]
    assert reads == [f"read:{small.eve}:{small.now}:reconcile"]


def test_repair_makes_the_tables_what_they_had_been_with_nothing_lost(company):
    company.lose(lambda: company.rename(company.ada, "Ada L."))
    company.lose(lambda: company.subscribe(company.customer("zoe"), company.pro))
    company.tick(3 * DAY)
    company.deliver()
    company.reconcile(apply=True)
    names = ("customers", "plan_entitlements", "subscriptions", "invoices", "movements")
    repaired = {name: company.stored(name) for name in names}
    company.sql("DELETE FROM observations")
    company.sql("DELETE FROM inbox")
    company.sql("DELETE FROM owners")
    company.ingest.apply(every_event(company.running.sandbox))
    assert {name: company.stored(name) for name in names} == repaired


def test_after_an_outage_of_days_a_repair_picks_many_events_from_the_list(small):
    def outage() -> None:
        for number in range(60):
            small.rename(small.ada, f"Ada {number}")
            small.tick(1)

    lost = small.lose(outage)
    small.tick()
    small.reconcile(apply=True)
    assert {event["id"] for event in lost} <= {name for name, _ in inbox(small)}
    assert (small.open(), small.reconcile().found) == ([], 0)


def inbox(s: Scene) -> list[tuple[str, str]]:
    with s.store.reading() as connection:
        rows = connection.execute(text("SELECT event_id, source FROM inbox"))
        return [(row[0], row[1]) for row in rows]


# -- what nobody can repair ----------------------------------------------------------------------


def foreign_subscription(s: Scene) -> None:
    born = next(
        e
        for e in every_event(s.running.sandbox)
        if e["type"] == "customer.subscription.created" and e["data"]["object"]["id"] == s.adas
    )
    event = copy.deepcopy(born) | {"id": "evt_foreign"}
    event["data"]["object"]["id"] = "sub_foreign"
    s.ingest.apply([event])


def test_what_stripe_does_not_know_stays_until_somebody_answers_for_it(company):
    foreign_subscription(company)
    summary = company.reconcile(apply=True)
    (found,) = company.open()
    assert (found.cause, found.object_id) == ("unknown_to_stripe", "sub_foreign")
    assert (summary.repaired, summary.unanswered) == (0, 1)


def test_a_key_of_another_account_brings_nobody_in(small, postgres_store):
    before = {table: small.stored(table) for table in ("inbox", "observations", "customers")}
    with running_sandbox(now=NOW, frozen=True, seed=9) as running:
        stranger = Scene(running, postgres_store)
        stranger.tick()
        small.gateway = stranger.gateway
        with pytest.raises(ConfigurationError, match="none of the customers"):
            small.reconcile(apply=True)
    assert {table: small.stored(table) for table in before} == before
    assert {f.cause for f in small.open()} >= {"unknown_to_stripe", "missing_customer"}


class OtherMode(Beside):
    """A key of the other mode than the one that the id belongs to."""

    def __init__(self, gateway: Any, hidden: str) -> None:
        super().__init__(gateway)
        self.hidden = hidden

    def list_objects(self, kind: str, **filters: Any) -> Any:
        for page in self.gateway.list_objects(kind, **filters):
            yield Page([raw for raw in page.objects if raw["id"] != self.hidden], page.date)

    def retrieve(self, kind: str, object_id: str, **options: Any) -> Any:
        if object_id == self.hidden:
            raise NoSuchObject("It exists in live mode.", code="other_mode")
        return super().retrieve(kind, object_id, **options)


def test_an_id_of_the_other_mode_is_told_apart_and_gone_with_the_right_key(small):
    right = small.gateway
    small.gateway = OtherMode(right, small.adas)
    small.reconcile(apply=True)
    assert [f.cause for f in small.open()] == ["other_mode"]
    small.gateway = right
    assert small.reconcile().resolved == 1


class Newer(Beside):
    """A Stripe that shows a subscription in a shape that nobody here knows."""

    def list_objects(self, kind: str, **filters: Any) -> Any:
        for page in self.gateway.list_objects(kind, **filters):
            if kind == "subscriptions":
                page = Page([raw | {"status": 7} for raw in page.objects[:1]], page.date)
            yield page


def test_an_object_that_cannot_be_read_is_a_finding_and_holds_back_no_other(small):
    lose_an_end(small)
    small.gateway = Newer(small.gateway)
    small.reconcile()
    found = {f.cause: f for f in small.open()}
    assert set(found) == {"unreadable_object", "missed_event"}
    assert "status should be" in values(found["unreadable_object"].stripe)["problem"]


# -- what stays open ----


def told_otherwise(s: Scene) -> None:
    """The number of an invoice that is paid is known here otherwise than Stripe has it."""
    paid = [e for e in every_event(s.running.sandbox) if e["type"] == "invoice.paid"][-1]
    event = copy.deepcopy(paid) | {"id": "evt_otherwise", "created": paid["created"] + MINUTE}
    event["data"]["object"]["number"] = "X-1"
    s.ingest.apply([event])


def test_a_finding_is_not_gone_because_its_invoice_has_grown_old(small):
    told_otherwise(small)
    small.reconcile()
    (found,) = small.open()
    assert found.field.endswith(": number")
    small.tick(80 * DAY)
    small.deliver()
    assert small.reconcile().resolved == 0
    assert [f.subject for f in small.open()] == [found.subject]
    small.reconcile(apply=True)
    assert small.open() == []


def test_wrong_sums_stay_open_while_a_row_is_wrong_too(small):
    small.sql("UPDATE rollups SET minor = minor + 100 WHERE kind = 'plan_mix'")
    small.reconcile()
    small.sql("UPDATE subscriptions SET status = 'unpaid' WHERE subscription_id = :s", s=small.adas)
    assert small.reconcile().resolved == 0
    assert sorted(f.subject.split()[0] for f in small.open()) == ["row", "sums"]
    small.reconcile(apply=True)
    assert small.reconcile().found == 0


def test_another_time_zone_is_one_finding(small):
    small.timezone = "Pacific/Kiritimati"
    small.reconcile()
    assert [f.cause for f in small.open()] == ["rules_changed"]
    small.reconcile(apply=True)
    assert small.reconcile().found == 0


# -- acknowledging -------------------------------------------------------------------------------


def test_an_acknowledged_finding_is_left_alone_until_its_time_is_over(company):
    lose_an_end(company)
    company.reconcile()
    (found,) = company.open()
    with company.store.writing() as connection:
        acknowledge(
            connection,
            found.subject,
            staff="ops@example.com",
            reason="Stripe is looking into it",
            at=company.now,
            expires_at=company.now + 2 * DAY,
        )
    summary = company.reconcile()
    assert (summary.unanswered, summary.open[0].open, summary.open[0].acknowledged) == (0, 1, 1)
    assert company.open()[0].acknowledged.reason == "Stripe is looking into it"
    assert listed(company, acknowledged=False) == []
    company.tick(2 * DAY)
    company.deliver()
    assert company.reconcile().unanswered == 1
    assert listed(company, acknowledged=False) == [found.subject]


def test_a_finding_that_comes_back_after_its_repair_is_not_hidden_by_the_old_answer(small):
    lose_an_end(small)
    small.reconcile()
    (found,) = small.open()
    with small.store.writing() as connection:
        acknowledge(
            connection,
            found.subject,
            staff="ops@example.com",
            reason="once",
            at=small.now,
            expires_at=small.now + 60 * DAY,
        )
    small.reconcile(apply=True)
    small.lose(lambda: small.schedule_end(small.adas, planned=False))
    small.tick()
    assert small.reconcile().unanswered == 1
    with small.store.reading() as connection:
        told = board.history(connection, found.subject, small.now)
    assert [(f.resolution, f.times) for f in told] == [(None, 1), ("repaired", 2)]


def listed(s: Scene, **narrowed: Any) -> list[str]:
    with s.store.reading() as connection:
        found = board.open_findings(connection, FindingFilters(**narrowed), s.now)
        assert board.count_open(connection, FindingFilters(**narrowed), s.now) == len(found)
    return [finding.subject for finding in found]


# -- gaps ----------------------------------------------------------------------------------------


def superseded(s: Scene) -> dict[str, Any]:
    (lost,) = s.lose(lambda: s.rename(s.ada, "Ada L."))
    s.tick()
    s.rename(s.ada, "Ada Lovelace")
    s.deliver()
    return lost


def test_a_gap_counts_down_to_when_stripe_forgets_the_event(small):
    lost = superseded(small)
    assert small.reconcile().gaps == 1
    (found,) = small.open()
    assert (found.kind, found.event_id, found.subject) == ("gap", lost["id"], f"event {lost['id']}")
    assert found.lost_after == lost["created"] + 30 * DAY
    assert found.field == f"customer {small.ada}: customer.updated"
    small.tick(31 * DAY)
    small.deliver()
    assert small.reconcile().resolved == 1


def test_a_gap_of_one_customer_is_repaired_without_reading_the_whole_list(small):
    lost = superseded(small)
    small.reconcile()
    summary = small.reconcile(apply=True, only=small.ada)
    assert (summary.repaired, summary.unanswered, small.open()) == (1, 0, [])
    with small.store.reading() as connection:
        states = lacking.states_of(connection, [lost["id"]])
        told = board.history(connection, f"event {lost['id']}", small.now)
    assert states == {lost["id"]: "stale"}
    assert [(found.resolution, found.lost) for found in told] == [("repaired", False)]


def test_a_gap_that_stripe_has_forgotten_ends_as_lost(small):
    lost = superseded(small)
    small.reconcile()
    small.tick(31 * DAY)
    small.deliver()
    small.reconcile(apply=True, only=small.ada)
    small.reconcile()
    with small.store.reading() as connection:
        (found,) = board.history(connection, f"event {lost['id']}", small.now)
    assert (found.resolution, found.lost) == ("gone", True)


def test_what_happened_before_the_first_event_ever_is_no_gap(small):
    young = small.now - MINUTE
    small.sql("DELETE FROM inbox WHERE created_at < :young", young=young)
    small.rename(small.ada, "Ada L.")
    small.deliver()
    assert small.reconcile().gaps == 0


# -- what cannot be read -------------------------------------------------------------------------


class WithoutEvents(Beside):
    def list_objects(self, kind: str, **filters: Any) -> Any:
        if kind in ("events", "coupons"):
            raise StripeRefused("The API key lacks the right rak_x.", code="stripe_permission")
        return self.gateway.list_objects(kind, **filters)


def test_without_the_right_to_read_events_a_difference_is_unexplained_and_the_rest_goes_on(small):
    right = small.gateway
    lose_an_end(small)
    small.gateway = WithoutEvents(right)
    summary = small.reconcile()
    assert sorted(summary.left_out) == ["coupons", "events"]
    with small.store.reading() as connection:
        assert board.recent_runs(connection)[0].left_out == "coupons, events"
    assert [f.cause for f in small.open()] == ["unexplained"]
    small.gateway = right
    small.reconcile()
    assert [(f.cause, f.times) for f in small.open()] == [("missed_event", 2)]


class Busy(Beside):
    """Answers the first so many requests with "slow down"."""

    def __init__(self, gateway: Any, refusals: int) -> None:
        super().__init__(gateway)
        self.left = refusals

    def list_objects(self, kind: str, **filters: Any) -> Any:
        self._refuse()
        yield from super().list_objects(kind, **filters)

    def retrieve(self, kind: str, object_id: str, **options: Any) -> Any:
        self._refuse()
        return super().retrieve(kind, object_id, **options)

    def _refuse(self) -> None:
        if self.left:
            self.left -= 1
            raise StripeUnavailable("Stripe asks to slow down.", code="stripe_rate_limit")


def test_a_busy_stripe_is_asked_again_after_pauses_and_every_request_is_counted(small):
    calm = small.reconcile().requests
    small.gateway = Busy(small.gateway, 3)
    assert small.reconcile().requests == calm + 3


def test_a_stripe_that_stays_away_ends_the_run_and_the_reason_is_kept(small):
    small.gateway = Busy(small.gateway, len(PAUSES) + 1)
    with pytest.raises(StripeUnavailable):
        small.reconcile()
    with small.store.reading() as connection:
        (run,) = board.recent_runs(connection)
    assert (run.problem, run.ended_at) == ("Stripe asks to slow down.", small.now)


class Stopping(Beside):
    """Calls ``stop`` when it is asked for its first page."""

    stop: Callable[[], None]

    def list_objects(self, kind: str, **filters: Any) -> Any:
        self.stop()
        yield from super().list_objects(kind, **filters)


def test_a_run_that_is_stopped_ends_before_its_next_request_and_says_so(small):
    small.gateway = Stopping(small.gateway)
    comparing = small.comparing()
    small.gateway.stop = comparing.stop
    with pytest.raises(Interrupted):
        comparing.run()
    with small.store.reading() as connection:
        (run,) = board.recent_runs(connection)
    assert (run.requests, run.ended_at) == (1, small.now)
    assert "stopped" in run.problem


def test_requests_keep_below_the_pace_that_stripe_allows(small):
    slept: list[float] = []
    paced = Paced(small.gateway, Pace(20, clock=lambda: 100.0, sleep=slept.append))
    for _ in range(3):
        paced.retrieve("customer", small.ada)
    assert [round(pause, 3) for pause in slept] == [0.05, 0.1]
    assert paced.requests == 3


# -- one customer --------------------------------------------------------------------------------


def test_one_customer_alone_is_compared_with_the_same_cause_and_nobody_elses_finding_is_touched(
    company,
):
    lose_an_end(company)
    company.lose(lambda: company.schedule_end(company.bobs))
    company.tick()
    everyone = company.reconcile()
    assert everyone.found == 2
    company.reconcile(apply=True, only=company.ada)
    assert [(f.customer_id, f.cause) for f in company.open()] == [(company.bob, "missed_event")]
    alone = company.reconcile(only=company.bob)
    assert (alone.customers, alone.found, alone.new) == (1, 1, 0)
    assert alone.requests < everyone.requests


def test_a_customer_that_nobody_knows_is_said_so(small):
    with pytest.raises(NoCustomer):
        small.reconcile(only="cus_typo")


def test_a_customer_never_seen_is_brought_by_name(small):
    made: list[str] = []

    def join() -> None:
        made.append(small.customer("zoe"))
        small.subscribe(made[0], small.pro)

    small.lose(join, everything)
    small.tick()
    small.reconcile(apply=True, only=made[0])
    with small.store.reading() as connection:
        query = text("SELECT plan FROM plan_entitlements WHERE customer_id = :c")
        assert connection.execute(query, {"c": made[0]}).scalar() == "pro"
    assert small.open() == []


def test_a_customer_whose_events_stripe_has_forgotten_is_read_with_all_that_is_theirs(small):
    made: list[str] = []

    def join() -> None:
        made.append(small.customer("zoe"))
        small.stripe.subscriptions.cancel(small.subscribe(made[0], small.pro))

    small.lose(join)
    small.tick(40 * DAY)
    small.deliver()
    small.reconcile()
    assert [f.cause for f in small.open()] == ["missing_customer"]
    small.reconcile(apply=True)
    with small.store.reading() as connection:
        for table in ("subscriptions", "invoices"):
            query = text(f"SELECT count(*) FROM {table} WHERE customer_id = :c")
            assert connection.execute(query, {"c": made[0]}).scalar_one() == 1
    assert (small.open(), small.reconcile().found) == ([], 0)


def test_a_customer_deleted_before_stripe_forgot_the_events_ends_with_all_that_was_theirs(small):
    small.lose(lambda: small.stripe.customers.delete(small.bob))
    small.tick(31 * DAY)
    small.deliver()
    small.reconcile()
    assert [(f.cause, f.event_id) for f in small.open()] == [("deleted_customer", None)]
    small.reconcile(apply=True)
    with small.store.reading() as connection:
        query = text("SELECT status FROM subscriptions WHERE customer_id = :c")
        assert connection.execute(query, {"c": small.bob}).scalar_one() == "canceled"
    assert (small.open(), small.reconcile().found) == ([], 0)


# -- runs ----------------------------------------------------------------------------------------


def test_every_run_is_kept_with_its_counts(small):
    lose_an_end(small)
    small.reconcile()
    small.reconcile(apply=True)
    with small.store.reading() as connection:
        latest, first = board.recent_runs(connection)
    assert (first.applied, first.findings, first.repaired, first.scope) == (False, 1, 0, "")
    assert (latest.applied, latest.findings, latest.repaired, latest.problem) == (True, 1, 1, None)
    assert latest.customers == 3


def test_a_run_needs_the_right_to_read_subscriptions(small):
    class Without(Beside):
        def list_objects(self, kind: str, **filters: Any) -> Any:
            if kind == "subscriptions":
                raise StripeRefused("The API key lacks a right.", code="stripe_permission")
            return self.gateway.list_objects(kind, **filters)

    lose_an_end(small)
    with pytest.raises(StripeRefused):
        Reconcile(small.store, small.ingest, Without(small.gateway), clock=lambda: small.now).run()
