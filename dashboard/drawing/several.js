
// Any of a list: a button that says what is chosen and opens it, and a cross that takes all back. The
// list stays open while one after another is ticked.
const GAP = 4 // pixels between the button and its list

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".several")
  const { label, options, clear } = data
  if (changed(root, options, label)) build(root, label, options)
  const [button, cross, list] = root.children
  const boxes = [...list.querySelectorAll("input")]
  const said = button.firstChild
  cross.ariaLabel = cross.title = clear
  const press = choosing(root, data, setStateValue, (words) => {
    boxes.forEach((box, at) => { box.checked = words.includes(options[at]) })
    said.textContent = words.length ? words.join(", ") : label
    button.ariaLabel = words.length ? `${label}: ${words.join(", ")}` : label
    button.title = words.length ? words.join(", ") : ""
    root.classList.toggle("empty", !words.length)
    cross.hidden = !words.length
  })
  list.onchange = () => press(options.filter((_, at) => boxes[at].checked))
  cross.onclick = () => {
    press([])
    button.focus()
  }
  return leaving(root)
}

const build = (root, label, options) => {
  const button = part("button", "choice")
  const cross = part("button", "cross", "close")
  const list = part("div", "list")
  button.type = cross.type = "button"
  button.append(part("span", "said"), part("span", "icon", "expand_more"))
  for (const drawn of [button.lastChild, cross]) drawn.translate = false
  button.lastChild.ariaHidden = "true"
  list.popover = "auto"
  list.role = "group"
  list.tabIndex = -1 // a press on words between the boxes stays in the list
  list.ariaLabel = label
  list.id = `choice-${Math.random().toString(36).slice(2)}`
  list.append(...options.map((words) => {
    const row = part("label", "")
    const box = part("input")
    box.type = "checkbox"
    row.append(box, part("span", "", words))
    return row
  }))
  button.popoverTargetElement = list
  button.setAttribute("aria-haspopup", "true")
  button.ariaExpanded = "false"
  const put = () => {
    const field = root.getBoundingClientRect()
    list.style.minWidth = `${field.width}px`
    const box = list.getBoundingClientRect()
    const beneath = field.bottom + GAP
    const above = field.top - GAP - box.height
    list.style.left = `${Math.max(GAP, Math.min(field.left, innerWidth - box.width - GAP))}px`
    list.style.top = `${beneath + box.height > innerHeight && above > GAP ? above : beneath}px`
  }
  // The page is drawn anew beneath an open list, which stays with its button.
  const follow = (left, top) => {
    if (!list.matches(":popover-open")) return
    const now = root.getBoundingClientRect()
    if (now.left !== left || now.bottom !== top) put()
    requestAnimationFrame(() => follow(now.left, now.bottom))
  }
  // Escape closes the list alone, not what its button stands in.
  const escaped = (event) => {
    if (event.key !== "Escape") return
    event.stopImmediatePropagation()
    event.preventDefault()
    list.hidePopover()
    button.focus()
  }
  list.ontoggle = (event) => {
    const open = event.newState === "open"
    button.ariaExpanded = String(open)
    if (!open) return removeEventListener("keydown", escaped, true)
    addEventListener("keydown", escaped, true)
    follow()
    list.querySelector("input:checked, input")?.focus()
  }
  list.addEventListener("focusout", ({ relatedTarget: to }) => {
    if (to && !root.contains(to)) list.hidePopover()
  })
  list.onkeydown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    const boxes = [...list.querySelectorAll("input")]
    const at = boxes.indexOf(document.activeElement)
    boxes[(at + step + boxes.length) % boxes.length].focus()
  }
  button.onkeydown = (event) => {
    if (event.key !== "ArrowDown" || list.matches(":popover-open")) return
    event.preventDefault()
    list.showPopover()
  }
  root.replaceChildren(button, cross, list)
}
