import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CapacityPlan } from '../../src/planning/capacity-plan.ts'
import { runIn } from './command-line.fixture.ts'

const FABRIC = `weft: 1
name: growing
regions:
  r:
    fabric:
      leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: 10Gbps, fabricLink: 10Gbps }
`
const TRAFFIC = `traffic:
  - { name: web, between: all hosts, sizes: 100kB, load: 30% }
plan: { from: 2026-01-31, growth: 40%, costs: { currency: EUR, devices: { spine: 5000 } } }
`

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-plan-'))
  const write = (name: string, text: string) => writeFileSync(join(directory, name), text)
  write('fabric.yaml', FABRIC)
  write('small.yaml', FABRIC + TRAFFIC)
  write('full.csv', 'from,to,rate\nr/leaf-0/host-0,leaf-1/host-0,9Gbps\n')
  write('sites.csv', 'Gbps,leaf-0,leaf-1\nleaf-0,,4\nleaf-1,4,\n')
  write(
    'wrong.csv',
    'from,to,rate\nr/leaf-0,r/leaf-1,1Gbps\nr/leaf-9,r/leaf-1,1Gbps\nr/leaf-0,r/lef-1,1Gbps\n',
  )
  write(
    'several.csv',
    'from,to,rate,packets_per_s\nr/leaf-9,r/leaf-1,5,1\nr/leaf-0,leaf-1,1Gbps,1\nleaf-0/host-0,r/leaf-0/host-0,1Gbps,\n',
  )
  write('bare.csv', 'from,to,rate\nr/leaf-0,r/leaf-1,5\n')
  write(
    'stated.csv',
    'from,to,rate,packets_per_s,connections_per_s\nleaf-0/host-0,leaf-1/host-0,1Gbps,250000,1200\nleaf-1/host-1,leaf-0/host-1,12Mbps,,\n',
  )
  write('none.csv', 'from,to,rate\n')
})
afterAll(() => rmSync(directory, { recursive: true }))

const weft = (line: string) => runIn(directory, line.split(' '))

