"""The Portal page's parts: the verdict, the fields of each plan group, and applying them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.ui import tables
from lib.billing import BillingError, GroupPlan, Permission, PortalChange, PortalPlan, grace_note

_SAID: Final = "portal_said"
_WORDS: Final = frozenset({"cancel_mode", "cancel_proration", "proration", "trial_change"})
_TOLD: Final = (
    "What changing a plan and cancelling lead to now. Who makes such a link for a customer reads "
    "the same beside it."
)
_VIEWS: Final = ("Differences", "All fields")


def verdict(planned: PortalPlan, *, asked: bool) -> None:
    """Whether cancellations wait for the period's end, and whether anything differs."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="verdict"):
        for text, icon, colour, meaning in _badges(planned):
            st.badge(text, icon=icon, color=colour, help=meaning)
        told = "Read from Stripe just now" if asked else "As far as Stripe's events have told"
        st.caption(told, width="content")
        if asked:
            st.button(
                "Read again",
                key="portal_again",
                type="tertiary",
                icon=":material/refresh:",
                on_click=data.forget_portal,
            )


def _badges(planned: PortalPlan) -> Iterator[tuple[str, str, Any, str]]:
    red = [warning for warning in planned.warnings if warning.level == "red"]
    if red:
        yield (
            "Cancels immediately",
            ":material/error:",
            "red",
            "Customers who cancel lose at once what they have paid for.",
        )
    else:
        yield (
            "Cancels at the end of the period"
            if _waits(planned)
            else "Cancels immediately, as the catalogue says",
            ":material/check_circle:" if _waits(planned) else ":material/bolt:",
            "green" if _waits(planned) else "orange",
            "What customers have paid for stays theirs until it ends.",
        )
    missing = sum(group.action == "create" for group in planned.groups)
    if missing:
        yield (
            f"{fmt.plural(missing, 'plan group')} without a configuration",
            ":material/add_circle:",
            "orange",
            "Links use the account's default configuration there, as it was set up by hand.",
        )
    differing = sum(len(group.changes) for group in planned.groups if group.action == "update")
    if differing:
        yield (
            f"{fmt.plural(differing, 'field')} unlike the catalogue",
            ":material/difference:",
            "orange",
            "Somebody has changed the portal in Stripe, or the catalogue here.",
        )
    if planned.clean:
        yield (
            "As the catalogue says",
            ":material/check_circle:",
            "green",
            "Every field that Portside manages.",
        )


def _waits(planned: PortalPlan) -> bool:
    return all(group.wanted["cancel_mode"] == "at_period_end" for group in planned.groups)


def problems(planned: PortalPlan) -> None:
    """What harms customers now, and what is in the way: nothing is applied half."""
    for warning in planned.warnings:
        if warning.level == "red":
            st.error(fmt.md(warning.sentence), icon=":material/error:")
    if not planned.problems:
        return
    lines = "\n".join(f"- {fmt.md(problem)}" for problem in planned.problems)
    st.error(
        f"**Nothing can be applied until this is put right.**\n\n{lines}",
        icon=":material/block:",
    )


def remarks(planned: PortalPlan) -> None:
    """What was found in passing and harms nobody now."""
    for warning in planned.warnings:
        if warning.level == "amber":
            st.warning(fmt.md(warning.sentence), icon=":material/warning:")
        elif warning.level == "note":
            st.caption(fmt.md(warning.sentence))


def grace() -> None:
    """What the portal knows nothing of: how long a plan stays that is not paid."""
    st.caption(fmt.md(grace_note(session.billing().catalog)))


