// Takes the pictures for the README, of a report and of what a terminal showed:
// node pictures.mjs REPORT.html SCREEN.txt FOLDER
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { launch, open, themes } from './browser.mjs'

const [report, screen, folder] = process.argv.slice(2)
const browser = await launch()
for (const theme of themes) {
  const { page } = await open(browser, resolve(report), { theme, width: 960, height: 1120, scale: 1.25 })
  await page.screenshot({ path: join(folder, `report-${theme}.png`) })
}

// A screen is drawn as text, in the colours that a terminal of that theme has.
const colours = { light: ['#ffffff', '#24292f', '#d0d7de'], dark: ['#0d1117', '#e6edf3', '#30363d'] }
const text = (await readFile(screen, 'utf8')).replace(/\s+$/, '').replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`)
for (const theme of themes) {
  const [paper, ink, edge] = colours[theme]
  const page = await browser.newPage()
  await page.setViewport({ width: 1200, height: 900, deviceScaleFactor: 1.25 })
  await page.setContent(`<body style="margin:0"><pre style="display:inline-block;margin:0;padding:16px 20px;width:100ch;box-sizing:content-box;
    font:14px/1.45 'DejaVu Sans Mono',monospace;background:${paper};color:${ink};border:1px solid ${edge};border-radius:8px">${text}</pre>`)
  await (await page.$('pre')).screenshot({ path: join(folder, `terminal-${theme}.png`), omitBackground: true })
}
await browser.close()
