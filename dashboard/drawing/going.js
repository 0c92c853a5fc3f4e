// To another page of the app, as the way back goes: nothing is loaded anew, and the server is asked
// for the page itself. It is told by the address that this is no way back, so that choices wait for
// their page (dashboard/turned.py). The browser's address stays what it was until the page comes,
// when Streamlit changes it: what the page that is left still writes there is about itself. Who has
// lost the server asks for everything.
const go = (href) => {
  const app = document.querySelector('[data-testid="stApp"]')
  if (app?.dataset.testConnectionState !== "CONNECTED") return location.assign(href)
  const was = location.href
  const here = new URL(href, was).pathname === location.pathname
  if (!here) history.replaceState({}, "", `/turned${href}`)
  else if (location.search) history.pushState({}, "", href)
  dispatchEvent(new PopStateEvent("popstate", { state: {} }))
  if (!here) history.replaceState({}, "", was)
}

