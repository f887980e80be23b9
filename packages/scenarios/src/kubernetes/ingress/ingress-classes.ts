import type { IngressManifest } from '../kinds/ingress.ts'
import type { IngressClassManifest } from '../kinds/ingress-class.ts'
import { objectName } from './objects.ts'
import type { Remarks } from './remarks.ts'

/** The older way to name a class. */
export const CLASS_ANNOTATION = 'kubernetes.io/ingress.class'

export const DEFAULT_CLASS_ANNOTATION = 'ingressclass.kubernetes.io/is-default-class'

/** Ingress objects by the class that they are for; an empty name for those without one. */
export function byClass(
  ingresses: readonly IngressManifest[],
  classes: readonly IngressClassManifest[],
  remarks: Remarks,
): Map<string, IngressManifest[]> {
  const defaults = classes.filter(({ annotations }) => annotations[DEFAULT_CLASS_ANNOTATION] === 'true')
  if (defaults.length > 1)
    for (const each of defaults)
      remarks.add(
        `IngressClass ${each.name}`,
        ['metadata', 'annotations', DEFAULT_CLASS_ANNOTATION],
        `${defaults.length} classes are the default one; Ingresses without a class have none then`,
      )
  const fallback = defaults.length === 1 ? defaults[0]!.name : ''
  const known = new Set(classes.map(({ name }) => name))
  const groups = new Map<string, IngressManifest[]>()
  for (const ingress of ingresses) {
    const { ingressClassName } = ingress.data.spec
    const name = ingressClassName ?? ingress.annotations[CLASS_ANNOTATION] ?? fallback
    // directories without any class are common; one with some but not this one is a slip
    if (ingressClassName !== undefined && known.size > 0 && !known.has(name))
      remarks.add(
        objectName(ingress),
        ['spec', 'ingressClassName'],
        `no IngressClass is called ${JSON.stringify(name)}`,
      )
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [ingress])
    else group.push(ingress)
  }
  return groups
}
