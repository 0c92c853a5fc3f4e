// To another page of the app, as the way back goes: nothing is loaded anew, and the server is asked
// for the page itself. It is told by the address that this is no way back, so that choices wait for
// their page (dashboard/kept.py). Who has lost the server asks for everything.
const go = (href) => {
  const app = document.querySelector('[data-testid="stApp"]')
  if (app?.dataset.testConnectionState !== "CONNECTED") return location.assign(href)
  const here = new URL(href, location.href).pathname === location.pathname
  if (here && !location.search) return
  history.pushState({}, "", here ? href : `/turned${href}`)
  dispatchEvent(new PopStateEvent("popstate", { state: {} }))
  history.replaceState({}, "", href)
}

