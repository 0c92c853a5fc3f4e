"""The Portal page's parts: the verdict, the fields of each plan group, and applying them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.language import mark, ntr, say, tr
from dashboard.ui import primary, tables, titles
from lib.billing import BillingError, GroupPlan, Permission, PortalChange, PortalPlan, grace_note

_SAID: Final = "portal_said"
_WORDS: Final = frozenset({"cancel_mode", "cancel_proration", "proration", "trial_change"})
_TOLD: Final = mark(
    "What changing a plan and cancelling lead to now. Who makes such a link for a customer "
    "reads the same beside it."
)
_VIEWS: Final = (mark("Differences"), mark("All fields"))


def verdict(planned: PortalPlan, *, asked: bool) -> None:
    """Whether cancellations wait for the period's end, and whether anything differs."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="verdict"):
        for text, icon, colour, meaning in _badges(planned):
            st.badge(text, icon=icon, color=colour, help=meaning)
        told = (
            tr("Read from Stripe just now") if asked else tr("As far as Stripe's events have told")
        )
        st.caption(told, width="content")
        if asked:
            st.button(
                tr("Read again"),
                key="portal_again",
                type="tertiary",
                icon=":material/refresh:",
                on_click=data.forget_portal,
            )


def _badges(planned: PortalPlan) -> Iterator[tuple[str, str, Any, str]]:
    red = [warning for warning in planned.warnings if warning.level == "red"]
    if red:
        yield (
            tr("Cancels immediately"),
            ":material/error:",
            "red",
            tr("Customers who cancel lose at once what they have paid for."),
        )
    else:
        yield (
            tr("Cancels at the end of the period")
            if _waits(planned)
            else tr("Cancels immediately, as the catalogue says"),
            ":material/check_circle:" if _waits(planned) else ":material/bolt:",
            "green" if _waits(planned) else "orange",
            tr("What customers have paid for stays theirs until it ends."),
        )
    missing = sum(group.action == "create" for group in planned.groups)
    if missing:
        yield (
            ntr(
                "{count} plan group without a configuration",
                "{count} plan groups without a configuration",
                missing,
            ),
            ":material/add_circle:",
            "orange",
            tr("Links use the account's default configuration there, as it was set up by hand."),
        )
    differing = sum(len(group.changes) for group in planned.groups if group.action == "update")
    if differing:
        yield (
            ntr(
                "{count} field unlike the catalogue",
                "{count} fields unlike the catalogue",
                differing,
            ),
            ":material/difference:",
            "orange",
            tr("Somebody has changed the portal in Stripe, or the catalogue here."),
        )
    if planned.clean:
        yield (
            tr("As the catalogue says"),
            ":material/check_circle:",
            "green",
            tr("Every field that Portside manages."),
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
    told = tr("Nothing can be applied until this is put right.")
    st.error(
        f"**{told}**\n\n{lines}",
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
    st.caption(fmt.md(say(grace_note(session.billing().catalog))))


def group(found: GroupPlan, names: Mapping[str, str]) -> None:
    """One plan group: its fields in Stripe beside the catalogue's."""
    with st.container(border=True, gap="small", key=f"portal_{found.group}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            titles.draw(tr("Plan group {group}", group=found.group))
            chosen = st.segmented_control(
                tr("Fields shown"),
                _VIEWS,
                format_func=tr,
                default=_VIEWS[0],
                key=f"portal_view_{found.group}",
                label_visibility="collapsed",
                required=True,
                width="content",
            )
        st.caption(_standing(found))
        if found.words:
            st.markdown(f":material/campaign: {_spoken(found)}", help=tr(_TOLD))
        pairs = found.compared if chosen == _VIEWS[1] else found.changes
        if pairs:
            _fields(found, pairs, names)
        elif found.action == "none":
            every = tr("Every field is as the catalogue says.")
            st.markdown(f":material/check_circle: {every}")
        if found.untold:
            st.caption(
                tr("Stripe does not tell which prices are offered, so they are not compared.")
            )


def _spoken(found: GroupPlan) -> str:
    words = " ".join(say(sentence) for sentence in found.words)
    return fmt.md(words if found.live else tr("Once applied: {words}", words=words))


def _standing(found: GroupPlan) -> str:
    if found.configuration_id is None:
        return tr("There is no configuration of ours yet; applying creates one.")
    name = fmt.md(found.configuration_id)
    if found.action == "none":
        return name
    left = ntr("{count} field to change", "{count} fields to change", len(found.changes))
    return f"{name} · {left}"


def _fields(found: GroupPlan, pairs: tuple[PortalChange, ...], names: Mapping[str, str]) -> None:
    column = st.column_config
    ordered = sorted(pairs, key=lambda pair: not pair.differs)
    tables.show(
        [
            {
                "field": _label(pair, names),
                "live": spelt(pair, pair.live, names),
                "wanted": spelt(pair, pair.wanted, names),
                "state": [tr("Differs") if pair.differs else tr("Same")],
            }
            for pair in ordered
        ],
        {
            "field": column.TextColumn(tr("Field"), width=190),
            "live": column.TextColumn(tr("In Stripe"), width=250),
            "wanted": column.TextColumn(tr("In the catalogue"), width=320),
            "state": tables.badge(tr("State"), width=100),
        },
        key=f"portal_fields_{found.group}",
        ids=[f"{pair.field}:{pair.differs}" for pair in ordered],
        alt=tr(
            "Fields of the portal configuration of {group}, in Stripe and in the catalogue",
            group=found.group,
        ),
        choose=False,
    )


def _label(pair: PortalChange, names: Mapping[str, str]) -> str:
    _head, _, product = pair.field.partition(".")
    return pair.label.replace(product, names.get(product, product)) if product else pair.label


def spelt(pair: PortalChange, value: Any, names: Mapping[str, str]) -> str:
    """A field's value in words."""
    match value:
        case None | "":
            return tr("None")
        case bool():
            return tr("Switched on") if value else tr("Switched off")
        case list():
            return ", ".join(fmt.words(each) for each in value) or tr("None")
        case dict():
            prices = ", ".join(names.get(each, each) for each in value["prices"])
            return tr("{prices}, quantity too", prices=prices) if value["quantity"] else prices
    return fmt.words(value) if pair.field in _WORDS else str(value)


def apply(planned: PortalPlan) -> None:
    """The button. What is applied is what was shown: anything else is refused."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            primary.label(tr("Apply to Stripe")),
            key="portal_apply",
            type="primary",
            icon=":material/published_with_changes:",
            on_click=_press,
            args=(planned.mark,),
        )
        st.caption(
            tr("Customers see it the next time they open the portal. It is kept in the audit."),
            width="stretch",
        )


def _press(mark: str) -> None:
    try:
        person = session.check(Permission.PORTAL)
        done = session.billing().portal_apply(staff=person.email, roles=person.roles, expected=mark)
        said = [("done", fmt.md(sentence)) for sentence in done.sentences()]
        said += [
            ("trouble", tr("Stripe took it but shows another value. {field}.", field=fmt.md(left)))
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
