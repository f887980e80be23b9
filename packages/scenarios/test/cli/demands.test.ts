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
  const wide = `leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: 40Gbps, fabricLink: 40Gbps }`
  write('wide.yaml', ['weft: 1', `regions: { r: { fabric: { ${wide} } } }`])
  write('two.yaml', [
    'weft: 1',
    'regions:',
    `  ord1: { fabric: { ${fabric} } }`,
    `  fra1: { fabric: { ${fabric} }, addresses: { hosts: 11.0.0.0/8 } }`,
  ])
  write('masses.csv', [
    'host,mass',
    'r/leaf-0/host-0,1.5',
    'r/leaf-0/host-1,1.5',
    'leaf-1/host-0,1',
    'leaf-1/host-1,0',
  ])
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

  it.each([
    'uniform',
    'gravity',
    'gravity --masses @masses.csv',
    'hot-spots --hot 1 --hot-share 90% --seed 7',
    'permutation --seed 7 --packet 500B',
  ])('makes demands by a pattern, %s, that plans and what-ifs take', async (pattern) => {
    const made = await weft(`demands @wide.yaml --pattern ${pattern} --rate 20Gbps -o @pattern.csv --json`)
    expect(made.code).toBe(0)
    const { demands, ...rest } = JSON.parse(made.out) as { demands: { rateBps: number }[] }
    expect(rest).toMatchObject({
      schema: 1,
      source: '@wide.yaml',
      pattern: pattern.split(' ')[0],
      rateBps: 20e9,
    })
    expect(made.err).toContain(
      `Wrote @pattern.csv: ${demands.length} demands: ${pattern.split(' ')[0]} between `,
    )
    expect(made.err).toContain(' hosts, 20Gbps in all')
    const plan = JSON.parse((await weft('plan @wide.yaml --demands @pattern.csv --json')).out)
    expect(plan.demand.of).toBe('matrix')
    expect(plan.demand.ipBps / 20e9).toBeCloseTo(1, 9)
    const packetBytes = pattern.includes('--packet') ? 500 : 1500
    expect(plan.demand.packetsPerSecond / (20e9 / 8 / packetBytes)).toBeCloseTo(1, 9)
    const whatif = await weft('whatif @wide.yaml --any 1 --of link/fabric --demands @pattern.csv --json')
    expect({ code: whatif.code, err: whatif.err }).toEqual({ code: 0, err: '' })
  })

  it('prints demands of a pattern as CSV, between some hosts of one of several regions', async () => {
    expect(await weft('demands @two.yaml --pattern uniform --among fra1 --rate 2Gbps')).toEqual({
      code: 0,
      out: `from,to,rate_bps
fra1/leaf-0/host-0,fra1/leaf-1/host-0,1000000000
fra1/leaf-1/host-0,fra1/leaf-0/host-0,1000000000
`,
      err: '',
    })
    const all = await weft('demands @two.yaml --pattern uniform --rate 2Gbps')
    expect(all).toEqual({
      code: 2,
      out: '',
      err: 'weft: --among: hosts are of fra1, ord1, which are not connected; choose those of one region\n',
    })
  })

  it('names the hot receivers', async () => {
    const options = '--pattern hot-spots --hot 50% --hot-share 80% --rate 10Gbps -o @hot.csv'
    const { code, err } = await weft(`demands @wide.yaml ${options}`)
    expect(code).toBe(0)
    expect(err).toMatch(
      /^Wrote @hot.csv: 12 demands: hot-spots between 4 hosts, 10Gbps in all; hot: r\/\S+, r\/\S+\n$/,
    )
  })

  const SOURCES = 'weft: demands needs one of --flows, --counters and --pattern'
  it.each<[string, string, string]>([
    ['no source', '', `${SOURCES}\n`],
    ['two', '--flows @flows.csv --counters @counters.csv', `${SOURCES}; got --flows and --counters\n`],
    ['a measured pattern', '--flows @f --pattern uniform', `${SOURCES}; got --flows and --pattern\n`],
    [
      'sampled counters',
      '--counters @counters.csv --sampling 5 --rate 1Gbps',
      'weft: --sampling goes with --flows; leave it out\n--rate goes with --pattern; leave it out\n',
    ],
    ['flows as deltas', '--flows @flows.csv --deltas', '--deltas goes with --counters; leave it out'],
    ['packets of flows', '--flows @flows.csv --packet 9kB', '--packet goes with --counters or --pattern'],
    [
      'a pattern of no rate',
      '--pattern uniform',
      'weft: --pattern needs --rate, that of all demands together',
    ],
    ['a bare rate', '--pattern uniform --rate 1', '"1" needs a unit; did you mean 1Tbps?'],
    ['a rate of nothing', '--pattern uniform --rate 0bps', '"0bps" is zero; expected more than zero'],
    ['an unknown pattern', '--pattern star', 'Allowed choices are uniform, gravity, hot-spots, permutation.'],
    ['hot spots of nobody', '--pattern hot-spots --rate 1Gbps', '--pattern hot-spots needs --hot, how many'],
    ['hot by a fraction', '--pattern hot-spots --hot 0.5', 'a share of the hosts such as 10%.'],
    [
      'hot beyond all',
      '--pattern hot-spots --hot 2 --rate 1Gbps',
      '--hot: comes to 2 of 2 hosts; expected 1 to 1',
    ],
    ['a share beyond all', '--pattern hot-spots --hot-share 101%', 'the largest here is 100%'],
    [
      'options of other patterns',
      '--pattern uniform --rate 1Gbps --hot 1 --seed 7 --masses @m --statistic p95',
      'weft: --statistic goes with --flows or --counters; leave it out\n' +
        '--masses goes with --pattern gravity; leave it out\n' +
        '--hot goes with --pattern hot-spots; leave it out\n' +
        '--seed goes with --pattern hot-spots or --pattern permutation; leave it out\n',
    ],
    [
      'masses among some',
      '--pattern gravity --rate 1Gbps --masses @masses.csv --among ord1',
      '--masses names the hosts that take part; leave --among out',
    ],
    [
      'masses of others',
      '--pattern gravity --rate 1Gbps --masses @masses.csv',
      '@masses.csv:2:1  unknown host "r/leaf-0/host-0"',
    ],
    [
      'nobody known',
      '--pattern uniform --rate 1Gbps --among ord2',
      '--among: unknown host "ord2"; did you mean',
    ],
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
