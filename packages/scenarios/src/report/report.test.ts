import { describe, expect, test } from 'vitest'
import type { ScenarioResult } from '../result/result.ts'
import { renderReport } from './report.ts'
import { reproduceCommand } from './reproduce.ts'
import { poisonedResult, sampleResult } from './sample-result.fixture.ts'

const result = sampleResult()

const empty: ScenarioResult = {
  ...result,
  name: 'nothing',
  network: { nodes: [], links: [], oversubscription: [] },
  links: [],
  series: { windowPs: 1e8, startPs: [], goodputBps: [], activeFlows: [], drops: [], links: [], tiers: [] },
  flows: [],
  drops: [],
  packets: { originated: 0, delivered: 0, dropped: 0, inFlight: 0 },
  changes: [],
  expectations: [],
  events: 0,
  wallSeconds: 0,
}

const withoutScripts = (page: string) =>
  page.replace(/<script[\s\S]*?<\/script>/g, '').replace(/<style[\s\S]*?<\/style>/g, '')
const textOf = (page: string) => withoutScripts(page).replace(/<[^>]*>/g, ' ')

describe('a full result', () => {
  test('says what matters in words', async () => {
    const text = textOf(await renderReport(result)).replace(/\s+/g, ' ')
    expect(text).toContain('2 of 4 expectations hold')
    expect(text).toContain('measured 96.4%')
    expect(text).toContain('3.2ms to 6ms, after ord1/spine-3 failed')
    expect(text).toContain('ord1/spine-3 fails; new routes at 3ms')
    expect(text).toContain('every packet is accounted for')
    expect(text).toContain('weft check examples/spine-maintenance/scenario.yaml --seed rollout-42')
    expect(text).toContain('223 unfinished')
    expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/)
  })

  test('is one file that asks for nothing', async () => {
    const page = await renderReport(result)
    expect(page).not.toMatch(
      /https?:|src=|@import|url\((?!#)|<link(?! rel="icon" href="data:,")|<iframe|<object|<img/,
    )
    expect(page).toContain('default-src &#39;none&#39;; script-src &#39;sha256-')
    expect(page.length).toBeLessThan(1_000_000)
  })

  test('gives the same bytes every time', async () => {
    expect(await renderReport(result)).toBe(await renderReport(sampleResult()))
  })

  test('ids are unique, and every reference to one resolves', async () => {
    const page = await renderReport(result)
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]!)
    expect(new Set(ids).size).toBe(ids.length)
    for (const [, id] of page.matchAll(/url\(#([^)]+)\)|href="#([^"]+)"/g))
      if (id !== undefined) expect(ids).toContain(id)
  })
})

test('user text is never markup, wherever it stands', async () => {
  const page = await renderReport(poisonedResult())
  expect(page.match(/<script/g)).toHaveLength(2)
  expect(page.match(/<\/script/g)).toHaveLength(2)
  expect(page.includes('<img')).toBe(false)
})

describe('results with little in them', () => {
  test('an empty one says so in every section', async () => {
    const text = textOf(await renderReport(empty)).replace(/\s+/g, ' ')
    for (const line of [
      'No expectations',
      'The network has no nodes.',
      'No flow started after the warm-up.',
      'The network has no links.',
      'No packet was lost.',
      'No payload was delivered.',
      'every packet is accounted for',
    ]) {
      expect(text).toContain(line)
    }
    expect(text).not.toMatch(/NaN|undefined|Infinity/)
  })

  test('a partial one says how far it came', async () => {
    const text = textOf(await renderReport({ ...result, partial: true, simulatedPs: 4.2e9 })).replace(
      /\s+/g,
      ' ',
    )
    expect(text).toContain(
      'Partial result. The run was interrupted at 4.2ms of simulated time; flows were to arrive until 10ms.',
    )
    expect(text).toContain('2 of 4 expectations hold in the part that was simulated')
  })

  test('flows of which none completed', async () => {
    const none = { value: null, samples: 0, interval: [null, null], supported: false, biased: true } as const
    const bin = {
      label: 'all',
      fromBytes: 0,
      toBytes: null,
      flows: 3,
      completed: 0,
      unfinished: 3,
      failed: 0,
      slowdown: { p50: none, p95: none, p99: none, mean: null },
      fctPs: { p50: none, p99: none },
    }
    const traffic = {
      ...result.flows[0]!,
      started: 3,
      completed: 0,
      unfinished: 3,
      bins: [bin],
      all: bin,
      points: [],
    }
    const text = textOf(await renderReport({ ...result, flows: [traffic] }))
    expect(text).toContain('No flow completed: there is no slowdown to show.')
    expect(text).not.toMatch(/NaN|undefined|Infinity/)
  })

  test('packets that do not add up are shown in red', async () => {
    const packets = { ...result.packets!, delivered: result.packets!.delivered - 2 }
    expect(textOf(await renderReport({ ...result, packets }))).toContain('2 packets unaccounted for')
  })
})

describe('the command that repeats a run', () => {
  test.each([
    [{ source: 'a.yaml', seed: '1' }, 'weft check a.yaml --seed 1'],
    [{ source: 'my file.yaml', seed: "it's" }, `weft check 'my file.yaml' --seed 'it'\\''s'`],
    [{ source: 'a.yaml', seed: '', expectations: [] }, "weft run a.yaml --seed ''"],
  ])('%o', (change, command) => expect(reproduceCommand({ ...result, ...change })).toBe(command))
})
