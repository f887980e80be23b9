import { MS, SECOND, US } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NetworkBlueprint } from '../src/blueprint/network.ts'
import { leafSpine } from '../src/blueprint/generators/leaf-spine.ts'
import { leafSpineOptions } from '../src/blueprint/generators/options.fixture.ts'
import { attachWorkloads } from '../src/blueprint/generators/workloads.ts'
import { Network } from '../src/build/network.ts'
import { walk } from '../src/clocks/walk/walk.ts'
import { BALANCER_KINDS } from '../src/load-balancer/balancer.ts'
import type { ServiceBlueprint, ServiceEndpointBlueprint } from '../src/load-balancer/service-blueprint.ts'
import { PROTOCOL_UDP } from '../src/model/packet-table.ts'
import type { Policy } from '../src/policy/policy-blueprint.ts'
import { DatagramEcho } from './helpers/datagram-echo.ts'
import { networkOf, plainLink } from './helpers/networks.ts'

const HOSTS = ['ord1/leaf-0/host-0', 'ord1/leaf-0/host-1', 'ord1/leaf-1/host-0']
const NAMES = ['shop/web', 'shop/cart-0', 'shop/cart-1', 'shop/cart-2']
const PLACES = [0, 0, 1, 2]
const SERVICE_ADDRESS = '10.96.0.10'
const PORT = 80
const TARGET = 8080

type State = 'ready' | 'starting' | 'draining'

interface Choices {
  readonly states?: readonly State[]
  readonly policies?: readonly Policy[]
  readonly service?: Partial<ServiceBlueprint>
}

/** Four workloads, three of which serve. */
function networkWith({
  states = ['ready', 'ready', 'ready'],
  policies = [],
  service,
}: Choices): NetworkBlueprint {
  const { delayPs, framing, queue } = plainLink(10e9, US)
  const parts = leafSpine(leafSpineOptions({ leaves: 2, spines: 2, hostsPerLeaf: 2 }))
  const workloads = NAMES.map((name, i) => ({ name, host: HOSTS[PLACES[i]!]!, addresses: [] }))
  const network = networkOf(attachWorkloads(parts, workloads, { delayPs, framing, queue }))
  const addressOf = (name: string) =>
    network.nodes.flatMap((node) =>
      node.kind === 'host' && node.name === name ? node.interfaces.flatMap(({ addresses }) => addresses) : [],
    )[0]!
  const endpoints = states.map((state, i): ServiceEndpointBlueprint => {
    const name = NAMES[i + 1]!
    return {
      name,
      node: HOSTS[PLACES[i + 1]!]!,
      address: addressOf(name),
      port: TARGET,
      ready: state === 'ready',
      serving: state !== 'starting',
      terminating: state === 'draining',
    }
  })
  const set = {
    namespaces: [{ name: 'shop', labels: {} }],
    nodes: [],
    workloads: NAMES.map((name) => ({
      name,
      namespace: 'shop',
      labels: { app: name.replace(/^shop\/|-\d$/g, '') },
      ports: [],
      addresses: [addressOf(name)],
      hostNetwork: false,
    })),
    policies,
  }
  const cart: ServiceBlueprint = {
    name: 'shop/cart',
    addresses: [SERVICE_ADDRESS],
    ports: [{ protocol: PROTOCOL_UDP, port: PORT, endpoints }],
    balancer: { kind: 'round-robin' },
    policy: 'cluster',
    ...service,
  }
  return { ...network, interfaces: { policies: set, services: [cart] } }
}

/** Workloads that answer every datagram: who got it, and from whom each answer came, as `address:port`. */
class Echo {
  readonly #echo: DatagramEcho

  constructor(blueprint: NetworkBlueprint) {
    this.#echo = new DatagramEcho(blueprint)
  }

  get network(): Network {
    return this.#echo.network
  }

  get got(): (string | undefined)[] {
    return this.#echo.got.map((each) => each?.at)
  }

