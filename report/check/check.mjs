// Checks reports: node check.mjs FOLDER REPORT.html … Each is opened at three
// widths, light and dark, and printed; FOLDER gets a picture of each. The
// report.json beside each is held against the published schema.
import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import Ajv from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { launch, open, themes } from './browser.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const schema = JSON.parse(readFileSync(new URL('../../docs/report.schema.json', import.meta.url)))
const ajv = new Ajv({ strict: true, allErrors: true })
formats(ajv)
const fits = ajv.compile(schema)
const [folder, ...files] = process.argv.slice(2)
let passed = 0
let failed = 0

function expect(name, found) {
  if (found.length === 0) return void passed++
  failed++
  console.log(`${name}:\n  ${found.join('\n  ')}`)
}

// sideways names the elements that stick out of the page.
const sideways = () => {
  const width = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth <= width) return []
  return [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > width + 1).slice(0, 5)
    .map((e) => `${e.tagName} sticks out: ${e.textContent.slice(0, 60)}`)
}

// complaints are what axe-core calls serious or critical.
async function complaints(page) {
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }))
  return violations.filter((v) => ['serious', 'critical', 'moderate'].includes(v.impact))
    .map((v) => `${v.impact} ${v.id}: ${v.help} (${v.nodes.length}, first ${v.nodes[0].html.slice(0, 120)})`)
}

const browser = await launch()
for (const file of files) {
  const path = resolve(file)
  const name = basename(dirname(dirname(path))) // as runs.sh calls it
  expect(`${name}: size`, statSync(path).size < 1 << 20 ? [] : [`${statSync(path).size} bytes`])
  const valid = fits(JSON.parse(readFileSync(path.replace(/\.html$/, '.json'))))
  expect(`${name}: schema`, valid ? [] : fits.errors.map((e) => `${e.instancePath} ${e.message}`))
  mkdirSync(join(folder, name), { recursive: true })
  for (const theme of themes) {
    for (const width of [360, 768, 1280]) {
      const { page, wrong, took } = await open(browser, path, { theme, width })
      expect(`${name} ${theme} ${width}: browser`, wrong)
      expect(`${name} ${theme} ${width}: time`, took < 2000 ? [] : [`drawn after ${Math.round(took)} ms`])
      expect(`${name} ${theme} ${width}: width`, await page.evaluate(sideways))
      const height = Math.min(await page.evaluate(() => document.documentElement.scrollHeight), 10000)
      await page.screenshot({ path: join(folder, name, `${theme}-${width}.png`), clip: { x: 0, y: 0, width, height }, captureBeyondViewport: true })
      expect(`${name} ${theme} ${width}: axe`, await complaints(page))
      if (width === 1280) await page.pdf({ path: join(folder, name, `${theme}.pdf`), preferCSSPageSize: true, printBackground: false })
      await page.close()
    }
  }
}
await browser.close()
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed > 0 || passed === 0 ? 1 : 0)
