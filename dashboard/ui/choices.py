"""Choices as elements of our own: a switch, a list to choose one of, and one to choose several.

What is pressed looks chosen, stands in the address and is asked of the server at once. Streamlit's
draw the whole app with the new address first: a twentieth of a second for a switch, a tenth for a
list. ``dashboard/drawing/{switch,pick,several}.js`` draw them; `kept` tells the address.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Final, TypeVar

import streamlit as st

from dashboard import kept
from dashboard.language import tr
from dashboard.ui import drawn

V = TypeVar("V", bound=Hashable)

SWITCH: Final = "portside_switch"
PICK: Final = "portside_pick"
SEVERAL: Final = "portside_several"
SCRIPTS: Final = {
    SWITCH: drawn.script("part", "choice", "switch"),
    PICK: drawn.script("part", "choice", "pick"),
    SEVERAL: drawn.script("part", "choice", "several"),
}
STYLES: Final = {
    SWITCH: drawn.style("switch"),
    PICK: drawn.style("field", "pick"),
    SEVERAL: drawn.style("field", "several"),
}
HTML: Final = {
    SWITCH: '<div class="switch" role="radiogroup"></div>',
    PICK: '<div class="field pick"><select></select></div>',
    SEVERAL: '<div class="field several"></div>',
}
_mounts: Final = {
    name: drawn.element(name, HTML[name], SCRIPTS[name], STYLES[name]) for name in SCRIPTS
}


def switch(
    label: str,
    key: str,
    words: Mapping[V, str],
    begin: V,
    on_choose: Callable[[], None],
    *,
    everywhere: bool = False,
) -> V:
    """One of ``words``, value → what people call it, side by side; ``begin`` until one is chosen.

    Held in ``st.session_state[key]``, where others may change it before this is drawn.
    ``everywhere``: other pages that know ``key`` begin with it.
    """
    held = _one(key, words, begin, everywhere=everywhere)
    how = {"width": "content", "everywhere": everywhere}
    _draw(SWITCH, label, key, words, [held], [begin], on_choose, **how)
    return begin if held is None else held


def one(
    label: str,
    key: str,
    words: Mapping[V, str],
    begin: V | None,
    on_choose: Callable[[], None],
    *,
    width: int,
    icon: str = "",
    unsaid: bool = False,
) -> V | None:
    """One of ``words`` in a list that opens; ``begin``: None if none may be chosen, which is then
    called ``label``. ``width``: pixels. ``icon``: a Material symbol's name. ``unsaid``: the address
    says nothing of it."""
    held = _one(key, words, begin, unsaid=unsaid)
    more = {"none": label if begin is None else None, "icon": icon, "unsaid": unsaid}
    _draw(PICK, label, key, words, [held], [begin], on_choose, width=width, **more)
    return held


def several(
    label: str,
    key: str,
    words: Mapping[V, str],
    on_choose: Callable[[], None],
    *,
    width: int | None = None,
) -> tuple[V, ...]:
    """Any of ``words``, in their order; none chosen is what ``label`` alone says. As wide as what
    is chosen takes, or ``width`` pixels."""
    if key in st.session_state:
        asked = set(st.session_state[key] or ())
        held = [value for value in words if value in asked]
    else:
        told = set(kept.params().get_all(key))
        held = [value for value, called in words.items() if called in told]
    st.session_state[key] = held
    clear, wide = tr("Clear {label}", label=label), width or "content"
    _draw(SEVERAL, label, key, words, held, [], on_choose, width=wide, clear=clear)
    return tuple(held)


def _one(
    key: str,
    words: Mapping[V, str],
    begin: V | None,
    *,
    everywhere: bool = False,
    unsaid: bool = False,
) -> V | None:
    """What nobody chose goes nowhere, and what goes everywhere waits for a page that has it."""
    held: V | None = st.session_state.get(key)
    emptied = begin is None and held is None and key in st.session_state
    if held not in words and not emptied:
        told = None if unsaid else kept.params().get(key)
        found = next((value for value, called in words.items() if called == told), begin)
        if held is not None and everywhere:
            return found
        held = found
        if held != begin:
            st.session_state[key] = held
    if held == begin and not everywhere:
        st.session_state.pop(key, None)
    return held


def _draw(
    kind: str,
    label: str,
    key: str,
    words: Mapping[V, str],
    held: Sequence[V | None],
    begin: Sequence[V | None],
    on_choose: Callable[[], None],
    *,
    width: int | str,
    everywhere: bool = False,
    unsaid: bool = False,
    **more: Any,
) -> None:
    place, count = kept.place(key), f"{key}_heard"

    def say(values: Sequence[V | None]) -> list[str]:
        said = [words[each] for each in values if each is not None]
        if not unsaid:
            kept.say(key, () if list(values) == list(begin) else said, everywhere=everywhere)
        return said

    def heard() -> None:
        told = st.session_state[place]["choice"]
        st.session_state[count] = told["count"]
        values = [value for value, called in words.items() if called in told["words"]]
        if kind == SEVERAL:
            st.session_state[key] = values
        elif values or begin == [None]:
            values = values[:1] or [None]
            [st.session_state[key]] = values
        else:
            values = list(held)
        say(values)
        on_choose()

    chosen = say(held)
    _mounts[kind](
        key=place,
        data={
            "name": key,
            "page": kept.page(),
            "label": label,
            "options": list(words.values()),
            "chosen": chosen,
            "begin": [words[each] for each in begin if each is not None],
            "heard": st.session_state.get(count, 0),
            "unsaid": unsaid,
            **more,
        },
        default={"choice": None},
        on_choice_change=heard,
        width=width,
    )
