import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runIn } from './command-line.fixture.ts'
import { SMALL } from './small.fixture.ts'

const GOOD = fileURLToPath(new URL('../exchange/good/', import.meta.url))

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-exchange-'))
  for (const file of readdirSync(GOOD)) copyFileSync(join(GOOD, file), join(directory, file))
  writeFileSync(join(directory, 'words.md'), 'only words\n')
  writeFileSync(join(directory, 'small.yaml'), SMALL)
  const head = SMALL.slice(0, SMALL.indexOf('traffic:'))
  const profile = 'profile: { period: day, swing: 60%, peak: 12h }'
  const daily = `  - { name: daily, from: r/leaf-0, to: r/leaf-1, sizes: 1MB, load: 5%, ${profile} }`
  writeFileSync(join(directory, 'daily.yaml'), `${head}traffic:\n${daily}\nrun: { for: 1h, clock: flow }\n`)
  writeFileSync(
    join(directory, 'mixed.yaml'),
    [
      `${head}traffic:`,
      '  - { name: all, between: all hosts, sizes: 10kB, load: 10% }',
      '  - { name: swapped, permutation: all hosts, sizes: 1MB, load: 10% }',
      daily,
      '  - { name: once, from: r/leaf-0, to: r/leaf-1, burst: 10MB }',
      '  - { name: drawn, between: r/leaf-0, stream: { packet: 500B, rate: 300Mbps } }',
      '  - { name: fixed, from: r/leaf-0/host-0, to: r/leaf-1/host-1, stream: { packet: 1000B, rate: 1Gbps } }',
      'run: { for: 1s, clock: flow }',
      '',
    ].join('\n'),
  )
  const fabric = 'leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 1, hostLink: 10Gbps, fabricLink: 40Gbps }'
  const region = `fabric: { ${fabric} }`
  writeFileSync(join(directory, 'one.yaml'), `weft: 1\nregions: { ord1: { ${region} } }\n`)
  writeFileSync(
    join(directory, 'two.yaml'),
    `weft: 1\nregions: { ord1: { ${region} }, fra1: { ${region}, addresses: { hosts: 11.0.0.0/8 } } }\n`,
  )
})
afterAll(() => rmSync(directory, { recursive: true }))

const weft = (line: string) => runIn(directory, line.split(' '))

type Demand = Readonly<Record<'ipBps' | 'packetsPerSecond' | 'connectionsPerSecond', number>>
type Passing = Readonly<Record<'utilization', number>>

const planOf = async (line: string) =>
  JSON.parse((await weft(line)).out) as { demand: Demand; normal: Passing; failure: Passing }

