import type { Policy, PolicySet } from '@weft/fabric'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { hasChromium, launchChromium, overhear, skipReason } from '../report/chromium.fixture.ts'
import { Alike } from './alike.ts'
import { Connectivity } from './connectivity.ts'
import { drawReach } from './draw-reach.ts'
import { reachMatrix } from './reach-matrix.ts'

/** Namespaces whose workloads are open to those of their own namespace, on a port of each workload's own. */
function alikeOf(namespaces: number, workloads: number): Alike {
  const names = Array.from({ length: namespaces }, (_, index) => `n${index}`)
  const set: PolicySet = {
    namespaces: names.map((name) => ({ name, labels: {} })),
    workloads: names.flatMap((namespace) =>
      Array.from({ length: workloads }, (_, index) => ({
        name: `${namespace}/w${index}`,
        namespace,
        labels: { app: `w${index}` },
        ports: [{ name: 'own', protocol: 'TCP' as const, port: 8000 + index }],
        addresses: [],
        hostNetwork: false,
      })),
    ),
    nodes: [],
    policies: names.map(
      (name): Policy => ({
        name: `${name}/own`,
        tier: 'network',
        priority: 0,
        subject: { namespaces: { name }, labels: [] },
        ingress: [
          {
            name: 'ingress[0]',
            action: 'accept',
            peers: [{ kind: 'workloads', select: { namespaces: { name }, labels: [] } }],
            ports: [{ kind: 'named', name: 'own', protocol: 'TCP' }],
          },
        ],
      }),
    ),
  }
  return new Alike(new Connectivity({ set, pods: new Map(), hasOutside: true, madeUpAddresses: 0 }))
}

const cellsOf = (svg: string): number => svg.match(/class="cell /g)?.length ?? 0

describe('a drawing of who may connect to whom', () => {
  it('has a row and a column for each workload of a small cluster, with its ports', () => {
    const svg = drawReach(alikeOf(2, 3), { title: 'A & B' })
    // two namespaces of three: each to both others, and all of them to outside
    expect(cellsOf(svg)).toBe(2 * 3 * 2 + 6)
    expect(svg).toContain('<title>n1/w0 → n1/w2\nTCP 8002</title>')
    expect(svg).toContain('>8002</text>')
    expect(svg).toContain('<title>A &amp; B</title>')
    expect(svg).toContain('6 workloads; 12 of 30 ordered pairs may connect')
  })

  it.each([
    [2, 3, 'workload', 6],
    [2, 20, 'group', 40],
    [5, 20, 'namespace', 5],
    [70, 1, 'namespace', 60],
  ])('of %i namespaces with %i workloads is by %s, %i rows', (namespaces, workloads, kind, rows) => {
    const matrix = reachMatrix(alikeOf(namespaces, workloads))
    expect([matrix.kind, matrix.units.length, matrix.cells.length]).toEqual([kind, rows, rows])
    const all = matrix.units.flatMap((unit) => unit.workloads)
    expect(new Set(all).size).toBe(namespaces * workloads)
  })

  it('tells which part of the pairs of namespaces may connect', () => {
    const { cells } = reachMatrix(alikeOf(5, 20))
    expect(cells[0]![0]).toMatchObject({ share: 1, ports: { TCP: [[8000, 8019]] } })
    expect(cells[0]![1]).toBeUndefined()
  })
})

describe.skipIf(!hasChromium)(`the drawing in Chromium${skipReason}`, () => {
  it('fits its size, follows the colour scheme, and asks for nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'weft-reach-'))
    const browser = await launchChromium()
    try {
      for (const alike of [alikeOf(2, 3), alikeOf(2, 20), alikeOf(70, 1)]) {
        const file = join(folder, 'reach.svg')
        writeFileSync(file, drawReach(alike, { title: 'Who may connect to whom' }))
        const page = await browser.newPage({ colorScheme: 'light', offline: true })
        const { requests, complaints } = overhear(page)
        await page.goto(pathToFileURL(file).href)
        const outside = await page.evaluate(`(() => {
          const { width, height } = document.documentElement.getBoundingClientRect()
          return [...document.querySelectorAll('text, .cell rect')].filter((each) => {
            const box = each.getBoundingClientRect()
            return box.left < 0 || box.top < 0 || box.right > width || box.bottom > height
          }).map((each) => each.textContent)
        })()`)
        expect(outside).toEqual([])
        const colour = () => page.evaluate(`getComputedStyle(document.querySelector('.cell rect')).fill`)
        const light = await colour()
        await page.emulateMedia({ colorScheme: 'dark' })
        expect(await colour()).not.toBe(light)
        expect(requests).toHaveLength(1)
        expect(complaints).toEqual([])
        await page.close()
      }
    } finally {
      await browser.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }, 60_000)
})
