// Bars and lines of a Plotly figure, drawn as plain elements: Plotly itself takes the browser 60 ms
// for a chart. Words reach the page as text only, never as markup.
// `scales.js` and `bubbles.js` are read before it.

const THIN = 2 // pixels of what is too small to be seen
const FAINT = 0.35 // what is not chosen
const STROKES = { dash: "dashed", dot: "dotted", dashdot: "dashed", longdash: "dashed", longdashdot: "dashed" }
const FORMS = { dash: "9 9", dot: "2 4", dashdot: "9 4 2 4", longdash: "16 6", longdashdot: "16 6 2 6" }

const make = (name, where, parent) => {
  const made = document.createElement(name)
  Object.assign(made.style, where)
  parent?.append(made)
  return made
}
const classed = (kind, where, parent, text) => {
  const made = make("div", where, parent)
  made.className = kind
  if (text !== undefined) made.textContent = text
  return made
}

// What can be pressed is a button; a picture that only tells its value is none.
const marked = (pressed, where, parent) => {
  const made = make(pressed ? "button" : "div", where, parent)
  if (pressed) made.type = "button"
  return made
}

const legend = (figure, root) => {
  if (!figure.layout.showlegend) return
  const box = classed("legend", {}, root)
  for (const trace of figure.data) {
    if (trace.showlegend === false) continue
    const entry = classed("entry", {}, box)
    const line = trace.line
    const border = `2px ${STROKES[line?.dash] || "solid"} ${line?.color}`
    const colour = nth(trace.marker?.color, 0)
    classed(line ? "stroke" : "swatch", line ? { borderTop: border } : { background: colour }, entry)
    classed("name", {}, entry, plain(trace.name))
  }
}

// The plot of one figure: `area` is where marks stand, shares of it are counted from its corner.
const ground = (figure, root, across, place, [low, high]) => {
  const { xaxis, yaxis } = figure.layout
  const [values, names] = across ? [xaxis, yaxis] : [yaxis, xaxis]
  const share = (value) => (value - low) / (high - low)
  const grid = classed(across ? "plot across" : "plot", {}, root)
  const side = classed("side", {}, grid)
  const area = classed("area", {}, grid)
  const foot = classed("foot", {}, grid)
  const rungs = steps(low, high, values)
  const most = Math.max(...rungs.found.map(Math.abs))
  const numbers = rungs.found.map((value) =>
    [share(value), spelled(value, { ...rungs, most }, values, figure.layout.separators || ".,")])
  const written = values.showticklabels === false ? [] : numbers
  for (const [n, [at]] of numbers.entries())
    classed(values.zeroline && !rungs.found[n] ? "rung zero" : "rung", across ? { left: `${at * 100}%` } : { bottom: `${at * 100}%` }, area)
  const [left, beneath] = across ? [place.names, written] : [written, place.names]
  for (const [at, text] of left) classed("tick", { bottom: `${at * 100}%` }, side, plain(text))
  const longest = left.map(([, text]) => plain(text)).reduce((a, b) => (b.length > a.length ? b : a), "")
  classed("widest", {}, side, longest)
  for (const [at, text] of beneath) classed("tick", { left: `${at * 100}%` }, foot, plain(text))
  if (!across && names.autotickangles) {
    const sizes = beneath.map(([, text]) => text.length)
    const widest = Math.max(...sizes)
    const beside = Math.max(...sizes.slice(1).map((size, n) => (size + sizes[n]) / 2))
    const style = make("style", {}, root)
    style.textContent = `@container (max-width: ${Math.ceil(place.room * (beside * 5.4 + 4)) + 45}px) {
      .chart .foot { height: ${Math.ceil(widest * 4.8 + 10)}px }
      .chart .foot .tick { transform: rotate(45deg); transform-origin: 0 50% } }`
  }
  return { area, share }
}

