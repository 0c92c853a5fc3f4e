// A question mark whose words come when it is pointed at, focused or pressed. They stand above
// everything else; Escape, a press elsewhere or a scroll sends them away. A browser that has no
// popover shows them as it shows titles.
const EDGE = 8 // pixels kept clear of the window's edges
const LEAVE = 150 // milliseconds in which a mouse reaches the words from the mark

const MARK =
  '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" ' +
  'stroke-linejoin="round" aria-hidden="true"><circle cx="12" cy="12" r="10"/>' +
  '<path d="M9.09 9a3 3 0 0 1 5.83 1c0 2-3 3-3 3"/><path d="M12 17h.01"/></svg>'

/** What stands in the words: text, or [what it is called, what it means] of several. */
const meant = (words) => {
  if (typeof words === "string") return [words]
  return words.flatMap(([name, meaning], at) => {
    const strong = document.createElement("strong")
    strong.textContent = name
    return [at ? "\n\n" : "", ...(name ? [strong, ": "] : []), meaning]
  })
}

const help = (words, name) => {
  const place = document.createElement("span")
  place.className = "help"
  const button = document.createElement("button")
  button.type = "button"
  button.ariaLabel = name
  button.innerHTML = MARK
  place.append(button)
  explain(place, button, words)
  return place
}

/** Words to whatever can be pointed at, focused or pressed; they are put into its `place`. */
const explain = (place, button, words) => {
  place.classList.add("helped")
  if (!("popover" in HTMLElement.prototype)) {
    button.title = meant(words).map((each) => each.textContent ?? each).join("")
    return
  }
  const tip = document.createElement("div")
  tip.role = "tooltip"
  tip.popover = "auto"
  tip.id = `help-${Math.random().toString(36).slice(2)}`
  tip.append(...meant(words))
  button.setAttribute("aria-describedby", tip.id)
  place.append(tip)

  const shown = () => tip.matches(":popover-open")
  const focused = () => button.matches(":focus-visible")
  const put = () => {
    const mark = button.getBoundingClientRect()
    const box = tip.getBoundingClientRect()
    const above = mark.top - box.height - EDGE
    const most = (room, size) => Math.max(EDGE, room - size - EDGE)
    tip.style.left = `${Math.max(EDGE, Math.min(most(innerWidth, box.width), mark.left + (mark.width - box.width) / 2))}px`
    tip.style.top = `${above > EDGE ? above : Math.min(most(innerHeight, box.height), mark.bottom + EDGE)}px`
  }
  // The Tab that comes to a mark may scroll to it: then its words come along.
  const scrolled = (event) => {
    if (tip.contains(event.target)) return
    if (shown() && focused()) put()
    else away()
  }
  const heard = { capture: true, passive: true }
  const away = () => {
    clearTimeout(leaving)
    document.removeEventListener("scroll", scrolled, heard)
    if (shown()) tip.hidePopover()
  }
  const show = () => {
    clearTimeout(leaving)
    if (!shown()) tip.showPopover()
    put()
    document.addEventListener("scroll", scrolled, heard)
  }
  let leaving = 0
  let touched = false // a finger leaves nothing: the mouse that is parked elsewhere does
  place.onpointerenter = place.onpointerdown = (event) => { touched = event.pointerType === "touch" }
  place.onmouseleave = () => { if (!touched && !focused()) leaving = setTimeout(away, LEAVE) }
  button.onmouseenter = show
  button.onfocus = () => { if (focused()) show() }
  button.onclick = show
  button.onblur = away
  tip.onmouseenter = () => clearTimeout(leaving)
}
