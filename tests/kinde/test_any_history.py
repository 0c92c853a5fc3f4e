"""Two systems that bill, told in any order, often and in any batches, with everything done to the
database in between that an operator may do: the tables are those of a single import."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lib.billing.prune import prune
from lib.billing.replay import replay
from lib.billing.store.engine import Store
from lib.billing.store.tables import rollups
from tests.cut import examples, first
from tests.kinde.events import START, event
from tests.store.company import DAY, company, derived, ingest_into

LATER = 4_000_000_000

a_notice = st.tuples(
    st.sampled_from([0, 0, 1, 60, 61, DAY, 3 * DAY]),
    st.sampled_from(
        [
            "agreement_created",
            "plan_assigned",
            "plan_changed",
            "agreement_cancelled",
            "payment_failed",
            "payment_succeeded",
            "invoice_overdue",
            "subscriber.created",
        ]
    ),
    st.sampled_from(["a", "b", "a:b", "cus_0", "%", "é"]),
    st.sampled_from([None, "a", "b", ":1", "1", "b:1", "sub_0"]),
    st.sampled_from([None, "pro", "starter", "gold", "price_pro_monthly"]),
    st.sampled_from([None, 0, 59, 2 * DAY]),
    st.sampled_from([None, "org_0", "org 'x\\'"]),
)


def notices(told: list[Any]) -> list[Any]:
    made = []
    for number, (at, kind, customer, agreement, plan, ends, org) in enumerate(told):
        plan = plan or ("pro" if "plan_" in kind else None)
        data = {"agreement_id": agreement, "plan": plan, "org_code": org}
        data["expires_on"] = None if ends is None else START + ends
        made.append(event(at, kind, customer, **data) | {"event_id": f"event_{number}"})
    return made


def everything(store: Store) -> dict[str, Any]:
    with store.reading() as connection:
        sums = sorted((tuple(row) for row in connection.execute(select(rollups))), key=repr)
    # What adds up to nothing may be kept as nothing.
    return derived(store) | {"rollups": [row for row in sums if any(row[-3:])]}


def read(ingest: Any, whose: str, raw: Any) -> Any:
    return ingest.read_kinde(raw) if whose == "kinde" else ingest.read(raw)


def in_any_way(store: Store, events: list[tuple[str, Any]], rng: random.Random) -> None:
    events = [*events, *rng.sample(events, len(events) // 3)]
    rng.shuffle(events)
    ingest = ingest_into(store)
    while events:
        size = rng.choice([1, 3, 17, 60])
        batch, events = events[:size], events[size:]
        source = rng.choice(["webhook", "kinde", "import", "backfill", "retry"])
        ingest.commit([read(ingest, *each) for each in batch], source)
        match rng.randrange(12):
            case 0:
                replay(ingest, at_once=rng.choice([1, 500]))
            case 1:
                prune(store, now=LATER, days=30)
            case 2:  # another process, which knows nothing but the database
                ingest = ingest_into(store)


def at_once(store: Store, events: list[tuple[str, Any]]) -> None:
    ingest = ingest_into(store)
    ingest.commit([read(ingest, *each) for each in events], "import")


def both(told: list[Any], seed: int) -> list[tuple[str, Any]]:
    stripes = company(seed, customers=2, turns=8)
    return [("kinde", e) for e in notices(told)] + [("stripe", e) for e in stripes]


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(told=st.lists(a_notice, min_size=1, max_size=16), salt=st.integers(0, 2**32))
def test_the_tables_are_those_of_a_single_import(
    sqlite_template: Path, tmp_path: Path, told: list[Any], salt: int
) -> None:
    rng = random.Random(salt)
    events = both(told, rng.randrange(4))
    found = []
    for name in ("once", "any"):
        path = tmp_path / f"{name}.db"
        shutil.copyfile(sqlite_template, path)
        store = Store(f"sqlite:///{path}")
        if name == "once":
            at_once(store, events)
        else:
            in_any_way(store, events, rng)
        found.append(everything(store))
        store.close()
    assert found[1] == found[0]


@pytest.mark.postgres
@pytest.mark.parametrize("salt", first(1, range(3)))
def test_postgres_has_the_tables_of_sqlite(
    postgres_store: Store, sqlite_store: Store, salt: int
) -> None:
    rng = random.Random(salt)
    kinds = ["agreement_created", "plan_assigned", "agreement_cancelled", "payment_failed"]
    told = [
        (
            rng.choice([0, 1, 60, DAY]),
            rng.choice(kinds),
            rng.choice(["a", "b", "B", "a:b", "é", "%"]),
            rng.choice([None, "a", "b", "1"]),
            rng.choice(["pro", "starter", "gold"]),
            rng.choice([None, 59, 2 * DAY]),
            rng.choice([None, "org_0"]),
        )
        for _ in range(40)
    ]
    events = both(told, salt)
    at_once(sqlite_store, events)
    in_any_way(postgres_store, events, rng)
    assert everything(postgres_store) == everything(sqlite_store)