describe('import', () => {
  it.each(['abilene.graphml', 'abilene.xml', 'abilene.txt', 'small.clab.yml', 'layer1_topology.json'])(
    '%s gives a scenario that checks and runs',
    async (file) => {
      const { code, out, err } = await weft(`import @${file} -o @out.yaml`)
      expect({ code, out }).toEqual({ code: 0, out: '' })
      expect(err).toMatch(new RegExp(`^@${file}: read as .+ \\(--format .+\\), by its .+\n`))
      expect(err).toMatch(
        /\nWrote @out.yaml: \d+ switch(?:es)?, \d+ hosts?, [\d,]+ links?, [\d,]+ demands?. Next: weft check @out.yaml\n$/,
      )
      const check = await weft('check @out.yaml --for 1ms')
      expect(check).toMatchObject({ code: 0, err: '' })
    },
  )

  it('prints the scenario, or one JSON document, and notes elsewhere', async () => {
    const plain = await weft('import @abilene.graphml --format graphml')
    expect(plain.code).toBe(0)
    expect(plain.out).toMatch(/^# Imported by weft from GraphML of the Topology Zoo\.\n\nweft: 1\n/)
    expect(plain.err).not.toContain('read as')
    const json = await weft('import @abilene.xml --json --demands-out @d.csv --region us')
    expect(json.code).toBe(0)
    const document = JSON.parse(json.out) as { notes: { what: string }[]; names: Record<string, string> }
    expect(document).toMatchObject({
      schema: 1,
      source: '@abilene.xml',
      format: 'sndlib-xml',
      counts: { switches: 11, hosts: 11, links: 25, demands: 5 },
      scenario: { weft: 1 },
    })
    expect(document.names['NewYork']).toBe('us/NewYork')
    expect(document.notes.length).toBeGreaterThan(3)
    expect(readFileSync(join(directory, 'd.csv'), 'utf8')).toContain(
      'us/Seattle/host-0,us/NewYork/host-0,850500000\n',
    )
    // What was written is read again, by the names of the scenario.
    const again = await weft('import @abilene.xml --region us --demands @d.csv --json')
    expect(again.code).toBe(0)
    expect(JSON.parse(again.out)).toMatchObject({ counts: { demands: 5 } })
    const other = await weft('import @abilene.graphml --region us --demands @d.csv')
    expect(other.code).toBe(2)
    expect(other.err).toContain(
      '@d.csv:2:19  unknown node "us/NewYork/host-0"; did you mean "us/New-York/host-0"?',
    )
  })

  it.each<[string, string, string]>([
    [
      'a file that is not there',
      'import @nowhere',
      'weft: cannot read @nowhere: there is no such file or directory\n',
    ],
    [
      'no network',
      'import @words.md',
      '@words.md:1:1  no format of networks that Weft knows; name one with --format: graphml, ',
    ],
    [
      'the wrong format',
      'import @abilene.xml --format graphml',
      '@abilene.xml:3:1  the first element is <network>; expected <graphml>\n',
    ],
    [
      'an unknown format',
      'import @abilene.xml --format visio',
      "weft: option '--format <name>' argument 'visio' is invalid. Allowed choices are graphml, ",
    ],
    [
      'a bare rate',
      'import @abilene.xml --rate 10',
      "weft: option '--rate <rate>' argument '10' is invalid. \"10\" needs a unit; did you mean 10Gbps?\n",
    ],
    [
      'no region',
      'import @abilene.xml --region a/b',
      "weft: option '--region <name>' argument 'a/b' is invalid. Expected a name of letters",
    ],
    [
      'demands of another network',
      'import @small.clab.yml --demands @demands.csv',
      '@demands.csv:3:1  unknown node "Seattle"; expected the name of a node of the network\n',
    ],
    [
      'a matrix as a network',
      'import @demands.csv',
      '@demands.csv:1:1  this is CSV, which holds demands and no network; give it to a network with --demands\n',
    ],
    [
      'a network as a matrix',
      'import @abilene.xml --demands @abilene.graphml',
      '@abilene.graphml:1:1  this is GraphML of the Topology Zoo; expected demands as CSV or of SNDlib\n',
    ],
    [
      'two outputs in one',
      'import @abilene.xml -o @x --demands-out @x',
      '--output and --demands-out name the same file\n',
    ],
  ])('%s: exit code 2', async (_name, line, message) => {
    const { code, out, err } = await weft(line)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(message)
  })
})

describe('export', () => {
  it.each(['graphml', 'sndlib-xml', 'sndlib-native', 'containerlab', 'batfish'])(
    '%s is known again',
    async (format) => {
      const { code, out } = await weft(`export @one.yaml --format ${format} -o @exported`)
      expect({ code, out }).toEqual({ code: 0, out: '' })
      const imported = await weft('import @exported -o @again.yaml')
      expect(imported.code).toBe(0)
      expect(imported.err).toContain(`(--format ${format})`)
      expect((await weft('check @again.yaml --for 1ms')).code).toBe(0)
    },
  )

  it('prints the file, or one JSON document, and says what is lost', async () => {
    const csv = await weft('export @one.yaml --format csv')
    expect(csv).toEqual({ code: 0, out: 'from,to,rate_bps\n', err: '' })
    const { code, out, err } = await weft('export @one.yaml --format batfish --json')
    expect(code).toBe(0)
    expect(err).toContain('@one.yaml  6 links (leaf-0 - leaf-0/host-0')
    expect(JSON.parse(out)).toMatchObject({ schema: 1, source: '@one.yaml', format: 'batfish' })
  })

  it('csv holds what flows are expected to send, by which a plan comes to the same loads', async () => {
    const { code, err } = await weft('export @mixed.yaml --format csv -o @mixed.csv')
    expect(err).toBe(
      [
        '@mixed.yaml  2 traffics (all, swapped): flows, which no list of demands holds; its expected demand stands for it, ' +
          'as in weft plan: headers, handshakes and acknowledgements counted, nothing lost or sent again',
        '@mixed.yaml  traffic daily: flows, which no list of demands holds; its expected demand stands for it, as in weft ' +
          'plan: of traffic with a profile its peak counts: daily at 160% of its load; headers, handshakes and ' +
          'acknowledgements counted, nothing lost or sent again',
        '@mixed.yaml  traffic drawn: streams to receivers that are drawn; its expected demand stands for it, as in weft ' +
          "plan: those of the scenario's seed",
        '@mixed.yaml  traffic once: flows, which no list of demands holds; its expected demand stands for it, as in weft ' +
          'plan: the mean over the run; headers, handshakes and acknowledgements counted, nothing lost or sent again',
        '',
      ].join('\n'),
    )
    expect(code).toBe(0)
    const header = 'from,to,rate_bps,packets_per_s,connections_per_s\n'
    const text = readFileSync(join(directory, 'mixed.csv'), 'utf8')
    expect(text.startsWith(`${header}r/leaf-0/host-0,r/leaf-1/host-1,1000000000,125000,\n`)).toBe(true)
    for (const options of ['', ' --growth 2x']) {
      const [traffic, matrix] = [
        await planOf(`plan @mixed.yaml${options} --json`),
        await planOf(`plan @mixed.yaml --demands @mixed.csv${options} --json`),
      ]
      expect(traffic.demand.connectionsPerSecond).toBeGreaterThan(10_000)
      for (const key of ['ipBps', 'packetsPerSecond', 'connectionsPerSecond'] as const)
        expect(matrix.demand[key] / traffic.demand[key]).toBeCloseTo(1, 12)
      for (const key of ['normal', 'failure'] as const)
        expect(matrix[key].utilization / traffic[key].utilization).toBeCloseTo(1, 12)
    }
  })

  it('csv takes profiles at what --rates says, other formats do not', async () => {
    const sum = async (rates: string) => {
      const { out } = await weft(`export @daily.yaml --format csv --rates ${rates}`)
      const rows = out.trim().split('\n').slice(1)
      return rows.reduce((all, row) => all + Number(row.split(',')[2]), 0)
    }
    const peak = await sum('peak')
    expect((await sum('mean')) / peak).toBeCloseTo(1 / 1.6, 12)
    expect((await sum('0h')) / peak).toBeCloseTo(0.4 / 1.6, 12)
    expect(await weft('export @daily.yaml --format graphml --rates mean')).toEqual({
      code: 2,
      out: '',
      err: 'weft: --rates: goes with the demands of format csv alone; leave it out\n',
    })
    expect((await weft('export @daily.yaml --format csv --rates max')).err).toContain(
      'weft: --rates: "max" is not known here; expected peak, mean, or an instant such as 20h',
    )
  })

  it('one region of several, by name', async () => {
    expect((await weft('export @two.yaml --format graphml')).err).toBe(
      'weft: --region: there are several and they are not connected; choose one of "fra1", "ord1"\n',
    )
    expect((await weft('export @two.yaml --format graphml --region ord2')).err).toBe(
      'weft: --region: unknown region "ord2"; did you mean "ord1"?\n',
    )
    const { code, err } = await weft('export @two.yaml --format graphml --region ord1')
    expect(code).toBe(0)
    expect(err).toContain('region ord1: not all of the scenario; 6 nodes of other regions are left out')
  })

  it('says which sections of a scenario are no part of a network', async () => {
    const { err } = await weft('export @small.yaml --format graphml')
    expect(err).toContain('4 sections (expect, routing, addresses ...): no part of a network; left out\n')
  })

  it('needs a format', async () => {
    const { code, err } = await weft('export @one.yaml')
    expect({ code, err }).toEqual({ code: 2, err: "weft: required option '--format <name>' not specified\n" })
  })
})

it.each(['import', 'export'])('%s --help shows examples', async (command) => {
  const { code, out } = await weft(`${command} --help`)
  expect(code).toBe(0)
  expect(out).toContain(`Examples:\n  weft ${command}`)
})
