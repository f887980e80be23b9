import { MS, SECOND, US } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import type { NetworkBlueprint } from '../src/blueprint/network.ts'
import type { TrafficBlueprint } from '../src/blueprint/traffic.ts'
import { Network } from '../src/build/network.ts'
import { PacketClock } from '../src/clocks/packet/packet-clock.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import { walk } from '../src/clocks/walk/walk.ts'
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../src/model/packet-table.ts'
import type { Policy } from '../src/policy/policy-blueprint.ts'
import { POLICY_ACCEPT, POLICY_DROP_REASONS, PolicyEngine } from '../src/policy/policy-engine.ts'
import { OpenLoop } from './helpers/open-loop.ts'
import { allow, anyPolicy, HOSTS, inShop, NAMES, networkWith, port } from './helpers/workloads.ts'

/** The first traffic of a blueprint goes to this port. */
const SERVICE = 5001

function flows(from: string, to: string, bytes: number): TrafficBlueprint {
  return {
    name: 'calls',
    pairs: { kind: 'from-to', from: [from], to: [to] },
    offered: { kind: 'burst', bytes, atPs: 0 },
    transport: { kind: 'tcp', options: { synRetries: 2, initialRtoPs: 10 * MS, minRtoPs: 10 * MS } },
    dscp: 0,
    priority: 0,
    family: 'ipv4',
  }
}

function run(network: NetworkBlueprint, traffic: TrafficBlueprint) {
  const blueprint: Blueprint = { name: 'firewall', seed: 'firewall', network, traffic: [traffic], events: [] }
  const packets = new PacketRun(blueprint, { arrivalsEndPs: SECOND, checked: true })
  packets.sim.run(2 * SECOND)
  packets.network.ledger.assertConserved()
  return packets
}

const walked = (
  network: NetworkBlueprint,
  from: string,
  to: string,
  protocol: number,
  destinationPort: number,
) => {
  const built = new Network(network)
  const [source, destination] = [from, to].map((name) => built.addressOf(name, 'ipv4')!)
  const probe = {
    source: source!,
    destination: destination!,
    protocol,
    sourcePort: 1024,
    destinationPort,
    sizeBytes: 100,
  }
  const { drops, delivered } = walk(built, probe)
  return drops.map(({ node, reason }) => `${reason} at ${built.topology.nodes[node]!.name}`)[0] ?? delivered
}

describe('a firewall at the interfaces of workloads', () => {
  it('lets a connection through that policies allow, its replies too', () => {
    const network = networkWith([allow('cart', 'web', [port(SERVICE)]), allow('web', 'nobody', [])])
    const { flows: books, network: built } = run(network, flows('shop/web', 'shop/cart', 100_000))
    expect(books.completed).toBe(1)
    expect(built.ledger.drops()).toEqual([])
    expect(walked(network, 'shop/web', 'shop/cart', PROTOCOL_TCP, SERVICE)).toBe(1)
  })

  it('drops what they do not, at the interface and by name, and the walk says the same', () => {
    const network = networkWith([allow('pay', 'cart', [port(SERVICE)])])
    const { flows: books, network: built } = run(network, flows('shop/web', 'shop/pay', 100_000))
    expect(books.failureOf(0)).toBe('syn-timeout')
    const place = 'ord1/leaf-1/host-0/vswitch'
    expect(built.ledger.drops()).toEqual([{ reason: 'policy-denied-ingress', place, packets: 3 }])
    expect(walked(network, 'shop/web', 'shop/pay', PROTOCOL_TCP, SERVICE)).toBe(
      `policy-denied-ingress at ${place}`,
    )
  })

  it('stops at the sender what may not leave', () => {
    const policy: Policy = {
      name: 'NetworkPolicy shop/silent',
      tier: 'network',
      priority: 0,
      subject: inShop('web'),
      egress: [],
    }
    const network = networkWith([policy])
    const { network: built } = run(network, flows('shop/web', 'shop/pay', 1000))
    expect(built.ledger.drops().map(({ reason, place }) => `${reason} at ${place}`)).toEqual([
      'policy-denied-egress at ord1/leaf-0/host-0/vswitch',
    ])
  })

  it('judges each new connection alone: a port beside the allowed one is closed', () => {
    const network = networkWith([allow('cart', 'web', [port(SERVICE + 1)])])
    expect(run(network, flows('shop/web', 'shop/cart', 1000)).flows.completed).toBe(0)
  })

  it('drops new connections as conntrack-full when its table is', () => {
    const network = networkWith([], { conntrack: { capacity: 1, evictionReach: 0 } })
    const clock = new PacketClock(new Network(network))
    const traffic = new OpenLoop(clock)
    const send = (from: string, sourcePort: number) => ({
      atPs: sourcePort * MS,
      from,
      to: 'shop/pay',
      sizeBytes: 100,
      sourcePort,
    })
    traffic.send([send('shop/db', 1), send('shop/db', 2), send('shop/db', 1001)])
    clock.network.sim.run(2 * SECOND)
    expect(traffic.fates.map((fate) => fate?.reason)).toEqual([undefined, 'conntrack-full', 'conntrack-full'])
  })

  it('forgets a datagram stream 30 s after its last packet, so that what comes back later is new', () => {
    const network = networkWith([allow('web', 'nobody', [])])
    const fate = (afterPs: number) => {
      const clock = new PacketClock(new Network(network))
      const traffic = new OpenLoop(clock)
      const there = { from: 'shop/web', to: 'shop/pay', sizeBytes: 100, sourcePort: 7, destinationPort: 9 }
      const back = { from: 'shop/pay', to: 'shop/web', sizeBytes: 100, sourcePort: 9, destinationPort: 7 }
      traffic.send([
        { ...there, atPs: 0 },
        { ...back, atPs: afterPs },
      ])
      clock.network.sim.run(afterPs + SECOND)
      return traffic.fates[1]?.reason
    }
    expect(fate(29 * SECOND)).toBeUndefined()
    expect(fate(31 * SECOND)).toBe('policy-denied-ingress')
  })
})

