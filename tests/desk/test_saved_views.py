"""Saved views: one's own, shared ones, what cannot be kept."""

from __future__ import annotations

from dataclasses import replace
from threading import Thread

import pytest

from lib.billing.desk import Portside
from lib.billing.domain.errors import NoSuchObject, PermissionDenied, WrongUsage
from lib.billing.domain.permissions import Role
from lib.billing.domain.saved_views import MOST_VIEWS, SavedView
from lib.billing.settings.setup import Setup
from lib.billing.store.engine import Store
from tests.reports.ledger import CATALOG, at

SOMEBODY = {"roles": {Role.SUPPORT}}
SAM, KIM = "sam@example.com", "kim@example.com"
MONDAY = SavedView(SAM, "Monday", "winding-down", "plans=pro&plans=starter&q=a%26b")


@pytest.fixture
def portside(store: Store) -> Portside:
    return Portside(store=store, clock=lambda: at("2026-03-15"), setup=Setup(catalog=CATALOG))


def test_ones_own_come_by_name_and_then_what_others_share(portside: Portside) -> None:
    shared = SavedView(KIM, "Aged", "invoices", "buckets=%3E120", shared=True)
    for view in (MONDAY, replace(MONDAY, name="all of it", query=""), shared):
        portside.save_view(view, **SOMEBODY)
    portside.save_view(SavedView(KIM, "Mine alone", "mrr"), **SOMEBODY)
    assert [view.name for view in portside.saved_views(SAM, **SOMEBODY)] == [
        "all of it",
        "Monday",
        "Aged",
    ]
    assert [view.name for view in portside.saved_views("new@example.com", **SOMEBODY)] == ["Aged"]


def test_the_filters_come_back_in_their_order_and_number(portside: Portside) -> None:
    assert portside.save_view(MONDAY, **SOMEBODY).parameters == (
        ("plans", "pro"),
        ("plans", "starter"),
        ("q", "a&b"),
    )


def test_the_same_name_again_takes_the_place_of_the_first(portside: Portside) -> None:
    portside.save_view(MONDAY, **SOMEBODY)
    portside.save_view(replace(MONDAY, query="plans=free", shared=True), **SOMEBODY)
    assert [view.query for view in portside.saved_views(SAM, **SOMEBODY)] == ["plans=free"]
    assert [view.name for view in portside.saved_views(KIM, **SOMEBODY)] == ["Monday"]


def test_what_is_taken_away_is_gone_for_everyone_and_may_come_back(portside: Portside) -> None:
    portside.save_view(replace(MONDAY, shared=True), **SOMEBODY)
    portside.forget_view(SAM, "Monday", **SOMEBODY)
    assert portside.saved_views(SAM, **SOMEBODY) == portside.saved_views(KIM, **SOMEBODY) == ()
    portside.save_view(MONDAY, **SOMEBODY)
    assert portside.saved_views(SAM, **SOMEBODY) == (MONDAY,)


def test_nobody_takes_away_what_is_another_ones(portside: Portside) -> None:
    portside.save_view(replace(MONDAY, shared=True), **SOMEBODY)
    with pytest.raises(NoSuchObject):
        portside.forget_view(KIM, "Monday", **SOMEBODY)
    assert [view.name for view in portside.saved_views(KIM, **SOMEBODY)] == ["Monday"]


def test_without_a_role_there_is_nothing_to_see_or_keep(portside: Portside) -> None:
    portside.save_view(replace(MONDAY, shared=True), **SOMEBODY)
    assert portside.saved_views(SAM, roles=()) == ()
    with pytest.raises(PermissionDenied):
        portside.save_view(MONDAY, roles=())
    with pytest.raises(PermissionDenied):
        portside.forget_view(SAM, "Monday", roles=())


def test_a_double_click_is_one_view(store: Store, portside: Portside) -> None:
    clicks = [Thread(target=portside.save_view, args=(MONDAY,), kwargs=SOMEBODY) for _ in range(2)]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    assert portside.saved_views(SAM, **SOMEBODY) == (MONDAY,)


def test_a_menu_has_an_end(portside: Portside) -> None:
    for number in range(MOST_VIEWS):
        portside.save_view(replace(MONDAY, name=f"View {number}"), **SOMEBODY)
    with pytest.raises(WrongUsage, match="Remove one first"):
        portside.save_view(MONDAY, **SOMEBODY)
    portside.save_view(replace(MONDAY, name="View 7", query=""), **SOMEBODY)


REFUSED = {
    "no name": (replace(MONDAY, name=" \n"), "no_view_name"),
    "a name without an end": (replace(MONDAY, name="x" * 61), "view_name_too_long"),
    "another address": (replace(MONDAY, page="https://foreign.test"), "view_page_unknown"),
    "a page above": (replace(MONDAY, page="../audit"), "view_page_unknown"),
    "filters without an end": (replace(MONDAY, query="q=" + "x" * 2000), "view_too_long"),
}


@pytest.mark.parametrize(("view", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_kept_is_refused(portside: Portside, view: SavedView, code: str) -> None:
    with pytest.raises(WrongUsage) as refused:
        portside.save_view(view, **SOMEBODY)
    assert refused.value.code == code
    assert portside.saved_views(SAM, **SOMEBODY) == ()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("![x](http://foreign.test/x.png)",) * 2,
        ("<script>alert(1)</script>",) * 2,
        ("two\r\nlines", "two lines"),
        ("\u202eevil\x00", "evil"),
    ],
)
def test_hostile_names_are_one_plain_line(portside: Portside, name: str, kept: str) -> None:
    assert portside.save_view(replace(MONDAY, name=name), **SOMEBODY).name == kept
