import { nearest } from '@weft/core'
import { z } from 'zod'
import { optional, refuseAt, text, textOf } from '../api-schema.ts'
import { parseCidr } from '../cidr.ts'
import { apiMap } from '../api-schema.ts'
import { labelSelectorSchema } from '../label-selector.ts'
import { integer } from '../schema/fields.ts'

/**
 * What the policies of administrators have in common, as their resource definitions bound it
 * (kubernetes-sigs/network-policy-api apis/v1alpha1 and apis/v1alpha2).
 */

const RULE_NAME_LENGTH_MAX = 100
const NETWORKS_MAX = 25
const DOMAIN_NAMES_MAX = 25
const CIDR_LENGTH_MAX = 43
const PRIORITY_MAX = 1000
const PORT_MAX = 65_535

/** `example.com`, or `*.example.com`: the definitions' pattern. */
const DOMAIN = /^(\*\.)?([a-z0-9]([-a-z0-9_]*[a-z0-9])?\.)+[a-z0-9]([-a-z0-9_]*[a-z0-9])?\.?$/i

const OUTSIDE_WORDS = ['networks', 'nodes', 'domainNames']

/** A map that has exactly one of these fields. A field of another version is refused: read as nothing, it would open or close the wrong thing. */
export function oneOf<Shape extends Record<string, z.ZodOptional>>(
  where: string,
  shape: Shape,
  isPeer = false,
) {
  const known = Object.keys(shape)
  const refusal = (key: string): string => {
    if (OUTSIDE_WORDS.includes(key))
      return `${where} has no ${key}: peers outside the cluster stand in egress rules alone`
    const meant = nearest(key, known)
    const hint = meant === undefined ? `Weft knows ${known.join(', ')}` : `did you mean "${meant}"?`
    const closed = isPeer ? '; a rule with a peer that is not understood is not guessed at' : ''
    return `unknown field ${JSON.stringify(key)} in ${where}; ${hint}${closed}`
  }
  return z
    .strictObject(shape, {
      error: (issue) => (issue.code === 'unrecognized_keys' ? issue.keys.map(refusal).join('\n') : undefined),
    })
    .superRefine((value, context) => {
      // with a field that is not known, how many there are is not known either
      if (context.issues.length > 0) return
      const given = known.filter((key) => (value as Record<string, unknown>)[key] !== undefined)
      if (given.length === 0) refuseAt(context, [], `${where} is empty; give it one of ${known.join(', ')}`)
      if (given.length > 1)
        refuseAt(
          context,
          [given[1]!],
          `${where} has ${given.join(' and ')}; it takes exactly one, so make them separate elements`,
        )
    })
}

/** A list whose elements all differ. */
export const listAsSet = (item: z.ZodType<string>, max: number) =>
  z
    .array(item)
    .min(1)
    .max(max)
    .superRefine((values, context) => {
      for (const [index, value] of values.entries())
        if (values.indexOf(value) < index)
          refuseAt(
            context,
            [index],
            `${JSON.stringify(value)} stands in this list already; remove one of them`,
          )
    })

/** CIDR notation. Host bits are refused, as the definitions' `isCIDR` takes canonical prefixes alone. */
const network = textOf((given) => {
  if (given.length > CIDR_LENGTH_MAX)
    return `a prefix has at most ${CIDR_LENGTH_MAX} characters; this one has ${given.length}`
  const cidr = parseCidr(given)
  if (typeof cidr === 'string') return cidr
  return cidr.isCanonical ? undefined : `${given} has bits set behind its length; did you mean ${cidr.text}?`
})

const domainName = textOf((given) =>
  DOMAIN.test(given)
    ? undefined
    : `${JSON.stringify(given)} is not a domain name; expected one such as example.com, or *.example.com for all names below it`,
)

const namespacedPods = (namespaceSelector: 'required' | 'optional') =>
  apiMap('pods', {
    namespaceSelector: namespaceSelector === 'required' ? labelSelectorSchema : optional(labelSelectorSchema),
    podSelector: labelSelectorSchema,
  })

/** `namespaces` and `pods`, as subjects and peers have them. */
export const workloads = (namespaceSelector: 'required' | 'optional' = 'required') => ({
  namespaces: labelSelectorSchema.optional(),
  pods: namespacedPods(namespaceSelector).optional(),
})

/** Peers of egress rules that are no pods. */
export const outside = () => ({
  nodes: labelSelectorSchema.optional(),
  networks: listAsSet(network, NETWORKS_MAX).optional(),
})

export const domainNames = () => ({ domainNames: listAsSet(domainName, DOMAIN_NAMES_MAX).optional() })

export const subject = (namespaceSelector: 'required' | 'optional' = 'required') =>
  oneOf('subject', workloads(namespaceSelector))

export const ruleName = () => optional(text().max(RULE_NAME_LENGTH_MAX))

export const priority = () => integer(0, PRIORITY_MAX)

export const portNumber = () => integer(1, PORT_MAX)

/** `start` before `end`, both included. */
export const portRange = <Shape extends z.ZodRawShape>(where: string, more: Shape) =>
  apiMap(where, { start: portNumber(), end: portNumber(), ...more }).superRefine((range, context) => {
    const { start, end } = range as { start: number; end: number }
    if (start >= end)
      refuseAt(context, ['end'], `a range ends after it begins: end ${end} is not more than start ${start}`)
  })

interface Rule {
  readonly action: string
  readonly to: readonly {
    readonly networks?: unknown
    readonly nodes?: unknown
    readonly domainNames?: unknown
  }[]
}

/** What one part of an egress rule says about another. `hasNamedPort` is of the rule's ports. */
export function checkEgressRule(
  rule: Rule,
  hasNamedPort: boolean,
  accept: 'Accept' | 'Allow',
  context: Parameters<typeof refuseAt>[0],
): void {
  for (const [index, peer] of rule.to.entries()) {
    const nameless = (['networks', 'nodes', 'domainNames'] as const).find(
      (field) => peer[field] !== undefined,
    )
    if (nameless !== undefined && hasNamedPort)
      refuseAt(
        context,
        ['to', index],
        `${nameless} have no named ports; ask for a port number, or make this a rule of its own`,
      )
    if (peer.domainNames !== undefined && rule.action !== accept)
      refuseAt(
        context,
        ['to', index, 'domainNames'],
        `domainNames stand in rules with action ${accept} alone, not ${rule.action}`,
      )
  }
}
