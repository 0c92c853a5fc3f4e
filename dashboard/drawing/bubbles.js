// Ways from one name to another, a round mark each: where from in rows, where to in columns.

const bubbles = (figure, root, pressed) => {
  const [trace] = figure.data
  const [columns, rows] = [figure.layout.xaxis.categoryarray, figure.layout.yaxis.categoryarray]
  const at = (names, name) => ((names.indexOf(name) + 0.5) / names.length) * 100
  const grid = classed("plot ways", {}, root)
  const head = classed("head", {}, grid)
  const side = classed("side", {}, grid)
  const area = classed("area", {}, grid)
  for (const name of columns) {
    const left = `${at(columns, name)}%`
    const tick = classed("tick", { left, maxWidth: `${100 / columns.length}%` }, head, plain(name))
    tick.title = plain(name) // where it is cut
    classed("rung down", { left }, area)
  }
  for (const name of rows) {
    const bottom = `${100 - at(rows, name)}%`
    classed("tick", { bottom }, side, plain(name))
    classed("rung", { bottom }, area)
  }
  const longest = rows.map(plain).reduce((a, b) => (b.length > a.length ? b : a), "")
  classed("widest", {}, side, longest)
  return trace.x.map((to, n) => {
    const size = `${nth(trace.marker.size, n)}px`
    const mark = marked(pressed, {
      left: `${at(columns, to)}%`,
      bottom: `${100 - at(rows, trace.y[n])}%`,
      width: size,
      height: size,
      background: nth(trace.marker.color, n),
      fontSize: `${trace.textfont.size}px`,
    }, area)
    mark.className = "bubble"
    mark.textContent = trace.text[n]
    return { mark, bar: { n, number: 0 }, trace }
  })
}