describe('plan', () => {
  it('says what passes first, when, and what to do', async () => {
    const { code, out, err } = await weft('plan @small.yaml --growth 3x')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^growing {2}steady clock, \S+ expected of its traffic, growing 40% a year\n/)
    expect(out).toMatch(/with everything up: room for [\d.]+x, until 20\d\d-\d\d-\d\d\n/)
    expect(out).toMatch(/under a single failure: room for [\d.]+x, until 20\d\d-\d\d-\d\d\n/)
    expect(out).toContain('oversubscription: leaf 1:1')
    expect(out).toMatch(/\nNext upgrades +links +together/)
    expect(out).toMatch(
      /\nFor 3x +now +needed\nr spines +2 +none +r\/leaf-0 → r\/leaf-0\/host-0 passes its limit/,
    )
    expect(out).toMatch(/\n12 failures of one link or switch: 4 computed, 8 by symmetry with these\n/)
  })

  it('prints one JSON document', async () => {
    const { code, out, err } = await weft('plan @small.yaml --json --upgrades 1')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const plan = JSON.parse(out) as CapacityPlan
    expect(plan).toMatchObject({
      schema: 1,
      name: 'growing',
      source: '@small.yaml',
      clock: 'steady',
      partial: false,
      growth: 1,
      from: '2026-01-31',
      demand: { of: 'traffic', growth: [{ perYear: 0.4 }] },
      limits: { normal: 0.8, failure: 1, tiers: [] },
      failures: { total: 12, computed: 4, bySymmetry: 8, left: 0 },
      sizing: [],
      notSized: [],
    })
    expect(plan.upgrades.steps).toHaveLength(1)
    expect(plan.resources.flatMap(({ names }) => names)).toHaveLength(16)
  })

  it('takes demands in place of traffic, by host and by switch, and days and growth over the file', async () => {
    const full = await weft('plan @fabric.yaml --demands @full.csv --json --per-year 10% --from 2030-01-01')
    expect(full).toMatchObject({ code: 0, err: '' })
    const plan = JSON.parse(full.out) as CapacityPlan
    expect(plan).toMatchObject({
      from: '2030-01-01',
      demand: { of: 'matrix', ipBps: 9e9, growth: [{ perYear: 0.1 }] },
    })
    // 9 Gbit/s of 1500-byte packets on a link of 10: past 80 % already
    expect(plan.normal).toMatchObject({
      growth: expect.closeTo(8 / (9 * (1538 / 1500)), 9),
      years: 0,
      date: '2030-01-01',
    })
    const sites = JSON.parse(
      (await weft('plan @fabric.yaml --demands @sites.csv --json')).out,
    ) as CapacityPlan
    expect(sites.resources.map(({ utilization }) => utilization)).toEqual(
      sites.resources.map(() => expect.closeTo(0.2 * (1538 / 1500), 12)),
    )
  })

  it('prints packets per second of every link, and new connections per second where somebody states them', async () => {
    const { code, out, err } = await weft('plan @fabric.yaml --demands @stated.csv')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(
      /\nFullest +rate +now +packets\/s +new conn\/s +headroom +mean wait +at worst +room for\n/,
    )
    expect(out).toMatch(/\nr\/leaf-0\/host-0 → r\/leaf-0 +10Gbps +10\.8% +250k +1,200 +/)
    expect(out).toMatch(/\nr\/leaf-1\/host-1 → r\/leaf-1 +10Gbps +0\.1% +1,000 +0 +/)
    expect(out).toContain(
      'demands are IP bit/s in as many packets as are stated, those of a demand of one size, of 1500 bytes where none are stated\n',
    )
    const { demand, resources } = JSON.parse(
      (await weft('plan @fabric.yaml --demands @stated.csv --json')).out,
    ) as CapacityPlan
    expect(demand).toMatchObject({ packetsPerSecond: 251_000, connectionsPerSecond: 1200 })
    const up = resources.find(({ names }) => names.includes('r/leaf-0 → r/spine-1'))!
    // 500 bytes of IP are 538 on the wire; half of it on each uplink
    expect(up).toMatchObject({
      packetsPerSecond: 125_000,
      connectionsPerSecond: 600,
      loadBps: 125_000 * 8 * 538,
    })
    const plain = await weft('plan @fabric.yaml --demands @full.csv')
    expect(plain.out).toMatch(/\nFullest +rate +now +packets\/s +headroom /)
    expect(plain.out).toContain('demands are IP bit/s in packets of 1500 bytes\n')
  })

  it.each<[string, string, number]>([
    ['nothing is passed', 'plan @small.yaml --check', 0],
    ['a limit is passed at twice the demand', 'plan @small.yaml --check --growth 3x', 1],
    ['a limit is passed now', 'plan @fabric.yaml --demands @full.csv --check', 1],
    ['nobody asked for a verdict', 'plan @fabric.yaml --demands @full.csv', 0],
  ])('--check: %s', async (_name, line, code) => expect((await weft(line)).code).toBe(code))

  it.each<[string, string, string]>([
    [
      'no traffic',
      'plan @fabric.yaml',
      'weft: nothing is sent: give the scenario traffic, or give --demands in its place\n',
    ],
    [
      'growth without its x',
      'plan @small.yaml --growth 3',
      'weft: --growth: "3" needs an x; did you mean 3x?\n',
    ],
    [
      'a bare percentage',
      'plan @small.yaml --per-year 40',
      'weft: --per-year: "40" needs a unit; did you mean 40%?\n',
    ],
    [
      'no day',
      'plan @small.yaml --from today',
      'weft: --from: "today" is not a day; write it as in 2026-01-31\n',
    ],
    ['too many upgrades', 'plan @small.yaml --upgrades 200', 'Expected a whole number from 0 to 100.'],
    [
      'demands between unknown names',
      'plan @fabric.yaml --demands @wrong.csv',
      '@wrong.csv:3:1  unknown host "r/leaf-9"; did you mean "r/leaf-0"?\n@wrong.csv:4:10  unknown host "r/lef-1"; did you mean "r/leaf-1"?\n',
    ],
    [
      'unknown names, bad rates, packets that cannot carry them and a demand on itself, all at once',
      'plan @fabric.yaml --demands @several.csv',
      '@several.csv:2:1  unknown host "r/leaf-9"; did you mean "r/leaf-0"?\n' +
        '@several.csv:2:19  "5" needs a unit; did you mean 5Gbps?\n' +
        '@several.csv:3:23  1Gbps in 1 packets/s makes packets of 125,000,000 bytes; expected 1,907.38 packets/s or more, since IP packets have 20 to 65,535 bytes\n' +
        '@several.csv:4:15  "r/leaf-0/host-0" would send to itself; name another receiver\n',
    ],
    [
      'demands without units',
      'plan @fabric.yaml --demands @bare.csv',
      '@bare.csv:2:19  "5" needs a unit; did you mean 5Gbps?\n',
    ],
    [
      'an empty matrix',
      'plan @fabric.yaml --demands @none.csv',
      '@none.csv:1:1  no demand in this file; expected rows of from,to,rate\n',
    ],
    [
      'a file that is not there',
      'plan @fabric.yaml --demands @nowhere',
      'weft: cannot read @nowhere: there is no such file or directory\n',
    ],
  ])('%s: exit code 2', async (_name, line, message) => {
    const { code, out, err } = await weft(line)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(message)
  })

  it('--help shows examples', async () => {
    const { code, out } = await weft('plan --help')
    expect(code).toBe(0)
    expect(out).toContain('Examples:\n  weft plan scenario.yaml\n')
  })
})
