import { describe, expect, it } from 'vitest'
import { compileNatScenario, FAR, POOL } from '../compile/internet/nat-scenario.fixture.ts'
import { askExplain } from './ask.ts'

const ask = (nat: object, request: object, translation: 'gateways' | 'hosts' = 'gateways') =>
  askExplain(compileNatScenario({ nat: { overloading: false, ...nat }, translation }), {
    ...{ from: 'shop/a', to: FAR, port: 443, sourcePort: 40_000 },
    ...request,
  })

/** What stands for the sender's port on the internet, by what the receiver gets. */
const portShown = (nat: object) => {
  const [translated, ...others] = ask(nat, {}).hops.flatMap((hop) => hop.translated ?? [])
  expect(others).toEqual([])
  expect(translated).toMatchObject({ source: POOL, destination: FAR, destinationPort: 443 })
  return translated!.sourcePort
}

describe('the port that a NAT gives, as explain shows it', () => {
  it('is the one that its way to choose comes to', () => {
    expect(portShown({ allocation: 'preserve' })).toBe(40_000)
    expect(portShown({ allocation: 'sequential' })).toBe(1024)
    expect(portShown({ allocation: 'random' })).not.toBe(40_000)
    // hosts' blocks come first, by name
    const blocks = { size: 8, deterministic: true }
    const first = 2000 + 2 * 8
    expect(portShown({ ports: '2000-2031', allocation: 'sequential', blocks })).toBe(first)
  })

  it('is said to be none where there is none', () => {
    expect(ask({ ports: '2000-2003', blocks: { size: 2 }, perWorkload: 1 }, {}).verdict).toBe('delivered')
    expect(ask({ ports: '2000' }, { sourcePort: undefined }).verdict).toBe('delivered')
  })
})

describe('an address of a NAT, explained', () => {
  const called = (nat: object, from: string, translation: 'gateways' | 'hosts') =>
    ask(nat, { from, to: POOL, port: 40_000 }, translation)

  it.each(['gateways', 'hosts'] as const)('tells why nobody is reached, translated at %s', (place) => {
    const outside = called({}, 'internet/client-0', place)
    expect(outside).toMatchObject({ verdict: 'dropped', reason: 'nat-no-mapping' })
    expect(outside.notes.join()).toContain(`${POOL} stands for who has a mapping of region r's NAT`)
    expect(called({ hairpinning: false }, 'shop/a', place).reason).toBe('nat-no-hairpin')
    expect(called({ hairpinning: true }, 'shop/a', place).reason).toBe('nat-no-mapping')
  })
})
