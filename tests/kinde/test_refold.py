"""Customers whom Kinde bills are folded by the applied catalogue like all others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from lib.billing.domain.catalog import parse_catalog
from lib.billing.ingest import Ingest
from lib.billing.refold import PAUSE, Refold
from lib.billing.store import meta
from lib.billing.store.engine import Store
from lib.billing.store.tables import standings
from lib.billing.wiring import Installation
from tests.catalog.deployed import COMPANY, WITHOUT_API, Deployed
from tests.kinde.events import DAY, START, event
from tests.store.company import company

PRO = event(0, "plan_assigned", "k", plan="pro", org_code="org_k")
NOBODY = event(0, "subscriber.created", "n")
AGAIN = event(DAY, "payment_succeeded", "k")
WELCOME = COMPANY.replace("[plans.starter]", '[plans.free]\nfeatures = ["api"]\n[plans.starter]')


@pytest.fixture
def deployed(store: Store, tmp_path: Path) -> Iterator[Deployed]:
    made = Deployed(store, tmp_path, START)
    made.write(COMPANY)
    made.note_applied(parse_catalog(COMPANY).mark)
    yield made
    made.close()


def tell(ingest: Ingest, *events: dict) -> None:
    ingest.commit([ingest.read_kinde(each) for each in events], "kinde")


def move(deployed: Deployed, process: Installation, sold: str) -> None:
    deployed.write(sold)
    deployed.note_applied(parse_catalog(sold).mark)
    assert process.follower.look()


def refold(process: Installation, ticks: float = 0.0) -> int:
    due = lambda: process.follower.at_applied  # noqa: E731
    job = Refold(process.store, process.ingest, due, breath=0, ticks=lambda: ticks)
    return job.round()


@pytest.mark.parametrize("older", [False, True], ids=["as they are kept", "as they were kept"])
def test_an_applied_catalogue_reaches_them(deployed: Deployed, older: bool) -> None:
    process = deployed.process()
    process.ingest.apply(company(3, customers=2))
    tell(process.ingest, PRO, NOBODY)
    if older:  # databases from before have nothing kept of who adds nothing to any sum
        with deployed.store.writing() as connection:
            connection.execute(delete(standings).where(standings.c.customer_id.like("kinde:%")))
    assert deployed.features("kinde:k") == ["api"]
    move(deployed, process, WITHOUT_API)
    assert refold(process) == 4
    assert deployed.features("kinde:k") == []
    assert deployed.kept(meta.FOLDED_BY) == process.ingest.mark
    move(deployed, process, WELCOME)
    refold(process)
    assert deployed.features("kinde:n") == ["api"]


def test_what_a_process_with_the_old_file_writes_is_found(deployed: Deployed) -> None:
    deployed.write(COMPANY, "late.toml")
    late, process = deployed.process("late.toml"), deployed.process()
    tell(process.ingest, PRO)
    move(deployed, process, WITHOUT_API)
    assert refold(process) == 1
    tell(late.ingest, AGAIN)
    assert deployed.features("kinde:k") == ["api"]
    assert deployed.kept(meta.FOLDED_BY) == meta.MIXED
    assert refold(process, ticks=PAUSE) == 1
    assert deployed.features("kinde:k") == []
    assert deployed.kept(meta.FOLDED_BY) == process.ingest.mark
