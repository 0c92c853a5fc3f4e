// What a Plotly figure says: where its bars and points stand, what is written beside them.

const nth = (value, n) => (Array.isArray(value) ? value[n] : value)
const plain = (text) =>
  text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&").replace(/\u200b/g, "")
const day = (text) => Date.parse(`${text.slice(0, 10)}T${text.slice(11, 19) || "00:00:00"}Z`)

// What a tooltip says, line by line; the template is ours, what it names is not.
const told = (trace, n) => {
  const known = { x: nth(trace.x, n), y: nth(trace.y, n), text: nth(trace.text, n) }
  const named = (_, name, at) => String(at === undefined ? known[name] : trace.customdata[n][at])
  return trace.hovertemplate.replace("<extra></extra>", "").split("<br>").map((line) => ({
    bold: line.startsWith("<b>"),
    text: plain(line.replace(/<\/?b>/g, "").replace(/%\{(\w+)(?:\[(\d+)\])?\}/g, named)),
  }))
}

// Round steps, as many as the axis has room for.
const steps = (low, high, axis) => {
  const rough = (high - low) / (axis.nticks || 5)
  const ten = 10 ** Math.floor(Math.log10(rough))
  let step = axis.dtick || [1, 2, 5, 10].map((n) => n * ten).find((n) => n >= rough - 1e-9)
  if (axis.tickformat === ",d") step = Math.max(step, 1)
  const found = []
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n++) found.push(n * step)
  return { found, digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)), step }
}

const spelled = (value, { digits, step, most }, axis, separators) => {
  const [point, comma] = separators
  let [power, letter] = [0, ""]
  const written = (number, places) => {
    const [whole, part] = Math.abs(number).toFixed(places).split(".")
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, comma)
    return part && Number(part) ? grouped + point + part.replace(power ? /0+$/ : "", "") : grouped
  }
  const sign = value < 0 ? "−" : ""
  if (axis.tickformat === ",.0%") return `${sign}${written(value * 100, Math.max(0, digits - 2))}%`
  if (axis.exponentformat === "B")
    for (const [exponent, name] of [[3, "k"], [6, "M"], [9, "B"]])
      if (exponent >= axis.minexponent && most >= 10 ** exponent && value) [power, letter] = [exponent, name]
  const places = power ? Math.max(0, Math.ceil(power - Math.log10(step) - 1e-9)) : digits
  const short = power ? written(value / 10 ** power, places) : written(value, places)
  return `${sign}${axis.tickprefix || ""}${short}${letter}${axis.ticksuffix || ""}`
}

// Where each name or day stands, in shares of the axis, and what is written beneath it.
const placed = (axis, traces, of) => {
  const seen = [...new Set(traces.flatMap((trace) => trace[of]))]
  // Where days are named: a plan may be called like a day.
  if (axis.type ? axis.type === "date" : axis.ticktext && /^\d{4}-\d\d-\d\d/.test(seen[0])) {
    const days = seen.map(day)
    const half = Math.max(0, ...traces.flatMap((trace) => (trace.width || []))) * 0.7
    const low = Math.min(...days) - half
    const whole = Math.max(...days) + half - low || 1
    const at = (name) => (day(name) - low) / whole
    const names = axis.tickvals.map((name, n) => [at(name), axis.ticktext[n]])
    return { at, names, wide: (width) => width / whole, room: names.length }
  }
  const order = axis.categoryarray ? axis.categoryarray.filter((name) => seen.includes(name)) : seen
  const at = (name) => (order.indexOf(name) + 0.5) / order.length
  const shown = axis.tickvals || order
  return { at, names: shown.map((name) => [at(name), name]), wide: () => null, room: order.length }
}

// Each bar as { trace, n, name, from, to }: stacked upon those before it, or upon its own base.
const piled = (traces, layout, along, of) => {
  const heights = new Map()
  return traces.flatMap((trace, number) => trace[along].map((value, n) => {
    const name = nth(trace[of], n)
    const way = `${name}\u0000${value < 0}`
    const from = trace.base ? nth(trace.base, n)
      : layout.barmode === "stack" || layout.barmode === "relative" ? heights.get(way) || 0 : 0
    heights.set(way, from + value)
    return { trace, number, n, name, from, to: from + value }
  }))
}

const ranged = (axis, values, bars) => {
  if (axis.range) return axis.range
  const [low, high] = values.length ? [Math.min(...values), Math.max(...values)] : [0, 0]
  if (!low && !high) return [0, axis.tickformat === ",.0%" ? 0.1 : 1]
  const zero = bars || axis.rangemode === "tozero"
  const whole = (zero ? Math.max(high, 0) - Math.min(low, 0) : high - low) || 1
  return [zero && low >= 0 ? 0 : low - whole * 0.06, zero && high <= 0 ? 0 : high + whole * 0.06]
}
