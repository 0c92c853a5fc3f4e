// What is pressed is told at once and stands in the address, in place of what was: the way back
// leads to the page before, not through every choice. An answer to an earlier press shows nothing.
const PATIENCE = 60000 // milliseconds; later than that the server has forgotten a press

/** Calls `show` with the words that are chosen; what it returns is called with those pressed. */
const choosing = (root, data, setStateValue, show) => {
  const { name, page, chosen, begin, heard, unsaid } = data
  if (root.holds !== name || root.page !== page) {
    Object.assign(root, { holds: name, page, count: heard, until: 0, at: location.pathname })
  }
  root.unsaid = unsaid
  if (heard >= root.count || Date.now() > root.until) {
    show(chosen)
    write(root, chosen, begin)
  }
  return (words) => {
    root.count = Math.max(root.count, heard) + 1
    root.until = Date.now() + PATIENCE
    show(words)
    write(root, words, begin)
    setStateValue("choice", { words, count: root.count })
  }
}

/** To the address of the page that `root` was drawn on; when it has gone nothing is said of it. */
const write = (root, words, begin) => {
  if (root.unsaid || location.pathname !== root.at) return
  const address = new URL(location.href)
  const asked = address.searchParams
  const mark = asked.get("whole") // of a link: the names that it says
  if (mark !== null) for (const each of [...asked.keys()]) if (!mark.split(",").includes(each)) asked.delete(each)
  const wanted = same(words, begin) ? [] : words
  if (!same(asked.getAll(root.holds), wanted)) {
    asked.delete(root.holds)
    for (const each of wanted) asked.append(root.holds, each)
  }
  if (address.href !== location.href) history.replaceState({}, "", address)
}

/** For an element that is taken away while others of its page stay: another view has no such choice.
 * With the whole page its address is left as it was, for the way back. */
const leaving = (root) => () => setTimeout(() => {
  if (root.isConnected) return
  const others = [...document.querySelectorAll(".switch, .pick, .several")]
  const stays = others.some((each) => each.page === root.page)
  if (stays && !others.some((each) => each.holds === root.holds)) write(root, [], [])
})

const same = (some, others) => JSON.stringify(some) === JSON.stringify(others)

/** Whether `root` is drawn for other options than before: what has the focus stays else. */
const changed = (root, ...told) => {
  const now = JSON.stringify(told)
  const before = root.told
  root.told = now
  return now !== before
}
