import type { ClusterIngress, ClusterNamespace, Service } from '../model/cluster.ts'
import type { ClusterDraft } from '../model/draft.ts'
import { Backends } from './backends.ts'
import { gatewayPoints } from './gateway-points.ts'
import { ingressPoints } from './ingress-points.ts'
import { type Remark, Remarks } from './remarks.ts'

/** Everything that takes requests from outside, and what was found about its objects on the way. */
export function buildIngresses(
  { ingresses, ingressClasses, gateways, httpRoutes, referenceGrants }: ClusterDraft,
  namespaces: readonly ClusterNamespace[],
  services: readonly Service[],
): { readonly ingresses: ClusterIngress[]; readonly ingressRemarks: Record<string, readonly Remark[]> } {
  const remarks = new Remarks()
  const byId = new Map(services.map((service) => [service.id, service]))
  const newBackends = () => new Backends(byId)
  const points = [
    ...ingressPoints(ingresses, ingressClasses, newBackends, remarks),
    ...gatewayPoints({
      gateways,
      routes: httpRoutes,
      grants: referenceGrants,
      namespaces,
      newBackends,
      remarks,
    }),
  ]
  return { ingresses: points, ingressRemarks: remarks.all() }
}
