import { endpointsFor, explainPolicy, type Network, type PolicyExplanation } from '@weft/fabric'

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

/** The service that a connection goes to; undefined where it goes to none. `shares` in the order of usable endpoints. */
export function explainService(
  network: Network,
  host: string,
  connection: Connection,
  shares: readonly number[],
): ExplainedService | undefined {
  const { interfaces, addresses } = network
  const { destination, protocol, destinationPort } = connection
  const index =
    interfaces?.services.find(destination, protocol, destinationPort, interfaces.clusterOf(host)) ?? -1
  const found = interfaces?.services.ports[index]
  if (found === undefined) return undefined
  const endpoints = endpointsFor(found, host).places.map((place, i) => {
    const { name, address, port } = found.endpoints[place]!
    const rule = explainRules(network, { ...connection, destination: address, destinationPort: port })!
    return { name, address: addresses.textOf(address), port, share: shares[i] ?? 0, rule }
  })
  return {
    name: found.service.name,
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
