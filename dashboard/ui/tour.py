"""The strip of the tour, on top of whatever page is shown. It covers nothing and waits."""

from __future__ import annotations

import streamlit as st

from dashboard import navigation, touring
from dashboard.language import tr
from dashboard.session import Staff
from dashboard.ui import primary


def strip(staff: Staff, slug: str) -> None:
    """Where the tour stands, if there is one; ``slug`` is the page beneath it."""
    number = touring.at(staff)
    if number is None:
        return
    steps = touring.steps(staff.permissions)
    with st.container(border=True, gap="xsmall", key="tour"):
        if number == 0:
            _welcome(len(steps))
        else:
            _told(number, steps)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _ways_on(number, steps, slug, staff)


def begin_again() -> None:
    """In the menu of the person: the tour from its beginning."""
    st.button(
        tr("Take the tour"),
        key="tour_again",
        icon=":material/tour:",
        type="tertiary",
        on_click=touring.go,
        args=(0,),
    )


def _welcome(many: int) -> None:
    welcome = tr("Welcome to Portside")
    st.markdown(f":material/tour: **{welcome}**")
    st.caption(
        tr(
            "A tour of {count} pages, chosen for what you do here: each answers a question of your "
            "day. It takes two minutes.",
            count=many,
        )
    )


def _told(number: int, steps: tuple[touring.Step, ...]) -> None:
    step = steps[number - 1]
    row = navigation.BY_SLUG[step.slug]
    where = tr("{number} of {count}", number=number, count=len(steps))
    st.markdown(f"{row.icon} **{tr(row.title)}** :gray-badge[{where}]")
    st.caption(tr(step.told))


def _ways_on(number: int, steps: tuple[touring.Step, ...], slug: str, staff: Staff) -> None:
    if number and steps[number - 1].slug != slug:
        _to(number, steps, tr("Go there"), "tour_there", ":material/arrow_forward:")
    elif number < len(steps):
        following = navigation.BY_SLUG[steps[number].slug]
        label = tr("Next: {page}", page=tr(following.title)) if number else tr("Begin")
        _to(number + 1, steps, label, "tour_next", ":material/arrow_forward:")
    else:
        st.button(
            primary.label(tr("Finish")),
            key="tour_done",
            type="primary",
            icon=":material/check:",
            on_click=touring.never,
            args=(staff,),
        )
    if number > 1:
        _to(number - 1, steps, tr("Back"), "tour_back", ":material/arrow_back:", kind="tertiary")
    st.button(tr("Show me later"), key="tour_later", type="tertiary", on_click=touring.later)
    st.button(
        tr("Never again"), key="tour_never", type="tertiary", on_click=touring.never, args=(staff,)
    )


def _to(
    number: int,
    steps: tuple[touring.Step, ...],
    label: str,
    key: str,
    icon: str,
    *,
    kind: str = "primary",
) -> None:
    shown = primary.label(label) if kind == "primary" else label
    if st.button(shown, key=key, icon=icon, type=kind):  # type: ignore[arg-type]
        touring.go(number)
        navigation.open_page(steps[number - 1].slug)
