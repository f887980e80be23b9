import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasChromium, launchChromium, overhear, skipReason } from './chromium.fixture.ts'
import { renderReport } from './report.ts'
import { flowResult, poisonedResult, sampleResult } from './sample-result.fixture.ts'

describe.skipIf(!hasChromium)(`the report in Chromium${skipReason}`, () => {
  let folder: string
  let browser: Browser
  let page: Page
  let address: string
  let requests: string[]
  let complaints: string[]

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'weft-report-'))
    const file = join(folder, 'report.html')
    writeFileSync(file, await renderReport(sampleResult()))
    address = pathToFileURL(file).href
    browser = await launchChromium()
    const viewport = { width: 1280, height: 900 }
    page = await browser.newPage({ viewport, colorScheme: 'light', offline: true })
    ;({ requests, complaints } = overhear(page))
    await page.goto(address)
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('opens from disk, asks for nothing else, complains of nothing', () => {
    expect(requests.filter((url) => url !== address && !url.startsWith('data:'))).toEqual([])
    expect(complaints).toEqual([])
  })

  test('has its sections, reachable from the navigation', async () => {
    const titles = await page.locator('section h2').allTextContents()
    const links = await page.locator('nav a').allTextContents()
    expect(titles).toEqual(links)
    expect(titles).toContain('Topology')
    await page.locator('nav a', { hasText: 'Lost packets' }).click()
    expect(
      await page.locator('#drops').evaluate((element) => element.getBoundingClientRect().top),
    ).toBeLessThan(900)
  })

  test('every plot has lines with an extent', async () => {
    const plots = page.locator('figure.plot:has(svg)')
    expect(await plots.count()).toBe(7)
    for (const plot of await plots.all()) {
      const paths = plot.locator('.wide svg g[clip-path] path, .wide svg > path')
      const boxes = await Promise.all((await paths.all()).map((path) => path.boundingBox()))
      expect(Math.max(...boxes.map((box) => box?.width ?? 0))).toBeGreaterThan(300)
      expect(Math.max(...boxes.map((box) => box?.height ?? 0))).toBeGreaterThan(40)
    }
  })

  test('the topology has a line per link in the colours of its load', async () => {
    expect(await page.locator('.topology .wire[data-ends]').count()).toBe(128)
    const strokes = await page
      .locator('.topology .wire[data-ends] path')
      .evaluateAll((paths) => paths.map((path) => path.computedStyleMap().get('stroke')?.toString()))
    expect(new Set(strokes).size).toBeGreaterThan(3)
    expect(await page.locator('.topology .box.down').count()).toBe(1)
  })

  test('a click on a column sorts the links, another one turns them round', async () => {
    const peaks = async () => {
      const cells = await page.locator('#link-table tbody tr:visible td:nth-child(4)').allTextContents()
      return cells.map(Number)
    }
    const before = await peaks()
    await page.locator('#link-table thead button', { hasText: 'Queue peak' }).click()
    const down = await peaks()
    expect(down).toEqual([...down].sort((a, b) => b - a))
    expect(down).not.toEqual(before)
    await page.locator('#link-table thead button', { hasText: 'Queue peak' }).click()
    const up = await peaks()
    expect(up).toEqual([...up].sort((a, b) => a - b))
    expect(up[0]).toBeLessThan(down[0]!)
  })

  test('shows a few links, all on demand, and those that were searched for', async () => {
    const rows = page.locator('#link-table tbody tr:visible')
    expect(await rows.count()).toBe(12)
    await page.locator('[data-filter=link-table]').fill('spine-3 fabric')
    expect(await rows.count()).toBe(16)
    await page.locator('[data-filter=link-table]').fill('')
    await page.locator('[data-more=link-table]').click()
    expect(await rows.count()).toBe(256)
  })

  test('reads values off a plot under the pointer', async () => {
    const svg = page.locator('[data-plot=drops] .wide svg')
    await svg.scrollIntoViewIfNeeded()
    const box = (await svg.boundingBox())!
    // 2.45 ms of 13 ms, inside of the black hole
    const scale = box.width / 560
    await page.mouse.move(box.x + (58 + (560 - 58 - 14) * (2.45 / 13)) * scale, box.y + box.height / 2)
    const tip = page.locator('.tip')
    expect(await tip.isVisible()).toBe(true)
    expect(await tip.textContent()).toMatch(/2\.4ms to 2\.5ms.*link-down\d+/)
    await page.mouse.move(box.x + 5, box.y + 5)
    expect(await tip.isVisible()).toBe(false)
  })

  test('tells what a link carries, and which links a switch has', async () => {
    await page.locator('.topology .box.down text').hover()
    expect(await page.locator('.tip').textContent()).toContain('ord1/spine-3 failed: 2ms to 6ms')
    expect(await page.locator('.topology .wire[data-ends]:not(.dim)').count()).toBe(8)
  })

  test.each([400, 768, 1280])('nothing sticks out at a width of %i', async (width) => {
    await page.setViewportSize({ width, height: 900 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
  })

  test('is dark for those who like it dark', async () => {
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const light = await ground()
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(light).toBe('rgb(246, 248, 251)')
    expect(await ground()).toBe('rgb(15, 19, 27)')
  })

  test('of the flow clock has its own plots and columns', async () => {
    const file = join(folder, 'flow.html')
    writeFileSync(file, await renderReport(await flowResult()))
    await page.goto(pathToFileURL(file).href)
    expect(await page.locator('nav a').allTextContents()).toContain('Left out')
    const plots = await page.locator('figure.plot:has(svg)').evaluateAll((all) => {
      return all.map((plot) => plot.getAttribute('data-plot')).filter((id) => id !== null)
    })
    expect(plots).toEqual(['goodput', 'active', 'utilization', 'busiest'])
    const heads = await page.locator('#link-table thead th').allTextContents()
    expect(heads.map((head) => head.trim())).toEqual([
      'Direction',
      'Mean',
      'Busiest window',
      'Sent',
      'Rate',
      'Tier',
    ])
    await page.locator('[data-plot=busiest] svg:visible').hover()
    expect(await page.locator('.tip').textContent()).toMatch(/h to .*h.*r\/.*%/)
    for (const width of [400, 1280]) {
      await page.setViewportSize({ width, height: 900 })
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    }
    expect(complaints).toEqual([])
  })

  test('runs nothing that stands in names', async () => {
    const file = join(folder, 'poisoned.html')
    writeFileSync(file, await renderReport(poisonedResult()))
    const dialogs: string[] = []
    page.on('dialog', async (dialog) => {
      dialogs.push(dialog.message())
      await dialog.dismiss()
    })
    await page.goto(pathToFileURL(file).href)
    expect(await page.locator('script').count()).toBe(2)
    expect(await page.locator('img, [onerror]').count()).toBe(0)
    expect(await page.locator('h1').textContent()).toContain('<script>alert(1)</script>')
    await page.locator('#link-table thead button', { hasText: 'Direction' }).click()
    await page.locator('.topology .box text').first().hover()
    expect(dialogs).toEqual([])
    expect(complaints).toEqual([])
  })
})
