import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasChromium, launchChromium, overhear, skipReason } from '../chromium.fixture.ts'
import { type AnswerName, answerReports } from './answers.fixture.ts'

describe.skipIf(!hasChromium)(`reports of answers in Chromium${skipReason}`, () => {
  let folder: string
  let browser: Browser
  let page: Page
  let requests: string[]
  let complaints: string[]
  const dialogs: string[] = []

  const open = async (name: AnswerName, isPoisoned = false): Promise<string> => {
    const file = join(folder, `${name}-${isPoisoned}.html`)
    if (!existsSync(file)) writeFileSync(file, await answerReports(isPoisoned)[name]())
    const { href } = pathToFileURL(file)
    await page.goto(href)
    return href
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'weft-answers-'))
    browser = await launchChromium()
    const viewport = { width: 1280, height: 900 }
    page = await browser.newPage({ viewport, colorScheme: 'light', offline: true })
    ;({ requests, complaints } = overhear(page))
    page.on('dialog', async (dialog) => {
      dialogs.push(dialog.message())
      await dialog.dismiss()
    })
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const names: AnswerName[] = [
    'plan',
    'single',
    'failures',
    'pairs',
    'availability',
    'drain',
    'worst',
    'diff',
  ]

  test.each(names)(
    '%s opens from disk, asks for nothing else, complains of nothing, fits every width',
    async (name) => {
      requests.length = 0
      const address = await open(name)
      expect(requests.filter((url) => url !== address && !url.startsWith('data:'))).toEqual([])
      const titles = await page.locator('section h2').allTextContents()
      expect(await page.locator('nav a').allTextContents()).toEqual(titles)
      for (const width of [400, 768, 1280]) {
        await page.setViewportSize({ width, height: 900 })
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
      }
      expect(complaints).toEqual([])
    },
  )

  test.each(names)('%s runs nothing that stands in names', async (name) => {
    await open(name, true)
    expect(await page.locator('script').count()).toBe(2)
    expect(await page.locator('img, [onerror]').count()).toBe(0)
    expect(await page.locator('h1').textContent()).toContain('<script>alert(1)</script>')
    for (const grid of await page.locator('figure[data-grid] svg').all()) await grid.hover()
    expect(dialogs).toEqual([])
    expect(complaints).toEqual([])
  })

  test('a cell of a heat map is read under the pointer, and with the arrow keys', async () => {
    await open('plan')
    const grid = page.locator('figure[data-grid=load-0]')
    await grid.scrollIntoViewIfNeeded()
    const cell = (await grid.locator('path').first().boundingBox())!
    const tip = page.locator('.tip')
    await page.mouse.move(cell.x + 5, cell.y + 5)
    expect(await tip.textContent()).toMatch(/^leaf leaf-0\nspine spine-0\n35%$/)
    await page.mouse.move(5, 5)
    expect(await tip.isVisible()).toBe(false)
    await grid.focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    expect(await tip.textContent()).toMatch(/^leaf leaf-2\nspine spine-1\n/)
    await page.keyboard.press('Escape')
    expect(await tip.isVisible()).toBe(false)
  })

  test('ribbons of demand have an extent, and tell what they carry', async () => {
    await open('plan')
    const boxes = await Promise.all(
      (await page.locator('.sankey .ribbon').all()).map((path) => path.boundingBox()),
    )
    expect(boxes).toHaveLength(4 + 8 + 8)
    expect(Math.min(...boxes.map((box) => box!.width))).toBeGreaterThan(200)
    expect(await page.locator('.sankey .ribbon title').first().textContent()).toMatch(
      /leaf-0 → .*Gbps, .*% of demand/,
    )
  })

  test('tables sort by numbers behind their cells', async () => {
    await open('pairs')
    const head = page.locator('#set-table thead button', { hasText: 'Alike' })
    await head.click()
    const alike = async () =>
      (await page.locator('#set-table tbody tr:visible td:nth-child(2)').allTextContents()).map(Number)
    const down = await alike()
    expect(down).toEqual([...down].sort((a, b) => b - a))
    await head.click()
    expect((await alike())[0]).toBeLessThan(down[0]!)
  })

  test('is dark for those who like it dark, heat maps among it', async () => {
    const colours = async () =>
      page.evaluate(`[getComputedStyle(document.body).backgroundColor,
        getComputedStyle(document.querySelector('.heat path')).fill]`)
    await open('worst')
    const light = await colours()
    await page.emulateMedia({ colorScheme: 'dark' })
    const dark = await colours()
    await page.emulateMedia({ colorScheme: 'light' })
    expect(light).toEqual(['rgb(246, 248, 251)', 'rgb(138, 15, 49)'])
    expect(dark).toEqual(['rgb(15, 19, 27)', 'rgb(255, 217, 168)'])
  })
})