const bars = (figure, root, pressed) => {
  const across = figure.data[0].orientation === "h"
  const [along, of] = across ? ["x", "y"] : ["y", "x"]
  const { layout } = figure
  const [values, names] = across ? [layout.xaxis, layout.yaxis] : [layout.yaxis, layout.xaxis]
  const place = placed(names, figure.data, of)
  const stood = piled(figure.data, layout, along, of)
  const range = ranged(values, stood.flatMap((bar) => [bar.from, bar.to]), true)
  const { area, share } = ground(figure, root, across, place, range)
  const thick = (1 - layout.bargap) / place.room
  const marks = stood.filter((bar) => bar.to !== bar.from).map((bar) => {
    const { trace, n } = bar
    const wide = place.wide(nth(trace.width, n)) ?? thick
    const low = Math.max(share(Math.min(bar.from, bar.to)), 0)
    const size = Math.min(share(Math.max(bar.from, bar.to)), 1) - low
    const where = { background: nth(trace.marker.color, n), opacity: nth(trace.marker.opacity, n) ?? 1 }
    const start = `${(place.at(bar.name) - wide / 2) * 100}%`
    Object.assign(where, across
      ? { left: `${low * 100}%`, width: `max(${THIN}px, ${size * 100}%)`, bottom: start, height: `${wide * 100}%` }
      : { bottom: `${low * 100}%`, height: `max(${THIN}px, ${size * 100}%)`, left: start, width: `${wide * 100}%` })
    const mark = marked(pressed, where, area)
    mark.className = nth(trace.marker.pattern?.shape, n) ? "bar striped" : "bar"
    return { mark, bar, trace }
  })
  for (const { trace, n, name, to } of stood) // also beside a bar of nothing
    if (trace.textposition === "outside" && across) {
      const row = classed("row", { bottom: `${place.at(name) * 100}%` }, area)
      classed("until", { flexBasis: `calc(${share(to) * 100}% + 4px)` }, row)
      classed("beside", {}, row, plain(nth(trace.text, n)))
    }
  return marks
}

// A point of a line, so that one between gaps is seen; hollow where its period is not over.
const spot = (area, { line, marker, text, textposition }, { n, at, value }, share) => {
  const [size, open] = [`${nth(marker.size, n)}px`, nth(marker.symbol, n)?.endsWith("-open")]
  if (size === "0px") return
  const where = { left: `${at * 100}%`, bottom: `${share(value) * 100}%` }
  classed(open ? "spot open" : "spot", { ...where, width: size, height: size, color: line.color }, area)
  if (nth(text, n))
    classed(nth(textposition, n) === "top left" ? "label before" : "label", where, area, plain(nth(text, n)))
}

// What lies beneath a line, down to the ground of the plot; a gap parts it.
const filled = (points, share) => {
  const runs = [[]]
  for (const point of points) point.value === null ? runs.push([]) : runs.at(-1).push(point)
  return runs.filter((run) => run.length).map((run) => {
    const along = run.map(({ at, value }) => `${at * 1000},${1000 * (1 - share(value))}`).join("L")
    return `M${run[0].at * 1000},1000L${along}L${run.at(-1).at * 1000},1000Z`
  }).join("")
}

const lines = (figure, root) => {
  const { layout } = figure
  const place = placed(layout.xaxis, figure.data, "x")
  const known = figure.data.flatMap((trace) => trace.y.filter((value) => value !== null))
  const { area, share } = ground(figure, root, false, place, ranged(layout.yaxis, known, false))
  const space = "http://www.w3.org/2000/svg"
  const svg = document.createElementNS(space, "svg")
  svg.setAttribute("viewBox", "0 0 1000 1000")
  svg.setAttribute("preserveAspectRatio", "none")
  area.append(svg)
  return figure.data.flatMap((trace, number) => {
    const points = trace.x.map((name, n) => ({ name, n, number, at: place.at(name), value: trace.y[n] }))
    let [drawn, open] = ["", false]
    for (const { at, value } of points) {
      const height = 1000 * (1 - share(value))
      const stepped = open && trace.line.shape === "hv" ? `H${at * 1000}` : ""
      if (value !== null) drawn += `${stepped}${open ? "L" : "M"}${at * 1000},${height}`
      open = value !== null
    }
    const path = document.createElementNS(space, "path")
    const dash = FORMS[trace.line.dash]
    const given = { d: drawn, stroke: trace.line.color, "stroke-width": trace.line.width, ...(dash && { "stroke-dasharray": dash }) }
    for (const [name, value] of Object.entries(given)) path.setAttribute(name, value)
    svg.append(path)
    if (trace.fill) {
      const under = document.createElementNS(space, "path")
      under.setAttribute("d", filled(points, share))
      under.style.fill = trace.fillcolor
      svg.prepend(under)
    }
    const known = points.filter((point) => point.value !== null)
    if (trace.mode?.includes("markers")) known.forEach((point) => spot(area, trace, point, share))
    return known.map((bar) => ({ area, bar, trace, left: bar.at, bottom: share(bar.value) }))
  })
}

// One tooltip for all marks: beneath the mouse, or at the mark that the keyboard is on.
const telling = (root) => {
  const tip = classed("tip", { display: "none" }, root)
  const show = (lines, left, top) => {
    tip.replaceChildren()
    for (const { bold, text } of lines) classed(bold ? "line bold" : "line", {}, tip, text)
    tip.style.display = "block"
    const room = root.clientWidth - tip.offsetWidth
    tip.style.left = `${Math.max(0, Math.min(left - tip.offsetWidth / 2, room))}px`
    tip.style.top = `${top - tip.offsetHeight - 8 > -24 ? top - tip.offsetHeight - 8 : top + 16}px`
  }
  return { show, hide: () => { tip.style.display = "none" } }
}

