import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readDemandsCsv, readSource } from '../../src/exchange/index.ts'
import type { WorstCase } from '../../src/worst-case/result.ts'
import { runIn } from './command-line.fixture.ts'

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-worst-'))
  const links = 'hostLink: 100Gbps, fabricLink: 100Gbps'
  const fabric = `leafSpine: { leaves: 3, spines: 2, hostsPerLeaf: 4, ${links} }`
  writeFileSync(
    join(directory, 's.yaml'),
    `weft: 1\nname: small\nregions: { ord1: { fabric: { ${fabric} } } }\n`,
  )
})
afterAll(() => rmSync(directory, { recursive: true }))

const weft = (line: string) => runIn(directory, line.split(' '))

describe('weft worst', () => {
  it('prints the worst of every class of directions, and what it covered', async () => {
    const { code, out, err } = await weft('worst @s.yaml --any 1 --of link/fabric')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('small: traffic that loads links most')
    expect(out).toMatch(
      /ord1\/leaf-0 → ord1\/spine-1 +6 +100Gbps +400Gbps +400% +4 to 4 +ord1\/leaf-0:ord1\/spine-0\n/,
    )
    expect(out).toMatch(/ord1\/leaf-0 → ord1\/leaf-0\/host-0 +12 +100Gbps +100Gbps +100% +1 to 1 +nothing\n/)
    expect(out).toContain(
      'Failures: up to 1 of link/fabric, 7 sets; 2 routed, the rest are the same by symmetry.\n',
    )
  })

  it('gives one JSON document, and a matrix that other commands read', async () => {
    const { code, out, err } = await weft('worst @s.yaml --link ord1/leaf-1:ord1/spine-0 --out @d.csv --json')
    expect(code).toBe(0)
    expect(err).toBe('Wrote @d.csv: 4 demands that load ord1/leaf-1 → ord1/spine-0 most\n')
    const { directions, witness, covered, ...rest } = JSON.parse(out) as WorstCase
    expect(rest).toMatchObject({ schema: 1, weft: expect.any(String), source: '@s.yaml', clock: 'steady' })
    expect(directions.map(({ utilization }) => utilization)).toEqual([2, 2])
    expect(covered).toMatchObject({ directions: 2, sets: 1 })
    const bytes = readFileSync(join(directory, 'd.csv'))
    const read = readDemandsCsv(readSource('d.csv', bytes))
    expect(read.map(({ from, to, rateBps }) => ({ from, to, rateBps }))).toEqual(witness)
    expect(
      witness.every(({ from, to }) => from.startsWith('ord1/leaf-1/') !== to.startsWith('ord1/leaf-1/')),
    ).toBe(true)
  })

  it('takes limits of hosts and of sites', async () => {
    const { out } = await weft(
      'worst @s.yaml --json --link ord1/leaf-0:** --limit send:**=50% --site ord1/leaf-0/*=60Gbps',
    )
    const loads = Object.fromEntries(
      (JSON.parse(out) as WorstCase).directions.map(({ direction, loadBps }) => [
        direction,
        Math.round(loadBps),
      ]),
    )
    expect(loads['ord1/leaf-0 → ord1/spine-0']).toBe(Math.round((60e9 * 1538) / 1500 / 2))
    expect(loads['ord1/leaf-0/host-0 → ord1/leaf-0']).toBe(50e9)
  })

  it.each<[string, string, string]>([
    [
      'an unknown link',
      '--link ord1/leaf-9:ord1/spine-0',
      'weft: --link: unknown link "ord1/leaf-9:ord1/spine-0"; did you mean',
    ],
    ['a limit without a unit', '--limit **=5', '"5" needs a unit; did you mean 5Gbps?'],
    ['a limit of nobody', '--limit nobody=5Gbps', 'weft: --limit: no host matches "nobody"'],
    ['a limit without hosts', '--limit 5Gbps', 'Expected hosts and a rate, such as "ord1/**=10Gbps".'],
    ['a site of nobody', '--site nobody=5Gbps', 'weft: --site: no host matches "nobody"'],
    ['no failures', '--any 0', 'Expected a whole number, 1 or more.'],
    ['too many failures', '--any 9', 'weft: --any: is 9, expected how many may fail at a time, 0 to 4'],
    [
      'an unknown kind',
      '--any 1 --of cable',
      'weft: --of: unknown kind "cable"; expected link, switch, host or risk',
    ],
    [
      'writing over the scenario',
      '--out @s.yaml',
      'weft: --out names @s.yaml, which is read; name another file',
    ],
    ['an unknown option', '--worse', "weft: unknown option '--worse'"],
  ])('refuses %s', async (_, options, message) => {
    const { code, out, err } = await weft(`worst @s.yaml ${options}`)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(message)
  })
})
