
// One of a few, side by side. Arrows go from one to the next; the keys that press a button choose.
export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".switch")
  root.ariaLabel = data.label
  if (changed(root, data.options)) {
    root.replaceChildren(...data.options.map((words) => {
      const made = part("button", "", words)
      made.type = "button"
      made.role = "radio"
      return made
    }))
  }
  const buttons = [...root.children]
  const press = choosing(root, data, setStateValue, ([words]) => {
    buttons.forEach((button, at) => {
      const held = data.options[at] === words
      button.ariaChecked = String(held)
      button.tabIndex = held ? 0 : -1
    })
  })
  buttons.forEach((button, at) => {
    button.onclick = () => { if (button.ariaChecked !== "true") press([data.options[at]]) }
  })
  root.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    const from = buttons.indexOf(document.activeElement)
    buttons[(from + step + buttons.length) % buttons.length].focus()
  }
  return leaving(root)
}
