// A table of words. Its rows are chosen by a click or by keys and told by their ids; heads sort what
// is on the page. `part.js` and `help.js` are read before it.
// One row or head is a stop of Tab; arrows lead to the others, Home and End to the first and last.
export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".listed")
  const { chosen, heard, ...shown } = data
  root.tell = data.tells && ((row) => {
    if (data.tells === "state") setStateValue("chosen", row)
    else setTriggerValue("choice", { row })
  })
  const told = JSON.stringify(shown)
  if (root.told !== told) {
    root.told = told
    build(root, data)
  }
  root.choose(Number.isInteger(chosen) ? data.ids[chosen] : null)
}

const SLIP = 6 // pixels of a mouse that was moved to mark words, not to choose

const build = (root, data) => {
  const before = left(root)
  const { columns } = data
  const used = Boolean(data.ids || data.sortable) // else it is a table to be read, and no grid
  const table = part("table", "")
  if (used) table.role = "grid"
  table.ariaLabel = data.alt
  table.style.minWidth = `${columns.reduce((all, column) => all + column.width, 0)}px`
  const widths = document.createElement("colgroup")
  columns.forEach((column) => {
    const col = document.createElement("col")
    col.style.width = `${column.width}px`
    widths.append(col)
  })
  const heads = document.createElement("tr")
  heads.append(...columns.map((column) => head(column, data.sortable)))
  const body = document.createElement("tbody")
  const rows = data.rows.map((cells, n) => row(cells, n, data, used))
  body.append(...rows)
  const thead = document.createElement("thead")
  thead.append(heads)
  table.append(widths, thead, body)
  const frame = part("div", "frame")
  frame.style.maxHeight = data.height ? `${data.height}px` : ""
  frame.append(table)
  root.replaceChildren(frame)
  if (!used) { // its frame can be scrolled by keys
    frame.tabIndex = 0
    frame.role = "group"
    frame.ariaLabel = data.alt
  }

  let chosen = null
  root.choose = (id) => {
    chosen = id
    if (!data.ids) return
    rows.forEach((each) => { each.ariaSelected = String(each.dataset.id === id) })
    const here = rows.find((each) => each.dataset.id === id)
    if (here && !root.contains(document.activeElement)) stop(here)
  }
  const press = (each) => {
    const again = each.dataset.id === chosen
    if (again && data.tells === "always") return
    root.choose(again ? null : each.dataset.id)
    root.tell(chosen)
  }

  const tops = [...heads.children].map((th) => th.firstChild)
  const sort = (sorted) => {
    root.sorted = sorted && { ...sorted, ids: data.ids ?? [] }
    body.append(...order(rows, sorted, data))
    if (!data.sortable) return
    ;[...heads.children].forEach((th, m) => {
      th.ariaSort = columns[m].name !== sorted?.name ? "none" : sorted.way > 0 ? "ascending" : "descending"
    })
  }
  const next = (name) => {
    const { name: now, way } = root.sorted ?? {}
    if (now !== name) return { name, way: 1 }
    return way > 0 ? { name, way: -1 } : null
  }

  const stop = (element) => {
    if (!used) return
    table.querySelectorAll('[tabindex="0"]').forEach((each) => { each.tabIndex = -1 })
    element.tabIndex = 0
    element.querySelectorAll("a").forEach((link) => { link.tabIndex = 0 })
  }
  const go = (element, how) => {
    if (!element) return
    stop(element)
    element.focus(how)
  }

  let down = null
  body.onpointerdown = ({ clientX, clientY }) => { down = [clientX, clientY] }
  body.onclick = (event) => {
    const each = event.target.closest("tr")
    if (!each || event.target.closest("a") || event.detail > 1) return
    const marked = getSelection()
    const slipped = down && Math.hypot(event.clientX - down[0], event.clientY - down[1]) > SLIP
    if (slipped && !marked.isCollapsed && each.contains(marked.anchorNode)) return
    stop(each)
    if (root.tell) press(each)
    else each.classList.toggle("unfolded") // a finger has no other way to what is cut off
  }
  heads.onclick = (event) => {
    const button = event.target.closest("button")
    if (!button || !data.sortable) return
    stop(button)
    sort(next(columns[tops.indexOf(button)].name))
  }
  table.onkeydown = (event) => {
    const { key, target: here } = event
    const lines = [...body.children]
    const column = tops.indexOf(here)
    const line = lines.indexOf(here)
    if (column < 0 && line < 0) return
    const all = column < 0 ? lines : tops
    const n = Math.max(column, line)
    const moves = {
      ArrowDown: () => go(column < 0 ? lines[n + 1] : lines[0]),
      ArrowUp: () => { if (column < 0) go(lines[n - 1] ?? tops[0]) },
      ArrowRight: () => column < 0 ? frame.scrollBy(80, 0) : go(tops[n + 1]),
      ArrowLeft: () => column < 0 ? frame.scrollBy(-80, 0) : go(tops[n - 1]),
      Home: () => go(all[0]),
      End: () => go(all.at(-1)),
    }
    if (column < 0 && root.tell) moves.Enter = moves[" "] = () => { if (!event.repeat) press(here) }
    if (!moves[key] || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    moves[key]()
  }
  body.onmouseover = (event) => { // what is cut off can be read
    const cell = event.target.closest("td")
    if (cell) cell.title = cell.scrollWidth > cell.clientWidth ? cell.innerText : ""
  }

  const same = columns.some(({ name }) => name === before.sorted?.name)
  sort(same && !reordered(before.ids, data.ids) ? before.sorted : null)
  stop(body.firstChild ?? tops[0])
  frame.scrollLeft = before.across
  if (before.ids?.some((id) => data.ids?.includes(id))) frame.scrollTop = before.down
  const lines = [...body.children]
  const found = before.row
    ? lines.find((each) => each.dataset.id === before.row) ?? lines[Math.min(before.n, lines.length - 1)]
    : before.head && tops[columns.findIndex(({ name }) => name === before.head)]
  if (found) go(found, { preventScroll: true })
}

/** What a reader has done to a table, so that it is so again when its rows are drawn anew. */
const left = (root) => {
  const frame = root.querySelector(".frame")
  const here = root.contains(document.activeElement) && document.activeElement.closest("tr, th")
  const line = here?.tagName === "TR" ? here : null
  return {
    sorted: root.sorted,
    ids: root.sorted?.ids ?? [...root.querySelectorAll("tbody tr")].map((each) => each.dataset.id),
    across: frame?.scrollLeft ?? 0,
    down: frame?.scrollTop ?? 0,
    row: line && (line.dataset.id ?? "none"),
    n: line && [...line.parentElement.children].indexOf(line),
    head: here?.tagName === "TH" && here.dataset.name,
  }
}

/** Whether the same rows come in another order: somebody has asked the page for that one. */
const reordered = (before, now) =>
  before?.length === now?.length && before?.join() !== now?.join()
    && [...(before ?? [])].sort().join() === [...(now ?? [])].sort().join()

const head = (column, sortable) => {
  const th = part("th", look(column))
  th.scope = "col"
  th.dataset.name = column.name
  const button = part("button", "head", column.label)
  button.type = "button"
  button.tabIndex = -1
  th.append(button)
  if (sortable) th.ariaSort = "none"
  if (column.help) explain(th, button, column.help)
  return th
}

const row = (cells, n, data, used) => {
  const line = document.createElement("tr")
  if (used) line.tabIndex = -1
  line.n = n
  if (data.ids) {
    line.dataset.id = data.ids[n]
    line.className = "choice"
  }
  line.append(...cells.map((cell, m) => {
    const td = part("td", look(data.columns[m]))
    fill(td, cell, data.unknown)
    return td
  }))
  return line
}

const fill = (td, cell, unknown) => {
  if (cell === null || typeof cell === "string") {
    td.textContent = cell ?? unknown
    if (cell === null) td.classList.add("unknown")
  } else if (cell.badges) {
    const badges = cell.badges.map(([word, colour]) => part("span", `badge ${colour}`, word))
    td.append(...badges.flatMap((badge, n) => (n ? [" ", badge] : [badge])))
  } else if (cell.href && /^https?:/i.test(cell.href)) {
    const link = part("a", "", cell.text)
    link.href = cell.href
    link.target = "_blank"
    link.rel = "noopener noreferrer"
    link.tabIndex = -1
    td.append(link)
  } else {
    if (cell.bar !== undefined) {
      const bar = part("span", "bar")
      bar.style.setProperty("--share", cell.bar)
      td.append(bar)
    }
    if (cell.shade) td.style.backgroundColor = cell.shade
    td.append(cell.text)
  }
}

/** What is not known stands last, whichever way. */
const order = (rows, sorted, data) => {
  const n = data.columns.findIndex(({ name }) => name === sorted?.name)
  if (n < 0) return rows
  const keys = data.columns[n].sorted_by
  const word = (line) => said(data.rows[line.n][n])
  const known = (line) => (keys ? keys[line.n] !== null : !["", data.unknown].includes(word(line)))
  const compare = keys
    ? (a, b) => keys[a.n] - keys[b.n]
    : (a, b) => word(a).localeCompare(word(b), data.language, { numeric: true })
  return rows.toSorted((a, b) => known(b) - known(a) || (known(a) ? sorted.way * compare(a, b) : 0))
}

const said = (cell) => {
  if (cell === null || typeof cell === "string") return cell ?? ""
  return cell.text ?? cell.badges.map(([word]) => word).join()
}

const look = (column) => `${column.side}${column.counts ? " counts" : ""}${column.pinned ? " pinned" : ""}`
