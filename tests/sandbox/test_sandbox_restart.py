"""A stored world survives a restart, and a failed change leaves no trace in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lib.sandbox.billing import customers, lifecycle, prices, products, subscriptions
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from tests.sandbox.shop import NOW

DAY = 86_400


def subscribe(sandbox: Sandbox) -> dict[str, Any]:
    with sandbox.transaction():
        product = products.create(sandbox, {"name": "Basic"})
        price = prices.create(
            sandbox,
            {
                "product": product["id"],
                "currency": "usd",
                "unit_amount": 1000,
                "recurring": {"interval": "month"},
            },
        )
        card = "pm_card_visa"
        customer = customers.create(
            sandbox,
            {"payment_method": card, "invoice_settings": {"default_payment_method": card}},
        )
        return subscriptions.create(
            sandbox, {"customer": customer["id"], "items": [{"price": price["id"]}]}
        )


def test_a_restarted_world_renews_where_it_stopped(tmp_path: Path) -> None:
    first = Sandbox(tmp_path, now=NOW, frozen=True)
    made = subscribe(first)
    lifecycle.run_until(first, NOW + DAY)
    first.close()
    again = Sandbox(tmp_path, frozen=True)
    assert again.now() - (NOW + DAY) in range(60)
    lifecycle.run_until(again, NOW + 31 * DAY)
    assert [i["status"] for i in again.find("invoice", customer=made["customer"])] == ["paid"] * 2
    again.close()


def test_ids_do_not_repeat_after_a_restart(tmp_path: Path) -> None:
    seen: set[str] = set()
    for _ in range(3):
        sandbox = Sandbox(tmp_path, now=NOW, frozen=True)
        fresh = {sandbox.new_id("cus") for _ in range(20)}
        assert not fresh & seen
        seen |= fresh
        sandbox.close()


def test_the_same_seed_gives_the_same_history() -> None:
    bodies = []
    for _ in range(2):
        sandbox = Sandbox(now=NOW, frozen=True, seed=3)
        subscribe(sandbox)
        lifecycle.run_until(sandbox, NOW + 70 * DAY)
        rows = sandbox.storage.event_rows("1 = 1", (), "seq")
        bodies.append(sandbox.storage.event_bodies([row[0] for row in rows]))
        sandbox.close()
    assert bodies[0] == bodies[1]
    assert len(bodies[0]) > 20


def test_an_exception_undoes_objects_indexes_and_events() -> None:
    sandbox = Sandbox(now=NOW, frozen=True)
    made = subscribe(sandbox)
    told = len(sandbox.storage.event_rows("1 = 1", (), "seq"))

    def fail_halfway() -> None:
        with sandbox.transaction():
            customers.update(sandbox, made["customer"], {"name": "Changed"})
            customers.create(sandbox, {"name": "New"})
            sandbox.storage.spill()
            raise SandboxError("no")

    with pytest.raises(SandboxError):
        fail_halfway()
    assert sandbox.get("customer", made["customer"])["name"] is None
    assert len(sandbox.find("customer")) == 1
    assert len(sandbox.storage.event_rows("1 = 1", (), "seq")) == told
    lifecycle.run_until(sandbox, NOW + 31 * DAY)
    assert len(sandbox.find("invoice")) == 2
    sandbox.close()


def test_changes_need_a_transaction() -> None:
    sandbox = Sandbox(now=NOW)
    with pytest.raises(RuntimeError, match=r"sandbox\.transaction"):
        customers.create(sandbox, {})
    sandbox.close()


def test_hosted_links_follow_a_new_address(tmp_path: Path) -> None:
    first = Sandbox(tmp_path, now=NOW, frozen=True)
    first.reached_at("http://127.0.0.1:1111")
    made = subscribe(first)
    first.close()
    again = Sandbox(tmp_path, now=NOW, frozen=True)
    again.reached_at("http://127.0.0.1:2222")
    invoice = again.get("invoice", made["latest_invoice"])
    assert invoice["hosted_invoice_url"].startswith("http://127.0.0.1:2222/i/")
    again.close()


def test_quiet_history_records_only_what_it_is_told_to() -> None:
    sandbox = Sandbox(now=NOW, frozen=True)
    sandbox.only_events = {"invoice.paid"}
    subscribe(sandbox)
    types = [row[2] for row in sandbox.storage.event_rows("1 = 1", (), "seq")]
    assert types == ["invoice.paid"]
    sandbox.close()


def bodies(sandbox: Sandbox) -> list[bytes]:
    with sandbox.lock:
        rows = sandbox.storage.event_rows("1 = 1", (), "seq")
        return sandbox.storage.event_bodies([row[0] for row in rows])


def make_customers(sandbox: Sandbox, count: int) -> None:
    for number in range(count):
        customers.create(sandbox, {"name": f"Číslo {number}"})


def test_a_long_history_is_packed_and_reads_the_same_after_a_restart(tmp_path: Path) -> None:
    kept = Sandbox(tmp_path / "kept", now=NOW, frozen=True)
    loose = Sandbox(now=NOW, frozen=True)
    for sandbox in (kept, loose):
        for _ in range(3):
            with sandbox.transaction():
                make_customers(sandbox, 300)
    expected = bodies(loose)
    assert bodies(kept) == expected
    kept.close()
    again = Sandbox(tmp_path / "kept", now=NOW, frozen=True)
    assert bodies(again) == expected
    again.close()
    stored = (tmp_path / "kept" / "world.sqlite3").read_bytes()
    assert stored.count(b'"type":"customer.created"') < 700


def test_a_history_that_is_undone_before_it_is_kept_leaves_the_store_readable(
    tmp_path: Path,
) -> None:
    sandbox = Sandbox(tmp_path, now=NOW, frozen=True)

    def fail_late() -> None:
        with sandbox.transaction():
            make_customers(sandbox, 600)
            sandbox.storage.spill()
            raise SandboxError("no")

    with pytest.raises(SandboxError):
        fail_late()
    with sandbox.transaction():
        make_customers(sandbox, 3)
    assert len(bodies(sandbox)) == 3
    sandbox.close()
    again = Sandbox(tmp_path, now=NOW, frozen=True)
    assert len(bodies(again)) == 3
    again.close()
