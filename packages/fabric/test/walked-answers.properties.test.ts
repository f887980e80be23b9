import { Simulation } from '@weft/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { NetworkBlueprint } from '../src/blueprint/network.ts'
import { Network } from '../src/build/network.ts'
import { rewritesOn } from '../src/clocks/walk/rewrites-on.ts'
import { walk } from '../src/clocks/walk/walk.ts'
import type { PacketEnds } from '../src/interfaces/mode.ts'
import { DELIVER, LOCAL_INGRESS, ONE_OF } from '../src/model/decision.ts'
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../src/model/packet-table.ts'
import { probePacket } from '../src/model/probe-packet.ts'
import { ACK, SYN } from '../src/model/tcp-flags.ts'
import { clouds, serviceCalled } from './helpers/random-cloud.ts'

const CLIENT_PORT = 40_000
const BYTES = 1500

type Trail = { readonly node: number; readonly ends: PacketEnds }[]

/** Sends a packet that tables remember, and answers where it came and as what; undefined where it did not arrive. */
function send(network: Network, protocol: number, ends: PacketEnds, isAnswer: boolean): Trail | undefined {
  const { packets, nodes, topology } = network
  const packet = probePacket(packets, { protocol, ...ends }, BYTES)
  if (isAnswer && protocol === PROTOCOL_TCP) {
    packets.tcpFlags[packet] = SYN | ACK
    packets.acknowledgement[packet] = 1
  }
  const trail: Trail = []
  let [node, ingress] = [network.hostOf(ends.source)!, LOCAL_INGRESS]
  for (;;) {
    const component = nodes[node]!
    let decision = component.decide(packet, ingress)
    const { source, sourcePort, destination, destinationPort } = packets
    const now = {
      source: source[packet]!,
      sourcePort: sourcePort[packet]!,
      destination: destination[packet]!,
      destinationPort: destinationPort[packet]!,
    }
    trail.push({ node, ends: now })
    if (decision < 0) return undefined
    if (decision === DELIVER) return trail
    if (decision >= ONE_OF)
      decision = component.selector.preview(component.groups[decision - ONE_OF]!, packet)!
    const { neighbour, neighbourPort } = topology.ports[node]![decision]!
    node = neighbour
    ingress = neighbourPort
  }
}

/** All packets of a flow take one way. */
const hashed = (cloud: NetworkBlueprint): NetworkBlueprint => ({
  ...cloud,
  nodes: cloud.nodes.map((node) =>
    node.kind === 'host' ? node : { ...node, ecmp: { ...node.ecmp, mode: 'five-tuple' as const } },
  ),
})

const turned = ({ source, sourcePort, destination, destinationPort }: PacketEnds): PacketEnds => ({
  source: destination,
  sourcePort: destinationPort,
  destination: source,
  destinationPort: sourcePort,
})

const isSame = (one: PacketEnds, other: PacketEnds): boolean =>
  (Object.keys(one) as (keyof PacketEnds)[]).every((key) => one[key] === other[key])

const call = fc.record({
  from: fc.nat(),
  to: fc.nat(),
  way: fc.constantFrom('cluster', 'external', 'middle', 'public', 'node', undefined, undefined, undefined),
  protocol: fc.constantFrom(PROTOCOL_TCP, PROTOCOL_UDP),
})

it('answers that are walked are rewritten where and to what those of packets are', {
  timeout: 60_000,
}, () => {
  // by how often an answer is rewritten
  const seen = [0, 0, 0]
  const property = fc.property(clouds, fc.array(call, { minLength: 2, maxLength: 4 }), (cloud, calls) => {
    const network = () => new Network(hashed(cloud), { sim: new Simulation({ seed: 'answers' }) })
    const hosts = cloud.nodes.flatMap((node) => (node.kind === 'host' ? [node.name] : []))
    const servers = hosts.filter((name) => name.startsWith('r/'))
    for (const { from, to, way, protocol } of calls) {
      const live = network()
      live.goLive()
      const [client, taker] = [hosts[from % hosts.length]!, hosts[to % hosts.length]!]
      const service = way && serviceCalled(cloud, way, servers[to % servers.length]!)
      if (way === undefined ? client === taker : service === undefined) continue
      const near = live.addressOf(client, 'ipv4')!
      const far = service ? live.addresses.intern(service.address) : live.addressOf(taker, 'ipv4')!
      const sent = {
        source: live.facing(near, far),
        sourcePort: CLIENT_PORT,
        destination: live.facing(far, near),
        destinationPort: service?.port ?? 8080,
      }
      const there = send(live, protocol, sent, false)
      if (there === undefined) continue
      const arrived = there.at(-1)!.ends
      const back = send(live, protocol, turned(arrived), true)
      // whoever sends past what translates, as a server without a virtual switch does, is not answered as what it called
      if (back === undefined || !isSame(back.at(-1)!.ends, turned(sent))) continue
      const asked = network()
      const probe = { protocol, sizeBytes: BYTES }
      const ways = walk(asked, { ...probe, ...sent, endpoint: arrived.destination, drawsPorts: true })
      const rewrites = rewritesOn(asked, ways.hops)
      const answer = walk(asked, { ...probe, ...turned(arrived), isAnswer: true, rewrites })
      let ends = turned(arrived)
      const walked = answer.hops.map(({ node, before, translated }) => {
        expect(before ?? ends).toEqual(ends)
        ends = translated ?? ends
        return { node, ends }
      })
      expect(walked).toEqual(back)
      const changes = answer.hops.filter(({ translated }) => translated !== undefined).length
      seen[Math.min(changes, 2)]!++
    }
  })
  fc.assert(property, { numRuns: 150 })
  expect(Math.min(...seen)).toBeGreaterThan(0)
})
