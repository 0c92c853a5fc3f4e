"""What is in line is told without proof, and the proof says the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lib.billing.domain import trail
from lib.billing.domain.observations import Observation, Spelled, canonical

KINDS = {
    "subscription": [{"status": s, "n": n} for s in ("active", "past_due") for n in (1, 2)],
    "invoice": [
        {"status": s, "amount_paid": paid, "attempt_count": n, "attempted": n > 0}
        for s in ("draft", "open", "paid")
        for paid in (0, 5)
        for n in (0, 1)
    ],
}


@st.composite
def histories(draw) -> list[Observation]:
    """One object's; mostly in line, as they mostly are."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    states = st.sampled_from(KINDS[kind])
    second, state, told = 1_000, draw(states), []
    for number in range(draw(st.integers(1, 6))):
        after = draw(states)
        how = draw(st.sampled_from(["edge", "edge", "edge", "point", "created", "terminal"]))
        before = state if draw(st.integers(0, 9)) else draw(states)
        told.append(
            Observation(
                event_id=f"evt_{draw(st.integers(0, 99))}_{number}",
                object_type=kind,
                object_id="o",
                customer_id="cus_1",
                second=second,
                kind=how,
                before=before if how in ("edge", "terminal") else None,
                after=after,
                effective=second - draw(st.integers(0, 4)) if how == "terminal" else second,
            )
        )
        state = after
        second += draw(st.sampled_from([0, 1, 2, 3, 3, 100, 100, 100]))
    return told


@given(histories())
def test_a_whole_history_is_folded_as_the_proof_folds_it(told):
    unique = trail._sorted(told)
    plain = trail._plain(unique)
    assert plain is None or plain == trail._proven(unique)


@given(histories(), st.integers(1, 5))
def test_going_on_in_line_is_what_the_proof_goes_on_to(told, many):
    known, fresh = trail.fold_object(told[:many]), trail._sorted(told[many:])
    went_on = trail.continue_object(known, fresh) if fresh else None
    assert went_on is None or went_on == trail._proven_on(known, fresh)


def test_plain_histories_take_the_short_way():
    states = KINDS["subscription"]
    born = Observation("evt_1", "subscription", "o", None, 10, "created", None, states[0], 10)
    went = Observation("evt_2", "subscription", "o", None, 20, "edge", states[0], states[1], 20)
    over = Observation("evt_3", "subscription", "o", None, 30, "terminal", None, states[2], 30)
    assert trail._plain([born, went, over]) is not None
    assert trail._plain([born, over, went]) is None


def test_a_state_that_knows_its_text_is_the_state_and_keeps_the_text():
    text = canonical({"b": [1, None], "a": "é"})
    known = Spelled({"a": "é", "b": [1, None]}, text)
    assert known == {"b": [1, None], "a": "é"}
    assert canonical(known) == text
