"""Plans at earlier times, and the moves between them: to the cent, by every way."""

from __future__ import annotations

from typing import Any

import pytest

from lib.billing.domain.plan_moves import (
    ADDED,
    LEFT,
    NEW,
    NOTHING,
    RETURNED,
    Held,
    Move,
    MoveFilters,
    plan_lines,
)
from lib.billing.domain.times import parse_iso
from lib.billing.store.engine import Store
from lib.billing.store.queries import plan_moves, plan_standing
from lib.billing.store.queries.spans import Span
from tests.cut import first
from tests.desk.money_world import over_company
from tests.reports.ledger import desk
from tests.reports.lives import gone, life, worth

NOW = "2026-06-15"
EVERY = MoveFilters()


def pro(amount: int, **over: Any) -> Any:
    return worth(amount, key="pro_monthly", **over)


def starter(amount: int, **over: Any) -> Any:
    return worth(amount, key="starter_monthly", **over)


# Each story: its observations, and what each month end from March to June (now) finds.
STORIES: dict[str, tuple[list[Any], list[dict[str, Held]]]] = {
    "stays as it began": (
        life(1, ("2026-01-10", pro(2_900))),
        [{"pro": Held(1, 2_900)}] * 4,
    ),
    "moves up in April": (
        life(1, ("2026-01-10", starter(900)), ("2026-04-10", pro(2_900))),
        [{"starter": Held(1, 900)}, *[{"pro": Held(1, 2_900)}] * 3],
    ),
    "moves twice in one month, there and back": (
        life(
            1,
            ("2026-01-10", starter(900)),
            ("2026-04-10", pro(2_900)),
            ("2026-04-20", starter(900)),
        ),
        [{"starter": Held(1, 900)}] * 4,
    ),
    "comes in April and leaves in May": (
        life(1, ("2026-04-02", pro(2_900)), ("2026-05-02", gone(pro(2_900)))),
        [{}, {"pro": Held(1, 2_900)}, {}, {}],
    ),
    "grows where it is, in a price that the catalogue does not know": (
        life(
            1,
            ("2026-01-10", worth(500, key="forgotten_monthly")),
            ("2026-05-10", worth(700, key="forgotten_monthly")),
        ),
        [{"": Held(1, 500)}, {"": Held(1, 500)}, *[{"": Held(1, 700)}] * 2],
    ),
    "takes a second plan beside the first in May": (
        [
            *life(1, ("2026-01-10", pro(2_900))),
            *life(1, ("2026-05-10", starter(900)), subscription="sub_b"),
        ],
        [
            {"pro": Held(1, 2_900)},
            {"pro": Held(1, 2_900)},
            {"pro": Held(1, 2_900), "starter": Held(1, 900)},
            {"pro": Held(1, 2_900), "starter": Held(1, 900)},
        ],
    ),
    "had two plans and gave one up: before, all of it stood on the larger": (
        [
            *life(1, ("2026-01-10", pro(2_900))),
            *life(
                1,
                ("2026-01-20", starter(900)),
                ("2026-05-10", gone(starter(900))),
                subscription="sub_b",
            ),
        ],
        [
            {"pro": Held(1, 3_800)},
            {"pro": Held(1, 3_800)},
            {"pro": Held(1, 2_900)},
            {"pro": Held(1, 2_900)},
        ],
    ),
    "another currency is another matter": (
        life(1, ("2026-01-10", pro(2_900, currency="eur"))),
        [{}] * 4,
    ),
}
ENDS = tuple(parse_iso(day) for day in ("2026-04-01", "2026-05-01", "2026-06-01", NOW))


@pytest.mark.parametrize(("told", "expected"), STORIES.values(), ids=STORIES)
def test_each_month_end_finds_the_plans_that_were_held(
    told: list[Any], expected: list[Any], store: Store
) -> None:
    desk(store, told, NOW)
    with store.reading() as connection:
        assert plan_standing.at_seconds(connection, "portside", "usd", ENDS) == expected
        alone = [plan_standing.at_seconds(connection, "portside", "usd", [at])[0] for at in ENDS]
    assert alone == expected, "what is asked for besides changes nothing"


