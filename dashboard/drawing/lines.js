// Lines of words. `part.js` and `help.js` are read before it. Where only words are others than
// before, what they stand in stays: somebody may be reading what it means.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".lines")
  const told = JSON.stringify(data)
  if (root.told === told) return
  root.told = told
  const bits = data.lines.flat()
  const shape = JSON.stringify({ ...data, lines: data.lines.map((line) => line.map((bit) => ({ ...bit, text: "" }))) })
  if (root.shape === shape) return bits.forEach((bit, n) => root.words[n].say(bit.text))
  root.shape = shape
  root.classList.toggle("framed", data.framed)
  root.words = bits.map((bit) => word(bit, data))
  let next = 0
  root.replaceChildren(...data.lines.map((line) => {
    const drawn = part("p", "line")
    line.forEach((_, n) => drawn.append(n ? " " : "", root.words[next++]))
    return drawn
  }))
}

const word = (bit, data) => (bit.look === "badge" ? badge(bit) : said(bit, data))

const said = (bit, data) => {
  const made = part(bit.look === "strong" ? "strong" : "span", bit.look)
  const words = document.createTextNode(bit.text)
  const named = (text) => data.help.replace("{label}", () => text)
  const mark = bit.help ? help(bit.help, named(bit.text)) : null
  made.append(words, ...(mark ? [mark] : []))
  made.say = (text) => {
    words.data = text
    if (mark) mark.querySelector("button").ariaLabel = named(text)
  }
  return made
}

const badge = (bit) => {
  const made = part("span", `badge ${bit.colour}`)
  const words = part("span", "", bit.text)
  made.append(...(bit.icon ? [icon(bit.icon)] : []), words)
  const place = bit.help ? part("span", "") : made
  place.say = (text) => { words.textContent = text }
  if (!bit.help) return made
  made.tabIndex = 0
  place.append(made)
  explain(place, made, bit.help)
  return place
}
