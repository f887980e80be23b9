import { explainPolicy, type Network, type PolicyExplanation, type Translated } from '@weft/fabric'

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
export interface ServiceWay {
  readonly share: number
  readonly translated: Translated
  /** Translated where the client is: policies of its own see the endpoint. Else they see the service's address. */
  readonly isAtClient: boolean
}

/** The service that a connection goes to, and the ways it is led; undefined where it goes to none. `host`: the client's. */
export function explainService(
  network: Network,
  host: string,
  connection: Connection,
  ways: readonly ServiceWay[],
): ExplainedService | undefined {
  const { interfaces, addresses } = network
  const { destination, protocol, destinationPort } = connection
  const index =
    interfaces?.services.find(destination, protocol, destinationPort, interfaces.clusterOf(host)) ?? -1
  const ofHost = interfaces?.services.ports[index]?.service
  if (ways.length === 0 && ofHost === undefined) return undefined
  const endpoints = ways.map(({ share, translated, isAtClient }) => {
    const { destination: address, destinationPort: port } = translated
    const asSeen = { ...connection, ...translated }
    const atEndpoint = explainRules(network, asSeen)!
    const atClient = isAtClient ? atEndpoint : explainRules(network, connection)!
    const rule = {
      ...atEndpoint,
      egress: atClient.egress,
      verdict: atClient.egress.accepts ? atEndpoint.verdict : atClient.verdict,
    }
    return {
      name: `${network.nameOf(address)}:${port}`,
      address: addresses.textOf(address),
      port,
      share,
      rule,
    }
  })
  return {
    // of several clusters, other services may have the same address
    name: ofHost?.name ?? network.nameOf(destination),
    address: addresses.textOf(destination),
    port: destinationPort,
    endpoints,
  }
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
