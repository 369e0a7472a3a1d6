// The system's own Chromium, and a page in it that notes whatever a report may
// not do. Nothing leaves the machine: every request that is not for a file fails.
import { existsSync } from 'node:fs'
import { launch as start } from 'puppeteer-core'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((p) => existsSync(p))

export const themes = ['light', 'dark']

export function launch() {
  if (!executablePath) throw new Error('this wants Chromium (Debian: apt-get install chromium)')
  return start({ executablePath, headless: true, args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb', '--font-render-hinting=none'] })
}

// open shows a file and answers with the page, what went wrong, and how long it
// took until it was drawn.
export async function open(browser, path, { theme = 'light', width = 1280, height = 900, scale = 1 } = {}) {
  const page = await browser.newPage()
  const wrong = []
  page.on('console', (m) => wrong.push(`console: ${m.text()}`))
  page.on('pageerror', (e) => wrong.push(`error: ${e.message}`))
  page.on('request', (r) => { if (!r.isNavigationRequest() && !r.url().startsWith('data:')) wrong.push(`request: ${r.url()}`) })
  await page.setViewport({ width, height, deviceScaleFactor: scale })
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }])
  const begun = performance.now()
  await page.goto('file://' + path, { waitUntil: 'load' })
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
  return { page, wrong, took: performance.now() - begun }
}
