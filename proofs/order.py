"""The order of arrival leaves no trace: one history fed in many ways ends in the same rows."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from lib.billing.domain.fold import Rules
from lib.billing.ingest import Ingest
from lib.billing.replay import replay
from lib.billing.store import references
from lib.billing.store.engine import Store
from lib.billing.store.scratch import scratch
from lib.billing.store.tables import owners
from lib.billing.stripe.parse import parse_event
from tests.stripe import shapes

from .ground import COMPARED, Tables, dump, empty_memory, same
from .life import COUPON, RULES, Life, Plot, Raw
from .proof import Figures, holds

TOGETHER = 8
"""Customers whose events are fed together."""

INSTANTS = 2
"""Moments at which a group's past is compared."""


def order(scale: int) -> Figures:
    """Feed ``scale`` histories; see `proofs.losses` and `proofs.truth` for what they end in."""
    events = instants = 0
    for first in range(0, scale, TOGETHER):
        rng = random.Random(first)
        lives = [life_of(n, rng) for n in range(first, min(first + TOGETHER, scale))]
        told = interleaved(lives, rng)
        events += len(told)
        instants += fed_every_way(told, rng, f"seed {first}")
    return {
        "histories": scale,
        "events": events,
        "ways each was fed": 3,
        "moments of the past compared": instants,
        "differing rows": 0,
    }


def life_of(number: int, rng: random.Random) -> Life:
    """A life of any kind."""
    return Life(
        Plot(
            seed=number,
            turns=rng.randint(2, 24),
            subscriptions=rng.choice([1, 1, 2, 3]),
            rush=rng.choice([0.2, 0.6, 0.9]),
            skew=rng.random() < 0.5,
            twins=rng.random() < 0.3,
            unborn=rng.random() < 0.2,
        ),
        str(number),
    )


def interleaved(lives: Sequence[Life], rng: random.Random) -> list[Raw]:
    """What several lives tell, in true order, some of it lost."""
    told = [
        (moment, n, number, event)
        for n, life in enumerate(lives)
        for number, (event, moment, untold) in enumerate(
            zip(life.events, life.moments, life.untold, strict=True)
        )
        if not untold
    ]
    lost = rng.choice([0.0, 0.0, 0.1])
    return [event for *_, event in sorted(told, key=lambda t: t[:3]) if rng.random() >= lost]


def fed_every_way(told: Sequence[Raw], rng: random.Random, which: str) -> int:
    """Compare one by one, all at once and shuffled; then the past. Gives the moments compared."""
    with empty_memory() as one_by_one, empty_memory() as at_once, empty_memory() as shuffled:
        _ingest(one_by_one).apply([COUPON, *told], batch=1)
        expected = dump(one_by_one)
        again = replay(_ingest(one_by_one))
        holds(again.batches_changed == 0, f"{which}: replay changed rows that were folded in place")
        same(dump(one_by_one), expected, f"{which}: after replay")
        _ingest(at_once).apply([COUPON, *told])
        same(dump(at_once), expected, f"{which}: fed all at once, against one by one")
        _feed_shuffled(shuffled, told, rng)
        same(dump(shuffled), expected, f"{which}: shuffled, against one by one")
        replay(_ingest(shuffled))
        same(dump(shuffled), expected, f"{which}: shuffled, after replay")
        return _past(one_by_one, told, rng, which)


def _ingest(store: Store) -> Ingest:
    return Ingest(store, RULES, clock=lambda: shapes.NOW)


def _feed_shuffled(store: Store, told: Sequence[Raw], rng: random.Random) -> None:
    events = [COUPON, *told, *rng.sample(list(told), len(told) // 3)]
    rng.shuffle(events)
    ingest = _ingest(store)
    while events:
        size = rng.choice([1, 1, 2, 7, 40])
        ingest.apply(events[:size])
        events = events[size:]


def _past(store: Store, told: Sequence[Raw], rng: random.Random, which: str) -> int:
    """The state at T is what a store holds that was fed nothing later than T."""
    effective = {
        event["id"]: [o.effective for o in parse_event(event).observations] for event in told
    }
    instants = sorted({at for ats in effective.values() for at in ats})
    chosen = rng.sample(instants, min(INSTANTS, len(instants)))
    for until in chosen:
        with empty_memory() as fed:
            _know_owners(fed, store)
            early = [e for e in told if all(at <= until for at in effective[e["id"]])]
            _ingest(fed).apply([COUPON, *early])
            with store.reading() as connection:
                rules: Rules = replace(RULES, references=references.load(connection))
            with scratch(store, rules, until=until) as past:
                same(_rows_only(dump(past)), _rows_only(dump(fed)), f"{which}: at {until}")
    return len(chosen)


def _know_owners(fed: Store, store: Store) -> None:
    """Whose an object is, is not a matter of time: an orphan's owner may be told only later."""
    with store.reading() as source, fed.writing() as target:
        known = [dict(row) for row in source.execute(select(owners)).mappings()]
        if known:
            target.execute(owners.insert(), known)


def _rows_only(tables: Tables) -> Tables:
    names = {table.name for table in COMPARED} - {"rollups", "turnover"}
    return {name: rows for name, rows in tables.items() if name in names}
