"""Saved views in the sidebar: named addresses, one's own and those that others share."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import streamlit as st

from dashboard import addressed, kept, navigation, session
from dashboard import format as fmt
from dashboard.language import ntr, tr
from dashboard.session import Staff
from lib.billing import LONGEST_NAME, BillingError, DatabaseUnavailable, SavedView

NOT_FILTERS = frozenset({"page", "embed", "embed_options"})
"""Parts of an address that belong to the moment."""
IN_SIGHT = 2
"""Views in the menu itself: with more of them the person's own line would be out of sight."""


def menu(staff: Staff, slug: str) -> None:
    """The views that ``staff`` may open, and the way to keep the address of now as one."""
    try:
        found = session.desk().saved_views(staff.email, roles=staff.roles)
    except DatabaseUnavailable:
        return  # the page says so
    usable = [view for view in found if _may_open(staff, view)]
    if usable:
        st.caption(tr("Saved views"))
    with st.container(gap=None, key="saved_views"):
        for view in usable[:IN_SIGHT]:
            _link(view, staff)
        if more := usable[IN_SIGHT:]:
            with st.popover(
                ntr("{count} more", "{count} more", len(more)),
                icon=":material/bookmarks:",
                type="tertiary",
                key="more_views",
            ):
                for view in more:
                    _link(view, staff)
    if slug in navigation.BY_SLUG:
        _keeping(staff, slug, [view for view in usable if view.staff == staff.email])


def _may_open(staff: Staff, view: SavedView) -> bool:
    row = navigation.BY_SLUG.get(view.page)
    return row is not None and staff.may(row.permission)


def _link(view: SavedView, staff: Staff) -> None:
    row = navigation.BY_SLUG[view.page]
    own = view.staff == staff.email
    whose = tr("Only you see it.") if own else tr("Shared by {person}.", person=fmt.md(view.staff))
    if own and view.shared:
        whose = tr("You share it with everyone.")
    st.page_link(
        str(row.file),
        label=fmt.md(view.name),
        icon=":material/bookmark:" if own else ":material/group:",
        help=f"{tr(row.title)}. {whose}",
        query_params=addressed.marked(view.parameters),
        width="stretch",
    )


def _keeping(staff: Staff, slug: str, own: list[SavedView]) -> None:
    with st.popover(
        tr("Save this view"),
        icon=":material/bookmark_add:",
        type="tertiary",
        key="views_popover",
    ):
        title = tr(navigation.BY_SLUG[slug].title)
        st.caption(
            tr("The filters, tab and choices of {page} as they are now, under a name.", page=title)
        )
        with st.form("view_form", border=False):
            st.text_input(tr("Name"), key="view_name", max_chars=LONGEST_NAME)
            st.checkbox(tr("Share with everyone"), key="view_shared")
            st.form_submit_button(tr("Save"), on_click=_keep, args=(slug,))
        if trouble := st.session_state.pop("view_trouble", None):
            st.error(fmt.md(trouble), icon=":material/error:")
        for view in own:
            st.button(
                tr("Remove “{name}”", name=fmt.md(view.name)),
                key=f"view_gone_{view.name}",
                icon=":material/bookmark_remove:",
                type="tertiary",
                on_click=_forget,
                args=(view.name,),
            )


def _keep(slug: str) -> None:
    """Before the page is drawn anew, so that the menu above has it."""
    staff = session.staff()
    if staff is None:
        return
    query = "&".join(_spelled())
    view = SavedView(
        staff.email, st.session_state["view_name"], slug, query, st.session_state["view_shared"]
    )
    try:
        saved = session.billing().save_view(view, roles=staff.roles)
    except BillingError as error:
        st.session_state["view_trouble"] = str(error)
        return
    st.session_state["view_name"], st.session_state["view_shared"] = "", False
    st.toast(tr("Saved as “{name}”.", name=fmt.md(saved.name)), icon=":material/bookmark:")


def _forget(name: str) -> None:
    staff = session.staff()
    if staff is None:
        return
    try:
        session.billing().forget_view(staff.email, name, roles=staff.roles)
    except BillingError as error:
        st.session_state["view_trouble"] = str(error)


def _spelled() -> Iterator[str]:
    for key in kept.params():
        if key not in NOT_FILTERS:
            yield from (urlencode({key: value}) for value in kept.params().get_all(key))
