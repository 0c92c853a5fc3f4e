// The question that a section answers, with what its numbers mean, and the way to more of it, which
// changes the page in place.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".titled")
  const told = JSON.stringify(data)
  if (root.told === told) return
  root.told = told
  const title = part("h2", "", data.title)
  if (data.told.length) title.append(help(data.told, data.help))
  root.replaceChildren(title, ...(data.way ? [way(data.way)] : []))
}

const way = ({ words, href, why }) => {
  const made = link("way", href, go)
  made.title = why
  made.append(part("span", "", words), icon("arrow_forward"))
  return made
}
