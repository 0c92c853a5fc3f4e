// A question mark whose words come when it is pointed at, focused or pressed. They stand above
// everything else; Escape, a press elsewhere or a scroll sends them away.
const EDGE = 8 // pixels kept clear of the window's edges
const LEAVE = 150 // milliseconds in which a mouse reaches the words from the mark

const MARK =
  '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" ' +
  'stroke-linejoin="round" aria-hidden="true"><circle cx="12" cy="12" r="10"/>' +
  '<path d="M9.09 9a3 3 0 0 1 5.83 1c0 2-3 3-3 3"/><path d="M12 17h.01"/></svg>'

const help = (words, name) => {
  const place = document.createElement("span")
  place.className = "help"
  const button = document.createElement("button")
  button.type = "button"
  button.ariaLabel = name
  button.innerHTML = MARK
  const tip = document.createElement("div")
  tip.role = "tooltip"
  tip.popover = "auto"
  tip.id = `help-${Math.random().toString(36).slice(2)}`
  tip.textContent = words
  button.setAttribute("aria-describedby", tip.id)
  place.append(button, tip)

  let leaving = 0
  const away = () => { if (tip.isConnected && tip.matches(":popover-open")) tip.hidePopover() }
  const show = () => {
    clearTimeout(leaving)
    if (tip.matches(":popover-open")) return
    tip.showPopover()
    const mark = button.getBoundingClientRect()
    const box = tip.getBoundingClientRect()
    const most = innerWidth - box.width - EDGE
    const above = mark.top - box.height - EDGE
    tip.style.left = `${Math.max(EDGE, Math.min(most, mark.left + (mark.width - box.width) / 2))}px`
    tip.style.top = `${above > EDGE ? above : mark.bottom + EDGE}px`
    document.addEventListener("scroll", away, { capture: true, once: true, passive: true })
  }
  const leave = () => { leaving = setTimeout(away, LEAVE) }
  button.onmouseenter = show
  button.onfocus = () => { if (button.matches(":focus-visible")) show() }
  button.onclick = show
  button.onblur = away
  place.onmouseleave = leave
  tip.onmouseenter = () => clearTimeout(leaving)
  return place
}
