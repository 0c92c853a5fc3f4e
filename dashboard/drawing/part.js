// An element of a kind with its words: text, never markup.
const part = (name, kind, text) => {
  const made = document.createElement(name)
  if (kind) made.className = kind
  if (text !== undefined) made.textContent = text
  return made
}

// A Material symbol: a picture, which nobody reads or translates.
const icon = (name) => {
  const made = part("span", "icon", name)
  made.ariaHidden = "true"
  made.translate = false
  return made
}

// A link whose plain click is told to `press`; with a key held down it opens as links do.
const link = (kind, href, press) => {
  const made = part("a", kind)
  made.href = href
  made.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    press(href)
  }
  return made
}