  get answers(): (string | undefined)[] {
    return this.#echo.answers.map((each) => each?.from)
  }

  get drops(): string[] {
    return this.#echo.drops.filter((reason) => reason !== undefined)
  }

  get refusals(): number {
    return this.#echo.refusals
  }

  /** Sends one datagram from this source port to the service. */
  call(sourcePort: number, atPs = sourcePort * US): void {
    this.#echo.send(sourcePort, 'shop/web', SERVICE_ADDRESS, { port: PORT, sourcePort, atPs })
  }

  run(): this {
    this.#echo.run(this.network.sim.now + SECOND)
    return this
  }
}

const calls = (echo: Echo, count: number): Echo => {
  for (let port = 0; port < count; port++) echo.call(port)
  return echo.run()
}

function walked(blueprint: NetworkBlueprint) {
  const network = new Network(blueprint)
  const { hops, drops, delivered } = walk(network, {
    source: network.addressOf('shop/web', 'ipv4')!,
    destination: network.addresses.intern(SERVICE_ADDRESS),
    protocol: PROTOCOL_UDP,
    destinationPort: PORT,
    sizeBytes: 100,
  })
  const ends = new Map<string, number>()
  for (const { node, share, outcome } of hops) {
    if (outcome.kind !== 'delivered') continue
    const { name } = network.topology.nodes[node]!
    ends.set(name, (ends.get(name) ?? 0) + share)
  }
  const services = hops.flatMap(({ service }) => service ?? [])
  return { ends, delivered, drops: drops.map(({ reason }) => reason), services, live: network.packets.live }
}

