import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { importNetwork } from '../exchange/index.ts'
import { check, compile, UNIFORM, unevenDemand } from './brute-force.oracle.ts'

const LINKS_MAX = 64

const parallel = {
  regions: {
    r: {
      fabric: {
        leafSpine: {
          leaves: 4,
          spines: 3,
          hostsPerLeaf: 3,
          parallelLinks: 2,
          hostLink: '25Gbps',
          fabricLink: '10Gbps',
        },
      },
    },
  },
}

const fatTree = {
  regions: { r: { fabric: { fatTree: { k: 4, hostLink: '10Gbps', fabricLink: '10Gbps' } } } },
}

const LEAVES = Array.from({ length: 8 }, (_, i) => `l${i}`)

/** Every second leaf has links twice and four times as fast; weights are rates. */
const mixed = {
  regions: {
    r: {
      fabric: {
        graph: {
          switches: [...LEAVES, 's0', 's1', 's2'],
          hosts: LEAVES.flatMap((leaf) => [`${leaf}-a`, `${leaf}-b`]),
          ecmp: { mode: 'five-tuple', weights: 'rate' },
          links: LEAVES.flatMap((leaf, i) => [
            { between: [leaf, 's0'], rate: '10Gbps', parallel: 2 },
            { between: [leaf, 's1'], rate: i % 2 === 0 ? '25Gbps' : '10Gbps' },
            { between: [leaf, 's2'], rate: i % 2 === 0 ? '40Gbps' : '10Gbps' },
            { between: [`${leaf}-a`, leaf], rate: '10Gbps' },
            { between: [`${leaf}-b`, leaf], rate: i % 4 === 0 ? '25Gbps' : '10Gbps' },
          ]),
        },
      },
    },
  },
}

/** Twelve switches in a circle with chords across, links of several costs, a host on each. */
const RING = Array.from({ length: 12 }, (_, i) => i)
const ring = {
  regions: {
    r: {
      fabric: {
        graph: {
          switches: RING.map((i) => `s${i}`),
          hosts: RING.map((i) => `h${i}`),
          links: [
            ...RING.map((i) => ({ between: [`s${i}`, `s${(i + 1) % 12}`], rate: '40Gbps' })),
            ...[0, 1, 2, 3].map((i) => ({
              between: [`s${i}`, `s${i + 6}`],
              rate: '40Gbps',
              cost: 1 + (i % 2),
            })),
            ...RING.map((i) => ({ between: [`h${i}`, `s${i}`], rate: '25Gbps' })),
          ],
        },
      },
    },
  },
}

function imported(): object {
  const file = new URL('../../test/exchange/good/abilene.graphml', import.meta.url)
  return importNetwork('abilene.graphml', readFileSync(file)).data
}

/** All singles and pairs of links, then of switches, under demands that are alike and under demands that are not. */
describe('on fabrics of up to 64 links, answers are those of brute force', { timeout: 90_000 }, () => {
  it.each([
    ['links side by side', parallel],
    ['mixed rates', mixed],
    ['a fat-tree', fatTree],
    ['a circle with chords', ring],
    ['Abilene', imported()],
  ])('%s', async (_name, data) => {
    const plain = compile({ ...data, traffic: [] })
    expect(plain.blueprint.network.links.length).toBeLessThanOrEqual(LINKS_MAX)
    const { losing, coverage, criteria } = await check(plain, 'link', 2, unevenDemand)
    expect(losing).toBeGreaterThan(0)
    expect(criteria.some(({ sets }) => sets > 0 && sets < coverage.sets)).toBe(true)
    await check(compile({ ...data, ...UNIFORM }), 'switch', 2)
  })

  it('mixed rates, by symmetry', async () => {
    const { coverage } = await check(compile({ ...mixed, ...UNIFORM }), 'link', 2)
    expect(coverage.computed).toBeLessThan(coverage.sets / 4)
  })
})
