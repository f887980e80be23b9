import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ScenarioResult } from '../../src/result/result.ts'
import { runIn } from './command-line.fixture.ts'
import { SMALL } from './small.fixture.ts'

const FADING = `weft: 1
name: fading
regions:
  r:
    fabric:
      leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 4, hostLink: 10Gbps, fabricLink: 15Gbps }
    routing: { detection: 1s, convergence: 1s }
traffic:
  - { name: web, between: all hosts, sizes: 100kB, load: 60%, start: 10s }
  - { name: feed, from: r/leaf-0/host-0, to: r/leaf-1/host-0, stream: { packet: 1200B, rate: 1Gbps } }
events:
  - { at: 40s, fail: r/spine-1 }
  - { at: 60s, repair: r/spine-1 }
expect:
  - { metric: link.utilization, tier: fabric, percentile: 50, below: 90% }
  - { metric: drops, reason: link-down, below: 1% }
run: { for: 120s }
`

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-steady-'))
  const write = (name: string, text: string) => writeFileSync(join(directory, name), text)
  write('small.yaml', SMALL)
  write('fading.yaml', FADING)
  write('broken.yaml', FADING.replace('below: 1%', 'equals: 0'))
  write('steady.yaml', FADING.replace('run: {', 'run: { clock: steady,'))
  write(
    'slow.yaml',
    FADING.replace(
      'metric: drops, reason: link-down, below: 1%',
      'metric: flow.fct, statistic: mean, below: 1ms',
    ),
  )
})
afterAll(() => rmSync(directory, { recursive: true }))

const weft = (line: string) => runIn(directory, line.split(' '))

describe('weft run --clock steady', () => {
  it('tells what is sent and arrives, from each change to the next, and what links are offered', async () => {
    const { code, out, err } = await weft('run @fading.yaml --clock steady')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^fading {2}steady clock, seed weft, 2min simulated in \S+ s, \d+ events\n/)
    expect(out).toMatch(
      /\n ?Demand +sent +arrives +packets lost +new conn\/s\nfeed +1Gbps .* 0\nweb .* 55k\n/,
    )
    const rows = out.split('\n').filter((line) => /% {2}r\//.test(line) && /^ *[\d.]+(s|min) /.test(line))
    expect(rows.map((row) => row.trim().split(/ +/).slice(0, 2).join(' '))).toEqual([
      '0s 10s',
      '10s 30s',
      '40s 2s',
      '42s 18s',
      '1min 2s',
      '1.0333min 58s',
    ])
    expect(rows[3]).toMatch(/directions over/)
    expect(out).toMatch(/link-down +[\d,]+ +[\d.]+% +r\/leaf-0/)
    expect(out).toContain('Not modelled by the steady clock: single flows and their completion times')
    expect(out).toMatch(/Hottest links +carried +offered +highest +hashed, all up +mean wait\n/)
    expect(out).not.toMatch(/NaN|undefined|Infinity/)
  })

  it('writes the result as JSON, alone on standard output', async () => {
    const { code, out } = await weft('run @steady.yaml --json -')
    const result = JSON.parse(out) as ScenarioResult
    expect(code).toBe(0)
    expect(result).toMatchObject({
      schema: 2,
      clock: 'steady',
      source: '@steady.yaml',
      flows: [],
      sharing: null,
    })
    expect(result.steady!.intervals).toHaveLength(6)
    expect(result.links.every(({ steady }) => steady !== null)).toBe(true)
  })

  it('writes a report', async () => {
    expect(await weft('run @fading.yaml --clock steady --report @fading.html')).toMatchObject({ code: 0 })
    const page = readFileSync(join(directory, 'fading.html'), 'utf8')
    const text = page.replace(/<(script|style)[\s\S]*?<\/\1>/g, '').replace(/<[^>]*>/g, ' ')
    expect(text).toMatch(/Demand that arrives\s+9\d\.\d%/)
    expect(text).toContain('Highest offered load')
    expect(text).toContain('every packet is accounted for')
    expect(text).toContain('neither with flows nor with packets')
    expect(text).toMatch(/From a failure until routes reckon with it, 2s later/)
    expect(text).not.toMatch(/NaN|undefined|Infinity|\[object|Flow completion|Queue peak|Active flows/)
  })

  it('check: 0 when expectations hold, 1 when one fails', async () => {
    expect(await weft('check @fading.yaml --clock steady')).toMatchObject({ code: 0 })
    const { code, out } = await weft('check @broken.yaml --clock steady')
    expect(code).toBe(1)
    expect(out).toContain('✗ drops  link-down equal to 0')
    expect(out).toMatch(/on r\/leaf-\d \(40s to 42s, after r\/spine-1 failed\)/)
  })

  it('refuses by name what it does not model: exit code 2', async () => {
    expect(await weft('run @slow.yaml --clock steady')).toEqual({
      code: 2,
      out: '',
      err: '@slow.yaml:16:15  the steady clock does not model what flow.fct measures; use link.utilization, drops, the flow clock, or the packet clock\n',
    })
    const long = await weft('run @small.yaml --clock steady --for 101d')
    expect(long).toMatchObject({ code: 2, out: '' })
    expect(long.err).toMatch(/^weft: --for: "101d" is too large/)
  })

  it('names itself in help', async () => {
    for (const command of ['run', 'check'])
      expect((await weft(`${command} --help`)).out).toContain('packet, flow or steady')
  })
})
