// What needs somebody: each a link with its reason, and beneath it the people it is about; or a
// sentence with what it rests on, and the link beneath. A plain click is told, so that the page
// changes in place; with a key held down it opens as links do.
export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".needs")
  root.tell = (href) => setTriggerValue("way", href)
  const tell = (href) => root.tell(href)
  const told = JSON.stringify(data)
  if (root.told === told) return
  root.told = told
  root.replaceChildren(...data.needs.map((need) => {
    const item = part("li", "need")
    const title = need.leads ? part("p", "title") : link("title", need.href, tell)
    const badge = part("span", `mark ${need.colour}`)
    badge.append(icon(need.icon))
    title.append(badge, part(need.leads ? "span" : "strong", "", need.title))
    item.append(title, part("p", "why", need.why))
    if (need.leads) {
      const onward = link("onward", need.href, tell)
      onward.append(part("span", "", need.leads), icon(need.here ? "arrow_upward" : "arrow_forward"))
      item.append(onward)
    } else title.append(icon("arrow_forward"))
    if (need.people.length) {
      const people = part("ul", "people")
      people.append(...need.people.map((person) => {
        const row = part("li", "")
        const name = link("person", person.href, tell)
        const words = part("span", "")
        words.append(person.name, " ", part("span", "told", person.told))
        name.append(icon("person"), words)
        row.append(name)
        return row
      }))
      item.append(people)
    }
    return item
  }))
}