const overMarks = (root, drawn, tip, chosen) => {
  const of = new Map(drawn.map((each) => [each.mark, each]))
  const show = (event) => {
    const each = of.get(event.target)
    if (!each) return tip.hide()
    const [box, whole] = [each.mark.getBoundingClientRect(), root.getBoundingClientRect()]
    tip.show(told(each.trace, each.bar.n), box.left + box.width / 2 - whole.left, box.top - whole.top)
  }
  drawn.forEach(({ mark, trace, bar }, n) => {
    mark.tabIndex = n ? -1 : 0 // one stop for the keyboard; arrows lead on from there
    mark.setAttribute("aria-label", told(trace, bar.n).map(({ text }) => text).join(": "))
    if (!chosen) mark.setAttribute("role", "img")
  })
  root.onmouseover = show
  root.addEventListener("focusin", show)
  root.onmouseleave = tip.hide
  root.addEventListener("focusout", tip.hide)
  root.onclick = (event) => chosen && of.has(event.target) && chosen(of.get(event.target))
  root.onkeydown = (event) => {
    const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    const at = drawn.findIndex(({ mark }) => mark === event.target)
    const next = way && drawn[at + way]?.mark
    if (event.key === "Escape") tip.hide()
    if (!next) return
    event.preventDefault()
    event.target.tabIndex = -1
    next.tabIndex = 0
    next.focus()
  }
}

const overPoints = (root, points, tip) => {
  if (!points.length) return
  const { area } = points[0]
  const dot = classed("dot", { display: "none" }, area)
  let at = points.length - 1
  const show = (n) => {
    at = n
    const { trace, bar, left, bottom } = points[n]
    Object.assign(dot.style, { display: "block", left: `${left * 100}%`, bottom: `${bottom * 100}%`, background: trace.line.color })
    const [box, whole] = [area.getBoundingClientRect(), root.getBoundingClientRect()]
    tip.show(told(trace, bar.n), box.left - whole.left + left * box.width, box.top - whole.top + (1 - bottom) * box.height)
  }
  const hide = () => { tip.hide(); dot.style.display = "none" }
  area.tabIndex = 0
  area.setAttribute("role", "img")
  const name = () => area.setAttribute("aria-label", told(points[at].trace, points[at].bar.n).map(({ text }) => text).join(": "))
  name()
  area.onmousemove = (event) => {
    const box = area.getBoundingClientRect()
    const [x, y] = [(event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height]
    const far = ({ left, bottom }) => Math.abs(left - x) + Math.abs(bottom - y) * 0.01
    show(points.reduce((best, point, n) => (far(point) < far(points[best]) ? n : best), 0))
  }
  area.onmouseleave = area.onblur = hide
  area.onfocus = () => show(at)
  area.onkeydown = (event) => {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (event.key === "Escape") hide()
    if (!way || !points[at + way]) return
    event.preventDefault()
    show(at + way)
    name()
  }
}

export default ({ data, parentElement, setTriggerValue }) => {
  const root = parentElement.querySelector(".chart")
  const drawing = data.figure + JSON.stringify(data.chosen)
  if (root.portsideDrawn === drawing) return
  root.portsideDrawn = drawing
  const figure = JSON.parse(data.figure)
  const held = [...root.querySelectorAll(".bar, .bubble")].indexOf(parentElement.activeElement)
  root.replaceChildren()
  root.style.height = `${figure.layout.height}px`
  root.setAttribute("role", "group")
  root.setAttribute("aria-label", data.alt)
  legend(figure, root)
  const tip = telling(root)
  if (!figure.data.length) return
  const { type, mode } = figure.data[0]
  const lined = type === "scatter" && mode !== "markers+text"
  if (lined) return void overPoints(root, lines(figure, root), tip)
  const drawn = (type === "scatter" ? bubbles : bars)(figure, root, data.chooses)
  const chosen = ({ bar, trace }) => setTriggerValue("selection", {
    points: [{ point_index: bar.n, curve_number: bar.number, customdata: trace.customdata[bar.n] }],
  })
  overMarks(root, drawn, tip, data.chooses && chosen)
  const faint = drawn.filter(({ bar, trace }) => !data.chosen?.includes(trace.customdata[bar.n][0]))
  if (faint.length < drawn.length) for (const { mark } of faint) mark.style.opacity = FAINT
  drawn[held]?.mark.focus({ preventScroll: true })
}
