import fc from 'fast-check'
import { type GraphLink, graph } from '../../src/blueprint/generators/graph.ts'
import type { EcmpBlueprint, EcmpMode, NetworkBlueprint } from '../../src/blueprint/network.ts'
import type { LinkState, Topology } from '../../src/routing/topology.ts'
import type { FabricParts } from '../../src/blueprint/generators/parts.ts'
import { attachWorkloads } from '../../src/blueprint/generators/workloads.ts'
import { networkOf, plainLink } from './networks.ts'

const MODES: readonly EcmpMode[] = ['five-tuple', 'resilient', 'spray', 'flowlet']

export interface NetworkChoices {
  readonly modes?: readonly EcmpMode[]
  readonly switchesMax?: number
  readonly hostsMax?: number
}

/** Any graph of switches with parallel links, costs, mixed rates and weights; hosts with one to three NICs, bonded or not. */
export function networks(choices: NetworkChoices = {}): fc.Arbitrary<NetworkBlueprint> {
  const { modes = MODES, switchesMax = 7, hostsMax = 4 } = choices
  const size = fc.record({
    switches: fc.integer({ min: 1, max: switchesMax }),
    hosts: fc.integer({ min: 1, max: hostsMax }),
  })
  return size.chain(({ switches, hosts }) => {
    const ecmp: fc.Arbitrary<EcmpBlueprint> = fc.record({
      mode: fc.constantFrom(...modes),
      weights: fc.constantFrom('equal' as const, 'rate' as const),
      flowletGapPs: fc.constantFrom(0, 500_000, 100_000_000),
    })
    const oneSwitch = fc.nat(switches - 1)
    const options = fc.record({
      rateBps: fc.constantFrom(10e9, 25e9, 40e9, 100e9, 3e9),
      delayPs: fc.constantFrom(0, 1000, 1_000_000),
      cost: fc.constantFrom(1, 1, 1, 2, 3),
      weight: fc.constantFrom(1, 2, 3, 7),
    })
    const fabricLink = fc.record({ from: oneSwitch, to: oneSwitch, options })
    const host = fc.record({
      bond: fc.boolean(),
      nics: fc.array(fc.record({ at: oneSwitch, options }), { minLength: 1, maxLength: 3 }),
      workloads: fc.constantFrom(0, 0, 0, 1, 2),
    })
    return fc
      .record({
        weighted: fc.boolean(),
        ecmps: fc.array(ecmp, { minLength: switches, maxLength: switches }),
        fabric: fc.array(fabricLink, { minLength: switches - 1, maxLength: 3 * switches, size: 'max' }),
        hosts: fc.array(host, { minLength: hosts, maxLength: hosts }),
      })
      .map((drawn) => networkOf(withWorkloads(partsOf(drawn), drawn)))
  })
}

interface Options {
  readonly rateBps: number
  readonly delayPs: number
  readonly cost: number
  readonly weight: number
}

interface Drawn {
  /** Links state their weights: all or none, since a stated weight and a rate do not compare. */
  readonly weighted: boolean
  readonly ecmps: readonly EcmpBlueprint[]
  readonly fabric: readonly { readonly from: number; readonly to: number; readonly options: Options }[]
  readonly hosts: readonly {
    readonly bond: boolean
    readonly nics: readonly { readonly at: number; readonly options: Options }[]
    /** Some hosts carry workloads, behind a virtual switch. */
    readonly workloads: number
  }[]
}

function withWorkloads(parts: FabricParts, { hosts }: Drawn): FabricParts {
  const workloads = hosts.flatMap((host, i) =>
    Array.from({ length: host.workloads }, (_, j) => ({
      name: `w/${i}-${j}`,
      host: `r/h${i}`,
      addresses: [],
    })),
  )
  const { delayPs, framing, queue } = plainLink(1e9, 1000)
  return attachWorkloads(parts, workloads, { delayPs, framing, queue })
}

function partsOf({ weighted, ecmps, fabric, hosts }: Drawn) {
  const link = (a: string, b: string, { weight, ...rest }: Options): GraphLink => ({
    between: [a, b],
    options: { ...plainLink(rest.rateBps, rest.delayPs), ...rest, ...(weighted ? { weight } : {}) },
  })
  return graph({
    region: 'r',
    switches: ecmps.map((ecmp, i) => ({ name: `s${i}`, tier: 'any', ecmp })),
    hosts: hosts.map(({ bond }, i) => ({ name: `h${i}`, bond })),
    links: [
      ...fabric
        .filter(({ from, to }) => from !== to)
        .map(({ from, to, options }) => link(`s${from}`, `s${to}`, options)),
      ...hosts.flatMap(({ nics }, i) => nics.map(({ at, options }) => link(`h${i}`, `s${at}`, options))),
    ],
  })
}

/** What is down: fractions that stand for nodes and links of whatever network they are applied to. */
export const outages = fc.record({
  nodes: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 1 }),
  links: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 4 }),
})

export type Outages = typeof outages extends fc.Arbitrary<infer T> ? T : never

export function applyOutages(topology: Topology, state: LinkState, down: Outages): LinkState {
  for (const fraction of down.nodes) state.nodeUp[Math.floor(fraction * topology.nodes.length)] = 0
  for (const fraction of down.links) state.linkUp[Math.floor(fraction * topology.links.length)] = 0
  return state
}
