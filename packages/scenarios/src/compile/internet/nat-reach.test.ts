import { describe, expect, it } from 'vitest'
import { planScenario } from '../../planning/make-plan.ts'
import { renderReport } from '../../report/index.ts'
import { runScenario } from '../../run/run-scenario.ts'
import {
  compileNatScenario,
  FAR,
  natDocument,
  type NatScenario,
  POOL,
  tryNat,
} from './nat-scenario.fixture.ts'

const run = (asked: NatScenario) => runScenario(compileNatScenario(asked), { inputs: 'none' })
const issuesOf = (asked: NatScenario) => {
  const found = tryNat(asked)
  return found.ok ? [] : found.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

const SOURCE_PORT = 40_000
/** One flow, once; with a SYN that is not sent again. */
const burst = (name: string, from: string, to: string, port: number, rest: object = {}) => ({
  ...{ name, from, to, port, burst: '1kB', transport: { newreno: { synRetries: 0 } } },
  ...rest,
})
const out = burst('out', 'shop/a', FAR, 443, { sourcePort: SOURCE_PORT })
const scenario = (
  nat: object,
  clock: string,
  traffic: readonly object[],
  translation?: 'gateways' | 'hosts',
) => ({
  nat: { overloading: false, mapping: 'endpoint-independent', ...nat },
  ...(translation && { translation }),
  rest: { traffic, run: { for: '500ms', clock, warmup: '0s', drain: '2s' } },
})

/** By traffic: whether its flow arrived; that of shop/a makes a mapping, others aim at it. */
async function reached(nat: object, clock: string, translation: 'gateways' | 'hosts') {
  const alone = await run(scenario(nat, clock, [out], translation))
  const [first] = alone.nat.flatMap(({ firstMappings }) => firstMappings)
  const { externalPort } = first!
  const traffic = [
    out,
    burst('same', FAR, POOL, externalPort, { start: '100ms' }),
    burst('other', 'internet/client-0', POOL, externalPort, { start: '200ms' }),
    burst('inside', 'shop/b', POOL, externalPort, { start: '300ms' }),
    burst('nobody', 'internet/client-0', POOL, externalPort - 1, { start: '300ms' }),
  ]
  const { flows } = await run(scenario(nat, clock, traffic, translation))
  return flows.flatMap(({ traffic: name, completed }) => (completed === 1 ? [name] : []))
}

describe.each(['gateways', 'hosts'] as const)(
  'who reaches a workload by its mapping, translated at %s',
  (place) => {
    it.each([
      ['endpoint-independent', true, ['inside', 'other', 'out', 'same']],
      ['endpoint-independent', false, ['other', 'out', 'same']],
      ['address-dependent', true, ['out', 'same']],
      ['address-and-port-dependent', true, ['out']],
    ])(
      'is by filtering %s, hairpinning %s: %s, under the packet and the flow clock',
      async (filtering, hairpinning, who) => {
        for (const clock of ['packet', 'flow'])
          expect([clock, await reached({ filtering, hairpinning }, clock, place)]).toEqual([clock, who])
      },
    )
  },
)

describe('ports of a NAT in results', () => {
  const portsOf = async (nat: object) => {
    const starts = ['0s', '100ms', '200ms']
    const traffic = starts.map((start, i) =>
      burst(`t${i}`, 'shop/a', FAR, 443 + i, { start, sourcePort: SOURCE_PORT + i }),
    )
    const result = await run(scenario({ mapping: 'address-and-port-dependent', ...nat }, 'flow', traffic))
    const [first] = result.nat
    return { result, ports: first!.firstMappings.map(({ externalPort }) => externalPort), first: first! }
  }

  it('tell preserved, sequential and random ones apart', async () => {
    const { ports, first, result } = await portsOf({ allocation: 'preserve' })
    expect(ports).toEqual([40_000, 40_001, 40_002])
    expect(first.firstMappings[0]).toMatchObject({
      protocol: 'tcp',
      from: expect.stringMatching(/^shop\/a-/),
      port: SOURCE_PORT,
      external: POOL,
      to: `internet/${FAR}`,
      toPort: 443,
    })
    expect((await portsOf({ allocation: 'sequential' })).ports).toEqual([1024, 1025, 1026])
    const random = (await portsOf({ allocation: 'random' })).ports
    expect(random).not.toContain(SOURCE_PORT)
    expect(new Set(random).size).toBe(3)
    expect(random).not.toEqual([0, 1, 2].map((i) => random[0]! + i))
    expect(await renderReport(result)).toContain(`${POOL}:40001`)
  })

  it('fail a connection whose port another one to the same end has', async () => {
    const traffic = ['0s', '1ms'].map((start, i) => ({
      ...burst(`t${i}`, 'shop/a', FAR, 443, { start, sourcePort: SOURCE_PORT }),
      burst: '100MB',
    }))
    for (const clock of ['packet', 'flow']) {
      const { flows } = await run(scenario({}, clock, traffic))
      expect([clock, ...flows.map(({ failed }) => failed)]).toEqual([clock, 0, 1])
    }
  })
})

describe('traffic to an address of a NAT', () => {
  it('says to which port', () => {
    expect(issuesOf({ rest: { traffic: [{ from: 'internet', to: POOL, rate: '1 requests/s' }] } })).toEqual([
      `traffic.0.to: ${POOL} stands for whoever has a mapping of region r's NAT; say by "port" which port of it is called`,
    ])
  })

  it('is refused where no packets keep mappings, and plans say that it counts for nothing', async () => {
    const traffic = [{ name: 'in', from: 'internet', to: POOL, port: 40_000, rate: '1 requests/s' }]
    expect(issuesOf({ rest: { traffic, run: { clock: 'steady' } } })).toEqual([
      'traffic.0.to: mappings of a NAT last as long as packets keep them, and the steady clock has none; take the packet or the flow clock',
    ])
    const asked = { rest: { traffic } }
    const plan = await planScenario({ compiled: compileNatScenario(asked), data: natDocument(asked) }, {})
    expect(plan.warnings.join()).toContain(`in goes to ${POOL}, an address of a NAT`)
  })

  it('streams are in the result though none arrives', async () => {
    const traffic = [
      {
        name: 'in',
        from: 'internet/client-0',
        to: POOL,
        port: 40_000,
        stream: { packet: '100B', rate: '80kbps' },
      },
    ]
    for (const clock of ['packet', 'flow']) {
      const { streams } = await run({ rest: { traffic, run: { for: '100ms', clock, warmup: '0s' } } })
      expect([clock, streams[0]!.packetsSent, streams[0]!.packetsReceived]).toEqual([clock, 10, 0])
    }
  })
})
