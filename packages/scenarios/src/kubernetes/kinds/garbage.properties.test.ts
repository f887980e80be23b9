import fc from 'fast-check'
import { describe, it } from 'vitest'
import { ManifestError } from '../read/manifest-error.ts'
import { clusterOf } from '../manifests.fixture.ts'

/** Every kind of this family, with words of their fields: what is near the form goes deeper into the code. */
const KINDS = [
  ['networking.k8s.io/v1', 'NetworkPolicy'],
  ['policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy'],
  ['policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy'],
  ['policy.networking.k8s.io/v1alpha1', 'BaselineAdminNetworkPolicy'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['networking.k8s.io/v1', 'IngressClass'],
  ['gateway.networking.k8s.io/v1', 'Gateway'],
  ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
  ['gateway.networking.k8s.io/v1beta1', 'ReferenceGrant'],
] as const

const WORDS =
  `podSelector policyTypes ingress egress from to ports port endPort protocol ipBlock cidr except namespaceSelector matchLabels
  matchExpressions key operator values tier priority subject namespaces pods networks nodes domainNames action protocols tcp
  destinationPort number range start end portNumber portRange namedPort name rules http paths path pathType backend service resource tls
  hosts secretName host defaultBackend ingressClassName controller parameters scope listeners hostname gatewayClassName certificateRefs mode
  allowedRoutes parentRefs hostnames matches headers queryParams method filters type requestRedirect requestMirror backendRef backendRefs
  weight group kind namespace sectionName value`.split(/\s+/)

const word = fc.constantFrom(...WORDS, '__proto__', 'constructor')

const scalar = fc.oneof(
  fc.constantFrom(
    null,
    true,
    0,
    -1,
    80,
    1e300,
    0.5,
    '',
    '/',
    '10.0.0.0/8',
    '::/0',
    'Ingress',
    'TCP',
    'Exact',
    'Prefix',
    'Accept',
    'a.example.com',
    '*',
    '*.x',
    'HTTPS',
    'RegularExpression',
    '(',
    'In',
  ),
  fc.string({ maxLength: 6 }),
)

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(word, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
}))

describe('garbage in these kinds', () => {
  it('is read or refused with its place, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...KINDS), value), { minLength: 1, maxLength: 3 }),
        (given) => {
          const items = given.map(([[apiVersion, kind], spec], index) => ({
            apiVersion,
            kind,
            metadata: { name: `x${index}` },
            spec,
          }))
          try {
            clusterOf(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
          } catch (error) {
            if (!(error instanceof ManifestError)) throw error
          }
        },
      ),
      { numRuns: 3_000 },
    )
  })
})
