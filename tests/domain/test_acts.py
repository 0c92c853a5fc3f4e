"""What the audit keeps, in words."""

from __future__ import annotations

import pytest

from lib.billing.domain.acts import act_outcome, act_words

SAID = {
    "link.minted": ("Link", "Made"),
    "sign_in": ("Sign-in", "Signed in"),
    "sign_in.refused": ("Sign-in", "Refused"),
    "sign_out": ("Sign-in", "Signed out"),
    "month.closed": ("Month", "Closed"),
    "tea_break": ("Tea break", "Done"),
}


@pytest.mark.parametrize(("action", "words"), SAID.items())
def test_an_act_is_told_in_words_known_or_not(action: str, words: tuple[str, str]) -> None:
    assert (act_words(action), act_outcome(action)) == words
