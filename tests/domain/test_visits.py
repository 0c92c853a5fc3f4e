"""When somebody was last here."""

from __future__ import annotations

import pytest

from lib.billing.domain.visits import AWAY, KEPT_EVERY, Visit, visit_of, visiting

T = 1_795_316_400

CASES: dict[str, tuple[Visit | None, int, int | None, Visit]] = {
    "the first time nothing was before": (None, T, None, Visit(None, T)),
    "a reload a minute later is the same visit, and nothing is kept": (
        Visit(T - 9_000, T),
        T + 60,
        None,
        Visit(T - 9_000, T),
    ),
    "ten minutes later a sign is kept": (
        Visit(T - 9_000, T),
        T + KEPT_EVERY,
        None,
        Visit(T - 9_000, T + KEPT_EVERY),
    ),
    "half an hour without a sign is still the visit": (
        Visit(T - 9_000, T),
        T + AWAY,
        None,
        Visit(T - 9_000, T + AWAY),
    ),
    "a second more and another one begins": (
        Visit(T - 9_000, T),
        T + AWAY + 1,
        None,
        Visit(T, T + AWAY + 1),
    ),
    "who clicked within the page meanwhile was here": (
        Visit(T - 9_000, T),
        T + AWAY + 600,
        T + 900,
        Visit(T - 9_000, T + AWAY + 600),
    ),
    "the last click is when the visit ended": (
        Visit(T - 9_000, T),
        T + 86_400,
        T + 900,
        Visit(T + 900, T + 86_400),
    ),
    "the second time is not the first": (Visit(None, T), T + 86_400, None, Visit(T, T + 86_400)),
    "a clock that was put back begins no visit": (
        Visit(T - 9_000, T),
        T - 3_600,
        None,
        Visit(T - 9_000, T - 3_600),
    ),
}


@pytest.mark.parametrize(("known", "now", "act", "expected"), CASES.values(), ids=list(CASES))
def test_a_visit_ends_when_half_an_hour_passes_without_a_sign(
    known: Visit | None, now: int, act: int | None, expected: Visit
) -> None:
    assert visiting(known, now, act) == expected


@pytest.mark.parametrize("visit", [Visit(None, T), Visit(T - 1, T)], ids=["first", "later"])
def test_what_is_kept_is_read_as_it_was(visit: Visit) -> None:
    assert visit_of(visit.spelled()) == visit


@pytest.mark.parametrize("kept", [None, "", "yesterday", "1", "a b", "1 -2", "- "])
def test_what_nobody_can_read_is_as_if_nothing_was_kept(kept: str | None) -> None:
    assert visit_of(kept) is None
