// An element of a kind with its words: text, never markup.
const part = (name, kind, text) => {
  const made = document.createElement(name)
  if (kind) made.className = kind
  if (text !== undefined) made.textContent = text
  return made
}

