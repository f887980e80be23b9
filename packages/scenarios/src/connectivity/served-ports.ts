import {
  type EdgeBlueprint,
  type Network,
  type PolicyProtocol,
  type Probe,
  PROTOCOL_NUMBERS,
  PROTOCOLS,
  type Translated,
  walk,
} from '@weft/fabric'

/** A port of a workload that whoever is on the internet reaches by the address of a public service. */
export interface ServedPort {
  readonly family: 'ipv4' | 'ipv6'
  readonly protocol: PolicyProtocol
  readonly port: number
  /** Prefixes of clients that are let in; absent: everybody is. */
  readonly sources?: readonly string[]
  /** Who stands for clients there; absent: they keep their addresses. */
  readonly seen?: string
}

/**
 * What public services lead to, by the endpoint's address, in a network where they let everybody in. `clients` are hosts on the
 * internet, one of each IP version.
 */
export function servedPorts(
  network: Network,
  edges: readonly EdgeBlueprint[],
  clients: readonly string[],
): Map<string, ServedPort[]> {
  const { addresses } = network
  const served = new Map<string, ServedPort[]>()
  for (const { address, protocol, port, sources } of edges.flatMap(calledPorts)) {
    const name = PROTOCOLS.find((each) => PROTOCOL_NUMBERS[each] === protocol)
    if (name === undefined) continue
    const destination = addresses.intern(address)
    const family: ServedPort['family'] = addresses.isIpv6(destination) ? 'ipv6' : 'ipv4'
    const source = addresses.intern(clients[family === 'ipv4' ? 0 : 1]!)
    const probe = { source, destination, protocol, destinationPort: port, sizeBytes: 0 }
    for (const end of endpointsOf(network, probe)) {
      const text = addresses.textOf(end.destination)
      const entry = {
        ...{ family, protocol: name, port: end.destinationPort },
        ...(sources !== undefined && { sources }),
        ...(end.source !== source && { seen: addresses.textOf(end.source) }),
      } as const
      served.set(text, [...(served.get(text) ?? []), entry])
    }
  }
  return served
}

const calledPorts = ({ services }: EdgeBlueprint) =>
  services.flatMap(({ addresses, ports, sources }) =>
    addresses.flatMap((address) => ports.map(({ protocol, port }) => ({ address, protocol, port, sources }))),
  )

/** What a packet bears where it is delivered, by every way that a service may choose. */
function endpointsOf(network: Network, probe: Probe): Iterable<Translated> {
  const { hops } = walk(network, probe)
  const reached = new Set(hops.flatMap(({ outcome, node }) => (outcome.kind === 'delivered' ? [node] : [])))
  // on its way it may be translated more than once: the last counts
  const ends = new Map<string, Translated>()
  for (const { translated } of hops) {
    if (translated === undefined) continue
    const node = network.hostOf(translated.destination)
    if (node !== undefined && reached.has(node))
      ends.set(`${translated.destination} ${translated.destinationPort}`, translated)
  }
  return ends.values()
}
