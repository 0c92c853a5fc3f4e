"""The policy bridge as it is drawn: the sentence, the lines, and who is behind a chosen one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import session
from dashboard.ui import bridge
from lib.billing.store.engine import Store
from tests.pages.choosing import choice, press
from tests.pages.conftest import everything
from tests.pages.drawn import tables
from tests.pages.fake_billing import FakeBilling
from tests.pages.fake_bridge import FakeBridge
from tests.reports.ledger import desk as real_desk
from tests.reports.test_bridge import EVERYBODY, NOW


def _script() -> None:
    from dashboard import session
    from dashboard.ui import bridge
    from lib.billing import Permission

    bridge.draw("usd", session.guard(Permission.TOTALS))


def drawn(**query: str) -> AppTest:
    app = AppTest.from_function(_script, default_timeout=20)
    app.session_state["demo_role"] = "finance"
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return "\n".join(str(element.value) for element in (*app.markdown, *app.caption)).replace(
        "\\", ""
    )


def test_the_answer_is_a_sentence_with_the_lines_that_move_something(
    demo: None, desk: FakeBilling
) -> None:
    text = said(drawn())
    assert (
        "**Stripe would show $1,174.00**, $174.00 more than the $1,000.00 under Portside: "
        "collection paused +$174.00." in text
    )
    assert "Held against every movement under Stripe: they come to the same." in text


def test_what_was_not_checked_says_how_it_can_be(demo: None, desk: FakeBilling) -> None:
    desk.bridged, desk.unvalued = False, 1
    text = said(drawn())
    assert "`portside replay --policy stripe` keeps them." in text
    assert "1 subscription cannot be valued and is left out." in text


def test_the_table_goes_from_our_mrr_to_theirs(demo: None, desk: FakeBilling) -> None:
    (table,) = tables(drawn())
    assert list(table.value["line"]) == [
        "MRR, Portside",
        "Collection paused",
        "Discounts",
        "MRR, Stripe",
    ]
    assert table.words["reached"].tolist() == ["$1,000.00"] + 3 * ["$1,174.00"]


def test_the_address_names_the_policy_and_the_line(demo: None, desk: FakeBilling) -> None:
    app = drawn(bridge="ChartMogul", bridge_line="collection_paused")
    assert choice(app, "bridge").chosen == ["ChartMogul"]
    _, behind = tables(app)
    assert len(behind.value) == 25
    assert "30 customers, 30 rows. Choose a row to open its customer." in said(app)


def test_another_policy_forgets_the_line(demo: None, desk: FakeBilling) -> None:
    app = drawn(bridge_line="collection_paused")
    assert len(tables(app)) == 2
    press(app, "bridge", "ProfitWell")
    assert len(tables(app)) == 1
    assert "ProfitWell would show" in said(app)


def test_a_line_that_moves_nothing_says_so(demo: None, desk: FakeBilling) -> None:
    app = drawn(bridge_line="discounts")
    assert len(tables(app)) == 1
    assert "Nobody is concerned now." in said(app)


def test_a_line_that_is_not_there_is_none(demo: None, desk: FakeBilling) -> None:
    assert len(tables(drawn(bridge_line="nonsense"))) == 1


def test_what_cannot_be_explained_is_red(demo: None, desk: FakeBilling) -> None:
    (found, _) = FakeBridge().bridge("stripe")
    odd = replace(found.lines[1], slug="unexplained", label="Cannot be explained", minor=7)
    shown = replace(found, currency="usd", lines=(found.lines[0], odd), to_minor=117_407)
    desk.bridge = lambda policy: (shown,)  # type: ignore[method-assign]
    text = said(drawn())
    assert ":material/error: Movements under Stripe come to something else." in text
    assert "cannot be explained +$0.07" in text


def test_the_same_is_said_to_be_the_same() -> None:
    (_, found) = FakeBridge().bridge("stripe")
    same = replace(found, to_minor=found.from_minor, lines=())
    assert bridge.said(same, "Portside").endswith(", the same as Portside.")


@pytest.fixture
def over_sqlite(sqlite_store: Store, demo: None) -> Iterator[None]:
    session.use(real_desk(sqlite_store, EVERYBODY, NOW))
    yield
    session.use(None)
    st.cache_data.clear()


def test_over_a_real_projection(over_sqlite: None) -> None:
    app = drawn(bridge="ChartMogul", bridge_line="discounts")
    text = everything(app)
    assert "ChartMogul takes off every discount, also one that will end" in text
    assert "Customer cus_coupon" in text
