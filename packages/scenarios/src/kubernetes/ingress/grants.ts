import type { ReferenceGrantManifest } from '../kinds/reference-grant.ts'

/** An object that names another one. */
export interface Reference {
  readonly from: { readonly kind: 'HTTPRoute' | 'Gateway'; readonly namespace: string }
  readonly to: { readonly kind: 'Service' | 'Secret'; readonly namespace: string; readonly name: string }
}

const GATEWAY_GROUP = 'gateway.networking.k8s.io'

/** Whether an object may name another: in its own namespace always, elsewhere where a ReferenceGrant there says so. */
export function isGranted({ from, to }: Reference, grants: readonly ReferenceGrantManifest[]): boolean {
  if (from.namespace === to.namespace) return true
  return grants.some(
    ({ namespace, data: { spec } }) =>
      namespace === to.namespace &&
      spec.from.some(
        (each) =>
          each.group === GATEWAY_GROUP && each.kind === from.kind && each.namespace === from.namespace,
      ) &&
      spec.to.some(
        (each) => each.group === '' && each.kind === to.kind && (each.name ?? to.name) === to.name,
      ),
  )
}

export const notGranted = ({ from, to }: Reference): string =>
  `no ReferenceGrant in namespace ${to.namespace} lets ${from.kind}s of ${from.namespace} name the ${to.kind} ${to.name}`
