import type { ServiceBlueprint } from '@weft/fabric'
import type { CompiledCluster } from '../compile/kubernetes.ts'
import type { Endpoint } from './explain.ts'

/** How a client calls a service. */
export interface Called {
  /** IANA's number. */
  readonly protocol: number
  readonly port: number
  readonly family: 'ipv4' | 'ipv6'
}

const allServices = (clusters: readonly CompiledCluster[]): readonly ServiceBlueprint[] =>
  clusters.flatMap(({ cloud }) => cloud.services)

export const serviceNames = (clusters: readonly CompiledCluster[]): string[] =>
  allServices(clusters).map(({ name }) => name)

export const serviceNamed = (
  clusters: readonly CompiledCluster[],
  name: string,
): ServiceBlueprint | undefined => allServices(clusters).find((each) => each.name === name)

/**
 * The service that a name with this port, or one of its addresses with any, stands for; undefined where there is none: a
 * workload of the same name is then meant.
 */
export function serviceEndpoint(
  clusters: readonly CompiledCluster[],
  text: string,
  { protocol, port, family }: Called,
): Endpoint | undefined {
  for (const { name, addresses, ports } of allServices(clusters)) {
    if (addresses.includes(text)) return { host: name, address: text }
    if (name !== text || !ports.some((each) => each.protocol === protocol && each.port === port)) continue
    const address = addresses.find((each) => each.includes(':') === (family === 'ipv6'))
    if (address !== undefined) return { host: name, address }
  }
  return undefined
}
