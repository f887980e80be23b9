import { describe, expect, it } from 'vitest'
import { compileScenario } from '../compile.ts'
import { clusterWith, scenarioWith } from '../ingress/ingress.fixture.ts'

const expecting = (reach: object, rest: object = {}) =>
  compileScenario(scenarioWith(undefined, { to: 'shop/cart' }, { expect: [reach], ...rest }), {
    cluster: () => clusterWith(),
  })

function reachOf(...given: Parameters<typeof expecting>) {
  const found = expecting(...given)
  if (!found.ok) throw new Error(found.issues.map(({ message }) => message).join('\n'))
  return found.value.reach[0]!
}

const ENDS = { from: 'ingress-nginx/controller', to: 'shop/cart', port: 8080 }

describe('who must reach whom', () => {
  it('may be workloads, which stand for their pods', () => {
    const { from, to } = reachOf({ reachable: ENDS })
    expect([from.length, to.length]).toEqual([2, 2])
    expect(from.every((name) => name.startsWith('ingress-nginx/controller-'))).toBe(true)
    expect(to.every((name) => name.startsWith('shop/cart-'))).toBe(true)
  })

  it('is asked of what takes the place of pods where nobody may reach them', () => {
    const events = { events: [{ at: '10ms', rollout: 'shop/cart', startup: '10ms' }] }
    expect(reachOf({ reachable: ENDS }, events).to).toHaveLength(2)
    const names = reachOf({ unreachable: ENDS }, events).to
    expect(names.filter((name) => name.endsWith('#2'))).toHaveLength(2)
    expect(names).toHaveLength(4)
  })

  it('refuses names of nobody, and says which there are', () => {
    const found = expecting({ reachable: { ...ENDS, from: 'shop/carts' } })
    expect(found).toMatchObject({
      ok: false,
      issues: [{ message: 'unknown host or workload "shop/carts"; did you mean "shop/cart"?' }],
    })
  })
})
