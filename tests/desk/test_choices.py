"""What is remembered for one person: kept apart from others, newest first, checked."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from lib.billing.desk import Portside
from lib.billing.domain.errors import PermissionDenied, WrongUsage
from lib.billing.domain.permissions import Role
from lib.billing.settings.setup import Setup
from lib.billing.store import tables
from lib.billing.store.engine import Store
from tests.reports.ledger import CATALOG, at

SOMEBODY = {"roles": {Role.SUPPORT}}
SAM, KIM = "sam@example.com", "kim@example.com"


@pytest.fixture
def portside(store: Store) -> Portside:
    return Portside(store=store, clock=lambda: at("2026-03-15"), setup=Setup(catalog=CATALOG))


def test_the_newest_answer_of_each_name_counts_for_the_one_who_gave_it(portside: Portside) -> None:
    portside.choose(SAM, "language", "de", **SOMEBODY)
    portside.choose(SAM, "tour", "later", **SOMEBODY)
    portside.choose(SAM, "language", "en", **SOMEBODY)
    portside.choose(KIM, "language", "de", **SOMEBODY)
    assert portside.staff_choices(SAM, **SOMEBODY) == {"language": "en", "tour": "later"}
    assert portside.staff_choices(KIM, **SOMEBODY) == {"language": "de"}


def test_what_is_so_already_is_not_written_again(portside: Portside, store: Store) -> None:
    for _ in range(3):
        portside.choose(SAM, "language", "de", **SOMEBODY)
    with store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.staff_choices)) == 1


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        pytest.param("colour", "red", "choice_unknown", id="a name that nothing reads"),
        pytest.param("language", "x" * 61, "choice_malformed", id="too long"),
        pytest.param("language", "de\n", "choice_malformed", id="two lines"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    portside: Portside, name: str, value: str, code: str
) -> None:
    with pytest.raises(WrongUsage) as refused:
        portside.choose(SAM, name, value, **SOMEBODY)
    assert refused.value.code == code
    assert portside.staff_choices(SAM, **SOMEBODY) == {}


def test_without_a_role_nothing_is_kept_or_shown(portside: Portside) -> None:
    portside.choose(SAM, "language", "de", **SOMEBODY)
    assert portside.staff_choices(SAM, roles=()) == {}
    with pytest.raises(PermissionDenied):
        portside.choose(SAM, "language", "en", roles=())
