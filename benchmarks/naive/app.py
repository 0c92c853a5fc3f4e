"""Five pages as a first version has them: every table is read whole on every click, pandas adds it
up, plotly.express draws it; no fragments, no caches, no paging in SQL.

`NAIVE_DATABASE_URL` names the database of the projection, `NAIVE_NOW` the time in unix seconds.
"""

import os
import time

import pandas as pd
import plotly.express as px
import streamlit as st
from sqlalchemy import create_engine

st.set_page_config(layout="wide")
ENGINE = create_engine(os.environ["NAIVE_DATABASE_URL"])
NOW = int(os.environ.get("NAIVE_NOW") or time.time())
PAGE = 25


def load(table: str) -> pd.DataFrame:
    return pd.read_sql(f"SELECT * FROM {table}", ENGINE)


def month(seconds: pd.Series) -> pd.Series:
    return pd.to_datetime(seconds, unit="s").dt.strftime("%Y-%m")


def shown(rows: pd.DataFrame) -> None:
    page = st.number_input("Page", min_value=1, value=1)
    st.dataframe(rows.iloc[(page - 1) * PAGE : page * PAGE])


def overview() -> None:
    st.title("Overview")
    subscriptions, movements, customers = (
        load("subscriptions"),
        load("movements"),
        load("customers"),
    )
    currency = st.selectbox("Currency", sorted(subscriptions["currency"].dropna().unique()))
    live = subscriptions[(subscriptions["mrr_minor"] > 0) & (subscriptions["currency"] == currency)]
    moved = movements[(movements["currency"] == currency) & (movements["occurred_at"] <= NOW)]
    leaving = live[live["winding_down"] == True]  # noqa: E712
    one, two, three, four = st.columns(4)
    one.metric("MRR", f"{live['mrr_minor'].sum() / 100:,.2f}")
    two.metric("Committed", f"{(live['mrr_minor'].sum() - leaving['mrr_minor'].sum()) / 100:,.2f}")
    three.metric("Paying customers", live["customer_id"].nunique())
    four.metric("Churned", int((moved["kind"] == "churn").sum()))
    left, right = st.columns(2)
    bridge = moved.assign(month=month(moved["occurred_at"]))
    bridge = bridge.groupby(["month", "kind"], as_index=False)["delta_minor"].sum()
    left.plotly_chart(px.bar(bridge, x="month", y="delta_minor", color="kind"))
    weeks = leaving.assign(week=pd.to_datetime(leaving["ends_at"], unit="s").dt.strftime("%G-W%V"))
    ahead = weeks.groupby("week", as_index=False)["mrr_minor"].sum()
    right.plotly_chart(px.bar(ahead, x="week", y="mrr_minor"))
    st.subheader("Upgrades")
    up = moved[moved["kind"] == "expansion"].merge(customers, on="customer_id")
    st.dataframe(up.sort_values("occurred_at", ascending=False).head(8))


def winding_down() -> None:
    st.title("Winding down")
    subscriptions, customers = load("subscriptions"), load("customers")
    rows = subscriptions[(subscriptions["winding_down"] == True) & subscriptions["live"]]  # noqa: E712
    rows = rows.merge(customers, on="customer_id", suffixes=("", "_customer"))
    weeks = rows.assign(week=pd.to_datetime(rows["ends_at"], unit="s").dt.strftime("%G-W%V"))
    bars = weeks.groupby(["week", "plan"], as_index=False)["value_minor"].sum()
    st.plotly_chart(px.bar(bars, x="week", y="value_minor", color="plan"))
    plans = st.multiselect("Plan", sorted(rows["plan"].dropna().unique()))
    if plans:
        rows = rows[rows["plan"].isin(plans)]
    order = st.selectbox("Sort by", ["ends_at", "value_minor", "plan"])
    shown(rows.sort_values(order, ascending=order != "value_minor"))


def plan_mix() -> None:
    st.title("Plan mix")
    subscriptions, customers = load("subscriptions"), load("customers")
    live = subscriptions[subscriptions["mrr_minor"] > 0]
    currency = st.selectbox("Currency", sorted(live["currency"].dropna().unique()))
    rows = live[live["currency"] == currency]
    mix = rows.groupby(["plan", "interval"], as_index=False).agg(
        mrr_minor=("mrr_minor", "sum"), customers=("customer_id", "nunique")
    )
    st.plotly_chart(px.bar(mix, x="plan", y="mrr_minor", color="interval"))
    st.dataframe(mix)
    shown(rows.merge(customers, on="customer_id").sort_values("mrr_minor", ascending=False))


def invoices() -> None:
    st.title("Invoices")
    rows, customers = load("invoices"), load("customers")
    owed = rows[rows["status"] == "open"]
    age = pd.cut((NOW - owed["created_at"]) / 86_400, [-1e9, 0, 30, 60, 90, 120, 1e9])
    ages = owed.assign(age=age.astype(str)).groupby("age", as_index=False)
    st.plotly_chart(
        px.bar(ages["amount_remaining_minor"].sum(), x="age", y="amount_remaining_minor")
    )
    order = st.selectbox("Sort by", ["created_at", "total_minor", "paid_at"])
    rows = rows.sort_values(order, ascending=False).merge(customers, on="customer_id")
    shown(rows)


def customer() -> None:
    st.title("Customer")
    text = st.text_input("Find a customer")
    customers, subscriptions, rows = load("customers"), load("subscriptions"), load("invoices")
    if not text:
        return
    found = customers[customers["email"].str.contains(text, case=False, regex=False, na=False)]
    st.dataframe(found)
    for customer_id in found["customer_id"].head(1):
        st.subheader("Subscriptions")
        st.dataframe(subscriptions[subscriptions["customer_id"] == customer_id])
        st.subheader("Invoices")
        st.dataframe(rows[rows["customer_id"] == customer_id])


st.navigation(
    [
        st.Page(overview, title="Overview", default=True),
        st.Page(customer, title="Customer"),
        st.Page(winding_down, title="Winding down"),
        st.Page(plan_mix, title="Plan mix"),
        st.Page(invoices, title="Invoices"),
    ]
).run()
