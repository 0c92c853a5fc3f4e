"""What Streamlit itself takes for another page: nothing is read, nothing is reckoned.

Two pages of a title, and two of what a page of ours consists of (four numbers, two charts, a
table), all of it constant.
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


def _page(draw, title: str, **more) -> st.Page:
    return st.Page(lambda: draw(title), title=title, url_path=title.lower(), **more)


st.navigation(
    [
        _page(empty, "First", default=True),
        _page(empty, "Second"),
        _page(full, "Third"),
        _page(full, "Fourth"),
    ]
).run()
