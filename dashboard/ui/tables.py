"""Tables of a list: paged in SQL, money per row's currency, a click leads to the customer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

import streamlit as st

from dashboard import addressed, kept, navigation
from dashboard import format as fmt
from dashboard.language import tr
from dashboard.ui import cells, grid
from dashboard.ui.badges import BADGES as BADGES
from dashboard.ui.badges import badge as badge
from dashboard.ui.badges import colour as colour
from dashboard.ui.badges import one as one

PAGE_SIZE: Final = 25


def show(
    rows: Sequence[Mapping[str, Any]],
    columns: Mapping[str, Any],
    *,
    key: str,
    ids: Sequence[str],
    alt: str,
    money: Sequence[str] = (),
    most: int | None = None,
    choose: bool = True,
    chosen: int | None = None,
    always: bool = False,
    on_choose: Callable[[int | None], None] | None = None,
    sparse: bool = False,
) -> int | None:
    """Draw ``rows`` and answer the index of the chosen one.

    With ``on_choose`` the choice is kept elsewhere: it is told when somebody chooses a row, or
    lets it go, and ``chosen`` says which is shown as chosen; ``always``: none is let go.
    ``most``: rows beyond which it scrolls. ``money``: columns of minor units in the row's
    ``currency``. ``sparse``: a column that is empty in every row is left out.
    """
    if not rows:  # a page behind the last row: its switch says so
        return None
    if sparse:
        kept = {name for row in rows for name in columns if row[name] not in (None, [])}
        columns = {name: column for name, column in columns.items() if name in kept}
    codes = [row["currency"] for row in rows] if money else []
    drawn = [
        cells.column(name, told, [row[name] for row in rows], codes if name in money else None)
        for name, told in columns.items()
    ]
    scrolls = most is not None and len(rows) > most + 1
    shared: dict[str, Any] = {
        "key": key,
        "alt": alt,
        "height": grid.tall(most) if scrolls else None,
    }
    if not choose:
        grid.draw(drawn, **shared)
        return None
    if on_choose:
        grid.told(drawn, ids, on_choose, chosen=chosen, always=always, **shared)
        return None
    return grid.held(drawn, ids, **shared)


def text(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Collection[int] = (),
    unbroken: Collection[int] = (),
) -> None:
    """A short table of sentences, which wrap where a grid would cut them off. Cells are Markdown:
    whatever is not ours has been through ``fmt.md``. ``right`` and ``unbroken`` are columns that
    are aligned to the right, and those that stay on one line."""
    rule = ["---:" if n in right else "---" for n in range(len(heads))]
    kept = [
        [cell.replace(" ", "\u00a0") if n in unbroken else cell for n, cell in enumerate(row)]
        for row in rows
    ]
    st.markdown("\n".join(f"| {' | '.join(cells)} |" for cells in (heads, rule, *kept)))


def pager(
    total: int,
    *,
    key: str = "page",
    size: int = PAGE_SIZE,
    passed: int = 0,
    of: int | None = None,
    at_least: int = 0,
) -> int:
    """The page switch beneath a table, when there is more than one page; answers the offset.

    ``key`` is also the name in the address; ``size`` is how many a page holds. Of a list that is
    longer than its numbered pages: ``passed`` are the rows before them, ``of`` is how many there
    are in all, None where only ``at_least`` so many is known.
    """
    pages = max(-(-total // size), 1)
    if pages == 1:
        return 0
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}_switch"):
        offset: int = (st.pagination(pages, key=key, bind="query-params") - 1) * size
        last = min(offset + size, total)
        every = of or (at_least if at_least else total)
        shown = {"first": passed + offset + 1, "last": passed + last, "total": every}
        spelled = {name: fmt.number(value) for name, value in shown.items()}
        if of is None and at_least:
            st.caption(tr("{first} to {last} of more than {total}", **spelled))
        else:
            st.caption(tr("{first} to {last} of {total}", **spelled))
    return offset


def open_customer(customer_id: str) -> None:
    """Go to the customer's page; its address can be pasted into a chat."""
    # The browser's way back forgets the filters: a page switch empties the address it leaves.
    left = {name: kept.params().get_all(name) for name in kept.params()}
    st.session_state["came_from"] = (st.session_state.get("page_shown"), left)
    navigation.open_page("customer", customer=customer_id)


def remember(customer_ids: Sequence[str]) -> Callable[[int | None], None]:
    """For ``on_choose`` of a table that is not the last thing of its fragment: what it chooses is
    opened by `open_remembered` when the fragment begins anew."""

    def chosen(index: int | None) -> None:
        if index is not None:
            remember_page("customer", customer=customer_ids[index])

    return chosen


def remember_page(slug: str, **query: str) -> None:
    """In a callback: the page that `open_remembered` opens."""
    st.session_state["to_open"] = (slug, query)


def open_remembered() -> None:
    """At the head of a fragment: go where a choice in it leads. Leaving from its midst would leave
    the browser with half a page."""
    slug, query = st.session_state.pop("to_open", (None, {}))
    if slug == "customer":
        open_customer(query["customer"])
    elif slug:
        navigation.open_page(slug, **dict(addressed.marked(query)))


def way_back() -> None:
    """To the list that the customer was opened from, filtered as it was."""
    slug, query = st.session_state.get("came_from", (None, {}))
    row = navigation.BY_SLUG.get(slug)
    if row is None or slug == "customer":
        return
    if st.button(
        tr("Back to {page}", page=tr(row.title)),
        key="way_back",
        type="tertiary",
        icon=":material/arrow_back:",
    ):
        navigation.open_page(slug, **query)
