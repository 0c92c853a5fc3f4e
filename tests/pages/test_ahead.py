"""What a page has read beside it is what it then shows, once, whatever comes in meanwhile."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
import streamlit as st

from dashboard import keeping, session
from lib.billing import DatabaseUnavailable, Freshness, Portside
from lib.billing.store.engine import Store
from tests.desk.money_world import over_company
from tests.pages.conftest import ROOT, opened

pytestmark = pytest.mark.postgres

LONG = (
    "failed_payments", "winding_down", "upgrades", "roll_forward", "overview", "runway",
    "standing_months",
)  # fmt: skip


class Busy:
    """A desk that another event reaches each time somebody looks; what is asked of it takes long
    enough for several looks."""

    def __init__(self, desk: Portside) -> None:
        self._desk = desk
        self._came = count(1)
        self.asked: Counter[str] = Counter()

    def freshness(self) -> Freshness:
        fresh = self._desk.freshness()
        return replace(fresh, watermark=fresh.watermark + next(self._came))

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._desk, name)
        if name not in LONG:
            return found

        def slow(*given: Any, **named: Any) -> Any:
            self.asked[f"{name}{given}{sorted(named.items())}"] += 1
            time.sleep(2 * keeping.GLANCE)
            return found(*given, **named)

        return slow


@pytest.fixture
def busy(postgres_url: str, demo: None) -> Iterator[Busy]:
    store = Store(postgres_url)
    desk = Busy(over_company(store, 4))
    session.use(desk)  # type: ignore[arg-type]
    yield desk
    session.use(None)
    st.cache_data.clear()
    store.close()


@pytest.mark.parametrize(
    ("slug", "read"),
    [("overview", set(LONG)), ("winding-down", {"winding_down"})],
    ids=["overview", "winding-down"],
)
def test_nothing_is_read_twice_for_one_drawing_though_events_come_in(
    busy: Busy, slug: str, read: set[str]
) -> None:
    app = opened(slug, "founder")
    for _ in range(2):
        assert not app.exception
        assert {name for name in LONG if any(each.startswith(name) for each in busy.asked)} == read
        assert not [each for each, times in busy.asked.items() if times > 1]
        busy.asked.clear()
        app.run()  # what came in since is read


@pytest.mark.parametrize("slug", ["overview", "invoices"])
def test_what_came_in_while_a_page_was_begun_is_offered(busy: Busy, slug: str) -> None:
    opened("overview", "founder")  # the currency of the next one is known
    looks = count(1)
    busy.freshness = lambda: replace(  # type: ignore[method-assign]
        Portside.freshness(busy._desk), watermark=100_000 + min(next(looks), 2)
    )
    app = opened(slug, "founder")
    assert not app.exception
    assert [button.key for button in app.button if button.key == "refresh"] == ["refresh"]
    app.button(key="refresh").click().run()
    assert [button.key for button in app.button if button.key == "refresh"] == []


@pytest.mark.parametrize("slug", ["overview", "invoices"])
def test_a_page_whose_database_is_away_has_its_head_and_says_so_at_once(
    busy: Busy, slug: str
) -> None:
    opened("overview", "founder")
    asked = []

    def away() -> Freshness:
        asked.append("freshness")
        raise DatabaseUnavailable("Nobody answers.")

    busy.freshness = away  # type: ignore[method-assign]
    app = opened(slug, "founder")
    assert not app.exception
    assert [title.value for title in app.title] == [slug.capitalize()]
    assert "Nobody answers" in " ".join(error.value for error in app.error)
    assert asked == ["freshness"]


def test_a_process_ends_without_what_it_began_to_read() -> None:
    script = (
        "import time\n"
        "from dashboard import keeping, session\n"
        "class Desk:\n"
        "    answers_several = True\n"
        "    def freshness(self):\n"
        "        from types import SimpleNamespace\n"
        "        return SimpleNamespace(watermark=1, now=60)\n"
        "session.use(Desk())\n"
        "keeping.ahead(*[lambda: time.sleep(60)] * 12)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=50, check=False)
    assert ended.returncode == 0
