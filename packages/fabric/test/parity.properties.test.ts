import { Simulation } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Network } from '../src/build/network.ts'
import { PacketClock } from '../src/clocks/packet/packet-clock.ts'
import { PacketTrace } from '../src/clocks/packet/packet-trace.ts'
import type { WalkResult } from '../src/clocks/walk/probe.ts'
import { walk } from '../src/clocks/walk/walk.ts'
import { PROTOCOL_UDP } from '../src/model/packet-table.ts'
import { LinkState } from '../src/routing/topology.ts'
import { applyOutages, networks, outages } from './helpers/arbitraries.ts'
import { type Datagram, OpenLoop } from './helpers/open-loop.ts'

const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const port = fc.integer({ min: 0, max: 65_535 })

const traffic = fc.array(
  fc.record({
    from: fraction,
    to: fraction,
    sourcePort: port,
    destinationPort: port,
    family: fc.constantFrom('ipv4' as const, 'ipv6' as const),
  }),
  { minLength: 1, maxLength: 12, size: 'max' },
)

/** A network in which things are dead; routing has noticed, or has not. */
function damaged(
  blueprint: ConstructorParameters<typeof Network>[0],
  down: Parameters<typeof applyOutages>[2],
  noticed: boolean,
) {
  const network = new Network(blueprint, { sim: new Simulation({ seed: 'parity' }), checked: true })
  const { topology } = network
  const trace = new PacketTrace()
  const clock = new PacketClock(network, { trace })
  const state = applyOutages(topology, new LinkState(topology), down)
  if (noticed) network.installRoutes(state)
  clock.transmitters.forEach((pair, link) => {
    for (const transmitter of pair) transmitter.setUp(state.usable(link))
  })
  for (const [node, forwarder] of clock.forwarders.entries()) forwarder.setUp(state.nodeUp[node] === 1)
  return { network, clock, trace, state }
}

/** Where a packet went according to the trace: nodes, links between them, and its end. */
function tracedPath(trace: PacketTrace, packet: number): string[] {
  const story = trace.storyOf(packet)
  const steps = story.filter(
    ({ event }) => event !== 'marked' && event !== 'delivered' && event !== 'dropped',
  )
  const path = steps.map(({ place }) => place)
  const end = story.at(-1)!
  return [...path, end.event === 'delivered' ? 'delivered' : `${end.reason}`]
}

/** Every way that a walk took, in the same words. */
function walkedPaths(network: Network, { hops, drops }: WalkResult): string[][] {
  const { topology } = network
  const nameOf = (node: number) => topology.nodes[node]!.name
  const ways = (node: number, depth: number): string[][] => {
    const { outcome } = hops.find((hop) => hop.node === node && hop.depth === depth)!
    if (outcome.kind === 'delivered') return [[nameOf(node), 'delivered']]
    if (outcome.kind === 'dropped') return [[nameOf(node), outcome.reason]]
    return outcome.members
      .filter(({ share }) => share > 0)
      .flatMap(({ port }) => {
        const { link, neighbour } = topology.ports[node]![port]!
        const direction = topology.directionName(link, topology.linkNodes[link]![0] === node ? 0 : 1)
        const onward = hops.some((hop) => hop.node === neighbour && hop.depth === depth + 1)
        const dead = drops.some((drop) => drop.node === node && drop.reason === 'link-down')
        return [
          ...(onward ? ways(neighbour, depth + 1).map((rest) => [nameOf(node), direction, ...rest]) : []),
          ...(dead ? [[nameOf(node), 'link-down']] : []),
        ]
      })
  }
  return ways(hops[0]!.node, 0)
}

describe('packet clock and walk agree', { timeout: 30_000 }, () => {
  it('on the path and end of every packet, whatever is down, noticed by routing or not', () => {
    const property = fc.property(
      networks(),
      outages,
      fc.boolean(),
      traffic,
      (blueprint, down, noticed, drawn) => {
        const { network, clock, trace, state } = damaged(blueprint, down, noticed)
        const { topology } = network
        const hosts = topology.nodes.filter((node) => node.kind === 'host').map(({ name }) => name)
        const pick = (at: number) => hosts[Math.floor(at * hosts.length)]!
        const datagrams: Datagram[] = drawn.map((each, i) => ({
          ...each,
          atPs: i * 1_000_000_000,
          from: pick(each.from),
          to: pick(each.to),
          sizeBytes: 100,
        }))
        const openLoop = new OpenLoop(clock)
        openLoop.send(datagrams)
        datagrams.forEach((datagram, i) => {
          const { from, to, family = 'ipv4', sourcePort = 0, destinationPort = 0 } = datagram
          const [source, destination] = [network.addressOf(from, family)!, network.addressOf(to, family)!]
          const probe = {
            source,
            destination,
            protocol: PROTOCOL_UDP,
            sourcePort,
            destinationPort,
            sizeBytes: 100,
          }
          const live = network.packets.live
          const result = walk(
            network,
            probe,
            (link) => state.usable(link),
            (node) => state.nodeUp[node] === 1,
          )
          expect(network.packets.live).toBe(live)
          const total = result.delivered + result.drops.reduce((sum, { share }) => sum + share, 0)
          expect(Math.abs(total - 1)).toBeLessThan(1e-12)
          network.sim.run(datagram.atPs + 999_999_999)
          const path = tracedPath(trace, i + 1)
          const ways = walkedPaths(network, result)
          const chance = topology.nodes.some(
            (node) => node.kind === 'switch' && /spray|flowlet/.test(node.ecmp.mode),
          )
          if (chance) expect(ways).toContainEqual(path)
          else expect(ways).toEqual([path])
        })
        network.sim.run()
        network.ledger.assertConserved()
      },
    )
    fc.assert(property, { numRuns: 100 })
  })

  it('on all ways together: a probe without a source port has the paths of every source port', () => {
    const property = fc.property(
      networks({ modes: ['five-tuple', 'resilient'] }),
      fraction,
      fraction,
      (blueprint, a, b) => {
        const network = new Network(blueprint)
        const hosts = network.topology.nodes.filter((node) => node.kind === 'host').map(({ name }) => name)
        const address = (at: number) => network.addressOf(hosts[Math.floor(at * hosts.length)]!, 'ipv4')!
        const probe = {
          source: address(a),
          destination: address(b),
          protocol: PROTOCOL_UDP,
          destinationPort: 9,
          sizeBytes: 100,
        }
        const all = walkedPaths(network, walk(network, probe))
        for (let sourcePort = 0; sourcePort < 40; sourcePort++) {
          const [path, ...others] = walkedPaths(network, walk(network, { ...probe, sourcePort }))
          expect(others).toEqual([])
          expect(all).toContainEqual(path)
        }
      },
    )
    fc.assert(property, { numRuns: 40 })
  })
})
