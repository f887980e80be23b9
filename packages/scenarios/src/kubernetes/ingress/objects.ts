import type { HostPattern } from '@weft/fabric'
import { byKey } from '../cluster/order.ts'
import type { Manifest } from '../kinds/kind.ts'

type Dated = Manifest<{ readonly metadata: { readonly creationTimestamp?: string | undefined } }>

/** `Ingress shop/front`. */
export const objectName = ({ kind, namespace, name }: Manifest): string => `${kind} ${namespace}/${name}`

/** The oldest first, as controllers settle conflicts; those that no cluster has made yet after those, by their names. */
export const byAge = <Object extends Dated>(objects: readonly Object[]): Object[] =>
  [...objects].sort(
    byKey(({ data, namespace, name }) => `${data.metadata.creationTimestamp ?? '~'} ${namespace}/${name}`),
  )

/** A host as manifests write it; none, or an empty one, is any. `labels`: what the star of `*.example.com` stands for. */
export function hostPattern(host: string | undefined, labels: 'one' | 'some'): HostPattern {
  if (host === undefined || host === '') return { kind: 'any' }
  return host.startsWith('*.') ? { kind: 'wildcard', suffix: host.slice(2), labels } : { kind: 'exact', host }
}
