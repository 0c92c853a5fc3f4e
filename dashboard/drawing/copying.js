// A text with a button that copies it. Streamlit's own box for code brings the colours of two hundred
// languages with it: half a second of a browser's time for a text that has none.
const AGAIN = 2000 // milliseconds until the button offers it again

export default function ({ data, parentElement }) {
  const code = parentElement.querySelector("code")
  const button = parentElement.querySelector("button")
  const status = parentElement.querySelector("[role=status]")
  const offer = () => {
    clearTimeout(button.waits)
    button.waits = 0
    button.textContent = data.copy
  }
  if (code.textContent !== data.text) {
    status.textContent = ""
    offer()
  } else if (!button.waits) offer()
  code.textContent = data.text
  code.className = data.prose ? "prose" : ""
  code.lang = data.language || ""
  button.onclick = async () => {
    const done = await copied(data.text, code)
    status.textContent = done ? data.copied : data.failed
    status.className = done ? "heard" : ""  // the button says it to who can see it
    offer()
    if (!done) return
    button.textContent = data.copied
    button.waits = setTimeout(offer, AGAIN)
  }
}

// Browsers give the clipboard to pages of HTTPS and of this machine alone; elsewhere what is
// selected can be copied.
async function copied(text, shown) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    getSelection().selectAllChildren(shown)
  }
  try {
    return document.execCommand("copy")
  } catch {
    return false
  }
}
