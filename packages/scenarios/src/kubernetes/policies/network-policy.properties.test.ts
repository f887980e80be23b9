import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { networkObjects, networkPoliciesLet, networkPolicies, wrongVerdicts } from './tiny-cluster.fixture.ts'

describe('network policies from manifest to verdict', () => {
  it('are what their words say, for every pair of pods, protocol and port', () => {
    fc.assert(
      fc.property(networkPolicies(4), (given) => {
        const wrong = wrongVerdicts(
          networkObjects(given),
          (each) =>
            (networkPoliciesLet(given, 'Egress', each) ?? true) &&
            (networkPoliciesLet(given, 'Ingress', each) ?? true),
        )
        expect(wrong).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})
