/* boot.js — before the first paint: the theme and the language that were chosen last.  Not a module, so that it blocks. */
;(() => {
  /** @param {string} name */
  const kept = (name) => {
    try {
      return localStorage.getItem(name)
    } catch {
      return null // storage may be forbidden: then nothing was chosen
    }
  }
  const root = document.documentElement
  const theme = kept('jumun.theme')
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme
  const spoken = [kept('jumun.language'), ...navigator.languages].map((tag) =>
    (tag ?? '').slice(0, 2)
  )
  root.lang = spoken.find((tag) => tag === 'ko' || tag === 'en') ?? 'ko'
})()