describe('a service', () => {
  it('hands every new connection to an endpoint, and answers come from its own address', () => {
    const { got, answers } = calls(new Echo(networkWith({})), 6)
    expect(got).toEqual([
      'shop/cart-0',
      'shop/cart-1',
      'shop/cart-2',
      'shop/cart-0',
      'shop/cart-1',
      'shop/cart-2',
    ])
    expect(new Set(answers)).toEqual(new Set([`${SERVICE_ADDRESS}:${PORT}`]))
  })

  it('leaves a connection where it is while it lasts, and chooses anew afterwards', () => {
    const echo = new Echo(networkWith({}))
    for (const atPs of [0, 10 * MS, 20 * SECOND]) echo.call(7, atPs)
    echo.run()
    const first = echo.got[7]
    echo.call(8, 21 * SECOND)
    echo.call(7, 22 * SECOND)
    echo.network.sim.run(30 * SECOND)
    expect(echo.got[7]).toBe(first)
    // 120 s after its last packet the connection is forgotten; another one was opened meanwhile
    echo.call(7, 200 * SECOND)
    echo.network.sim.run(201 * SECOND)
    expect(echo.got[7]).not.toBe(first)
  })

  it('serves by draining endpoints where none is ready, and refuses where none serves', () => {
    const draining = calls(new Echo(networkWith({ states: ['starting', 'draining', 'starting'] })), 3)
    expect(draining.got).toEqual(['shop/cart-1', 'shop/cart-1', 'shop/cart-1'])
    const none = calls(new Echo(networkWith({ states: ['starting', 'starting', 'starting'] })), 2)
    expect(none.drops).toEqual(['service-no-endpoint', 'service-no-endpoint'])
  })

  it('with the policy local serves clients by endpoints of their host alone', () => {
    const local = calls(new Echo(networkWith({ service: { policy: 'local' } })), 3)
    expect(new Set(local.got)).toEqual(new Set(['shop/cart-0']))
    const states: State[] = ['starting', 'ready', 'ready']
    const elsewhere = networkWith({ states, service: { policy: 'local' } })
    expect(calls(new Echo(elsewhere), 1).drops).toEqual(['service-no-local-endpoint'])
    expect(walked(elsewhere).drops).toEqual(['service-no-local-endpoint'])
  })

  it('keeps a client at its endpoint while it calls again in time', () => {
    const blueprint = networkWith({ service: { affinityPs: 10 * SECOND } })
    const echo = new Echo(blueprint)
    for (const [port, at] of [0, 9, 18, 29].entries()) echo.call(port, at * SECOND)
    echo.network.sim.run(60 * SECOND)
    const [first, second, third, late] = echo.got
    expect([second, third]).toEqual([first, first])
    expect(late).not.toBe(first)
  })

  it('sends new connections where the fewest stand, and counts those that end', () => {
    const echo = new Echo(networkWith({ service: { balancer: { kind: 'least-connections' } } }))
    const { got } = calls(echo, 9)
    const counts = NAMES.slice(1).map((name) => got.filter((each) => each === name).length)
    expect(counts).toEqual([3, 3, 3])
    echo.network.sim.run(400 * SECOND)
    const [conntrack] = [...echo.network.interfaces!.conntracks.values()]
    expect(conntrack!.counts().size).toBe(0)
    for (let port = 10; port < 13; port++) echo.call(port, 400 * SECOND + port * US)
    echo.network.sim.run(401 * SECOND)
    expect(new Set(echo.got.slice(10))).toEqual(new Set(NAMES.slice(1)))
  })

  it('is judged by where its packets really go', () => {
    const select = {
      namespaces: { name: 'shop' },
      labels: [{ key: 'app', operator: 'In' as const, values: ['web'] }],
    }
    const only = (port: number): Policy => ({
      name: `NetworkPolicy shop/web-${port}`,
      tier: 'network',
      priority: 0,
      subject: select,
      egress: [
        {
          name: 'egress[0]',
          action: 'accept',
          ports: [{ kind: 'range', protocol: 'UDP', first: port, last: port }],
        },
      ],
    })
    expect(calls(new Echo(networkWith({ policies: [only(TARGET)] })), 3).drops).toEqual([])
    expect(calls(new Echo(networkWith({ policies: [only(PORT)] })), 1).drops).toEqual([
      'policy-denied-egress',
    ])
    expect(walked(networkWith({ policies: [only(PORT)] })).drops).toEqual(['policy-denied-egress'])
  })

  it('at a port that it has not, is nobody', () => {
    const blueprint = networkWith({ service: { ports: [] } })
    expect(calls(new Echo(blueprint), 1).drops).toEqual(['no-route'])
    expect(walked(blueprint).drops).toEqual(['no-route'])
  })
})

const state = fc.constantFrom<State>('ready', 'starting', 'draining')

describe('services in the walk', { timeout: 30_000 }, () => {
  it('go the ways of packets, by the shares that balancers give, and leave no trace', () => {
    const property = fc.property(
      fc.tuple(state, state, state),
      fc.constantFrom(...BALANCER_KINDS),
      fc.constantFrom<'cluster' | 'local'>('cluster', 'local'),
      (states, kind, policy) => {
        const blueprint = networkWith({ states, service: { balancer: { kind }, policy } })
        const { ends, delivered, drops, services, live } = walked(blueprint)
        const echo = calls(new Echo(blueprint), 30)
        const reached = new Set(echo.got.filter((name) => name !== undefined))
        for (const name of reached) expect(ends.has(name)).toBe(true)
        expect(new Set(drops)).toEqual(new Set(echo.drops))
        expect(echo.refusals).toBe(echo.drops.filter((reason) => reason === 'service-no-endpoint').length)
        expect(delivered).toBeCloseTo(drops.length > 0 ? 0 : 1, 9)
        expect(services.length).toBe(ends.size)
        expect(live).toBe(0)
        if (kind === 'round-robin' || kind === 'least-connections') {
          for (const [name, share] of ends)
            expect(echo.got.filter((each) => each === name).length / 30).toBeCloseTo(share, 9)
        }
      },
    )
    fc.assert(property, { numRuns: 40 })
  })
})
