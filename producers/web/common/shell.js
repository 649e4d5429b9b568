/**
 * shell.js — the switches for language and theme that stand in the head of both pages, and the connection's state.
 */
import { h } from './dom.js'
import { language, onLanguage, setLanguage, t } from './i18n.js'
import { announce } from './ui.js'

const THEMES = ['auto', 'light', 'dark']
const SIGNS = /** @type {Record<string, string>} */ ({ auto: '◐', light: '○', dark: '●' })

/** @returns {string} */
const theme = () => document.documentElement.dataset.theme ?? 'auto'

/** @param {string} next */
function setTheme(next) {
  if (next === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = next
  try {
    localStorage.setItem('jumun.theme', next)
  } catch {
    /* only this page then */
  }
}

/** As the system, light, dark, and round again. */
export function themeSwitch() {
  const button = h('button', { class: 'icon', type: 'button', id: 'theme' })
  const show = () => {
    button.textContent = SIGNS[theme()] ?? ''
    button.title = `${t('theme.label')}: ${t(`theme.${theme()}`)}`
    button.setAttribute('aria-label', button.title)
  }
  button.addEventListener('click', () => {
    setTheme(THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length] ?? 'auto')
    show()
    announce(button.title)
  })
  onLanguage(show)
  show()
  return button
}

/** Named in the language that it leads to. */
export function languageSwitch() {
  const button = h('button', { class: 'quiet', type: 'button', id: 'language' })
  const show = () => {
    button.textContent = t('language.switch')
    button.lang = language() === 'ko' ? 'en' : 'ko'
  }
  button.addEventListener('click', () => setLanguage(language() === 'ko' ? 'en' : 'ko'))
  onLanguage(show)
  show()
  return button
}
