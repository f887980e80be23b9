import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runIn } from './command-line.fixture.ts'

const DAILY = `weft: 1
name: daily
regions:
  r:
    fabric:
      leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: 10Gbps, fabricLink: 10Gbps }
traffic:
  - name: web
    between: all hosts
    sizes: 10kB
    load: 20%
    profile: { period: day, points: [[4h, 20%], [20h, 100%]] }
reliability:
  - { of: link, tier: fabric, mtbf: 100h, mttr: 1h }
run: { for: 2ms }
`

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-profiles-'))
  writeFileSync(join(directory, 'daily.yaml'), DAILY)
  writeFileSync(join(directory, 'some.csv'), 'from,to,rate\nr/leaf-0/host-0,r/leaf-1/host-0,1Gbps\n')
})
afterAll(() => rmSync(directory, { recursive: true }))

const weft = (line: string) => runIn(directory, line.split(' '))

describe('traffic that follows the day, and failures at random, on the command line', () => {
  const AT_PEAK = 'of traffic with a profile its peak counts: web at 100% of its load'
  const AT_FOUR = 'of traffic with a profile the rate at 4h counts: web at 20% of its load'

  it.each([
    ['plan @daily.yaml', AT_PEAK],
    ['plan @daily.yaml --rates 4h', AT_FOUR],
    ['whatif @daily.yaml --any 1', AT_PEAK],
    ['whatif @daily.yaml --any 1 --rates mean', 'its mean counts: web at 60% of its load'],
    ['whatif @daily.yaml --drain r/spine-* --rates 4h', AT_FOUR],
    ['whatif @daily.yaml --availability', AT_PEAK],
    ['whatif @daily.yaml --availability', '4 parts that are down at times, each by itself (4 by their mtbf'],
    ['explain @daily.yaml --link r/leaf-0:r/spine-0 --at 4h', 'of its load then, by its profile: web at 20%'],
  ])('%s', async (line, words) => {
    const { out, err } = await weft(line)
    expect(err).toBe('')
    expect(out).toContain(words)
  })

  it('runs begin where they are told to', async () => {
    const flowsAt = async (options: string) => {
      const { out } = await weft(`run @daily.yaml --json - ${options}`)
      const { flows, beginPs, reliability } = JSON.parse(out) as {
        flows: { started: number }[]
        beginPs: number
        reliability: { parts: number; failures: number }
      }
      expect(reliability).toMatchObject({ parts: 4, failures: 0 })
      return { started: flows[0]!.started, beginPs }
    }
    const [night, evening] = [await flowsAt('--begin 4h'), await flowsAt('--begin 20h')]
    expect([night.beginPs, evening.beginPs]).toEqual([4 * 3_600e12, 20 * 3_600e12])
    // 4 hosts of 10 Gbit/s, 20 % of it, 10 kB: 200 flows in 2 ms at the peak
    expect(Math.abs(evening.started - 200)).toBeLessThan(3.3 * Math.sqrt(200))
    expect(Math.abs(night.started - 40)).toBeLessThan(3.3 * Math.sqrt(40))
  })

  it.each([
    [
      'plan @daily.yaml --rates noon',
      '--rates: "noon" is not known here; expected peak, mean, or an instant such as 20h',
    ],
    ['whatif @daily.yaml --any 1 --rates 20', '--rates: "20" needs a unit; did you mean 20h?'],
    [
      'whatif @daily.yaml --any 1 --rates mean --demands @some.csv',
      '--rates: demands in place of traffic have no profiles; leave it out',
    ],
    ['diff @daily.yaml @daily.yaml --rates never', '--rates: "never" is not known here'],
    ['run @daily.yaml --begin soon', '"soon" is not a quantity'],
  ])('refused: %s', async (line, words) => {
    const { code, out, err } = await weft(line)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(words)
  })
})
