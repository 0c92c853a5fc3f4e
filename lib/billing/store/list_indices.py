"""The indices that lists are walked along, in each database's own words.

One for each order of a list that is longer than somebody reads: a page is what stands first in it.
Amounts and plans are the same in thousands of rows, so that the id, by which those are told apart,
is in the index too: byte by byte, as `queries.columns.by_bytes` orders it. Alembic makes and drops
them here; `tables.metadata` does not know them.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import Connection

CALLED: Final = "lower(coalesce(name, email, customer_id))"
"""How people call a customer, to be ordered by."""


class Walk(NamedTuple):
    """``columns`` and ``only`` as both databases spell them; {id} is the key, by bytes, and a
    flag in ``only`` is written {flag}."""

    name: str
    table: str
    columns: str
    only: str = ""


WALKS: Final = (
    Walk("walk_customers_called", "customers", "{called}, {id}"),
    Walk("walk_invoices_total", "invoices", "total_minor DESC, {id}"),
    Walk("walk_invoices_currency", "invoices", "currency, total_minor DESC, {id}"),
    Walk("walk_invoices_number", "invoices", "number, {id}", "number IS NOT NULL"),
    Walk("walk_invoices_paid", "invoices", "paid_at DESC, {id}", "paid_at IS NOT NULL"),
    Walk("walk_invoices_unpaid", "invoices", "status, created_at DESC", "status <> 'paid'"),
    Walk(
        "walk_invoices_due",
        "invoices",
        # What an age is listed and added up by, so that no row is fetched for it.
        "(coalesce(due_at, finalized_at, created_at)), {id}, created_at, due_at, finalized_at, "
        "status, currency, total_minor, tax_minor, amount_paid_minor, amount_remaining_minor, "
        "credited_minor, refunded_minor, disputed_minor",
        "status = 'open'",
    ),
    Walk(
        "walk_invoices_remaining",
        "invoices",
        "amount_remaining_minor DESC, {id}",
        "status = 'open'",
    ),
    Walk("walk_invoices_credited", "invoices", "created_at DESC", "credited_minor > 0"),
    Walk("walk_invoices_refunded", "invoices", "created_at DESC", "refunded_minor > 0"),
    Walk("walk_invoices_disputed", "invoices", "created_at DESC", "dispute_status IS NOT NULL"),
    Walk(
        "walk_invoices_made",
        "invoices",
        "billing_reason, created_at DESC",
        "billing_reason <> 'subscription_cycle'",
    ),
    Walk(
        "walk_invoices_sent",
        "invoices",
        "collection_method, created_at DESC",
        "collection_method <> 'charge_automatically'",
    ),
    Walk(
        "walk_failing_told",
        "invoices",
        # The currency before the amount: PostgreSQL would rather read the rows than skip over it.
        "subscription_id, customer_id, currency, amount_remaining_minor, failed_at, "
        "next_attempt_at, attempt_count, decline_code, failure_code, {id}",
        "{failing}",
    ),
    Walk(
        "walk_due_told",
        "subscriptions",
        "subscription_id, customer_id, status, live, value_minor, mrr_minor, past_due_since, "
        "winding_down, ends_at, plan, interval, interval_count",
        "status IN ('past_due', 'unpaid')",
    ),
    Walk(
        "walk_due_dearest",
        "subscriptions",
        "value_minor DESC, currency, subscription_id, customer_id, live, status, past_due_since, "
        "winding_down, ends_at, plan, interval, interval_count",
        "status IN ('past_due', 'unpaid')",
    ),
    Walk("walk_failing_amount", "invoices", "amount_remaining_minor DESC, {id}", "{failing}"),
    Walk("walk_failing_next", "invoices", "next_attempt_at, {id}", "{failing}"),
    Walk("walk_failing_attempts", "invoices", "attempt_count DESC, {id}", "{failing}"),
    Walk(
        "walk_movements_churn",
        "movements",
        "policy, occurred_at DESC, {id}, customer_id",
        "kind = 'churn'",
    ),
    Walk("walk_subscriptions_plan", "subscriptions", "plan, {id}"),
    Walk("walk_paying_mrr", "subscriptions", "mrr_minor DESC, {id}", "mrr_minor > 0"),
    Walk(
        "walk_paying_currency", "subscriptions", "currency, mrr_minor DESC, {id}", "mrr_minor > 0"
    ),
    Walk(
        "walk_paying_plan",
        "subscriptions",
        "plan, currency, mrr_minor DESC, {id}",
        "mrr_minor > 0",
    ),
    Walk("walk_paying_started", "subscriptions", "start_date, {id}", "mrr_minor > 0"),
    Walk("walk_winding_value", "subscriptions", "value_minor DESC, {id}", "{winding_down}"),
    Walk(
        "walk_winding_currency",
        "subscriptions",
        "currency, value_minor DESC, {id}",
        "{winding_down}",
    ),
    Walk("walk_winding_asked", "subscriptions", "requested_at, {id}", "{winding_down}"),
    Walk("walk_winding_plan", "subscriptions", "plan, {id}", "{winding_down}"),
    Walk(
        "walk_winding_reason",
        "subscriptions",
        "(coalesce(feedback, reason)), {id}",
        "{winding_down}",
    ),
)

_KEYS: Final = {
    "customers": "customer_id",
    "invoices": "invoice_id",
    "movements": "movement_id",
    "subscriptions": "subscription_id",
}
_FLAGS: Final = ("failing", "winding_down")


def create(connection: Connection) -> None:
    for walk in WALKS:
        connection.exec_driver_sql(statement(walk, sqlite=connection.dialect.name == "sqlite"))


def create_again(connection: Connection, name: str) -> None:
    """One that has other columns now. PostgreSQL lets nobody read the table who would have used the
    old one: it goes when the new one is there."""
    (walk,) = (walk for walk in WALKS if walk.name == name)
    old, sqlite = f"DROP INDEX IF EXISTS {walk.name}", connection.dialect.name == "sqlite"
    if sqlite:
        connection.exec_driver_sql(old)
        connection.exec_driver_sql(statement(walk, sqlite=sqlite))
        return
    made = walk._replace(name=f"{walk.name}_again")
    connection.exec_driver_sql(statement(made, sqlite=sqlite))
    connection.exec_driver_sql(old)
    connection.exec_driver_sql(f"ALTER INDEX {made.name} RENAME TO {walk.name}")


def drop(connection: Connection) -> None:
    for walk in WALKS:
        connection.exec_driver_sql(f"DROP INDEX IF EXISTS {walk.name}")


def statement(walk: Walk, *, sqlite: bool) -> str:
    """What makes it, where it is not there already: it can be made while nobody waits for it."""
    bytewise = "" if sqlite else ' COLLATE "C"'
    words = {"id": _KEYS[walk.table] + bytewise, "called": f"({CALLED}){bytewise}"}
    words |= {flag: f"{flag} = 1" if sqlite else flag for flag in _FLAGS}
    columns = walk.columns.format(**words)
    only = f" WHERE {walk.only.format(**words)}" if walk.only else ""
    return f"CREATE INDEX IF NOT EXISTS {walk.name} ON {walk.table} ({columns}){only}"


def is_ours(name: str | None) -> bool:
    """Whether an index of the database is made here rather than by the metadata."""
    return name is not None and name.startswith("walk_")
