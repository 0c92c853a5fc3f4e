"""Batches that begin while the last is written end as if each had been waited for."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, fields
from typing import Any

import pytest

from lib.billing.domain.catalog import Catalog
from lib.billing.domain.fold import Rules
from lib.billing.ingest import Ingest
from lib.billing.intake.in_turn import InTurn
from lib.billing.intake.summary import Outcome
from lib.billing.store import migrate
from lib.billing.store.engine import Store
from tests.stripe import shapes

from .company import CATALOG, START, company, derived, ingest_into


@dataclass
class Scene:
    """Writes what happens to batches, each named by its one word, in the order in which it does."""

    fails: str = ""  # at which step: "two:begins"
    told: list[str] = field(default_factory=list)

    def steps(self, batch):
        (name,) = batch
        try:
            for step in ("begins", "is sent"):
                self.told.append(f"{name} {step}")
                if self.fails == f"{name}:{step}":
                    raise RuntimeError(name)
                yield []
            if self.fails == f"{name}:ends":
                raise RuntimeError(name)
            self.told.append(f"{name} ends")
        except GeneratorExit:
            self.told.append(f"{name} lets go")
            raise
        yield [Outcome(name, "applied")]

    def commit(self, batch):
        (name,) = batch
        self.told.append(f"{name} alone")
        return [Outcome(name, "applied")]


STORIES = {
    "nothing fails": (
        "",
        "one begins, one is sent, two begins, one ends, two is sent, "
        "three begins, two ends, three is sent, three ends",
    ),
    "one cannot begin": (
        "two:begins",
        "one begins, one is sent, two begins, one ends, two alone, "
        "three begins, three is sent, three ends",
    ),
    "one cannot be sent": (
        "two:is sent",
        "one begins, one is sent, two begins, one ends, two is sent, two alone, "
        "three begins, three is sent, three ends",
    ),
    "one fails when it is waited for, and the next lets go of what it needs": (
        "two:ends",
        "one begins, one is sent, two begins, one ends, two is sent, "
        "three begins, three lets go, two alone, three alone",
    ),
}


@pytest.mark.parametrize(("fails", "told"), STORIES.values(), ids=STORIES.keys())
def test_a_batch_is_sent_once_the_last_has_ended(fails, told):
    scene = Scene(fails)
    turn = InTurn(scene.steps, scene.commit)
    outcomes = [*turn.put(["one"]), *turn.put(["two"]), *turn.put(["three"]), *turn.end()]
    assert [outcome.event_id for outcome in outcomes] == ["one", "two", "three"]
    assert ", ".join(scene.told) == told


def test_a_stream_in_small_batches_ends_as_one_batch_does(store, tmp_path):
    """The same customers in batch after batch: each waits inside PostgreSQL for the one before."""
    events = company(3)
    other = Store(f"sqlite:///{tmp_path / 'whole.db'}")
    migrate.upgrade(other)
    small, whole = ingest_into(store).apply(events, batch=3), ingest_into(other).apply(events)
    assert (small.applied, small.stale) == (whole.applied, whole.stale)
    assert derived(store) == derived(other)
    other.close()


class Breaking(Catalog):
    """A catalogue over which the fold of one price stumbles."""

    def plan_of(self, price_state):
        if price_state["lookup_key"] == "broken":
            raise ArithmeticError("no such plan")
        return super().plan_of(price_state)


def made(number: int, key: str) -> dict[str, Any]:
    subscription = copy.deepcopy(shapes.subscription())
    subscription |= {"id": f"sub_{number}", "customer": f"cus_{number}"}
    subscription["items"]["data"][0]["price"]["lookup_key"] = key
    name = "customer.subscription.created"
    return shapes.event(name, subscription, id=f"evt_{number}", created=START)


def test_an_impossible_event_in_the_midst_of_a_stream_stands_alone(store):
    catalog = Breaking(**{f.name: getattr(CATALOG, f.name) for f in fields(CATALOG)})
    ingest = Ingest(store, Rules(catalog), clock=lambda: START)
    keys = ["pro_monthly"] * 5 + ["broken"] + ["pro_monthly"] * 3
    summary = ingest.apply([made(n, key) for n, key in enumerate(keys)], batch=2)
    assert (summary.applied, summary.failed) == (8, 1)
    assert [event_id for event_id, _ in summary.failures] == ["evt_5"]
    assert len(derived(store)["customers"]) == 8
