// What is pressed is told at once and stands in the address, in place of what was: the way back
// leads to the page before, not through every choice. An answer to an earlier press shows nothing.
const PATIENCE = 10000 // milliseconds; later than that the server has forgotten a press

/** Calls `show` with the words that are chosen; what it returns is called with those pressed. */
const choosing = (root, data, setStateValue, show) => {
  const { name, chosen, begin, heard } = data
  if (root.holds !== name) {
    root.holds = name
    root.count = heard
    root.until = 0
  }
  if (heard >= root.count || Date.now() > root.until) {
    show(chosen)
    write(name, chosen, begin)
  }
  return (words) => {
    root.count = Math.max(root.count, heard) + 1
    root.until = Date.now() + PATIENCE
    show(words)
    write(name, words, begin)
    setStateValue("choice", { words, count: root.count })
  }
}

const write = (name, words, begin) => {
  const address = new URL(location.href)
  const asked = address.searchParams
  const wanted = same(words, begin) ? [] : words
  if (same(asked.getAll(name), wanted)) return
  asked.delete(name)
  for (const each of wanted) asked.append(name, each)
  history.replaceState({}, "", address)
}

const same = (some, others) => JSON.stringify(some) === JSON.stringify(others)

/** Whether `root` is drawn for other options than before: what has the focus stays else. */
const changed = (root, ...told) => {
  const now = JSON.stringify(told)
  const before = root.told
  root.told = now
  return now !== before
}