def group(found: GroupPlan, names: Mapping[str, str]) -> None:
    """One plan group: its fields in Stripe beside the catalogue's."""
    with st.container(border=True, gap="small", key=f"portal_{found.group}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader(f"Plan group {fmt.md(found.group)}", anchor=False, width="stretch")
            chosen = st.segmented_control(
                "Fields shown",
                _VIEWS,
                default=_VIEWS[0],
                key=f"portal_view_{found.group}",
                label_visibility="collapsed",
                required=True,
                width="content",
            )
        st.caption(_standing(found))
        if found.words:
            st.markdown(f":material/campaign: {_spoken(found)}", help=_TOLD)
        pairs = found.compared if chosen == _VIEWS[1] else found.changes
        if pairs:
            _fields(found, pairs, names)
        elif found.action == "none":
            st.markdown(":material/check_circle: Every field is as the catalogue says.")
        if found.untold:
            st.caption("Stripe does not tell which prices are offered, so they are not compared.")


def _spoken(found: GroupPlan) -> str:
    words = " ".join(found.words)
    return fmt.md(words if found.live else f"Once applied: {words}")


def _standing(found: GroupPlan) -> str:
    if found.configuration_id is None:
        return "There is no configuration of ours yet; applying creates one."
    name = fmt.md(found.configuration_id)
    if found.action == "none":
        return name
    return f"{name} · {fmt.plural(len(found.changes), 'field')} to change"


def _fields(found: GroupPlan, pairs: tuple[PortalChange, ...], names: Mapping[str, str]) -> None:
    column = st.column_config
    ordered = sorted(pairs, key=lambda pair: not pair.differs)
    tables.show(
        [
            {
                "field": _label(pair, names),
                "live": spelt(pair, pair.live, names),
                "wanted": spelt(pair, pair.wanted, names),
                "state": ["Differs" if pair.differs else "Same"],
            }
            for pair in ordered
        ],
        {
            "field": column.TextColumn("Field", width=190),
            "live": column.TextColumn("In Stripe", width=250),
            "wanted": column.TextColumn("In the catalogue", width=320),
            "state": tables.badge("State", width=90),
        },
        key=f"portal_fields_{found.group}",
        ids=[f"{pair.field}:{pair.differs}" for pair in ordered],
        alt=f"Fields of the portal configuration of {found.group}, in Stripe and in the catalogue",
        choose=False,
    )


def _label(pair: PortalChange, names: Mapping[str, str]) -> str:
    _head, _, product = pair.field.partition(".")
    return pair.label.replace(product, names.get(product, product)) if product else pair.label


def spelt(pair: PortalChange, value: Any, names: Mapping[str, str]) -> str:
    """A field's value in words."""
    match value:
        case None | "":
            return "None"
        case bool():
            return "On" if value else "Off"
        case list():
            return ", ".join(fmt.words(each) for each in value) or "None"
        case dict():
            prices = ", ".join(names.get(each, each) for each in value["prices"])
            return f"{prices}, quantity too" if value["quantity"] else prices
    return fmt.words(value) if pair.field in _WORDS else str(value)


def apply(planned: PortalPlan) -> None:
    """The button. What is applied is what was shown: anything else is refused."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Apply to Stripe",
            key="portal_apply",
            type="primary",
            icon=":material/published_with_changes:",
            on_click=_press,
            args=(planned.mark,),
        )
        st.caption(
            "Customers see it the next time they open the portal. It is kept in the audit.",
            width="stretch",
        )


def _press(mark: str) -> None:
    try:
        person = session.check(Permission.PORTAL)
        done = session.billing().portal_apply(staff=person.email, roles=person.roles, expected=mark)
        said = [("done", fmt.md(sentence)) for sentence in done.sentences()]
        said += [
            ("trouble", f"Stripe took it but shows another value. {fmt.md(left)}.")
            for left in done.refused_fields
        ]
    except BillingError as error:
        said = [("trouble", fmt.md(str(error)))]
    st.session_state[_SAID] = said
    data.forget_portal()


def outcome() -> None:
    """What the last press came to."""
    for kind, sentence in st.session_state.pop(_SAID, ()):
        if kind == "done":
            st.success(sentence, icon=":material/check_circle:")
        else:
            st.error(sentence, icon=":material/error:")
