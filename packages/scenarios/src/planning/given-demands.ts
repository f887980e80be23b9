import { ConfigError } from '@weft/core'
import { type DemandMatrix, demandMatrix, type Demand, type Network } from '@weft/fabric'
import { HostIndex } from '../compile/hosts.ts'
import { regionOf } from '../compile/pairs.ts'
import { Problems, quote } from '../compile/problems.ts'
import type { ExchangeDemand } from '../exchange/network.ts'

/** Pairs of hosts that demands may come to; more would not be held by a matrix. */
const PAIRS_MAX = 8_000_000

/** What demands that are given count as: one class, by which growth may name them. */
export const GIVEN = 'demands'

/**
 * A matrix from demands by name. A name is that of a host, or of a switch, pod or region, then of all hosts below it, over
 * which the demand is spread evenly; where one region alone has it, the region may be left out. Rates are IP bit/s, in packets of 1500 bytes. Throws ConfigError with every problem,
 * its path beginning with the demand's place in the list.
 */
export function matrixOfDemands(network: Network, demands: readonly ExchangeDemand[]): DemandMatrix {
  const problems = new Problems()
  const hosts = new HostIndex(network.blueprint)
  const fullName = namesWithoutRegion(hosts.names)
  const known = new Map<string, readonly number[]>()
  const select = (name: string, path: (string | number)[]): readonly number[] => {
    let nodes = known.get(name)
    if (nodes === undefined) {
      nodes = hosts.select(fullName(name), path, problems).map((host) => network.topology.nodeIndex(host))
      if (nodes.length > 0) known.set(name, nodes)
    }
    return nodes
  }
  const entries: Demand[] = []
  demands.forEach(({ from, to, rateBps }, index) => {
    const [senders, receivers] = [select(from, [index, 'from']), select(to, [index, 'to'])]
    if (senders.length === 0 || receivers.length === 0) return
    const { nodes } = network.topology
    const regions = [senders[0]!, receivers[0]!].map((node) => regionOf(nodes[node]!.name))
    if (regions[0] !== regions[1])
      problems.refuse(
        [index, 'to'],
        `no path from ${regions[0]} to ${regions[1]}: regions are not connected yet`,
      )
    const own = new Set(receivers)
    const pairs = senders.length * receivers.length - senders.filter((node) => own.has(node)).length
    if (pairs === 0)
      problems.refuse([index, 'to'], `${quote(to)} would send to itself; name another receiver`)
    if (entries.length + pairs > PAIRS_MAX) {
      problems.refuse([index], `more than ${PAIRS_MAX} pairs of hosts; name fewer hosts`)
      throw new ConfigError(problems.issues)
    }
    for (const source of senders) {
      for (const destination of receivers)
        if (source !== destination) entries.push({ source, destination, ipBps: rateBps / pairs })
    }
  })
  if (problems.issues.length > 0) throw new ConfigError(problems.issues)
  const speaksIpv4 = entries.every(({ source, destination }) =>
    [source, destination].every((node) => hosts.speaks(network.topology.nodes[node]!.name, 'ipv4')),
  )
  const packetSizes = [{ sizeBytes: 1500, share: 1 }]
  return demandMatrix(entries, [{ name: GIVEN, family: speaksIpv4 ? 'ipv4' : 'ipv6', packetSizes }])
}

/** Gives a name back with its region before it, where one region alone has something of that name. */
function namesWithoutRegion(hosts: readonly string[]): (name: string) => string {
  const full = new Set<string>()
  for (const host of hosts)
    for (let end = host.length; end > 0; end = host.lastIndexOf('/', end - 1)) full.add(host.slice(0, end))
  const regions = [...new Set(hosts.map(regionOf))]
  return (name) => {
    if (full.has(name)) return name
    const [found, ...others] = regions.map((region) => `${region}/${name}`).filter((each) => full.has(each))
    return found !== undefined && others.length === 0 ? found : name
  }
}
