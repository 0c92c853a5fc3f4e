"""The Audit page: the verdict on the chain, the filters, and whom a row leads to."""

from __future__ import annotations

import pytest

from lib.billing import ChainState
from tests.pages.conftest import Open, everything
from tests.pages.drawn import tables
from tests.pages.fake_billing import FakeBilling

SEAL = "ab" * 32


def test_it_is_for_administrators_only(open_page: Open) -> None:
    for role in ("support", "finance", "founder"):
        app = open_page("audit", role)
        assert "sam@example.com" not in everything(app)
        assert not tables(app) or "who" not in tables(app)[0].value


VERDICTS = {
    "whole": (ChainState(42, 42, 42, SEAL, None), "Verified up to row 42", "green"),
    "not followed to its end": (
        ChainState(42, 42, 99, SEAL, None),
        "Verified up to row 42",
        "orange",
    ),
    "broken": (ChainState(6, 6, 42, SEAL, 7), "Broken at row 7", "red"),
}


@pytest.mark.parametrize(("chain", "said", "colour"), VERDICTS.values(), ids=VERDICTS.keys())
def test_the_verdict_is_a_word_and_a_colour(
    open_page: Open, desk: FakeBilling, chain: ChainState, said: str, colour: str
) -> None:
    desk.chain = chain
    app = open_page("audit")
    badge = next(m.value for m in app.markdown if said in m.value)
    assert colour in badge
    assert any(SEAL[:16] in caption.value for caption in app.caption)


def test_every_row_is_checked_when_asked_for(open_page: Open, desk: FakeBilling) -> None:
    app = open_page("audit")
    assert desk.checked == 0
    app.button(key="check_audit").click().run()
    assert desk.checked == 1
    assert not app.exception


def test_the_list_is_paged_and_its_filters_are_in_the_address(open_page: Open) -> None:
    app = open_page("audit")
    assert len(tables(app)[0].value) == 25
    app = open_page("audit", acts="Export: taken away", who="ada@example.com")
    frame = tables(app)[0].value
    assert (set(frame["what"]), set(frame["who"])) == ({"Export"}, {"ada@example.com"})
    app = open_page("audit", q="nobody at all")
    assert not tables(app)
    app.button(key="clear_filters").click().run()
    assert len(tables(app)[0].value) == 25


def test_nothing_done_says_what_would_show(open_page: Open, desk: FakeBilling) -> None:
    desk.acts = 0
    desk.chain = ChainState(0, 0, 0, "0" * 64, None)
    app = open_page("audit")
    assert not tables(app)
    assert any("show here" in caption.value for caption in app.caption)
