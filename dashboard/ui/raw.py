"""Raw objects for engineers: what was seen of one, and what Stripe sent, without secrets."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.language import ntr, say, tr
from dashboard.ui import notes
from lib.billing import Permission, RawObject, RawSighting, provider_of

HEIGHT: Final = 520


@st.fragment
@notes.calmly
def draw(customer_id: str) -> None:
    """An object, one of its sightings, and both forms of it."""
    staff = session.check(Permission.RAW)
    desk, zone = session.billing(), data.timezone()
    objects = desk.raw_objects(customer_id, roles=staff.roles)
    left, right = st.columns(2)
    with left:
        chosen = st.selectbox(tr("Object"), objects, format_func=_object, key=f"raw_{customer_id}")
    if chosen is None:
        return
    sightings = desk.raw_sightings(
        customer_id, chosen.object_type, chosen.object_id, roles=staff.roles
    )
    with right:
        sighting = st.selectbox(
            tr("Seen"),
            sightings,
            format_func=lambda each: f"{fmt.clock(each.second, zone)} · {each.event_id}",
            key=f"raw_{chosen.object_id}",
        )
    if sighting is not None:
        _both(sighting)


def _both(sighting: RawSighting) -> None:
    staff = session.check(Permission.RAW)
    body = session.billing().raw_body(sighting.event_id, roles=staff.roles)
    left, right = st.columns(2)
    with left:
        st.markdown(
            fmt.joined(("**" + tr("As Portside reads it") + "**", fmt.words(sighting.kind)))
        )
        with st.container(height=HEIGHT):
            st.json(sighting.after if sighting.after is not None else {}, expanded=1)
            if sighting.before is not None:
                st.caption(tr("Before it"))
                st.json(sighting.before, expanded=1)
    with right:
        provider = provider_of(sighting.event_id).label
        st.markdown("**" + tr("As {provider} sent it", provider=provider) + "**")
        with st.container(height=HEIGHT):
            if body.why_not:
                st.caption(say(body.why_not))
            else:
                st.json(body.body, expanded=2)
    st.caption(tr("Secrets and addresses of sessions are hidden."))


def _object(each: RawObject) -> str:
    seen = ntr("{count} sighting", "{count} sightings", each.seen)
    return fmt.joined((fmt.words(each.object_type), each.object_id, seen))