# Each way: its observations, and who went from where to where from 1 May to now.
WAYS: dict[str, tuple[list[Any], list[Move]]] = {
    "nothing": (life(1, ("2026-01-10", pro(2_900))), []),
    "new": (life(1, ("2026-05-10", pro(2_900))), [Move(NEW, "pro", 1, 0, 2_900)]),
    "left": (
        life(1, ("2026-01-10", pro(2_900)), ("2026-05-02", gone(pro(2_900)))),
        [Move("pro", LEFT, 1, 2_900, 0)],
    ),
    "returned": (
        [
            *life(1, ("2026-01-10", pro(2_900)), ("2026-02-02", gone(pro(2_900)))),
            *life(1, ("2026-05-10", starter(900)), subscription="sub_b"),
        ],
        [Move(RETURNED, "starter", 1, 0, 900)],
    ),
    "moved": (
        life(1, ("2026-01-10", starter(900)), ("2026-05-10", pro(2_900))),
        [Move("starter", "pro", 1, 900, 2_900)],
    ),
    "grew where it is": (
        life(1, ("2026-01-10", pro(2_900)), ("2026-05-10", pro(3_900))),
        [Move("pro", "pro", 1, 2_900, 3_900)],
    ),
    "came and left": (
        life(1, ("2026-05-02", pro(2_900)), ("2026-06-02", gone(pro(2_900)))),
        [],
    ),
    "there and back": (
        life(
            1,
            ("2026-01-10", starter(900)),
            ("2026-05-10", pro(2_900)),
            ("2026-06-10", starter(900)),
        ),
        [],
    ),
    "took another beside": (
        [
            *life(1, ("2026-01-10", pro(2_900))),
            *life(1, ("2026-05-10", starter(900)), subscription="sub_b"),
        ],
        [Move(ADDED, "starter", 1, 0, 900)],
    ),
    "took a larger one beside": (
        [
            *life(1, ("2026-01-10", starter(900))),
            *life(1, ("2026-05-10", pro(2_900)), subscription="sub_b"),
        ],
        [Move(ADDED, "pro", 1, 0, 2_900)],
    ),
    "two for one": (
        [
            *life(
                1, ("2026-01-10", worth(500, key="forgotten_monthly")), ("2026-05-10", pro(2_900))
            ),
            *life(1, ("2026-05-11", starter(900)), subscription="sub_b"),
        ],
        [Move(ADDED, "starter", 1, 0, 900), Move("", "pro", 1, 500, 2_900)],
    ),
}


@pytest.mark.parametrize(("told", "expected"), WAYS.values(), ids=WAYS)
def test_who_went_from_where_to_where(told: list[Any], expected: list[Move], store: Store) -> None:
    desk(store, told, NOW)
    span = Span(parse_iso("2026-05-01"), parse_iso(NOW) + 1)
    with store.reading() as connection:
        found = plan_moves.moves(connection, "portside", "usd", span, EVERY)
        listed, total, delta = plan_moves.page(connection, "portside", "usd", span, EVERY)
    assert found == sorted(expected)
    assert total == sum(move.customers for move in expected)
    assert delta == sum(move.delta for move in expected)
    assert sorted((row["was"], row["now"]) for row in listed) == sorted(
        (move.was, move.now) for move in expected
    )


def test_a_way_lists_those_who_went_it(store: Store) -> None:
    told = [
        *life(1, ("2026-01-10", starter(900)), ("2026-05-10", pro(2_900))),
        *life(2, ("2026-01-10", starter(900)), ("2026-05-10", pro(4_900))),
        *life(3, ("2026-05-10", pro(9_900))),
    ]
    desk(store, told, NOW)
    span = Span(parse_iso("2026-05-01"), parse_iso(NOW) + 1)

    counted: list[tuple[int, ...]] = []

    def listed(filters: MoveFilters) -> list[tuple[str, int]]:
        with store.reading() as connection:
            rows, *totals = plan_moves.page(connection, "portside", "usd", span, filters)
        counted.append(tuple(totals))
        return [(row["customer_id"], row["after_minor"] - row["before_minor"]) for row in rows]

    assert listed(EVERY) == [("cus_3", 9_900), ("cus_2", 4_000), ("cus_1", 2_000)]
    assert listed(MoveFilters(move=("starter", "pro"))) == [("cus_2", 4_000), ("cus_1", 2_000)]
    assert listed(MoveFilters(move=("starter", "pro"), limit=1, offset=1)) == [("cus_1", 2_000)]
    assert listed(MoveFilters(move=("starter", "pro"), limit=1, offset=9)) == []
    assert listed(MoveFilters(move=(NEW, "starter"))) == []
    assert listed(MoveFilters(text="cus_3")) == [("cus_3", 9_900)]
    assert counted == [(3, 15_900), *[(2, 6_000)] * 3, (0, 0), (1, 9_900)], "whatever is shown"


@pytest.mark.parametrize("seed", first(2, range(6)))
def test_a_companys_plans_are_one_sum_by_every_way(seed: int, store: Store) -> None:
    portside = over_company(store, seed)
    rolled = portside.report("mrr").rows
    mix: dict[str, dict[str, int]] = {}
    for row in portside.report("plan-mix").rows:
        if row["mrr_minor"] is not None:
            held = mix.setdefault(row["currency"], {})
            held[row["plan"] or ""] = held.get(row["plan"] or "", 0) + row["mrr_minor"]
    assert mix, "a company without MRR proves nothing"
    for currency in {row["currency"] for row in rolled}:
        lines = [row for row in rolled if row["currency"] == currency]
        borders = [parse_iso(f"{line['period']}-01") for line in lines] + [plan_standing.EVER]
        with store.reading() as connection:
            stood = plan_standing.at_seconds(connection, "portside", currency, borders)
            ways = {
                (a, b): plan_moves.moves(connection, "portside", currency, Span(a, b), EVERY)
                for a in borders
                for b in borders
                if a < b
            }
        assert [sum(held.minor for held in of.values()) for of in stood[1:]] == [
            line["closing_minor"] for line in lines
        ]
        now = {plan: held.minor for plan, held in stood[-1].items()}
        assert now == mix.get(currency, {})
        for (a, b), moves in ways.items():
            opening, closing = stood[borders.index(a)], stood[borders.index(b)]
            reached = {line.plan: line.closing for line in plan_lines(opening, moves)}
            assert {p: held for p, held in reached.items() if held != NOTHING} == closing
