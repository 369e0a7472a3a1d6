// Takes the pictures of a report for the README: node pictures.mjs REPORT.html FOLDER
import { join, resolve } from 'node:path'
import { launch, open, themes } from './browser.mjs'

const [report, folder] = process.argv.slice(2)
const browser = await launch()
for (const theme of themes) {
  const { page } = await open(browser, resolve(report), { theme, width: 960, height: 1120, scale: 1.25 })
  await page.screenshot({ path: join(folder, `report-${theme}.png`) })
}
await browser.close()
