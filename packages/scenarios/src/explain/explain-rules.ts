import {
  explainPolicy,
  type Network,
  type PolicyExplanation,
  type Translated,
  type WalkResult,
} from '@weft/fabric'

/** An endpoint that a connection to a service may be given. */
export interface ExplainedEndpoint {
  /** `namespace/name:port`. */
  readonly name: string
  readonly address: string
  readonly port: number
  /** Of new connections. */
  readonly share: number
  readonly rule: PolicyExplanation
}

/** What a service's address is translated to at the client's host. */
export interface ExplainedService {
  readonly name: string
  readonly address: string
  readonly port: number
  readonly endpoints: readonly ExplainedEndpoint[]
}

/** A connection as it is asked about; addresses by id. */
export interface Connection {
  readonly source: number
  readonly destination: number
  readonly protocol: number
  readonly destinationPort: number
}

/** A share of a service's connections, as it goes on behind the node that translates. */
interface ServiceWay {
  readonly share: number
  readonly service: string
  readonly translated: Translated
  /** The server whose virtual switch translates; undefined: a gateway. */
  readonly server: number | undefined
}

/** The service that a packet goes to, and the ways it is led; null where it goes to none. */
export function serviceOf(
  network: Network,
  connection: Connection,
  hops: WalkResult['hops'],
): ExplainedService | null {
  const ways = [...waysOf(network, hops).values()]
  const name = ways[0]?.service ?? calledName(network, connection, hops)
  if (name === undefined) return null
  const { addresses } = network
  return {
    // of several clusters, other services may have the same address
    name,
    address: addresses.textOf(connection.destination),
    port: connection.destinationPort,
    endpoints: ways.map((way) => {
      const { destination, destinationPort: port } = way.translated
      return {
        name: `${network.nameOf(destination)}:${port}`,
        address: addresses.textOf(destination),
        port,
        share: way.share,
        rule: rulesOf(network, connection, way),
      }
    }),
  }
}

function waysOf({ topology }: Network, hops: WalkResult['hops']): Map<string, ServiceWay> {
  const ways = new Map<string, ServiceWay>()
  for (const { node, share, service, translated } of hops) {
    if (service === undefined || translated === undefined) continue
    const key = `${translated.destination}:${translated.destinationPort}`
    const at = topology.nodes[node]!
    const server = at.kind === 'vswitch' ? topology.nodeIndex(at.host) : undefined
    // several gateways lead to one endpoint
    ways.set(key, { share: share + (ways.get(key)?.share ?? 0), service, translated, server })
  }
  return ways
}

/** Of a service that leads nowhere now: by an address of its own, or at a node port. */
function calledName(network: Network, connection: Connection, hops: WalkResult['hops']): string | undefined {
  const { interfaces, topology } = network
  if (interfaces === undefined) return undefined
  const { services } = interfaces
  const { destination, protocol, destinationPort } = connection
  const nameOf = (node: number | undefined) => (node === undefined ? '' : topology.nodes[node]!.name)
  const client = nameOf(serverAt(network, hops[0]!.node))
  const own = services.find(destination, protocol, destinationPort, interfaces.clusterOf(client))
  if (own >= 0) return services.ports[own]!.service.name
  return nodePortAt(network, connection)
}

/** The service of a server's node port that is called; undefined where none is. */
export function nodePortAt(
  network: Network,
  { destination, protocol, destinationPort }: Omit<Connection, 'source'>,
): string | undefined {
  const { interfaces, topology } = network
  const node = network.hostOf(destination)
  const server = node === undefined ? '' : topology.nodes[node]!.name
  // those that have a virtual switch
  if (interfaces?.conntracks.has(server) !== true) return undefined
  const { services } = interfaces
  const nodePort = services.findNodePort(destination, protocol, destinationPort, interfaces.clusterOf(server))
  return nodePort && services.ports[nodePort.outside]!.service.name
}

/** Policies of clients at the translating server see the endpoint; those elsewhere what was called. Endpoints there see the client. */
function rulesOf(
  network: Network,
  connection: Connection,
  { translated, server }: ServiceWay,
): PolicyExplanation {
  const isHere = (address: number) =>
    server !== undefined && serverAt(network, network.hostOf(address)) === server
  const { source, destination } = translated
  const atEndpoint = explainRules(network, {
    ...connection,
    ...translated,
    source: isHere(destination) ? connection.source : source,
  })!
  const atClient = explainRules(
    network,
    isHere(connection.source) ? { ...connection, ...translated, source: connection.source } : connection,
  )!
  const isLetIn = atEndpoint.ingress.accepts
  return {
    ...atEndpoint,
    egress: atClient.egress,
    verdict: atClient.egress.accepts ? (isLetIn ? 'accept' : 'policy-denied-ingress') : atClient.verdict,
  }
}

/** The server that a host runs on, or is; undefined where it hangs off no virtual switch. */
function serverAt({ topology }: Network, host: number | undefined): number | undefined {
  const neighbour = host === undefined ? undefined : topology.ports[host]![0]?.neighbour
  const node = neighbour === undefined ? undefined : topology.nodes[neighbour]!
  return node?.kind === 'vswitch' ? topology.nodeIndex(node.host) : undefined
}

/** Undefined where no policies act. */
export function explainRules({ interfaces }: Network, connection: Connection): PolicyExplanation | undefined {
  if (interfaces === undefined) return undefined
  const { policy } = interfaces
  const { source, destination, protocol, destinationPort } = connection
  return explainPolicy(policy, policy.endOf(source), policy.endOf(destination), protocol, destinationPort)
}

/** The rules, or policies, that decided on one side, in words. */
export function decidedBy({
  accepts,
  because,
  deciding,
  isolatedBy,
  selectedBy,
}: PolicyExplanation['egress']): string {
  const verb = accepts ? 'accepted' : 'denied'
  if (because === 'rules')
    return `${verb} by ${deciding.map(({ policy, rule }) => `${policy} ${rule}`).join(', ')}`
  if (because === 'isolated') return `denied: no rule of ${isolatedBy.join(', ')} lets it through`
  if (because === 'own-traffic') return 'accepted: a workload reaches itself'
  if (because === 'own-node') return 'accepted: its own node reaches it'
  if (because === 'no-policy') return 'accepted: no policy selects it'
  return `accepted by default: ${selectedBy.join(', ')} ${selectedBy.length === 1 ? 'decides' : 'decide'} nothing`
}
