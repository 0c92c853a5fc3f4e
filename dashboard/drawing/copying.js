// A text with a button that copies it. Streamlit's own box for code brings the colours of two hundred
// languages with it: half a second of a browser's time for a text that has none.
export default function ({ data, parentElement }) {
  const code = parentElement.querySelector("code")
  const button = parentElement.querySelector("button")
  const status = parentElement.querySelector("[role=status]")
  if (code.textContent !== data.text) status.textContent = ""
  code.textContent = data.text
  code.className = data.prose ? "prose" : ""
  button.textContent = data.copy
  button.onclick = async () => {
    const done = await copied(data.text, code)
    status.textContent = done ? data.copied : data.failed
    status.className = done ? "heard" : ""  // the button says it to who can see it
    button.textContent = done ? data.copied : data.copy
    setTimeout(() => { button.textContent = data.copy }, 2000)
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
    return document.execCommand("copy")
  }
}
