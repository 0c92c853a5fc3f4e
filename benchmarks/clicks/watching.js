// From the next input of a person to the last change that it draws, in milliseconds.
//
// Resolves when the server has answered, the script has run and nothing has changed for QUIET; null
// after `patience`. That it ran is told by its messages: a short run can be over before the page
// says that it is running.
// What moves by itself in the header and the sidebar is no part of the page.
(patience) => {
  const QUIET = 250
  const app = document.querySelector('[data-testid="stApp"]')
  const outside = (node) => {
    const element = node.nodeType === 1 ? node : node.parentElement
    return element?.closest('[data-testid="stHeader"], [data-testid="stSidebar"], [data-testid="stStatusWidget"]')
  }
  let input = null
  let last = 0
  let wasRunning = false
  const began = (event) => {
    if (event.isTrusted && input === null) input = event.timeStamp
  }
  const events = ["pointerdown", "keydown"]
  events.forEach((name) => window.addEventListener(name, began, true))
  const observer = new MutationObserver((changes) => {
    if (input === null) return
    if (changes.some((c) => c.target !== app && !outside(c.target))) last = performance.now()
  })
  observer.observe(document.body, {
    childList: true, subtree: true, characterData: true, attributes: true,
  })
  const waiting = () =>
    app.dataset.testScriptState !== "notRunning" ||
    document.querySelector('[data-testid="stMain"] [data-stale="true"], [data-testid="stSkeleton"]')
  window.portsideWatched = new Promise((resolve) => {
    const timer = setInterval(() => {
      const now = performance.now()
      if (input === null) return
      const running = app.dataset.testScriptState !== "notRunning"
      if (wasRunning && !running) last = Math.max(last, now)
      wasRunning = running
      const over = now - input > patience
      const answered = window.portsideAnswered > input && last > input
      if (over || (answered && !waiting() && now - last > QUIET)) {
        clearInterval(timer)
        observer.disconnect()
        events.forEach((name) => window.removeEventListener(name, began, true))
        resolve(over ? null : last - input)
      }
    }, 5)
  })
}