const packet = fc.record({
  from: fc.constantFrom(...NAMES, HOSTS[0]!),
  to: fc.constantFrom(...NAMES, HOSTS[2]!),
  destinationPort: fc.constantFrom(9, 10, 11),
})

describe('policies under the clocks', { timeout: 30_000 }, () => {
  it('say the same in the engine, in the walk, and to packets; replies to what got through get through', () => {
    const property = fc.property(
      fc.uniqueArray(anyPolicy('UDP', [9, 10, 11]), { maxLength: 4, selector: ({ name }) => name }),
      fc.array(packet, { minLength: 1, maxLength: 8 }),
      (policies, drawn) => {
        const sent = drawn.filter(({ from, to }) => from !== to)
        const network = networkWith(policies)
        const clock = new PacketClock(new Network(network, { checked: true }))
        const traffic = new OpenLoop(clock)
        // ports of their own keep connections apart
        const there = sent.map((each, i) => ({ ...each, atPs: i * US, sizeBytes: 100, sourcePort: 2000 + i }))
        const back = there.map(({ from, to, sourcePort, destinationPort, sizeBytes, atPs }) => ({
          atPs: atPs + MS,
          from: to,
          to: from,
          sizeBytes,
          sourcePort: destinationPort,
          destinationPort: sourcePort,
        }))
        traffic.send([...there, ...back])
        clock.network.sim.run(SECOND)
        const engine = new PolicyEngine(network.interfaces!.policies)
        const idOf = (name: string) => {
          const { addresses } = clock.network
          return engine.addresses.intern(addresses.textOf(clock.network.addressOf(name, 'ipv4')!))
        }
        for (const [i, { from, to, destinationPort }] of there.entries()) {
          const decision = engine.verdictOf(idOf(from), idOf(to), PROTOCOL_UDP, destinationPort)
          const expected = decision === POLICY_ACCEPT ? undefined : POLICY_DROP_REASONS[decision - 1]
          expect(traffic.fates[i]?.reason).toBe(expected)
          const seen = walked(network, from, to, PROTOCOL_UDP, destinationPort)
          expect(typeof seen === 'number' ? undefined : seen.split(' ')[0]).toBe(expected)
          if (expected === undefined) expect(traffic.fates[there.length + i]?.reason).toBeUndefined()
        }
      },
    )
    fc.assert(property, { numRuns: 60 })
  })
})
