import type { BalancerKind } from '@weft/fabric'
import type { Cluster } from '../../kubernetes/index.ts'
import type { ClusterPlace } from './cluster-places.ts'
import { type Problems, quote } from '../problems.ts'

/** How single services are balanced, by id in their manifests. Refuses services that are not there, or not balanced at all. */
export function serviceBalancers(
  { input, path }: ClusterPlace,
  { services }: Cluster,
  problems: Problems,
): ReadonlyMap<string, BalancerKind> {
  const stated = Object.entries(input.balancers ?? {})
  for (const [name] of stated) {
    const at = [...path, 'balancers', name]
    const service = services.find(({ id }) => id === name)
    if (service === undefined) {
      const names = services.map(({ id }) => id)
      const expected = names.length === 0 ? 'manifests have none' : `names look like ${quote(names[0]!)}`
      problems.refuseKey(at, problems.unknownName('service', name, names, expected))
    } else if (service.isHeadless || service.type === 'ExternalName') {
      const why = service.isHeadless ? 'is headless' : 'is of type ExternalName'
      problems.refuseKey(at, `${quote(name)} ${why}: clients go to the addresses that its name stands for`)
    }
  }
  return new Map(stated)
}
