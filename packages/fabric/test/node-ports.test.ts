import { describe, expect, it } from 'vitest'
import type { NetworkBlueprint } from '../src/blueprint/network.ts'
import { Network } from '../src/build/network.ts'
import { rewritesOn } from '../src/clocks/walk/rewrites-on.ts'
import { walk } from '../src/clocks/walk/walk.ts'
import type { ServiceBlueprint } from '../src/load-balancer/service-blueprint.ts'
import { readIcmpError } from '../src/model/icmp-error.ts'
import { PROTOCOL_TCP } from '../src/model/packet-table.ts'
import type { Policy } from '../src/policy/policy-blueprint.ts'
import { Calls } from './helpers/calls.ts'
import { ADDRESS, SERVICE_PORT, serviceOf, TARGET } from './helpers/services.ts'
import { allow, HOSTS, inShop, networkWith, port } from './helpers/workloads.ts'

const NODE_PORT = 30_080
/** `shop/web` and `shop/cart` are on the first host, `shop/db` on the second, `shop/pay` on the third. */
const [FIRST, SECOND, THIRD] = HOSTS as [string, string, string]

function network(
  endpoints: readonly string[],
  rest: Partial<ServiceBlueprint> = {},
  policies: readonly Policy[] = [],
  whenDenied: 'drop' | 'reject' = 'drop',
): NetworkBlueprint {
  return networkWith(policies, (built) => {
    const states = Object.fromEntries(endpoints.map((name) => [name, 'ready' as const]))
    const service = serviceOf(built, states, rest)
    const ports = service.ports.map((each) => ({ ...each, nodePort: NODE_PORT }))
    return { services: [{ ...service, ports }], whenDenied }
  })
}

/** A connection and a datagram from there: what became of them, and whom the endpoint took them to be from. */
function called(blueprint: NetworkBlueprint, from: string, to: string, at: number, endpoint?: string) {
  const calls = new Calls(blueprint)
  const { network: built } = calls.run
  const nameOf = (address: number) => built.topology.nodes[built.hostOf(address)!]!.name
  const clients = new Set<string>()
  if (endpoint !== undefined) calls.listen(endpoint, TARGET)
  const { packets } = built
  calls.sink.listener = { onArrival: (packet) => clients.add(nameOf(packets.source[packet]!)) }
  const flow = calls.connect(from, to, at)
  calls.send(from, to, at, 7)
  calls.settle()
  return { outcome: calls.outcomeOf(flow), clients: [...clients], drops: calls.drops(), calls }
}

const well = (client: string) => ({ outcome: 'completed', clients: [client], drops: [] })

/** An endpoint where nobody listens refuses calls of the node port, and who calls reads in that what he called. */
function expectToldOfWhatItCalled(net: NetworkBlueprint, from: string, endpoint: string): void {
  const calls = new Calls(net)
  calls.run.stackOf(endpoint)
  const quoted: unknown[] = []
  const { packets, addresses } = calls.run.network
  calls.run.stackOf(from).udp.onRefusal = (packet) => {
    const { destination, sourcePort, destinationPort } = readIcmpError(packets, packet)
    quoted.push([addresses.textOf(destination), sourcePort, destinationPort])
  }
  const flow = calls.connect(from, FIRST, NODE_PORT)
  calls.sendUnbooked(from, FIRST, NODE_PORT, 7)
  calls.settle()
  expect(calls.outcomeOf(flow)).toBe('connection-refused')
  const server = calls.run.network.addressOf(FIRST, 'ipv4')!
  expect(quoted).toEqual([[addresses.textOf(server), 7, NODE_PORT]])
}

