import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomStream } from '@weft/core'
import { leafSpineNetwork } from '../../test/helpers/networks.ts'
import { Topology } from '../routing/topology.ts'
import { demandMatrix } from '../traffic/demand/demand-matrix.ts'
import { permutationDemand } from '../traffic/demand/patterns.ts'
import { demandGroups } from './demand-groups.ts'
import { NetworkSymmetry } from './network-symmetry.ts'

const HOSTS = 6

/** Whether swapping two hosts leaves every rate where it is. */
function areTwins(rates: readonly (readonly number[])[], a: number, b: number): boolean {
  const swapped = (host: number) => (host === a ? b : host === b ? a : host)
  return rates.every((row, from) => row.every((rate, to) => rate === rates[swapped(from)]![swapped(to)]))
}

describe('demand groups', () => {
  it('are the hosts that can be swapped', () => {
    const row = fc.array(fc.constantFrom(1, 1, 1, 2), { minLength: HOSTS, maxLength: HOSTS })
    fc.assert(
      fc.property(fc.array(row, { minLength: HOSTS, maxLength: HOSTS }), (rates) => {
        const demands = rates.flatMap((each, source) =>
          each.map((ipBps, destination) => ({ source, destination, ipBps })),
        )
        const { groups } = demandGroups(demandMatrix(demands))
        const groupOf = (host: number) => groups.findIndex((group) => group.includes(host))
        for (let a = 0; a < HOSTS; a++)
          for (let b = 0; b < a; b++) expect(groupOf(a) === groupOf(b)).toBe(areTwins(rates, a, b))
      }),
      { numRuns: 300 },
    )
  })
})

describe('demand without symmetry', () => {
  it('is given up soon: a random permutation', () => {
    const topology = new Topology(leafSpineNetwork({ leaves: 16, spines: 8, hostsPerLeaf: 16 }))
    const hosts = topology.nodes.flatMap(({ kind }, node) => (kind === 'host' ? [node] : []))
    const demand = permutationDemand(hosts, 1e9, randomStream('seed', 'permutation'))
    const started = process.cpuUsage()
    const least = new NetworkSymmetry(topology, { demand }).orbits()
    // a tenth of that on most machines; without an end it takes minutes
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(20)
    expect(new Set(least).size).toBeGreaterThan(topology.nodes.length)
  })
})
