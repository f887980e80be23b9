import type { NetworkBlueprint } from '../blueprint/network.ts'
import { servedBy } from '../edge/make-translator.ts'
import type { ServiceBlueprint } from '../load-balancer/service-blueprint.ts'

/** Whether any place of a region, or of all, balances a service that remembers its clients. */
export function remembersClients(
  { nodes, interfaces, edges = [] }: NetworkBlueprint,
  region?: string,
): boolean {
  const isAtEdge = edges
    .filter((edge) => region === undefined || edge.region === region)
    .some((edge) => servedBy(edge).some(remembers))
  if (isAtEdge) return true
  const hosts = nodes.flatMap((node) =>
    node.kind === 'vswitch' && (region === undefined || node.host.startsWith(`${region}/`))
      ? [node.host]
      : [],
  )
  const isBalancedBy = ({ cluster }: ServiceBlueprint, host: string) =>
    cluster === undefined ||
    interfaces?.clusters?.some(({ name, hosts: own }) => name === cluster && own.includes(host)) === true
  return (interfaces?.services ?? [])
    .filter(remembers)
    .some((service) => hosts.some((host) => isBalancedBy(service, host)))
}

const remembers = ({ affinityPs }: ServiceBlueprint): boolean => affinityPs !== undefined
