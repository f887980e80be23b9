import { NS, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { PacketTrace } from '../src/clocks/packet/packet-trace.ts'
import type { InterfacesBlueprint } from '../src/interfaces/interfaces-blueprint.ts'
import type { ServiceBlueprint, ServiceEndpointBlueprint } from '../src/load-balancer/service-blueprint.ts'
import { readIcmpError } from '../src/model/icmp-error.ts'
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../src/model/packet-table.ts'
import type { Policy } from '../src/policy/policy-blueprint.ts'
import { Calls } from './helpers/calls.ts'
import { allow, HOSTS, inShop, networkWith, port } from './helpers/workloads.ts'

const SERVICE = '10.96.0.10'
const PORT = 80
const TARGET = 8080
/** `shop/web` and `shop/cart` share the first host; `shop/pay` is on the third. */
const [FIRST, , THIRD] = HOSTS.map((host) => `${host}/vswitch`)

function addressOf(workload: string): string {
  const node = networkWith([]).nodes.find(({ name }) => name === workload)
  return node?.kind === 'host' ? node.interfaces[0]!.addresses[0]! : ''
}

/** A service of these workloads. */
function serviceOf(names: readonly string[], rest: Partial<ServiceBlueprint> = {}): ServiceBlueprint {
  const endpoints = names.map(
    (name): ServiceEndpointBlueprint => ({
      name,
      node: HOSTS[name === 'shop/pay' ? 2 : 0]!,
      address: addressOf(name),
      port: TARGET,
      ready: true,
      serving: true,
      terminating: false,
    }),
  )
  const ports = [PROTOCOL_TCP, PROTOCOL_UDP].map((protocol) => ({ protocol, port: PORT, endpoints }))
  const balancer = { kind: 'round-robin' as const }
  return { name: 'shop/api', addresses: [SERVICE], ports, balancer, policy: 'cluster', ...rest }
}

const callsWith = (policies: readonly Policy[], rest: Partial<InterfacesBlueprint>, trace?: PacketTrace) =>
  new Calls(networkWith(policies, rest), trace)

/** Nobody but `shop/db` may call. */
const closed = (name: string) => allow(name, 'db', [port(TARGET), port(TARGET, 'UDP')])
const silent: Policy = {
  name: 'NetworkPolicy shop/silent',
  tier: 'network',
  priority: 0,
  subject: inShop('web'),
  egress: [],
}

/** When a flow ended. */
function endOf(calls: Calls, flow: number): number {
  let endPs = -1
  calls.run.flows.listener = {
    onFlowEnd: (ended) => {
      if (ended === flow) endPs = calls.sim.now
    },
  }
  calls.settle()
  return endPs
}

/** A SYN of 60 bytes there and a RST of 40 back, over a virtual link of 100 Gbit/s and 1 µs. */
const ONE_ROUND_TRIP = 2 * US + (60 + 40) * 0.08 * NS

describe('a service without endpoints', () => {
  const services = [serviceOf([])]

  it('refuses connections after one round trip to the switch', () => {
    const calls = callsWith([], { services })
    const flow = calls.connect('shop/web', SERVICE, PORT)
    expect(endOf(calls, flow)).toBe(ONE_ROUND_TRIP)
    expect(calls.outcomeOf(flow)).toBe('connection-refused')
    expect(calls.drops()).toEqual([`1 service-no-endpoint at ${FIRST}`])
    const [conntrack] = calls.run.network.interfaces!.conntracks.values()
    expect(conntrack!.counts()).toMatchObject({ inserted: 0, invalid: 0 })
  })

  it('tells who sends datagrams, by an error from the server that quotes them', () => {
    const calls = callsWith([], { services })
    const quoted: unknown[] = []
    const { network, flows } = calls.run
    calls.run.stackOf('shop/web').udp.onRefusal = (packet) => {
      const { packets, addresses } = network
      const { type, code, destination, sourcePort, destinationPort } = readIcmpError(packets, packet)
      const [from, about] = [packets.source[packet]!, destination].map((id) => addresses.textOf(id))
      quoted.push([from, packets.sizeBytes[packet], type, code, about, sourcePort, destinationPort])
    }
    const flow = calls.send('shop/web', SERVICE, PORT, 7, 3)
    calls.settle()
    const server = network.addresses.textOf(network.addressOf(HOSTS[0]!, 'ipv4')!)
    expect(quoted).toEqual(Array(3).fill([server, 128, 3, 3, SERVICE, 7, PORT]))
    expect(flows.refusals[flow]).toBe(3)
    const { packetsOriginated, packetsDelivered, packetsDropped, answers } = flows
    expect(
      [packetsOriginated, packetsDelivered, packetsDropped, answers].map((books) => books[flow]),
    ).toEqual([3, 0, 3, 3])
  })

  it('answers where the trace can see it', () => {
    const trace = new PacketTrace()
    const calls = callsWith([], { services }, trace)
    calls.connect('shop/web', SERVICE, PORT, 2000)
    calls.settle()
    expect(trace.storyOf(2).map(({ event, place }) => `${event} ${place}`)).toEqual([
      `originated ${FIRST}`,
      `sent ${FIRST} → shop/web`,
      'received shop/web',
      'delivered shop/web',
    ])
  })

  it('of its own host alone drops what others could serve, without a word', () => {
    const calls = callsWith([], { services: [serviceOf(['shop/pay'], { policy: 'local' })] })
    const flow = calls.connect('shop/web', SERVICE, PORT)
    calls.settle()
    expect(calls.outcomeOf(flow)).toBe('syn-timeout')
    expect(calls.drops()).toEqual([`3 service-no-local-endpoint at ${FIRST}`])
  })
})

describe('what policies deny', () => {
  const cases = [
    ['as it leaves', silent, 'shop/pay', FIRST],
    ['as it enters on the same host', closed('cart'), 'shop/cart', FIRST],
    ['as it enters elsewhere', closed('pay'), 'shop/pay', THIRD],
  ] as const

  it.each(cases)('%s is lost without a word, as long as nothing else is asked for', (_, policy, to, at) => {
    const calls = callsWith([policy], {})
    const flow = calls.connect('shop/web', to, TARGET)
    calls.settle()
    expect(calls.outcomeOf(flow)).toBe('syn-timeout')
    const reason = policy === silent ? 'policy-denied-egress' : 'policy-denied-ingress'
    expect(calls.drops()).toEqual([`3 ${reason} at ${at}`])
  })

  it.each(cases)('%s is refused where that is asked for, and leaves no connection', (_, policy, to, at) => {
    for (const called of [to, SERVICE]) {
      const calls = callsWith([policy], { whenDenied: 'reject', services: [serviceOf([to])] })
      const flow = calls.connect('shop/web', called, called === to ? TARGET : PORT)
      calls.settle()
      expect(calls.outcomeOf(flow)).toBe('connection-refused')
      const reason = policy === silent ? 'policy-denied-egress' : 'policy-denied-ingress'
      expect(calls.drops()).toEqual([`1 ${reason} at ${at}`])
      for (const conntrack of calls.run.network.interfaces!.conntracks.values())
        expect(conntrack.counts()).toMatchObject({ size: 0, invalid: 0 })
    }
  })

  it.each(cases)('%s tells who sends datagrams what they sent, also through a service', (_, policy, to) => {
    for (const called of [to, SERVICE]) {
      const calls = callsWith([policy], { whenDenied: 'reject', services: [serviceOf([to])] })
      const quoted: unknown[] = []
      const { packets, addresses } = calls.run.network
      calls.run.stackOf('shop/web').udp.onRefusal = (packet) => {
        const error = readIcmpError(packets, packet)
        quoted.push([
          error.code,
          addresses.textOf(error.destination),
          error.sourcePort,
          error.destinationPort,
        ])
      }
      const flow = calls.send('shop/web', called, called === to ? TARGET : PORT, 7)
      calls.settle()
      const { packetsOriginated, packetsDelivered, packetsDropped, answers, refusals } = calls.run.flows
      expect([packetsOriginated, packetsDelivered, packetsDropped].map((books) => books[flow])).toEqual([
        1, 0, 1,
      ])
      expect([answers, refusals].map((books) => books[flow])).toEqual([1, 1])
      const about = called === to ? [addressOf(to), 7, TARGET] : [SERVICE, 7, PORT]
      expect(quoted).toEqual([[13, ...about]])
    }
  })
})

describe('a port where nobody listens', () => {
  it.each(['shop/cart', 'shop/pay'])('refuses, also behind a service: %s', (name) => {
    for (const [called, at] of [
      [name, TARGET],
      [SERVICE, PORT],
    ] as const) {
      const calls = callsWith([], { services: [serviceOf([name])] })
      calls.run.stackOf(name)
      const flow = calls.connect('shop/web', called, at)
      let refusals = 0
      calls.run.stackOf('shop/web').udp.onRefusal = () => refusals++
      calls.sendUnbooked('shop/web', called, at, 7)
      calls.settle()
      expect(calls.outcomeOf(flow)).toBe('connection-refused')
      expect(refusals).toBe(1)
      expect(calls.drops()).toEqual([`1 port-unreachable at ${name}`])
    }
  })
})
