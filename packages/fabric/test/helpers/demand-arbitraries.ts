import fc from 'fast-check'
import type { Topology } from '../../src/routing/topology.ts'
import type { Demand, DemandClass } from '../../src/traffic/demand/demand-matrix.ts'

/** All packets of a demand have its mean size. */
export const PLAIN_CLASSES: readonly DemandClass[] = [
  { name: 'four', family: 'ipv4' },
  { name: 'six', family: 'ipv6' },
]

const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

/** Demands between hosts that are given as fractions of however many there are. */
export const drawnDemands = fc.array(
  fc.record({
    from: fraction,
    to: fraction,
    ipBps: fc.constantFrom(0, 1e6, 3.7e9, 12e9),
    packetBytes: fc.constantFrom(28, 64, 1000, 1500),
    connectionsPerSecond: fc.constantFrom(0, 5, 1000),
    class: fc.constantFrom(0, 1),
  }),
  { minLength: 1, maxLength: 24, size: 'max' },
)

type Drawn = typeof drawnDemands extends fc.Arbitrary<infer T> ? T : never

export function demandsOf(topology: Topology, drawn: Drawn): Demand[] {
  const hosts = hostsOf(topology)
  const hostAt = (at: number) => hosts[Math.floor(at * hosts.length)]!
  return drawn.map(({ from, to, ipBps, packetBytes, ...rest }) => ({
    source: hostAt(from),
    destination: hostAt(to),
    ipBps,
    packetsPerSecond: ipBps / (8 * packetBytes),
    ...rest,
  }))
}

export const hostsOf = ({ nodes }: Topology): number[] =>
  nodes.flatMap(({ kind }, node) => (kind === 'host' ? [node] : []))
