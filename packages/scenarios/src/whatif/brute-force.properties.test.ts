import { demandMatrix, type Network } from '@weft/fabric'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { smallFabric } from '../kit/fabrics.ts'
import { check, compile, UNIFORM } from './brute-force.oracle.ts'

const leafSpine = (leaves: number, spines: number, hostsPerLeaf: number, fabricLink: string) => ({
  regions: { r: { fabric: { leafSpine: { leaves, spines, hostsPerLeaf, hostLink: '10Gbps', fabricLink } } } },
})

/** Links of three rates side by side, weighted by rate. */
const mixedRates = () => ({
  regions: {
    r: {
      fabric: {
        graph: {
          switches: ['l0', 'l1', 'l2', 's0', 's1'],
          hosts: ['h0', 'h1', 'h2', 'h3'],
          ecmp: { mode: 'five-tuple', weights: 'rate' },
          links: [
            ...['l0', 'l1', 'l2'].flatMap((leaf) => [
              { between: [leaf, 's0'], rate: '10Gbps', parallel: 2 },
              { between: [leaf, 's1'], rate: leaf === 'l0' ? '40Gbps' : '25Gbps' },
            ]),
            { between: ['h0', 'l0'], rate: '10Gbps' },
            { between: ['h1', 'l1'], rate: '10Gbps' },
            { between: ['h2', 'l2'], rate: '25Gbps' },
            { between: ['h3', 'l2'], rate: '10Gbps' },
          ],
        },
      },
    },
  },
})

describe('all single failures and all pairs are those of brute force', { timeout: 60_000 }, () => {
  it.each([
    ['a leaf-spine', { ...leafSpine(4, 4, 2, '10Gbps'), ...UNIFORM }, 'link'],
    ['hosts of a leaf-spine', { ...leafSpine(3, 2, 3, '10Gbps'), ...UNIFORM }, 'host'],
    ['mixed rates', { ...mixedRates(), ...UNIFORM }, 'link'],
  ])('%s', async (_name, data, of) => {
    await check(compile(data), of, 2)
  })

  it('on random fabrics with random demands', async () => {
    const property = fc.asyncProperty(
      smallFabric(),
      fc.array(fc.tuple(fc.nat(), fc.nat(), fc.constantFrom(1e9, 2e9, 8e9)), { minLength: 1, maxLength: 6 }),
      fc.constantFrom('link', 'switch'),
      async ({ regions }, drawn, of) => {
        const scenario = compile({ regions })
        fc.pre(scenario.blueprint.network.links.length <= 24)
        const demandOf = ({ topology }: Network) => {
          const hosts = topology.nodes.flatMap(({ kind }, node) => (kind === 'host' ? [node] : []))
          return demandMatrix(
            drawn.map(([from, to, ipBps]) => ({
              source: hosts[from % hosts.length]!,
              destination: hosts[to % hosts.length]!,
              ipBps,
            })),
          )
        }
        await check(scenario, of, 2, demandOf)
      },
    )
    await fc.assert(property, { numRuns: 40 })
  })
})

const ring = (size: number) => {
  const at = (i: number) => `s${i % size}`
  const indices = Array.from({ length: size }, (_, i) => i)
  return {
    regions: {
      r: {
        fabric: {
          graph: {
            switches: indices.map(at),
            hosts: indices.map((i) => `h${i}`),
            links: indices.flatMap((i) => [
              { between: [at(i), at(i + 1)], rate: '10Gbps' },
              { between: [`h${i}`, at(i)], rate: '10Gbps' },
            ]),
          },
        },
      },
    },
  }
}

describe('all sets of up to three are those of brute force', { timeout: 60_000 }, () => {
  it.each([
    ['links of a leaf-spine', { ...leafSpine(3, 3, 1, '10Gbps'), ...UNIFORM }, 'link', 3],
    ['switches of a leaf-spine', { ...leafSpine(4, 4, 2, '10Gbps'), ...UNIFORM }, 'switch', 3],
    ['four switches of a leaf-spine', { ...leafSpine(4, 3, 1, '10Gbps'), ...UNIFORM }, 'switch', 4],
    ['links of a ring', { ...ring(6), ...UNIFORM }, 'link', 3],
    ['links of mixed rates', { ...mixedRates(), ...UNIFORM }, 'link', 3],
  ])('%s', async (_name, data, of, any) => {
    const { coverage } = await check(compile(data), of, any)
    expect(coverage.computed).toBeLessThan(coverage.sets)
  })
})
