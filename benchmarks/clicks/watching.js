// From the next input of a person to the last change that they see of it, in milliseconds.
//
// Resolves when the server has answered, the script has run and nothing has changed for QUIET; null
// after `patience`. That it ran is told by its messages: a short run can be over before the page
// says that it is running.
// A change is one of the page's elements, of a chart's in its own root, or text that is drawn on a
// canvas, as the naive tables are. None is
// - what moves by itself in the header and the sidebar;
// - what floats above the page: a choice that closes, the help of what the mouse rests on;
// - the mark of elements that a run has not come to yet: they fade only after half a second;
// - the hidden rows that a table keeps beneath its canvas for screen readers, 200 ms behind it.
(patience) => {
  const QUIET = 300
  const app = document.querySelector('[data-testid="stApp"]')
  const outside = '[data-testid="stHeader"], [data-testid="stSidebar"], [data-testid="stStatusWidget"], canvas'
  const page = '[data-testid="stApp"], [role="dialog"]'
  const seen = (change) => {
    const node = change.target
    if (node === app) return false
    if (change.type === "attributes" && node.dataset.testid === "stElementContainer")
      if (["class", "data-stale"].includes(change.attributeName)) return false
    if (change.type === "attributes" && node.dataset.testid === "stTooltipHoverTarget") return false
    const within = node.getRootNode().host ?? node
    const element = within.nodeType === 1 ? within : within.parentElement
    return element?.closest(page) && !element.closest(outside)
  }
  let input = null
  let last = 0
  window.portsideWritten = new WeakMap()
  const began = (event) => {
    if (event.isTrusted && input === null) input = event.timeStamp
  }
  const events = ["pointerdown", "keydown"]
  events.forEach((name) => window.addEventListener(name, began, true))
  const observer = new MutationObserver((changes) => {
    if (input !== null && changes.some(seen)) last = performance.now()
    if (changes.some((change) => change.addedNodes.length)) enter()
  })
  const all = { childList: true, subtree: true, characterData: true, attributes: true }
  const entered = new Set()
  const enter = () => {
    for (const { shadowRoot: root } of document.querySelectorAll('[data-testid="stBidiComponentIsolated"]')) {
      if (!root || entered.has(root)) continue
      entered.add(root)
      observer.observe(root, all)
    }
  }
  observer.observe(document.body, all)
  enter()
  const waiting = () =>
    app.dataset.testScriptState !== "notRunning" ||
    document.querySelector('[data-testid="stMain"] [data-stale="true"], [data-testid="stSkeleton"]')
  window.portsideWatched = new Promise((resolve) => {
    const timer = setInterval(() => {
      const now = performance.now()
      if (input === null) return
      const change = Math.max(last, window.portsideDrawn)
      const answered = window.portsideAnswered
      const over = now - input > patience
      const done = answered > input && change > input && !waiting()
      if (over || (done && now - Math.max(change, answered) > QUIET)) {
        clearInterval(timer)
        observer.disconnect()
        events.forEach((name) => window.removeEventListener(name, began, true))
        resolve(over ? null : change - input)
      }
    }, 20)
  })
}
