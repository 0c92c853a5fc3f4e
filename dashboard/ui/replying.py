"""A reply to copy: the customer's situation in a few polite sentences, in their language."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.language import tr
from dashboard.ui import choices, copying, notes, titles
from lib.billing import LANGUAGES, CustomerView


@st.fragment
@notes.calmly
def panel(view: CustomerView) -> None:
    """The reply with its copy button; another language is one choice away."""
    desk = session.billing()
    theirs = desk.reply(view)  # with the country's way to write a day, where that is known
    preferred = theirs.language
    with st.container(border=True, key="reply", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            titles.draw(tr("Reply to copy"))
            language = choices.one(
                tr("Language"),
                f"reply_{view.customer.customer_id}",
                LANGUAGES,
                preferred,
                _nothing,
                width=130,
                unsaid=True,
            )
        shown = theirs if language in (None, preferred) else desk.reply(view, language)
        copying.text(shown.text, key="reply_text", prose=True, language=shown.language)
        st.caption(_origin(view, preferred))


def _origin(view: CustomerView, preferred: str) -> str:
    """Why it is in this language."""
    if view.customer.locale is None:
        return tr("The customer's language is not known: English, unless you choose another.")
    if view.customer.locale.replace("_", "-").partition("-")[0].lower() == preferred:
        return tr("The customer prefers {language}.", language=LANGUAGES[preferred])
    return tr("The customer prefers a language that has no wording yet: English instead.")


def _nothing() -> None:
    """Another language needs nothing but to be drawn."""
