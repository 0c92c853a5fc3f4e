// The key numbers of a page, drawn at once: as Streamlit's own, each with its help and each in boxes,
// four of them took the browser longer than a chart, and again with every click.
// `part.js` and `help.js` are read before it.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".numbers")
  const told = JSON.stringify(data)
  if (root.told === told) return
  root.told = told
  root.style.setProperty("--narrowest", `${data.narrowest}px`)
  const pairs = data.cards.length > 3 ? [data.cards.slice(0, 2), data.cards.slice(2)] : [data.cards]
  root.className = pairs.length > 1 ? "numbers paired" : "numbers"
  root.replaceChildren(...pairs.map((pair) => {
    const list = document.createElement("dl")
    list.append(...pair.map((card) => drawn(card, data.help)))
    return list
  }))
}

const LONG = 14 // letters of a word that may be broken

const drawn = (card, called) => {
  const box = document.createElement("div")
  box.className = "number"
  const label = part("dt", "")
  const words = card.label.lastIndexOf(" ") + 1
  const last = part("span", card.label.length - words > LONG ? "" : "last", card.label.slice(words))
  last.append(help(card.definition, called.replace("{label}", () => card.label)))
  label.append(card.label.slice(0, words), last)  // the mark never stands alone on a line
  box.append(label, part("dd", "value", card.value))
  if (card.delta !== null || card.beside) {
    const line = part("dd", "beside")
    if (card.delta !== null) {
      const chip = part("span", `change ${card.tone}`)
      if (card.arrow) {
        const arrow = part("span", "arrow", card.arrow)
        arrow.ariaHidden = "true"  // the sign of the number says it
        chip.append(arrow, " ")
      }
      chip.append(card.delta)
      line.append(chip)
    }
    if (card.beside) line.append(part("span", "than", card.beside))
    box.append(line)
  }
  if (card.spark) {
    const picture = part("img", "spark")
    picture.alt = ""  // the number above says what matters
    picture.src = card.spark
    const place = part("dd", "foot")
    place.ariaHidden = "true"
    place.append(picture)
    box.append(place)
  }
  return box
}
