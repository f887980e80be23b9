import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  hasChromium,
  launchChromium,
  overhear,
  skipReason,
} from '../packages/scenarios/src/report/chromium.fixture.ts'
import { type SmallRun, smallRun } from './browser/small-run.ts'

/** core and fabric for a browser as they are: esbuild fails on any Node module that they would need. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'browser/page.ts')],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    logLevel: 'silent',
  })
  return outputFiles[0]!.text
}

describe('core and fabric without Node', () => {
  it('make a bundle that names no Node module and no Node global', async () => {
    const code = await bundle()
    expect(code).not.toMatch(/["']node:|\bBuffer\.|\b__dirname\b/)
  })

  describe.skipIf(!hasChromium)(`in Chromium${skipReason}`, () => {
    const expected: SmallRun = smallRun()
    let complaints: string[]
    let folder: string
    let browser: Browser
    let page: Page

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'weft-browser-'))
      const file = join(folder, 'page.html')
      const code = (await bundle()).replaceAll('</script', '<\\/script')
      writeFileSync(
        file,
        `<!doctype html><meta charset="utf-8"><title>Weft</title><script id="weft">${code}</script>`,
      )
      browser = await launchChromium()
      page = await browser.newPage({ offline: true })
      ;({ complaints } = overhear(page))
      await page.goto(pathToFileURL(file).href)
    }, 60_000)

    afterAll(async () => {
      await browser?.close()
      rmSync(folder, { recursive: true, force: true })
    })

    it('the run is worth comparing: flows end, packets are lost', () => {
      expect(expected.completed).toBeGreaterThan(50)
      expect(expected.dropped).toBeGreaterThan(10)
    })

    it('a page gives the digest that Node gives', async () => {
      expect(await page.evaluate('smallRun()')).toEqual(expected)
    })

    it('a worker gives it too', async () => {
      const inWorker = await page.evaluate(`new Promise((resolve, reject) => {
        const source = new Blob([document.getElementById('weft').textContent], { type: 'text/javascript' })
        const worker = new Worker(URL.createObjectURL(source))
        worker.onmessage = ({ data }) => resolve(data)
        worker.onerror = ({ message }) => reject(new Error(message))
      })`)
      expect(inWorker).toEqual(expected)
      expect(complaints).toEqual([])
    })
  })
})
