"""What Streamlit itself takes for another page: nothing is read, nothing is reckoned.

Two pages of a title, two of four numbers, two charts and a table, and two of as many parts of each
kind as Overview has, all of it constant.
"""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

st.set_page_config(layout="wide")
ROWS = pd.DataFrame({"name": [f"Name {n}" for n in range(25)], "amount": range(25)})


def empty(title: str) -> None:
    st.title(title)
    st.write("Nothing is here.")


def full(title: str) -> None:
    st.title(title)
    for number, column in enumerate(st.columns(4)):
        column.metric(f"Number {number}", number)
    for number, column in enumerate(st.columns(2)):
        figure = go.Figure(go.Bar(x=list(range(12)), y=list(range(12))))
        column.plotly_chart(figure, key=f"{title}{number}")
    st.dataframe(ROWS)


def many(title: str) -> None:
    full(title)
    st.dataframe(ROWS.head(5))
    st.segmented_control("Currency", ["USD", "EUR"], default="USD", key=f"{title}_currency")
    st.selectbox("Week", ["Any", "This"], key=f"{title}_week")
    for number in range(7):
        st.subheader(f"Heading {number}", help="What it means", anchor=False)
        st.page_link(st.Page(lambda: None, title=f"Page {number}", url_path=f"page{number}"))
    for number in range(25):
        st.markdown(f"A sentence about {number}.")
    for number in range(6):
        st.button(f"Customer {number}", type="tertiary", icon=":material/person:")


@st.fragment
def part(title: str) -> None:
    """The least that a choice can redraw."""
    chosen = st.selectbox("Choice", ["One", "Two", "Three"], key=f"{title}_choice")
    st.write(f"{chosen} is chosen.")


def small(title: str) -> None:
    st.title(title)
    part(title)


def among(title: str) -> None:
    """The same amid as many parts as Overview has."""
    part(title)
    many(title)


@st.fragment
def drawn(title: str) -> None:
    """A choice that redraws one chart and one table."""
    chosen = st.selectbox("Choice", ["One", "Two", "Three"], key=f"{title}_choice")
    figure = go.Figure(go.Bar(x=list(range(12)), y=[len(chosen) * 3 % 7 + n for n in range(12)]))
    st.plotly_chart(figure, key=f"{title}_chart")
    st.dataframe(ROWS.assign(chosen=chosen))


def redrawn(title: str) -> None:
    st.title(title)
    drawn(title)


def _page(draw, title: str, **more) -> st.Page:
    return st.Page(lambda: draw(title), title=title, url_path=title.lower(), **more)


st.navigation(
    [
        _page(empty, "First", default=True),
        _page(empty, "Second"),
        _page(full, "Third"),
        _page(full, "Fourth"),
        _page(many, "Fifth"),
        _page(many, "Sixth"),
        _page(small, "Seventh"),
        _page(among, "Eighth"),
        _page(redrawn, "Ninth"),
    ]
).run()
