
// One of a list: the browser's own, with its keys and its wheel on a phone.
export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".pick")
  const select = root.querySelector("select")
  const { label, options, none, icon } = data
  select.ariaLabel = label
  if (changed(root, options, none, icon)) {
    const option = (words, value) => {
      const made = part("option", "", words)
      made.value = value
      return made
    }
    select.replaceChildren(
      ...(none === null ? [] : [option(none, "")]),
      ...options.map((words, at) => option(words, String(at))),
    )
    root.querySelector(".icon")?.remove()
    if (icon) {
      const drawn = part("span", "icon", icon)
      drawn.ariaHidden = "true"
      drawn.translate = false
      root.prepend(drawn)
    }
  }
  const press = choosing(root, data, setStateValue, (words) => {
    const at = words.length ? options.indexOf(words[0]) : -1
    select.value = at < 0 ? "" : String(at)
    root.classList.toggle("empty", at < 0)
  })
  select.onchange = () => press(select.value === "" ? [] : [options[Number(select.value)]])
  return leaving(root)
}
