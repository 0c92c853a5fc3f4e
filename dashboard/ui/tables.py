"""Tables of a list: paged in SQL, money per row's currency, a click leads to the customer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import streamlit as st

from dashboard import format as fmt
from dashboard import navigation
from dashboard.language import tr
from dashboard.ui import sliding, spelled
from dashboard.ui.badges import BADGES as BADGES
from dashboard.ui.badges import badge as badge
from dashboard.ui.badges import colour as colour
from dashboard.ui.badges import one as one
from dashboard.ui.worded import worded

PAGE_SIZE: Final = 25


def show(
    rows: Sequence[Mapping[str, Any]],
    columns: Mapping[str, Any],
    *,
    key: str,
    ids: Sequence[str],
    alt: str,
    money: Sequence[str] = (),
    height: Any = "content",
    choose: bool = True,
    chosen: int | None = None,
    on_choose: Callable[[int | None], None] | None = None,
    sparse: bool = False,
) -> int | None:
    """Draw ``rows`` and answer the index of the chosen one.

    ``chosen`` is chosen from the start; ``on_choose`` is told when somebody chooses another row,
    or none. ``sparse``: a column that is empty in every row is left out.
    A selection is a position, and must not slide to another customer when the rows change: see
    `sliding`.
    """
    if not rows:  # a page behind the last row: its switch says so
        return None
    if sparse:
        held = {name for row in rows for name in columns if row[name] not in (None, [])}
        columns = {name: column for name, column in columns.items() if name in held}
    cells = {name: [row[name] for row in rows] for name in columns}
    cells |= {name: _badges(cells[name]) for name in columns if _is_badge(columns[name])}
    columns, numbers = spelled.columns(columns)
    words = spelled.words(cells, numbers)
    if money:
        codes = [row["currency"] for row in rows]
        for name in columns:
            if name in money:
                cells[name], words[name] = _amounts(cells[name], codes)
            else:
                cells[name] = _counts(cells[name])
    drawn = worded(cells, words)
    table = sliding.key(key, ids, chosen=chosen is not None)
    shared = {
        "hide_index": True,
        "column_config": dict(columns),
        "height": height,
        "key": table,
        "alt": alt,
        "placeholder": fmt.UNKNOWN,
    }
    if not choose:
        st.dataframe(drawn, **shared)
        return None

    def told() -> None:
        if on_choose and sliding.meant(key):
            on_choose(_chosen(st.session_state[table], len(rows)))

    state = st.dataframe(
        drawn,
        on_select=told if on_choose else "rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": [] if chosen is None else [chosen]}},
        **shared,
    )
    return _chosen(state, len(rows))


def _is_badge(column: Any) -> bool:
    kind = column.get("type_config") or {}
    return kind.get("type") == "multiselect"


def _badges(lists: Sequence[Sequence[str] | None]) -> list[list[str]]:
    """Words of badges in the reader's language."""
    return [[tr(word) if word in BADGES else word for word in words or ()] for words in lists]


def _chosen(state: Any, rows: int) -> int | None:
    found = state["selection"]["rows"]
    return found[0] if found and found[0] < rows else None


def _amounts(
    amounts: Sequence[int | None], codes: Sequence[str | None]
) -> tuple[list[Decimal | None], list[str]]:
    """Exact amounts, which stay underneath so that sorting sorts numbers, and their words."""
    exact = [
        None if minor is None or not code else fmt.exact(int(minor), code)
        for minor, code in zip(amounts, codes, strict=True)
    ]
    words = [
        fmt.amount(value, code) if code else fmt.UNKNOWN
        for value, code in zip(exact, codes, strict=True)
    ]
    return exact, words


def _counts(values: list[Any]) -> list[Any]:
    """Whole numbers without decimals."""
    known = [value for value in values if value is not None]
    if not all(isinstance(value, int) or _whole(value) for value in known):
        return values
    return [int(value) if _whole(value) else value for value in values]


def _whole(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()


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
    left = {name: st.query_params.get_all(name) for name in st.query_params}
    st.session_state["came_from"] = (st.session_state.get("page_shown"), left)
    navigation.open_page("customer", customer=customer_id)


def remember(customer_ids: Sequence[str]) -> Callable[[int | None], None]:
    """For ``on_choose`` of a table that is not the last thing of its fragment: what it chooses is
    opened by `open_remembered` when the fragment begins anew."""

    def chosen(index: int | None) -> None:
        if index is not None:
            st.session_state["to_open"] = customer_ids[index]

    return chosen


def open_remembered() -> None:
    """At the head of a fragment: go to the customer that was chosen in it. Leaving from its midst
    would leave the browser with half a page."""
    if wanted := st.session_state.pop("to_open", None):
        open_customer(wanted)


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