describe('an endpoint that calls its own service', () => {
  it('reaches itself, by way of its server', () => {
    const seen = called(network(['shop/web']), 'shop/web', ADDRESS, SERVICE_PORT, 'shop/web')
    expect(seen).toMatchObject(well(FIRST))
  })

  it('does, whatever policies say', () => {
    const silent: Policy = { ...allow('web', 'nobody', []), egress: [] }
    const seen = called(network(['shop/web'], {}, [silent]), 'shop/web', ADDRESS, SERVICE_PORT, 'shop/web')
    expect(seen).toMatchObject(well(FIRST))
  })

  it('keeps connections of one port apart', () => {
    const calls = new Calls(
      networkWith([], (built) => {
        const service = serviceOf(built, { 'shop/web': 'ready' })
        return { services: [service, { ...service, name: 'shop/other', addresses: ['10.96.0.11'] }] }
      }),
    )
    calls.listen('shop/web', TARGET)
    const flows = [ADDRESS, '10.96.0.11'].map((to) => calls.connect('shop/web', to, SERVICE_PORT, 2000))
    calls.settle()
    expect(flows.map((flow) => calls.outcomeOf(flow))).toEqual(['completed', 'completed'])
  })

  it('is seen by the walk', () => {
    const built = new Network(network(['shop/web']))
    const source = built.addressOf('shop/web', 'ipv4')!
    const destination = built.addresses.find(ADDRESS)!
    const probe = {
      source,
      destination,
      protocol: PROTOCOL_TCP,
      destinationPort: SERVICE_PORT,
      sizeBytes: 60,
    }
    const { hops, delivered } = walk(built, probe)
    expect(delivered).toBe(1)
    expect(hops.map(({ node }) => built.topology.nodes[node]!.name)).toEqual([
      'shop/web',
      `${FIRST}/vswitch`,
      'shop/web',
    ])
  })
})

