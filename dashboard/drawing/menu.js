// The pages by section, and the search for a customer: both change the page in place.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".menu")
  const told = JSON.stringify({ ...data, current: null, seeks: null })
  if (root.told !== told) {
    root.told = told
    root.ariaLabel = data.title
    root.replaceChildren(...data.sections.map((each) => section(each, root)))
  }
  const form = root.querySelector("form")
  if (!data.seeks) form?.remove()
  else if (!form) root.append(search(data.find))
  mark(root, data.current)
}

const NARROW = "(max-width: 768px)"

const mark = (root, slug) => {
  for (const link of root.querySelectorAll("a"))
    link.ariaCurrent = link.dataset.slug === slug ? "page" : null
}

const aside = () => {
  if (!matchMedia(NARROW).matches) return
  document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click()
}

const section = ({ title, pages }, root) => {
  const made = part("section", "")
  const list = part("ul", "")
  list.ariaLabel = title
  list.append(...pages.map((page) => {
    const item = part("li", "")
    const line = link("", page.href, () => {
      mark(root, page.slug)
      go(page.href)
      aside()
    })
    line.dataset.slug = page.slug
    line.append(icon(page.icon), part("span", "", page.words))
    item.append(line)
    return item
  }))
  made.append(part("p", "", title), list)
  return made
}

const search = ({ label, href }) => {
  const made = part("form", "field")
  made.role = "search"
  const box = part("input", "")
  box.type = "search"
  box.autocomplete = "off"
  box.ariaLabel = box.placeholder = label
  made.append(icon("search"), box)
  made.onsubmit = (event) => {
    event.preventDefault()
    const sought = box.value.trim()
    if (!sought) return
    box.value = ""
    go(`${href}?find=${encodeURIComponent(sought)}`)
    aside()
  }
  return made
}
