import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runIn } from './command-line.fixture.ts'

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-demands-'))
  const write = (name: string, lines: readonly string[]) =>
    writeFileSync(join(directory, name), `${lines.join('\n')}\n`)
  const links = 'hostLink: 10Gbps, fabricLink: 10Gbps'
  const fabric = `leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 1, ${links} }`
  write('s.yaml', ['weft: 1', `regions: { ord1: { fabric: { ${fabric} } } }`])
  const [a, b] = ['ord1/leaf-0/host-0', 'ord1/leaf-1/host-0']
  write('flows.csv', [
    'who,dst,bytes,start,end',
    `${a},${b},7500000000,2026-03-01T00:00:00Z,2026-03-01T00:10:00Z`,
    `${a},${b},3750000000,2026-03-01T00:05:00Z,2026-03-01T00:10:00Z`,
    `192.0.2.1,${b},75000000,2026-03-01T00:00:00Z,2026-03-01T00:10:00Z`,
  ])
  write('netflow.csv', [
    'ts,te,sa,da,sp,dp,pr,ipkt,ibyt',
    `0,100,${a},${b},40000,443,6,100000,8000000`,
    `0.1,100,${b},${a},443,40000,6,200000,300000000`,
    `50,60,${a},${b},40001,443,6,10,500`,
  ])
  write('hosts.csv', ['prefix,host', '192.0.2.0/24,leaf-0/host-0'])
  write('counters.csv', [
    'time,link,in_octets,out_octets',
    '0,ord1/leaf-0:ord1/leaf-0/host-0,0,0',
    '300,ord1/leaf-0:ord1/leaf-0/host-0,37950000000,0',
  ])
})
afterAll(() => rmSync(directory, { recursive: true }))

const weft = (line: string) => runIn(directory, line.split(' '))

describe('weft demands', () => {
  it('prints the mean of flow records as CSV, and says what it left out', async () => {
    expect(await weft('demands @s.yaml --flows @flows.csv --columns source=who')).toEqual({
      code: 0,
      out: 'from,to,rate_bps\nord1/leaf-0/host-0,ord1/leaf-1/host-0,150000000\n',
      err: '@flows.csv: 1 record is left out: no host is 192.0.2.1, 1Mbps on the mean\n',
    })
  })

  it('writes packets and new connections per second where records tell them, for a plan to take', async () => {
    const { out, err } = await weft('demands @s.yaml --flows @netflow.csv')
    expect({ out, err }).toEqual({
      out: `from,to,rate_bps,packets_per_s,connections_per_s
ord1/leaf-0/host-0,ord1/leaf-1/host-0,640040,1000.1,0.02
ord1/leaf-1/host-0,ord1/leaf-0/host-0,24000000,2000,0
`,
      err: '',
    })
    await weft('demands @s.yaml --flows @netflow.csv -o @given.csv')
    const plan = JSON.parse((await weft('plan @s.yaml --demands @given.csv --json')).out)
    expect(plan.demand).toMatchObject({ packetsPerSecond: 3000.1, connectionsPerSecond: 0.02 })
  })

  it('writes the 95th percentile to a file that other commands take', async () => {
    const options = '--columns source=who --hosts @hosts.csv --statistic p95 -o @peak.csv'
    const { code, out, err } = await weft(`demands @s.yaml --flows @flows.csv ${options}`)
    expect({ code, out }).toEqual({ code: 0, out: '' })
    expect(err).toBe('Wrote @peak.csv: 1 demand of 2 intervals\n')
    expect(readFileSync(join(directory, 'peak.csv'), 'utf8')).toContain('host-0,201000000\n')
    const whatif = await weft('whatif @s.yaml --any 1 --of link/fabric --demands @peak.csv --json')
    expect({ code: whatif.code, err: whatif.err }).toEqual({ code: 0, err: '' })
  })

  it('fits demands to counters, as one JSON document with both statistics', async () => {
    const { code, out, err } = await weft('demands @s.yaml --counters @counters.csv --json')
    expect(code).toBe(0)
    expect(err).toContain('@counters.csv: fitted to counters of 2 of 12 directions')
    const { demands, ...rest } = JSON.parse(out) as {
      demands: { from: string; meanBps: number; p95Bps: number }[]
    }
    expect(rest).toMatchObject({ schema: 1, source: '@s.yaml', file: '@counters.csv', startS: 0, endS: 300 })
    expect(demands).toHaveLength(1)
    expect(demands[0]!.from).toBe('ord1/leaf-0/host-0')
    expect(demands[0]!.meanBps / 1e9).toBeCloseTo(1, 4)
  })

  it.each<[string, string, string]>([
    ['neither flows nor counters', '', 'weft: demands needs either --flows or --counters'],
    [
      'both',
      '--flows @flows.csv --counters @counters.csv',
      'weft: demands needs either --flows or --counters',
    ],
    ['sampled counters', '--counters @counters.csv --sampling 5', 'they go with --flows'],
    ['flows as deltas', '--flows @flows.csv --deltas', 'it goes with --counters'],
    ['a file that is not there', '--flows @nowhere.csv', 'weft: cannot read @nowhere.csv'],
    ['a column of nothing', '--flows @flows.csv --columns source', 'Expected what it is for and its header'],
    [
      'an unknown header',
      '--flows @flows.csv --columns source=whom',
      '@flows.csv:1:1  no column "whom" for source; did you mean "who"?',
    ],
    ['a bare interval', '--flows @flows.csv --interval 300', '"300" needs a unit'],
    ['sampling of nothing', '--flows @flows.csv --sampling 0', 'Expected a whole number, 1 or more.'],
    ['an unknown statistic', '--flows @flows.csv --statistic max', 'Allowed choices are mean, p95.'],
  ])('refuses %s', async (_, options, message) => {
    const { code, out, err } = await weft(`demands @s.yaml ${options}`.trim())
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(message)
  })
})
