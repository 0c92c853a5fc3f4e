"""The entry script: page settings, sign-in, navigation, run. It runs before any page does."""

import streamlit as st

from dashboard import addressed, attendance, language, navigation, remembered, session, visits
from dashboard.ui import changes, chrome, notes, tour

st.set_page_config(
    page_title="Portside",
    page_icon=chrome.MARK,
    layout="wide",
    initial_sidebar_state="auto",
    menu_items={"Get help": None, "Report a bug": None, "About": None},
)


@notes.calmly
def main() -> None:
    session.keep_up()
    staff = session.staff()
    attendance.keep(staff)
    language.settle(remembered.choices(staff).get("language"))
    visits.keep(staff)
    page = st.navigation(navigation.pages(staff), position="hidden")
    st.set_page_config(page_title=f"{page.title} · Portside")
    addressed.arrive()
    if staff:
        chrome.sidebar(staff, page.url_path)
        changes.open_wanted(staff)
        tour.strip(staff, page.url_path)
    page.run()


main()
