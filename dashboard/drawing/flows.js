// Buttons of what can be handed over; what cannot is greyed, with its reason, behind a title.
export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".flows")
  root.tell = (slot) => setTriggerValue("pick", slot)
  const told = JSON.stringify(data)
  if (root.told === told) return
  root.told = told
  const lines = data.flows.map((flow) => line(flow, root))
  if (data.title === null) {
    root.replaceChildren(...lines)
    return
  }
  const folded = part("details", "")
  folded.open = Boolean(root.querySelector("details")?.open)
  const title = part("summary", "")
  title.append(icon("block"), part("span", "", data.title))
  folded.append(title, ...lines)
  root.replaceChildren(folded)
}

const line = ({ slot, words, icon: name, help, why_not: why }, root) => {
  const button = part("button", help ? "main" : "")
  button.type = "button"
  button.title = help
  button.append(icon(name), part("span", "", words))
  if (!why) {
    button.onclick = () => root.tell(slot)
    return button
  }
  const place = part("div", "refused")
  button.disabled = true
  place.append(button, part("p", "", why))
  return place
}
