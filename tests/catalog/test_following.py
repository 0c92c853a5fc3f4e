"""Which catalogue a running process goes by: the applied one once it has it, never another."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest
from structlog.testing import capture_logs

from lib.billing.domain.catalog import Catalog, parse_catalog
from lib.billing.domain.errors import RateLimited
from lib.billing.domain.portal import PortalConfiguration
from lib.billing.following import OTHER
from lib.billing.linking.crowd import STARTS
from lib.billing.linking.sessions import LinkMaker
from lib.billing.store import meta
from lib.billing.store.engine import Store
from lib.billing.wiring import Installation
from tests.catalog.deployed import COMPANY, WITHOUT_API, Deployed, serving, wait_until
from tests.store.company import START, company

ANOTHER = COMPANY.replace("seats = 3", "seats = 4")


@pytest.fixture
def deployed(sqlite_store: Store, tmp_path: Path) -> Iterator[Deployed]:
    made = Deployed(sqlite_store, tmp_path, START)
    made.write(COMPANY)
    yield made
    made.close()


def mark(sold: str) -> str:
    return parse_catalog(sold).mark


SAME = {
    "comments and blank lines": COMPANY.replace("[plans.pro]", "\n# the best one\n[plans.pro]"),
    "another order of tables": COMPANY.replace('[features.api]\nname = "API access"\n', "")
    + '[features.api]\nname = "API access"\n',
    "another spelling of the same values": COMPANY.replace("{ seats = 3 }", "{seats=0x3}"),
}
OTHERS = {
    "a limit": ANOTHER,
    "a feature": WITHOUT_API,
    "a pricing table, on which no row depends": COMPANY + '[tables.main]\ngroup = "core"\n',
    "the portal's settings": COMPANY + '[portal]\nheadline = "Ours"\n',
    "whether it is published": COMPANY.replace("rank = 20", "rank = 20\npublished = false"),
}


@pytest.mark.parametrize("sold", SAME.values(), ids=SAME.keys())
def test_what_says_the_same_is_the_same_catalogue(sold: str) -> None:
    assert sold != COMPANY
    assert mark(sold) == mark(COMPANY)


@pytest.mark.parametrize("sold", OTHERS.values(), ids=OTHERS.keys())
def test_what_says_something_else_is_another_one(sold: str) -> None:
    assert mark(sold) != mark(COMPANY)


def test_one_that_was_not_read_from_a_file_has_a_mark_too() -> None:
    assert Catalog("free").mark != Catalog("basic").mark


def test_while_nothing_was_ever_applied_nothing_is_followed(deployed: Deployed) -> None:
    process = deployed.process()
    deployed.write(ANOTHER)
    assert not process.follower.look()
    assert process.follower.lag is None
    assert process.follower.running is process


def test_an_edited_file_takes_effect_only_once_it_is_applied(deployed: Deployed) -> None:
    deployed.note_applied(mark(COMPANY))
    process = deployed.process()
    deployed.write(ANOTHER)
    assert not process.follower.look()
    assert process.follower.running.setup.catalog.plan("starter").limits == {"seats": 3}
    assert process.follower.lag is None

    deployed.note_applied(mark(ANOTHER))
    assert process.follower.look()
    running = process.follower.running
    assert running.setup.catalog.plan("starter").limits == {"seats": 4}
    assert running.ingest is process.ingest
    assert running.store is process.store
    assert process.ingest.rules.catalog is running.catalog
    assert not process.follower.look()


AWAY = {
    "edited once more": WITHOUT_API,
    "not yet deployed here": COMPANY,
    "cannot be read": "default_plan = ",
    "wrong": COMPANY.replace('lookup_key = "pro_yearly"', ""),
    "gone": None,
}


@pytest.mark.parametrize("sold", AWAY.values(), ids=AWAY.keys())
def test_a_file_that_is_not_the_applied_one_is_not_followed(
    deployed: Deployed, sold: str | None
) -> None:
    process = deployed.process()
    deployed.note_applied(mark(ANOTHER))
    if sold is None:
        deployed.file().unlink()
    else:
        deployed.write(sold)
    with capture_logs() as logs:
        for _ in range(3):
            assert not process.follower.look()
    assert [log["event"] for log in logs] == ["catalogue_not_applied"], "it is said once"
    lag = process.follower.lag
    assert lag is not None
    assert (lag.applied, process.follower.at_applied) == (mark(ANOTHER), False)
    assert process.follower.running is process

    deployed.write(ANOTHER)
    assert process.follower.look()
    assert process.follower.lag is None


def test_an_edit_that_is_taken_back_is_followed_back(deployed: Deployed) -> None:
    deployed.note_applied(mark(COMPANY))
    deployed.write(ANOTHER)
    process = deployed.process()
    assert not process.follower.look()
    assert process.follower.lag is not None
    assert process.follower.lag.why == OTHER
    deployed.write(COMPANY)
    assert process.follower.look()
    assert process.follower.running.catalog.mark == mark(COMPANY)


def reachable(start: object, wanted: object) -> list[str]:
    """How ``wanted`` can be reached from ``start`` without leaving what was made for it."""
    came_from: dict[int, object] = {id(start): None}
    waiting = [start]
    while waiting:
        each = waiting.pop()
        for other in gc.get_referents(each):
            if isinstance(other, type | ModuleType) or id(other) in came_from:
                continue
            if isinstance(other, FunctionType) and other.__closure__ is None:
                continue
            if isinstance(other, dict) and "__builtins__" in other:
                continue  # a module's names
            came_from[id(other)] = each
            if other is wanted:
                return [type(step).__name__ for step in _back(other, came_from)][::-1]
            waiting.append(other)
    return []


def _back(end: object, came_from: dict[int, object]) -> Iterator[object]:
    while end is not None:
        yield end
        end = came_from[id(end)]


def parts(installed: Installation) -> dict[str, Any]:
    """All that an installation is made of, built."""
    made = {
        name: getattr(installed, name)
        for kind in Installation.__mro__
        for name, value in vars(kind).items()
        if isinstance(value, cached_property)
    }
    return {name: part for name, part in made.items() if name != "follower"}


def test_no_part_remembers_the_catalogue_from_before(deployed: Deployed) -> None:
    process = deployed.process(
        STRIPE_API_KEY="rk_test_x", PORTSIDE_STRIPE_API_BASE="http://127.0.0.1:9"
    )
    before = process.catalog
    known = parts(process)
    assert reachable(known["gate"], before), "it is looked for in the right way"
    deployed.write(ANOTHER)
    deployed.note_applied(mark(ANOTHER))
    assert process.follower.look()
    # The follower is asked by `refold` alone, for what runs at that moment.
    del process, known
    running = deployed.opened[0].follower.running
    # All at once: most of what one part is made of others are made of, too.
    asked = {name: part for name, part in parts(running).items() if name not in ("refold", "jobs")}
    assert reachable(asked, before) == []
    assert running.gate.catalog is running.catalog


def test_limits_outlast_a_change_and_what_stripe_was_told_meanwhile_is_read_anew(
    deployed: Deployed,
) -> None:
    process = deployed.process(
        STRIPE_API_KEY="rk_test_x", PORTSIDE_STRIPE_API_BASE="http://127.0.0.1:9"
    )
    asked: list[int] = []

    class Portals:
        def portal_configurations(self) -> list[PortalConfiguration]:
            asked.append(1)
            return []

    process.__dict__["maker"] = LinkMaker(Portals(), return_url=None)  # type: ignore[arg-type]
    for _ in range(2):
        process.maker.configuration()
    assert len(asked) == 1, "remembered"
    for _ in range(STARTS):
        process.crowd.count("192.0.2.1")
    deployed.write(ANOTHER)
    deployed.note_applied(mark(ANOTHER))
    assert process.follower.look()
    running = process.follower.running
    running.maker.configuration()
    assert len(asked) == 2, "apply may have shaped the portal"
    with pytest.raises(RateLimited):
        running.crowd.count("192.0.2.1")


ONE = COMPANY.replace(
    "[plans.starter]", '[plans.free]\nname = "One"\nlimits = { seats = 1 }\n[plans.starter]'
)
TWO = ONE.replace('name = "One"\nlimits = { seats = 1 }', 'name = "Two"\nlimits = { seats = 2 }')


def reading() -> list[str]:
    """Threads that read for answers: one for each catalogue that still answers."""
    return [each.name for each in threading.enumerate() if each.name.startswith("portside-gate")]


def test_no_answer_is_half_of_one_catalogue_and_half_of_another(deployed: Deployed) -> None:
    deployed.write(ONE)
    process = deployed.process()
    answers: set[tuple[str, int]] = set()
    changes = 0
    with serving(process) as sender:
        ended = threading.Event()

        def change() -> None:
            nonlocal changes
            while not ended.is_set() or changes < 20:
                for sold in (TWO, ONE):
                    deployed.write(sold)
                    deployed.note_applied(mark(sold))
                    # The job of the receiver itself may be faster.
                    wait_until(lambda: process.follower.look() or process.follower.at_applied)
                    changes += 1

        changing = threading.Thread(target=change)
        changing.start()
        for _ in range(150):
            answer = sender.client.get("/v1/entitlements/nobody")
            assert answer.status_code == 404
            default = answer.json()["default"]
            answers.add((default["plan_name"], default["limits"]["seats"]))
        ended.set()
        changing.join()
        gc.collect()
        wait_until(lambda: len(reading()) <= 2)
    assert answers == {("One", 1), ("Two", 2)}


def test_it_is_shown_to_who_watches(deployed: Deployed) -> None:
    process = deployed.process()
    with serving(process) as sender:
        assert sender.client.get("/readyz").json() == {"status": "ok"}
        assert "portside_catalogue_followed 1.0" in sender.client.get("/metrics").text
        deployed.note_applied(mark(ANOTHER))
        process.follower.look()
        assert sender.client.get("/readyz").status_code == 200
        assert sender.client.get("/readyz").json() == {
            "status": "ok",
            "catalogue": "not_applied",
            "remedy": OTHER,
        }
        assert "portside_catalogue_followed 0.0" in sender.client.get("/metrics").text


def test_it_says_so_by_itself_while_it_serves(deployed: Deployed) -> None:
    process = deployed.process()
    process.ingest.apply(company(3))
    with serving(process) as sender:
        assert sender.client.get("/v1/entitlements/org_0").status_code == 200
        deployed.write(ANOTHER)
        deployed.note_applied(mark(ANOTHER))
        wait_until(lambda: process.follower.running.catalog.mark == mark(ANOTHER))
        wait_until(lambda: deployed.kept(meta.FOLDED_BY) == process.ingest.mark)
        assert deployed.kept(meta.REFOLD_LEFT) is None
