import { SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { runScenario } from '../../run/run-scenario.ts'
import { compileNatScenario, FAR, type NatScenario, POOL, tryNat } from './nat-scenario.fixture.ts'

const MINUTE = 60 * SECOND

const run = (asked: NatScenario) => runScenario(compileNatScenario(asked), { inputs: 'none' })
const edgeOf = (asked: NatScenario) => compileNatScenario(asked).blueprint.network.edges![0]!
const issuesOf = (asked: NatScenario) => {
  const found = tryNat(asked)
  return found.ok ? [] : found.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

/** A packet each 61 s, 3 minutes and one second long. */
const datagrams = {
  traffic: [{ from: 'shop/a', to: FAR, port: 53, stream: { packet: '100B', rate: '13bps' } }],
  run: { for: '4min', warmup: '0s' },
}
const mappingsMade = async (nat: object, clock = 'packet') => {
  const { pools } = await run({ nat, rest: { ...datagrams, run: { ...datagrams.run, clock } } })
  return pools.find(({ kind, owner }) => kind === 'nat-mappings' || owner.endsWith('udp'))!.asked
}

describe('timeouts of a NAT', () => {
  it('are those of its profile: by RFC 4787 REQ-5 a mapping outlives 61 s of silence, by Linux it does not', async () => {
    expect(await mappingsMade({ profile: 'linux' })).toBe(4)
    expect(await mappingsMade({ profile: 'rfc' })).toBe(1)
    expect(await mappingsMade({ idle: { udp: '62s' } })).toBe(1)
    expect(await mappingsMade({ profile: 'rfc', timeouts: { udp: '60s' } })).toBe(4)
  })

  it('are those of the profile, those by kind, those by state, the last said counts', () => {
    const of = (nat: object) => edgeOf({ nat }).conntrack
    expect(of({})).toEqual({ capacity: 2 ** 20 })
    expect(of({ profile: 'rfc' })).toEqual({ capacity: 2 ** 20, profile: 'rfc' })
    const nat = {
      profile: 'rfc',
      idle: { udp: '1min', tcpTransitory: '1min' },
      timeouts: { tcpTimeWait: '2s', sctpEstablished: '3s' },
    }
    expect(of(nat)!.timeoutsPs).toEqual({
      udp: MINUTE,
      ...Object.fromEntries(
        ['SynSent', 'SynReceived', 'FinWait', 'CloseWait', 'LastAck', 'Close', 'SynSent2'].map((state) => [
          `tcp${state}`,
          MINUTE,
        ]),
      ),
      tcpTimeWait: 2 * SECOND,
      sctpEstablished: 3 * SECOND,
    })
  })

  it('are not said twice', () => {
    expect(issuesOf({ nat: { idle: { tcp: '1h' }, timeouts: { tcpEstablished: '2h' } } })).toEqual([
      'regions.r.nat.idle.tcp: "timeouts" has "tcpEstablished", which is the same; give it once',
    ])
  })

  it('count for what the steady clock holds ports for', async () => {
    const rest = {
      traffic: [{ from: 'shop/a', to: FAR, port: 443, newConnections: '10/s', hold: '1s' }],
      run: { for: '1min', clock: 'steady' },
    }
    const holdingOf = async (nat: object) => {
      const { pools } = await run({ nat: { holdDown: '0s', ...nat }, rest })
      return pools.find(({ kind }) => kind.startsWith('nat-') && kind !== 'nat-connections')!.steady!
        .holdingPs
    }
    expect(await holdingOf({})).toBeCloseTo((1 + 120) * SECOND, -3)
    expect(await holdingOf({ profile: 'rfc' })).toBeCloseTo((1 + 240) * SECOND, -3)
    expect(await holdingOf({ profile: 'rfc', timeouts: { tcpTimeWait: '5s' } })).toBeCloseTo(6 * SECOND, -3)
  })
})

describe('blocks of ports that hosts have for good, RFC 7422', () => {
  const nat = { ports: '2000-2031', overloading: false, allocation: 'sequential' }
  const blocks = { size: 8, deterministic: true }
  const traffic = [53, 54].map((port) => ({
    from: ['shop/b', 'shop/a'],
    to: FAR,
    port,
    stream: { packet: '100B', rate: '8kbps' },
  }))

  it('are given in the order of names, whoever asks first', () => {
    const { network } = compileNatScenario({ nat: { ...nat, blocks } }).blueprint
    const { hosts } = network.edges![0]!.nat!.blocks!
    const ownerOf = new Map(
      network.nodes.flatMap((node) =>
        node.kind === 'host'
          ? node.interfaces.flatMap(({ addresses }) => addresses.map((each) => [each, node.name] as const))
          : [],
      ),
    )
    const owners = hosts!.map((address) => ownerOf.get(address)!)
    expect(owners).toHaveLength(4)
    expect(owners).toEqual([
      'r/leaf-0/host-0',
      'r/leaf-0/host-1',
      expect.stringMatching(/^shop\/a-/),
      expect.stringMatching(/^shop\/b-/),
    ])
  })

  it('leave out who has an address of its own', () => {
    const region = { nat: { pool: POOL, ports: '2000-2031', blocks } }
    const attach = (workload: string) => ({ directAttach: [{ workload, address: '203.0.113.9' }] })
    const hosts = edgeOf({ region, rest: attach('shop/a') }).nat!.blocks!.hosts!
    expect(hosts).toHaveLength(3)
  })

  it.each(['gateways', 'hosts'] as const)(
    'serve as many mappings as they have ports, at %s',
    async (translation) => {
      const found = await run({
        nat: { ...nat, share: 16, blocks: { ...blocks, size: 1 } },
        translation,
        rest: { traffic, run: { for: '100ms', warmup: '0s' } },
      })
      const refused = found.pools.filter(({ kind }) => kind === 'nat-ports').map((each) => each.refused)
      expect(refused.reduce<number>((sum, each) => sum + (each ?? 0), 0)).toBeGreaterThan(0)
      for (const { fullest } of found.nat) for (const { peak } of fullest) expect(peak).toBe(1)
    },
  )

  it('are refused where there are too few, or none', () => {
    expect(issuesOf({ nat: { ...nat, blocks: { ...blocks, size: 16 } } })).toEqual([
      'regions.r.nat: blocks.deterministic: got 4 hosts for 2 blocks; take smaller blocks or more addresses',
    ])
    const split = { ...nat, share: 4, blocks }
    expect(issuesOf({ nat: split, translation: 'hosts' })).toEqual([
      expect.stringContaining('blocks.size: got 8, but no place of the region has so many consecutive ports'),
    ])
  })
})

describe('a public service without endpoints', () => {
  const manifests = `
apiVersion: v1
kind: Service
metadata: { name: none, namespace: shop }
spec: { type: LoadBalancer, selector: { app: nobody }, ports: [{ port: 80 }] }
`
  const region = { addresses: { loadBalancers: '203.0.113.0/28' } }
  const rest = (clock: string) => ({
    traffic: [{ from: 'internet', to: 'shop/none', port: 80, rate: '10 requests/s' }],
    run: { for: '1s', clock },
  })

  it.each(['gateways', 'hosts'] as const)('tells its clients so, where %s translate', async (translation) => {
    for (const clock of ['packet', 'flow']) {
      const { flows } = await run({ manifests, region, translation, rest: rest(clock) })
      // not by a SYN that nobody answers, which would be sent again for longer than the run lasts
      expect([clock, flows[0]!.failed]).toEqual([clock, flows[0]!.started])
      expect(flows[0]!.started).toBeGreaterThan(0)
    }
  })
})
