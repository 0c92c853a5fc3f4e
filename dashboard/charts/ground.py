"""What every chart stands on: no clutter, money on the axes, texts that are not read as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from dashboard import format as fmt
from dashboard.charts.figure import Figure
from dashboard.language import current

HEIGHT: Final = 240


def calm(figure: Figure, currency: str | None, along: str = "y") -> Figure:
    """No clutter: no axis titles, one set of quiet grid lines, a horizontal legend."""
    values: dict[str, Any] = {
        "title": None,
        "nticks": 5,
        **_signs(currency),
        # Not SI's: half a dollar would be "$500m", a billion "$1G".
        **(
            {"exponentformat": "B", "minexponent": _shortened(), "separatethousands": True}
            if currency
            else {"tickformat": ",d"}
        ),
        "zeroline": False,
        "fixedrange": True,
    }
    names: dict[str, Any] = {
        "title": None,
        "showgrid": False,
        "fixedrange": True,
        "ticks": "",
        "tickangle": 0,
        "automargin": True,
    }
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 8, "t": 8, "b": 0},
        bargap=0.35,
        showlegend=False,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "title": None},
        separators=",." if current() == "de" else ".,",
        xaxis=values if along == "x" else names,
        yaxis=names if along == "x" else values,
    )
    return figure


def _shortened() -> int:
    """The power of ten from which a number is cut short: German knows no "k" for thousands."""
    return 6 if current() == "de" else 3


def _signs(currency: str | None) -> dict[str, str | None]:
    """The currency's sign before or behind a number, as the language has it."""
    if currency is None:
        return {"tickprefix": None}
    zero = fmt.money_short(0, currency)
    before, behind = zero.split("0", 1)[0], zero.rpartition("0")[2]
    return {"tickprefix": before, "ticksuffix": behind} if behind else {"tickprefix": before}


def plain(label: str) -> str:
    """Plotly reads a little HTML in names: show it as it was written."""
    return label.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def worded(label: str) -> str:
    """The same inside the words of a tooltip, where a percent sign begins a name of Plotly's."""
    return plain(label).replace("%", "%\u200b")


def sparse(figure: Figure, names: Sequence[str]) -> Figure:
    """An axis that names five periods at most, the last always: a phone holds no more."""
    step = -(-len(names) // 5) or 1
    return figure.update_xaxes(type="category", tickvals=list(names[::-1][::step])[::-1])
