"""Alerts: what is large and new is told once; what is history tells nobody."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, insert

from lib.billing.digest.spelled import Names
from lib.billing.domain.fold import Rules
from lib.billing.domain.observations import Observation, State
from lib.billing.ingest import Ingest
from lib.billing.notices.alert_words import letter_of
from lib.billing.replay import replay
from lib.billing.store import tables
from lib.billing.store.engine import Store
from lib.billing.store.tables import acknowledgements, findings, meta
from tests.digest.desk import Office, away
from tests.domain.states import item, price
from tests.health.seeding import drift, gap
from tests.reports.ledger import (
    CATALOG,
    at,
    changed,
    created,
    customer,
    ended,
    fill,
    invoice,
    paying,
)

TOML = """
[alerts]
slack = true
large_upgrade = { usd = 50000, jpy = 100000 }
large_churn = { usd = 50000 }
failed_payment = { usd = 100000 }
"""
EARLY = "2026-03-01T00:00"


def worth(minor: int, currency: str = "usd", **over: Any) -> State:
    """A subscription of that much a month."""
    sold = price("pro_monthly", str(minor), currency=currency)
    return paying(currency=currency, **over) | {"items": [item(sold, end=at("2026-04-05"))]}


def history(
    *steps: tuple[str, int], cus: str = "cus_1", currency: str = "usd"
) -> list[Observation]:
    """Somebody who has paid for long and then changes what is paid; 0 ends it."""
    sub, state = f"sub_{cus}", worth(10_000, currency)
    made = [
        created("customer", cus, customer(email="ann@example.com", name="Acme"), "2026-01-05", cus),
        created("subscription", sub, state, "2026-01-05", cus),
    ]
    for when, minor in steps:
        if minor == 0:
            over = {
                "status": "canceled",
                "ended_at": at(when),
                "canceled_at": at(when),
                "feedback": "too_expensive",
            }
            made.append(ended(sub, state | over, when, cus))
        else:
            before, state = state, worth(minor, currency)
            made.append(changed("subscription", sub, before, state, when, cus))
    return made


def office(store: Store, toml: str = TOML, when: str = EARLY) -> Office:
    """One whose alerts were switched on at ``when``."""
    opened = Office(store, toml, at(when))
    opened.round()
    return opened


def fill_anew(store: Store, observations: list[Observation], opened: Office) -> None:
    """What is known now in place of what was known."""
    with store.writing() as connection:
        for table in (tables.observations, *tables.DERIVED):
            connection.execute(delete(table))
    fill(store, observations, opened.setup)


def told(opened: Office) -> list[str]:
    return [letter.title for _, _, letter in opened.slack.sent]


def test_a_large_upgrade_is_told_once_it_is_settled_and_once(store: Store) -> None:
    opened = office(store)
    fill(store, history(("2026-03-10T10:00", 60_000)), opened.setup)
    opened.round(when="2026-03-10T10:59:59")
    assert told(opened) == []
    for minute in (0, 1, 30):
        opened.round(when=f"2026-03-10T11:{minute:02}")
    assert told(opened) == ["Large upgrade: +$500.00 MRR, Acme"]
    [(once, _, letter)] = opened.slack.sent
    assert once == f"upgrade:cus_1:usd:{at('2026-03-10T10:00')}"
    [line] = letter.sections[0].lines
    assert line.link == "https://billing.example.com/customer?customer=cus_1"


def test_large_churn_is_told_with_its_reason(store: Store) -> None:
    opened = office(store)
    fill(store, history(("2026-03-02", 60_000), ("2026-03-10T10:00", 0)), opened.setup)
    opened.round(when="2026-03-10T12:00")
    assert told(opened) == ["Large churn: -$600.00 MRR, Acme"]
    assert "too expensive" in str(opened.slack.sent[0][2])


def test_a_plan_swapped_by_delete_and_create_is_no_churn(store: Store) -> None:
    opened = office(store)
    before = worth(90_000)
    gone = {"status": "canceled", "ended_at": at("2026-03-10T10:00")}
    swapped = [
        created("customer", "cus_1", customer(), "2026-01-05", "cus_1"),
        created("subscription", "sub_1", before, "2026-01-05", "cus_1"),
        ended("sub_1", before | gone, "2026-03-10T10:00", "cus_1"),
    ]
    fill(store, swapped, opened.setup)
    opened.round(when="2026-03-10T10:05")
    assert told(opened) == []
    later = {"created": at("2026-03-10T10:20"), "start_date": at("2026-03-10T10:20")}
    after = created("subscription", "sub_2", worth(90_000, **later), "2026-03-10T10:20", "cus_1")
    fill_anew(store, [*swapped, after], opened)
    opened.round(when="2026-03-10T13:00")
    assert told(opened) == []


SILENT = {
    "below its limit": (("2026-03-10T10:00", 59_999), "2026-03-10T12:00"),
    "a day ago": (("2026-03-10T10:00", 60_000), "2026-03-11T10:00:01"),
    "before it was switched on": (("2026-02-28T23:59", 60_000), "2026-03-01T01:30"),
    "a contraction": (("2026-03-10T10:00", 5_000), "2026-03-10T12:00"),
}


@pytest.mark.parametrize(("step", "when"), SILENT.values(), ids=SILENT.keys())
def test_nobody_is_told_of(store, step, when):
    opened = office(store)
    fill(store, history(step), opened.setup)
    opened.round(when=when)
    assert told(opened) == []


def test_limits_are_of_their_own_currency(store: Store) -> None:
    opened = office(store)
    raised = ("2026-03-10T10:00", 120_000)
    fill(store, history(raised, cus="cus_jpy", currency="jpy"), opened.setup)
    fill(store, history(raised, cus="cus_eur", currency="eur"), opened.setup)
    opened.round(when="2026-03-10T12:00")
    assert told(opened) == ["Large upgrade: +¥110,000 MRR, Acme"]


def test_an_import_of_history_tells_nobody(store: Store) -> None:
    """Also where objects are first seen in mid-life, whose movements are inferred."""
    opened = office(store)
    opened.now = at("2026-03-10T12:00")
    old = [("2026-02-01", 90_000), ("2026-03-08", 150_000), ("2026-03-09T09:00", 0)]
    fill(store, history(*old), opened.setup)
    seen_late = changed(
        "subscription", "sub_2", worth(200_000), worth(200_000), "2026-03-10T09:00", "cus_2"
    )
    began = {"start_date": at("2026-03-10T08:00"), "created": at("2026-03-10T08:00")}
    state = {**worth(200_000), **began}
    fill(
        store, [Observation(**{**fields(seen_late), "before": state, "after": state})], opened.setup
    )
    opened.round()
    assert told(opened) == []


def fields(observation: Observation) -> dict[str, Any]:
    return {name: getattr(observation, name) for name in Observation.__slots__}


def test_a_replay_tells_nothing_again(store: Store) -> None:
    opened = office(store)
    fill(store, history(("2026-03-10T10:00", 60_000)), opened.setup)
    opened.round(when="2026-03-10T11:00")
    summary = replay(Ingest(store, Rules(CATALOG), clock=lambda: opened.now))
    assert summary.customers == 1
    opened.restarted().round(when="2026-03-10T11:05")
    assert len(told(opened)) == 1


def failing(amount: int, when: str, invoice_id: str = "in_1") -> list[Observation]:
    state = invoice(amount_due=amount, total=amount, amount_remaining=amount)
    after = state | {
        "payment_failed": True,
        "attempted": True,
        "attempt_count": 1,
        "next_payment_attempt": at("2026-03-13T10:00"),
    }
    return [
        created("customer", "cus_9", customer(email="bob@example.com"), "2026-01-05", "cus_9"),
        created("invoice", invoice_id, state, "2026-03-05", "cus_9"),
        changed("invoice", invoice_id, state, after, when, "cus_9"),
    ]


def test_a_large_failed_payment_is_told_at_once_and_not_at_every_attempt(store: Store) -> None:
    opened = office(store)
    first = failing(100_000, "2026-03-10T10:00")
    fill(store, first, opened.setup)
    opened.round(when="2026-03-10T10:01")
    assert told(opened) == ["Payment failed: $1,000.00, bob@example.com"]
    before = first[-1].after
    assert before is not None
    second = before | {"attempt_count": 2}
    again = changed("invoice", "in_1", before, second, "2026-03-10T16:00", "cus_9")
    fill_anew(store, [*first, again], opened)
    opened.round(when="2026-03-10T16:01")
    assert len(told(opened)) == 1


QUIET = {
    "a small one": (99_999, "2026-03-10T10:00", "2026-03-10T10:01"),
    "one of the day before yesterday": (100_000, "2026-03-08T10:00", "2026-03-10T10:01"),
    "one before alerts were switched on": (100_000, "2026-02-28T23:00", "2026-03-01T00:01"),
}


@pytest.mark.parametrize(("amount", "failed", "now"), QUIET.values(), ids=QUIET.keys())
def test_a_failed_payment_tells_nobody_when_it_is(store, amount, failed, now):
    opened = office(store)
    fill(store, failing(amount, failed), opened.setup)
    opened.round(when=now)
    assert told(opened) == []


def test_an_alert_that_slack_does_not_take_is_tried_again(store: Store) -> None:
    opened = office(store)
    fill(store, failing(100_000, "2026-03-10T10:00"), opened.setup)
    opened.slack.faults = away(2)
    opened.round(when="2026-03-10T10:01")
    opened.round(when="2026-03-10T10:02")
    assert told(opened) == []
    opened.restarted().round(when="2026-03-10T10:06")
    assert len(told(opened)) == 1


DRIFT = "[alerts]\nslack = true\ndrift = 1\n"


def test_drift_is_told_above_its_limit_and_again_only_after_it_was_within(store: Store) -> None:
    opened = office(store, DRIFT)
    drift(store, "cus_1")
    opened.round(when="2026-03-10T10:00")
    assert told(opened) == []
    gap(store, "evt_missing", None)
    opened.round(when="2026-03-10T10:01")
    assert told(opened) == ["2 open differences from Stripe"]
    drift(store, "cus_2")
    opened.restarted().round(when="2026-03-10T10:02")
    assert len(told(opened)) == 1  # still over it
    with store.writing() as connection:
        connection.execute(delete(findings))
    opened.round(when="2026-03-10T10:03")
    for number in (3, 4):
        drift(store, f"cus_{number}")
    opened.round(when="2026-03-10T10:04")
    opened.round(when="2026-03-10T10:05")
    assert told(opened) == ["2 open differences from Stripe"] * 2
    assert len(set(opened.slack.keys)) == 2


def test_what_somebody_left_alone_is_no_drift(store: Store) -> None:
    opened = office(store, DRIFT.replace("1", "0"))
    drift(store, "cus_1", first_seen_at=at("2026-03-09"))
    left = {
        "subject": "drift:cus_1:subscription:sub_1",
        "staff": "ada@example.com",
        "reason": "Finance is on it",
        "at": at("2026-03-10"),
        "expires_at": at("2026-03-17"),
    }
    with store.writing() as connection:
        connection.execute(insert(acknowledgements).values(left))
    opened.round(when="2026-03-10T10:00")
    assert told(opened) == []
    opened.round(when="2026-03-17T00:00:01")
    assert told(opened) == ["1 open difference from Stripe"]


SILENCE = "[alerts]\nslack = true\nsilence_minutes = 120\n"


def heard(store: Store, when: str) -> None:
    with store.writing() as connection:
        connection.execute(delete(meta).where(meta.c.key == "last_webhook_at"))
        connection.execute(insert(meta).values(key="last_webhook_at", value=str(at(when))))


def test_silence_is_told_once_and_again_after_a_webhook_has_come(store: Store) -> None:
    heard(store, "2026-03-10T08:00")
    opened = office(store, SILENCE, "2026-03-09")
    for when in ("10:00", "10:00:01", "10:05", "23:00"):
        opened.round(when=f"2026-03-10T{when}")
    assert told(opened) == ["No webhook arrives from Stripe"]
    assert "at 08:00 on 10 March 2026" in str(opened.slack.sent[0][2])
    heard(store, "2026-03-10T23:01")
    opened.round(when="2026-03-10T23:02")
    opened.round(when="2026-03-11T01:01")
    assert len(told(opened)) == 1
    opened.round(when="2026-03-11T01:02")
    assert len(told(opened)) == 2


def test_silence_is_counted_from_when_it_is_watched(store: Store) -> None:
    opened = office(store, SILENCE, "2026-03-10T08:00")
    opened.round(when="2026-03-10T10:00")
    assert told(opened) == []
    opened.round(when="2026-03-10T10:01")
    assert told(opened) == ["No webhook arrives from Stripe"]
    assert "None has ever arrived." in str(opened.slack.sent[0][2])


def test_an_alert_that_is_switched_on_later_begins_then(store: Store) -> None:
    opened = office(store)
    heard(store, "2026-03-10T08:00")
    fill(store, failing(100_000, "2026-03-10T09:00"), opened.setup)
    fewer = opened.restarted(toml="[alerts]\nslack = true\nlarge_churn = { usd = 1 }\n")
    fewer.round(when="2026-03-10T09:01")
    more = opened.restarted()
    more.round(when="2026-03-10T10:00")
    assert told(opened) == []


def test_a_name_with_line_breaks_stays_one_line_in_the_subject(store: Store) -> None:
    opened = office(store)
    made = history(("2026-03-10T10:00", 60_000))
    evil = customer(name="Evil\r\nBcc: all@example.com <!channel>")
    made[0] = created("customer", "cus_1", evil, "2026-01-05", "cus_1")
    fill(store, made, opened.setup)
    opened.round(when="2026-03-10T11:00")
    [(_, _, letter)] = opened.slack.sent
    assert letter.subject == (
        "Portside: large upgrade: +$500.00 MRR, Evil Bcc: all@example.com <!channel>"
    )


def test_many_at_once_are_told_as_one_and_never_one_by_one(store: Store) -> None:
    opened = office(store)
    lives = [
        observation
        for n in range(12)
        for observation in failing(100_000 + n, "2026-03-10T10:00", f"in_{n:02}")[1:]
    ]
    who = failing(1, "2026-03-10T10:00")[0]
    fill(store, [who, *lives], opened.setup)
    opened.round(when="2026-03-10T10:01")
    assert told(opened) == ["12 large failed payments: $12,000.66 open"]
    for when in ("10:02", "18:00"):
        opened.restarted().round(when=f"2026-03-10T{when}")
    assert len(told(opened)) == 1
    more = failing(100_000, "2026-03-10T18:01", "in_more")[1:]
    fill_anew(store, [who, *lives, *more], opened)
    opened.round(when="2026-03-10T18:02")
    assert told(opened)[1:] == ["Payment failed: $1,000.00, bob@example.com"]


MANY = {
    "large_upgrade": "12 large upgrades: $10.00, ¥500 MRR",
    "large_churn": "12 large customers churned: $10.00, ¥500 MRR",
    "failed_payment": "12 large failed payments: $10.00, ¥500 open",
}


@pytest.mark.parametrize(("kind", "title"), MANY.items())
def test_many_are_told_by_currency(kind, title):
    worth = {"of": kind, "count": 12, "worth": {"usd": 1_000, "jpy": 500}}
    assert letter_of("many", worth, Names(CATALOG, "UTC"), livemode=True).title == title
