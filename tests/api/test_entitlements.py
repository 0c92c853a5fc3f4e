"""GET /v1/entitlements/… over real HTTP and both databases: every access rule, and the clock."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import event

from lib.billing.domain.times import iso
from lib.billing.settings.setup import Setup
from lib.billing.store.engine import Store
from lib.billing.store.queries.entitlements import entitlements_named
from tests.api.product import (
    CATALOG,
    DAY,
    END,
    STARTER,
    UNMAPPED,
    Product,
    T,
    selling,
    somebody,
    subscription,
)
from tests.domain.states import item, seen
from tests.fresh import fresh_store
from tests.reports.ledger import fill

PRO = ["analytics", "api"]
GRACE = T + 14 * DAY
PAUSED = {"behavior": "void", "resumes_at": None}

# state → plan, rule, access, access_until, status, features
TABLE: dict[str, tuple[dict[str, Any], tuple[Any, ...]]] = {
    "active": (subscription(), ("pro", "active", True, None, "active", PRO)),
    "trialing": (
        subscription("trialing", trial_end=END),
        ("pro", "trialing", True, None, "trialing", PRO),
    ),
    "winding down by its date": (
        subscription(cancel_at=END),
        ("pro", "winding_down", True, END, "active", PRO),
    ),
    "winding down by the boolean alone": (
        subscription(cancel_at_period_end=True, items=[item(end=END)]),
        ("pro", "winding_down", True, END, "active", PRO),
    ),
    "past due within grace": (
        subscription("past_due"),
        ("pro", "past_due_in_grace", True, GRACE, "past_due", PRO),
    ),
    "past due and ending sooner than grace": (
        subscription("past_due", cancel_at=T + 2 * DAY),
        ("pro", "past_due_in_grace", True, T + 2 * DAY, "past_due", PRO),
    ),
    "collection paused": (
        subscription(pause=PAUSED),
        ("pro", "collection_paused", True, None, "active", PRO),
    ),
    "paused": (subscription("paused"), ("free", "paused", False, None, "paused", [])),
    "unpaid": (subscription("unpaid"), ("free", "unpaid", False, None, "unpaid", [])),
    "ended": (
        subscription("canceled", ended_at=T),
        ("free", "canceled", False, T, "canceled", []),
    ),
    "never paid": (
        subscription("incomplete"),
        ("free", "no_subscription", False, None, None, []),
    ),
    "never paid and expired": (
        subscription("incomplete_expired"),
        ("free", "no_subscription", False, None, None, []),
    ),
    "an unknown price": (
        subscription(items=UNMAPPED),
        ("free", "plan_unresolved", True, None, "active", []),
    ),
    "a mapped item beside an unmapped one": (
        subscription(items=[*UNMAPPED, item()]),
        ("pro", "active", True, None, "active", PRO),
    ),
}


EVERYBODY = [
    observation
    for number, (state, _) in enumerate(TABLE.values())
    for observation in somebody(f"cus_{number}", state, org=f"org_{number}")
]


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    store = fresh_store(tmp_path_factory.mktemp("everybody") / "portside.db")
    with selling(store, EVERYBODY) as made:
        yield made
    store.close()


@pytest.mark.parametrize("number", range(len(TABLE)), ids=TABLE.keys())
def test_the_answer_to_a_subscription_that_is(everybody: Product, number: int) -> None:
    told = everybody.told(f"cus_{number}")
    plan, rule, access, until, status, features = list(TABLE.values())[number][1]
    assert told["plan"] == plan
    assert told["rule"] == rule
    assert told["access"] is access
    assert told["access_until"] == iso(until)
    assert told["status"] == status
    assert told["features"] == features
    assert (told["customer_id"], told["org_id"]) == (f"cus_{number}", f"org_{number}")
    assert told["limits"]["seats"] == (10 if plan == "pro" else 1)
    flag = everybody.told(f"cus_{number}/features/analytics")
    assert (flag["flag"], flag["enabled"]) == ("analytics", "analytics" in features)
    assert everybody.told(f"org_{number}") == told


def test_both_databases_answer_alike(store: Store) -> None:
    with selling(store, [*EVERYBODY, *somebody("cus_none")]) as product:
        for number, (_, expected) in enumerate(TABLE.values()):
            told = product.told(f"org_{number}")
            assert (told["plan"], told["rule"], told["access"]) == expected[:3]
        nothing = product.told("cus_none")
        assert (nothing["rule"], nothing["plan"], nothing["limits"]) == (
            "no_subscription",
            "free",
            {"seats": 1},
        )


def _age(answer: Any) -> int:
    kind, _, age = answer.headers["cache-control"].partition(", max-age=")
    assert kind == "private"
    return int(age)


# state, its last second of access, rule before and after
ENDINGS = {
    "grace": (subscription("past_due"), GRACE, "past_due_in_grace", "past_due_expired"),
    "a scheduled end whose event is awaited": (
        subscription(cancel_at=END),
        END,
        "winding_down",
        "winding_down",
    ),
    "grace for an unknown price": (
        subscription("past_due", items=UNMAPPED),
        GRACE,
        "plan_unresolved",
        "past_due_expired",
    ),
}


@pytest.mark.parametrize(("state", "end", "before", "after"), ENDINGS.values(), ids=ENDINGS.keys())
def test_without_any_event_access_ends_with(
    store: Store, state: dict[str, Any], end: int, before: str, after: str
) -> None:
    with selling(store, somebody("cus_1", state)) as product:
        for left, age in ((DAY, 30), (10, 9), (1, 0)):
            product.at = end - left
            answer = product.ask("cus_1")
            told = answer.json()
            assert (told["access"], told["rule"], told["changes_at"]) == (True, before, iso(end))
            assert _age(answer) == age
            assert answer.headers["portside-time"] == iso(product.at)
        product.at = end
        told = product.told("cus_1")
        assert (told["access"], told["rule"], told["plan"]) == (False, after, "free")
        assert told["changes_at"] is None


def test_when_the_better_plan_runs_out_the_next_one_decides(store: Store) -> None:
    states = [subscription(cancel_at=END), subscription(items=STARTER)]
    with selling(store, somebody("cus_1", *states)) as product:
        assert product.told("cus_1/limits/seats")["value"] == 10
        product.at = END
        assert product.told("cus_1/limits/seats")["value"] == 3
        assert product.told("cus_1/limits/projects")["value"] is None


ORGS = {
    "one pays and one does not": (
        {"cus_1": subscription("unpaid"), "cus_2": subscription(items=STARTER)},
        ("cus_2", "starter", ["api"], 3),
    ),
    "both pay": (
        {"cus_1": subscription(items=STARTER), "cus_2": subscription()},
        ("cus_2", "pro", PRO, 10),
    ),
    "nobody pays any more": (
        {
            "cus_1": subscription("canceled", ended_at=T - DAY),
            "cus_2": subscription("canceled", ended_at=T),
        },
        ("cus_2", "free", [], 1),
    ),
}


@pytest.mark.parametrize(("states", "expected"), ORGS.values(), ids=ORGS.keys())
def test_an_organization_of_several_customers_answers_the_merged_best_when(
    store: Store, states: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    told = [o for cus, state in states.items() for o in somebody(cus, state, org="org_1")]
    with selling(store, [*told, *somebody("cus_3", subscription(), org="org_2")]) as product:
        found = product.told("org_1")
        decides, plan, features, seats = expected
        assert found["customers"] == ["cus_1", "cus_2"]
        assert found["customer_id"] == decides
        assert (found["plan"], found["features"], found["limits"]["seats"]) == (
            plan,
            features,
            seats,
        )
        # One of them, asked for by its own id, answers for itself.
        assert product.told("cus_1")["customers"] == ["cus_1"]


def test_a_customer_is_not_taken_for_an_organization_of_the_same_name(store: Store) -> None:
    told = [
        *somebody("cus_1", subscription("unpaid")),
        *somebody("cus_2", subscription(), org="cus_1"),
    ]
    with selling(store, told) as product:
        assert product.told("cus_1")["access"] is False


UNKNOWN = {
    "a customer": ("cus_9", "no_customer"),
    "a flag of an unknown customer": ("cus_9/features/api", "no_customer"),
    "a limit of an unknown customer": ("cus_9/limits/seats", "no_customer"),
    "a flag": ("cus_1/features/analitycs", "feature_unknown"),
    "a limit": ("cus_1/limits/seets", "limit_unknown"),
    "a part": ("cus_1/plans", "not_found"),
    "nobody": ("", "no_customer"),
    "a name with a null": ("cus%00_1", "no_customer"),
    "half a character": ("%ED%A0%80", "no_customer"),
    "a very long name": ("x" * 5_000, "no_customer"),
    "a wildcard": ("%25", "no_customer"),
    "what would end a statement": ("'%20OR%201=1--", "no_customer"),
}


def test_what_is_unknown_is_404_with_a_code(store: Store) -> None:
    with selling(store, somebody("cus_1", subscription())) as product:
        for what, (path, code) in UNKNOWN.items():
            answer = product.ask(path)
            assert (answer.status_code, answer.json()["code"]) == (404, code), what
            assert answer.json()["message"].endswith("."), what
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["content-type"] == "application/json"


def test_who_is_unknown_is_told_what_the_default_plan_gives(sqlite_store: Store) -> None:
    with selling(sqlite_store) as product:
        assert product.ask("org_new").json()["default"] == {
            "plan": "free",
            "plan_name": "Free",
            "features": [],
            "limits": {"seats": 1},
        }


def test_an_id_may_hold_a_slash_and_other_awkward_letters(store: Store) -> None:
    awkward = "acme/eu features/api?#ü%"
    with selling(store, somebody("cus_1", subscription(), org=awkward)) as product:
        quoted = "acme%2Feu%20features%2Fapi%3F%23%C3%BC%25"
        assert product.told(quoted)["org_id"] == awkward
        assert product.told(f"{quoted}/features/api")["enabled"] is True


@pytest.fixture
def product(store: Store) -> Iterator[Product]:
    told = [
        *somebody("cus_1", subscription(cancel_at=END), org="org_1"),
        *somebody("cus_2", subscription()),
    ]
    with selling(store, told) as made:
        yield made


@pytest.mark.parametrize("path", ["cus_1", "org_1", "cus_1/features/api", "cus_1/limits/seats"])
def test_the_tag_changes_exactly_when_the_answer_does(product: Product, path: str) -> None:
    tags = set()
    for second in (T + DAY, T + DAY + 1, END - 1):
        product.at = second
        answer = product.ask(path)
        tags.add(answer.headers["etag"])
        again = product.ask(path, **{"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        for name in ("etag", "cache-control", "vary", "portside-time"):
            assert again.headers[name] == answer.headers[name]
    assert len(tags) == 1
    (tag,) = tags
    product.at = END  # nothing was written, but the end has come
    changed = product.ask(path, **{"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


def test_the_tag_changes_with_an_event_that_changes_the_answer_and_for_nobody_else(
    product: Product,
) -> None:
    tags = {name: product.ask(name).headers["etag"] for name in ("cus_1", "cus_2")}
    renewed = seen(subscription(), T + 60, before=subscription(cancel_at=END), object_id="sub_1_0")
    told = [*somebody("cus_1", subscription(cancel_at=END), org="org_1"), renewed]
    with product.store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM plan_entitlements WHERE customer_id = 'cus_1'")
        connection.exec_driver_sql("DELETE FROM customers WHERE customer_id = 'cus_1'")
        for table in ("observations", "subscriptions", "movements", "search_terms", "runway"):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE customer_id = 'cus_1'")
    fill(product.store, told, Setup(catalog=CATALOG))
    assert product.told("cus_1")["rule"] == "active"
    assert product.ask("cus_1").headers["etag"] != tags["cus_1"]
    assert product.ask("cus_2").headers["etag"] == tags["cus_2"]


MATCHING = {
    "the tag": ("{}", 304),
    "the tag, weak": ("W/{}", 304),
    "one of several": ('"other", {}', 304),
    "any": ("*", 304),
    "another": ('"other"', 200),
    "half of it": ('"', 200),
}


def test_if_none_match_is_a_list_of_tags(product: Product) -> None:
    tag = product.ask("cus_1").headers["etag"]
    for what, (given, status) in MATCHING.items():
        answer = product.ask("cus_1", **{"If-None-Match": given.format(tag)})
        assert answer.status_code == status, what


def test_head_answers_like_get_without_a_body(product: Product) -> None:
    headers = {"Authorization": "Bearer read-secret-of-the-tests"}
    got = product.ask("cus_1")
    answer = product.client.head("/v1/entitlements/cus_1", headers=headers)
    assert (answer.status_code, answer.content) == (200, b"")
    for name in ("etag", "content-length", "content-type", "cache-control"):
        assert answer.headers[name] == got.headers[name]
    assert product.client.head("/v1/entitlements/cus_9", headers=headers).status_code == 404


def test_only_reading_is_possible(product: Product) -> None:
    headers = {"Authorization": "Bearer read-secret-of-the-tests"}
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = product.client.request(method, "/v1/entitlements/cus_1", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
        assert answer.headers["allow"] == "GET, HEAD"


def test_the_database_being_away_is_503_and_says_nothing_about_it(product: Product) -> None:
    with product.store.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE plan_entitlements RENAME TO gone")
    answer = product.ask("cus_1")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json() == {
        "code": "not_migrated",
        "message": "The database is away. Ask again in a moment.",
    }


def test_each_of_many_who_ask_at_once_gets_their_own_answer(store: Store) -> None:
    told = [
        o
        for number in range(30)
        for o in somebody(
            f"cus_{number}",
            subscription() if number % 3 else subscription(items=STARTER),
            org=f"org_{number % 10}",
        )
    ]
    with selling(store, told) as product, ThreadPoolExecutor(8) as pool:
        names = [f"cus_{n}" for n in range(30)] + [f"org_{n}" for n in range(10)] + ["nobody"] * 9
        answers = list(pool.map(product.ask, names * 4))
    for name, answer in zip(names * 4, answers, strict=True):
        if name == "nobody":
            assert answer.status_code == 404
            continue
        kind, _, number = name.partition("_")
        expected = [name] if kind == "cus" else [f"cus_{int(number) + n}" for n in (0, 10, 20)]
        assert sorted(answer.json()["customers"]) == sorted(expected)
        plan = "pro" if kind == "org" or int(number) % 3 else "starter"
        assert answer.json()["plan"] == plan


def test_the_question_is_one_statement_over_indexes(store: Store) -> None:
    asked: list[tuple[str, Any]] = []

    def listen(_c: Any, _u: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    with store.reading() as connection:
        event.listen(connection, "before_cursor_execute", listen)
        assert entitlements_named(connection, ["cus_1", "org_1"]) == {"cus_1": [], "org_1": []}
        ((statement, parameters),) = asked
        if not store.is_sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN" if store.is_sqlite else "EXPLAIN"
        found = connection.exec_driver_sql(f"{explain} {statement}", parameters)
        plan = "\n".join(str(tuple(row)) for row in found)
    assert "SCAN plan_entitlements" not in plan
    assert "Seq Scan" not in plan
    assert "ix_plan_entitlements_org_id" in plan
