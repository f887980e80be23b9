import { describe, expect, test } from 'vitest'
import type { ScenarioResult } from '../result/result.ts'
import { renderReport } from './report.ts'
import { reproduceCommand } from './reproduce.ts'
import { flowResult, poisonedResult, sampleResult } from './sample-result.fixture.ts'
import { renderSummary } from './summary.ts'

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

describe('a result of the flow clock', async () => {
  const flow = await flowResult()

  test('has no plots and columns of packets, and says why', async () => {
    const page = await renderReport(flow)
    const text = textOf(page).replace(/\s+/g, ' ')
    expect(text).toContain(
      'What only packets can tell is in no plot and no column of this report: queues ECN marks',
    )
    expect(text).toContain('delays are one way, over idle links: without waiting in queues')
    expect(text).toContain('Flows share the links on their paths max-min fairly')
    expect(text).toMatch(/Rates shared anew \d+ times, [\d.]+ flows each, \d+ at most/)
    expect(text).toContain('Busiest links')
    expect(text).toContain('--seed weft --clock flow')
    expect(text).not.toMatch(
      /Queue peak|Marked|Lost packets|Deepest queue|retransmission\b|NaN|undefined|null/,
    )
    expect(page).not.toContain('data-plot="drops"')
  })

  test('counts time in hours', async () => {
    const text = textOf(await renderReport(flow)).replace(/\s+/g, ' ')
    expect(text).toContain('Arrivals end at 6h. One window is 15min.')
    expect(text).toContain('2h r/spine-1 fails; new routes at 2h (50us later)')
    // the axis
    expect(text).toContain('1h 2h 3h 4h 5h 6h')
  })

  test('in the summary too', () => {
    const text = renderSummary(flow, { color: false })
    expect(text).toMatch(/flow clock, seed weft, 6\.\d+h simulated/)
    expect(text).toMatch(/^flows share links max-min fairly, after a handshake and slow start$/m)
    expect(text).toMatch(/^rates shared anew \d+ times, [\d.]+ flows each, \d+ at most$/m)
    expect(text).toContain('Not modelled by the flow clock: queues, ECN marks, ')
    expect(text).toMatch(/^Hottest links +mean +busiest window$/m)
    expect(text).not.toMatch(/queue peak|Lost packets|NaN|null/)
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

  test('flows of one size are rows of one table, others have a plot each', async () => {
    const [varied] = result.flows
    const alike = (traffic: string) => ({
      ...varied!,
      traffic,
      bins: [{ ...varied!.all, label: '< 10kB' }],
      points: [[500, 1.5] as const, [500, 2] as const],
    })
    const page = await renderReport({ ...result, flows: [alike('calls'), varied!, alike('pings')] })
    const text = textOf(page)
    expect(text).toMatch(/Flows of one size.*calls, 500B.*pings, 500B/s)
    expect(page.match(/aria-label="Slowdown by flow size of [^"]*"/g)).toEqual([
      `aria-label="Slowdown by flow size of ${varied!.traffic}"`,
    ])
  })

  test('packets that do not add up are shown in red', async () => {
    const packets = { ...result.packets!, delivered: result.packets!.delivered - 2 }
    expect(textOf(await renderReport({ ...result, packets }))).toContain('2 packets unaccounted for')
  })
})

describe('the command that repeats a run', () => {
  test.each([
    [{ source: 'a.yaml', seed: '1' }, 'weft check a.yaml --seed 1 --clock packet --for 10ms'],
    [
      { source: 'my file.yaml', seed: "it's" },
      `weft check 'my file.yaml' --seed 'it'\\''s' --clock packet --for 10ms`,
    ],
    [
      { source: 'a.yaml', seed: '', expectations: [], clock: 'flow' as const, arrivalsEndPs: 90e12 },
      "weft run a.yaml --seed '' --clock flow --for 90s",
    ],
  ])('%o', (change, command) => expect(reproduceCommand({ ...result, ...change })).toBe(command))
})
