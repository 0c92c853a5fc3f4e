// Lines of words. `part.js` and `help.js` are read before it.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".lines")
  const told = JSON.stringify(data)
  if (root.told === told) return
  root.told = told
  root.classList.toggle("framed", data.framed)
  root.replaceChildren(...data.lines.map((line) => {
    const drawn = part("p", "line")
    drawn.append(...line.flatMap((bit, n) => (n ? [" ", word(bit, data)] : [word(bit, data)])))
    return drawn
  }))
}

const word = (bit, data) => {
  if (bit.look !== "badge") {
    const said = part(bit.look === "strong" ? "strong" : "span", bit.look, bit.text)
    if (bit.help) said.append(help(bit.help, data.help.replace("{label}", bit.text)))
    return said
  }
  const made = part("span", `badge ${bit.colour}`)
  if (bit.icon) made.append(icon(bit.icon))
  made.append(part("span", "", bit.text))
  if (!bit.help) return made
  const place = part("span", "")
  made.tabIndex = 0
  place.append(made)
  explain(place, made, bit.help)
  return place
}
