"""`[tables.…]` of the catalogue file: what customers are shown.

    [tables.main]
    group = "core"                  # the plan group that it shows; by itself the table's own key
    state = "live"                  # or "draft", by itself
    default = true                  # the one shown where none is named
    hidden_at_sign_up = false       # true: not shown to whoever signs up, only to who is there
    features_heading = "Included in every plan"

A file without any table shows each plan group in a live table of the group's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from .errors import CatalogInvalid
from .plans import Plan, PricingTable

STATES = ("draft", "live")


class ReadsTables(Protocol):
    """What the catalogue's reader lends."""

    def tables(self, name: str) -> dict[str, dict[str, Any]]: ...
    def fail(self, message: str, *needles: str) -> CatalogInvalid: ...
    def text(self, table: Mapping[str, Any], key: str, where: str) -> str | None: ...
    def choice(
        self, table: Mapping[str, Any], key: str, default: str, known: tuple[str, ...], where: str
    ) -> str: ...
    def switch(self, table: Mapping[str, Any], key: str, default: bool, where: str) -> bool: ...


def read_tables(reader: ReadsTables, plans: Mapping[str, Plan]) -> dict[str, PricingTable]:
    """The declared tables by key, else one for each plan group. Raises CatalogInvalid."""
    declared = reader.tables("tables")
    if not declared:
        groups = sorted({plan.group for plan in plans.values() if plan.published})
        only = len(groups) == 1
        return {
            group: PricingTable(group, group, "live", default=only or group == "core")
            for group in groups
        }
    return {key: _table(reader, key, table) for key, table in declared.items()}


def _table(reader: ReadsTables, key: str, table: Mapping[str, Any]) -> PricingTable:
    where = f"tables.{key}"
    state = reader.choice(table, "state", "draft", STATES, where)
    return PricingTable(
        key=key,
        group=reader.text(table, "group", where) or key,
        state="live" if state == "live" else "draft",
        default=reader.switch(table, "default", False, where),
        hidden_at_sign_up=reader.switch(table, "hidden_at_sign_up", False, where),
        features_heading=reader.text(table, "features_heading", where),
    )


def cards(table: PricingTable, plans: Mapping[str, Plan]) -> list[Plan]:
    """The plans that a table shows: published ones of its group, lowest rank first."""
    shown = [plan for plan in plans.values() if plan.published and plan.group == table.group]
    return sorted(shown, key=lambda plan: (plan.rank, plan.slug))