describe('a node port', () => {
  const callers = ['shop/db', 'shop/pay', 'shop/web', 'shop/cart', SECOND, THIRD]
  const endpoints = ['shop/web', 'shop/db', 'shop/pay']

  it.each(callers)('leads %s to an endpoint wherever that is, the server standing for it', (from) => {
    for (const endpoint of endpoints)
      expect(called(network([endpoint]), from, FIRST, NODE_PORT, endpoint)).toMatchObject(well(FIRST))
  })

  it('is the same to the walk', () => {
    for (const from of callers) {
      for (const endpoint of endpoints) {
        const built = new Network(network([endpoint]))
        const [source, destination] = [from, FIRST].map((name) => built.addressOf(name, 'ipv4')!)
        const ends = { source: source!, destination: destination! }
        const probe = { ...ends, protocol: PROTOCOL_TCP, destinationPort: NODE_PORT, sizeBytes: 60 }
        const { hops, delivered, drops } = walk(built, probe)
        expect(drops).toEqual([])
        expect(delivered).toBeCloseTo(1, 12)
        const last = hops.filter(({ outcome }) => outcome.kind === 'delivered')
        expect(new Set(last.map(({ node }) => built.topology.nodes[node]!.name))).toEqual(new Set([endpoint]))
        expect(hops.flatMap(({ service }) => service ?? [])).toContain('shop/cart')
      }
    }
  })

  it('of local policy keeps the client, and has the endpoints of its own server alone', () => {
    const local = network(['shop/cart', 'shop/pay'], { externalPolicy: 'local' })
    for (const from of ['shop/db', SECOND])
      expect(called(local, from, FIRST, NODE_PORT, 'shop/cart')).toMatchObject(well(from))
    const refused = called(local, 'shop/web', SECOND, NODE_PORT)
    expect(refused.outcome).toBe('syn-timeout')
    expect(refused.drops).toEqual([`4 service-no-local-endpoint at ${SECOND}/vswitch`])
  })

  it('of local policy leads workloads of its own server everywhere, and keeps their address too', () => {
    for (const name of endpoints) {
      const local = network([name], { externalPolicy: 'local' })
      const from = name === 'shop/web' ? FIRST : 'shop/web'
      expect(called(local, 'shop/web', FIRST, NODE_PORT, name)).toMatchObject(well(from))
    }
  })

  it.each(callers)('without endpoints refuses %s', (from) => {
    const { outcome, drops } = called(network([]), from, FIRST, NODE_PORT)
    expect(outcome).toBe('connection-refused')
    expect(drops).toEqual([`2 service-no-endpoint at ${FIRST}/vswitch`])
  })

  it.each(callers)('tells %s what becomes of it at the endpoint, as of what it sent', (from) => {
    for (const policy of ['cluster', 'local'] as const) {
      for (const name of ['shop/cart', 'shop/pay']) {
        const isOutside = from !== 'shop/web' && from !== 'shop/cart'
        if (policy === 'local' && isOutside && name === 'shop/pay') continue
        expectToldOfWhatItCalled(network([name], { externalPolicy: policy }), from, name)
      }
    }
  })

  it('lets workloads of its server out by where they really go', () => {
    const only = (to: string): Policy => ({
      name: 'NetworkPolicy shop/web',
      tier: 'network',
      priority: 0,
      subject: inShop('web'),
      egress: [
        {
          name: 'egress[0]',
          action: 'accept',
          peers: [{ kind: 'workloads', select: inShop(to) }],
          ports: [port(TARGET), port(TARGET, 'UDP')],
        },
      ],
    })
    const allowed = called(network(['shop/pay'], {}, [only('pay')]), 'shop/web', FIRST, NODE_PORT, 'shop/pay')
    expect(allowed).toMatchObject(well(FIRST))
    const denied = network(['shop/pay'], {}, [only('cart')], 'reject')
    const { outcome, drops } = called(denied, 'shop/web', FIRST, NODE_PORT, 'shop/pay')
    expect(outcome).toBe('connection-refused')
    expect(drops).toEqual([`2 policy-denied-egress at ${FIRST}/vswitch`])
  })

  it.each(['cluster', 'local'] as const)(
    'of %s policy leads its own server to every endpoint',
    (externalPolicy) => {
      for (const endpoint of [...endpoints, FIRST, SECOND]) {
        const net = network([endpoint], { externalPolicy })
        expect(called(net, FIRST, FIRST, NODE_PORT, endpoint)).toMatchObject(well(FIRST))
      }
    },
  )

  it('is refused where its own server has no endpoint or nobody listens, and the server is told of what it called', () => {
    const { outcome, drops } = called(network([]), FIRST, FIRST, NODE_PORT)
    expect([outcome, drops]).toEqual(['connection-refused', [`2 service-no-endpoint at ${FIRST}/vswitch`]])
    for (const endpoint of [FIRST, 'shop/web', 'shop/pay']) {
      expectToldOfWhatItCalled(network([endpoint]), FIRST, endpoint)
    }
  })

  it('leads whoever calls to its own server, where that is the endpoint', () => {
    for (const from of callers) {
      const isElsewhere = from !== 'shop/web' && from !== 'shop/cart'
      for (const externalPolicy of ['cluster', 'local'] as const) {
        const net = network([FIRST], { externalPolicy })
        expect(called(net, from, FIRST, NODE_PORT, FIRST)).toMatchObject(well(from))
      }
      if (!isElsewhere) {
        const open = network([FIRST], {
          addresses: [ADDRESS, '10.97.0.10'],
          externalAddresses: ['10.97.0.10'],
        })
        expect(called(open, from, '10.97.0.10', SERVICE_PORT, FIRST)).toMatchObject(well(from))
      }
    }
  })

  it('tells a workload that policies deny an endpoint on its own server by the port that it called', () => {
    const silent: Policy = { ...allow('web', 'nobody', []), egress: [] }
    const denied = network([FIRST], { externalPolicy: 'local' }, [silent], 'reject')
    expect(called(denied, 'shop/web', FIRST, NODE_PORT).outcome).toBe('connection-refused')
  })

  it('that a server calls of itself is that of the walk, there and back', () => {
    const built = new Network(network([FIRST]))
    const server = built.addressOf(FIRST, 'ipv4')!
    const names = (result: ReturnType<typeof walk>) =>
      result.hops.map(({ node }) => built.topology.nodes[node]!.name)
    const ends = { source: server, destination: server, protocol: PROTOCOL_TCP, sizeBytes: 60 }
    const there = walk(built, { ...ends, destinationPort: NODE_PORT })
    expect(names(there)).toEqual([FIRST, `${FIRST}/vswitch`, FIRST])
    const rewrites = rewritesOn(built, there.hops)
    const back = { ...ends, sourcePort: TARGET, destinationPort: 0, isAnswer: true as const, rewrites }
    expect(names(walk(built, back))).toEqual([FIRST, `${FIRST}/vswitch`, FIRST])
    expect(names(walk(built, { ...ends, destinationPort: TARGET }))).toEqual([FIRST])
  })

  it('leaves other ports of the server to the server', () => {
    const seen = called(network(['shop/pay']), 'shop/db', FIRST, TARGET, FIRST)
    expect(seen).toMatchObject(well('shop/db'))
  })
})
