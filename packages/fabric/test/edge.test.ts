import { SECOND, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { HostBlueprint } from '../src/blueprint/network.ts'
import { EDGE_PLACES } from '../src/edge/edge-blueprint.ts'
import { Network } from '../src/build/network.ts'
import { walk } from '../src/clocks/walk/walk.ts'
import { PROTOCOL_UDP } from '../src/model/packet-table.ts'
import { DatagramEcho } from './helpers/datagram-echo.ts'
import { FLOATING, OUTSIDE, POOL, regionOnline, VIP } from './helpers/region-online.ts'

describe.each(EDGE_PLACES)('the edge of a region, translated at %s', (place) => {
  it('gives what leaves an address of the pool, and answers return to who asked', () => {
    const echo = new DatagramEcho(regionOnline({ place }))
    echo.send(0, 'shop/web', OUTSIDE[0]!).send(1, 'games/lobby', OUTSIDE[0]!, { sourcePort: 5001 })
    echo.send(2, 'shop/cart-1', OUTSIDE[1]!).run(SECOND)
    expect(echo.drops).toEqual([])
    expect(echo.got.map((each) => each?.at)).toEqual([0, 0, 1].map((i) => `internet/${OUTSIDE[i]}`))
    for (const { from } of echo.got as { from: string }[]) expect(from).toMatch(new RegExp(`^${POOL}:\\d+$`))
    expect(echo.answers.map((each) => each?.at)).toEqual(['shop/web', 'games/lobby', 'shop/cart-1'])
    expect(echo.answers[0]).toMatchObject({ from: `${OUTSIDE[0]}:80` })
    expect(echo.answers[0]!.to).toMatch(/:5000$/)
  })

  it('lets nobody in who was not asked, by no private address', () => {
    const echo = new DatagramEcho(regionOnline({ place }))
    const web = echo.network.addresses.textOf(echo.network.addressOf('shop/web', 'ipv4')!)
    echo.send(0, `internet/${OUTSIDE[0]}`, web).send(1, `internet/${OUTSIDE[0]}`, POOL, { port: 5000 })
    echo.run(SECOND)
    expect(echo.drops).toEqual(['destination-not-public', 'nat-no-mapping'])
    expect(echo.got).toEqual([])
  })

  it('hands what comes for a service to its endpoints, which see the client; answers bear the service’s address', () => {
    const echo = new DatagramEcho(regionOnline({ place }))
    for (let i = 0; i < 8; i++) echo.send(i, `internet/${OUTSIDE[0]}`, VIP, { sourcePort: 6000 + i })
    echo.run(SECOND)
    expect(echo.drops).toEqual([])
    expect(new Set(echo.got.map((each) => each!.at))).toEqual(new Set(['shop/cart-0', 'shop/cart-1']))
    expect(echo.got[0]!.from).toBe(`${OUTSIDE[0]}:6000`)
    expect(echo.got[0]!.to).toMatch(/:8080$/)
    expect(new Set(echo.answers.map((each) => each!.from))).toEqual(new Set([`${VIP}:80`]))
  })

  it('keeps a connection to a service at its endpoint', () => {
    const echo = new DatagramEcho(regionOnline({ place }))
    for (let i = 0; i < 4; i++) echo.send(i, `internet/${OUTSIDE[0]}`, VIP, { atPs: i * SECOND })
    echo.run(5 * SECOND)
    expect(new Set(echo.got.map((each) => each!.at)).size).toBe(1)
  })

  it('leaves an attached address alone, both ways', () => {
    const echo = new DatagramEcho(regionOnline({ place }))
    echo.send(0, `internet/${OUTSIDE[0]}`, FLOATING, { port: 27_015 })
    echo.send(1, 'games/lobby', OUTSIDE[1]!, { source: FLOATING }).run(SECOND)
    expect(echo.got[0]).toEqual({
      at: 'games/lobby',
      from: `${OUTSIDE[0]}:5000`,
      to: `${FLOATING}:27015`,
    })
    expect(echo.answers[0]!.from).toBe(`${FLOATING}:27015`)
    expect(echo.got[1]!.from).toBe(`${FLOATING}:5000`)
    expect(echo.answers[1]!.at).toBe('games/lobby')
  })

  it('stands for a workload with an address of its own that calls its region’s service, be it an endpoint itself', () => {
    const { edges, ...network } = regionOnline({ place })
    const [service] = edges![0]!.services
    const [port] = service!.ports
    const lobby = network.nodes.find(({ name }) => name === 'games/lobby') as HostBlueprint
    const [address] = lobby.interfaces[0]!.addresses
    const own = { ...port!.endpoints[0]!, name: 'games/lobby', node: 'ord1/leaf-0/host-1', address: address! }
    const endpoints = [...port!.endpoints, own]
    const services = [{ ...service!, ports: [{ ...port!, endpoints }] }]
    const echo = new DatagramEcho({ ...network, edges: [{ ...edges![0]!, services }] })
    for (let i = 0; i < 16; i++)
      echo.send(i, 'games/lobby', VIP, { sourcePort: 6000 + i, ...(i % 2 === 0 && { source: FLOATING }) })
    echo.run(SECOND)
    expect(echo.drops).toEqual([])
    expect(new Set(echo.got.map((each) => each!.at))).toEqual(
      new Set(['shop/cart-0', 'shop/cart-1', 'games/lobby']),
    )
    for (const { from } of echo.got as { from: string }[]) expect(from).toMatch(new RegExp(`^${POOL}:`))
    echo.answers.forEach((each, i) => {
      expect(each).toMatchObject({ at: 'games/lobby', from: `${VIP}:80` })
      expect(each!.to).toBe(`${i % 2 === 0 ? FLOATING : address}:${6000 + i}`)
    })
    expect(echo.answers).toHaveLength(16)
    // left to itself it sends from its private address, as to all of its region
    const { addresses } = echo.network
    const facing = (far: string) => {
      const near = echo.network.addressOf('games/lobby', 'ipv4')!
      return addresses.textOf(echo.network.facing(near, addresses.intern(far)))
    }
    expect([VIP, POOL, OUTSIDE[0]!].map(facing)).toEqual([address, address, FLOATING])
  })

  it('turns nobody round whom it cannot stand for: a server without a vswitch, where hosts translate', () => {
    const echo = new DatagramEcho(regionOnline({ place }))
    echo.send(0, 'ord1/leaf-1/host-1', VIP).run(SECOND)
    expect(echo.drops).toEqual(place === 'gateways' ? [] : ['source-not-public'])
    expect(echo.answers.map((each) => each?.at)).toEqual(place === 'gateways' ? ['ord1/leaf-1/host-1'] : [])
  })

  it('lets nothing out with a private address where there is no pool', () => {
    const { edges, ...network } = regionOnline({ place })
    const { nat: _, ...bare } = edges![0]!
    const echo = new DatagramEcho({ ...network, edges: [bare] })
    expect(echo.send(0, 'shop/web', OUTSIDE[0]!).run(SECOND).drops).toEqual(['source-not-public'])
  })

  it('drops by name who finds no port, and has room again when a connection is forgotten', () => {
    const nat = { pool: { addresses: [POOL], ports: [[2000, 2003]] as const }, shareSize: 1 }
    const echo = new DatagramEcho(regionOnline({ place, nat }))
    for (let i = 0; i < 6; i++) echo.send(i, 'shop/web', OUTSIDE[0]!, { sourcePort: 7000 + i, atPs: i * US })
    echo.send(6, 'shop/web', OUTSIDE[0]!, { sourcePort: 7006, atPs: 200 * SECOND }).run(201 * SECOND)
    // at hosts each of the three has a share, the first of them two ports
    const room = place === 'gateways' ? 4 : 2
    expect(echo.got.filter((each) => each !== undefined)).toHaveLength(room + 1)
    expect(echo.drops.filter((each) => each !== undefined)).toEqual(
      Array(6 - room).fill('nat-ports-exhausted'),
    )
    expect(echo.got[6]).toBeDefined()
  })
})

describe.each(EDGE_PLACES)('the walk, where addresses are translated at %s', (place) => {
  const walked = (from: string, to: string) => {
    const network = new Network(regionOnline({ place }))
    const [source, destination] = [from, to].map(
      (end) => network.addressOf(end, 'ipv4') ?? network.addresses.intern(end),
    )
    const tuple = { protocol: PROTOCOL_UDP, sourcePort: 5000, destinationPort: 80 }
    const result = walk(network, {
      source: source!,
      destination: destination!,
      ...tuple,
      sizeBytes: 100,
    })
    const { nodes } = network.topology
    const ends = result.hops.flatMap(({ node, outcome, share }) =>
      outcome.kind === 'delivered' ? [[nodes[node]!.name, share]] : [],
    )
    const changes = result.hops.flatMap(({ translated }) => translated ?? [])
    return { network, ends: Object.fromEntries(ends), drops: result.drops, changes }
  }

  it('tells what stands for the sender on the internet', () => {
    const { network, ends, changes } = walked('shop/web', `internet/${OUTSIDE[0]}`)
    expect(ends).toEqual({ [`internet/${OUTSIDE[0]}`]: 1 })
    expect(changes.map(({ source }) => network.addresses.textOf(source))).toEqual([POOL])
    expect(network.packets.live).toBe(0)
  })

  it('goes to the endpoints of a public service by their shares', () => {
    const { ends } = walked(`internet/${OUTSIDE[0]}`, VIP)
    expect(Object.keys(ends)).toEqual(['shop/cart-0', 'shop/cart-1'])
    // Maglev's table is a prime's slots, which two cannot share evenly
    for (const share of Object.values(ends)) expect(share).toBeCloseTo(0.5, 4)
  })

  it('goes to and from a workload by its own public address', () => {
    const outward = walked('games/lobby', `internet/${OUTSIDE[0]}`)
    expect(outward.ends).toEqual({ [`internet/${OUTSIDE[0]}`]: 1 })
    expect(outward.changes).toEqual([])
    expect(walked(`internet/${OUTSIDE[0]}`, 'games/lobby').ends).toEqual({ 'games/lobby': 1 })
    expect(walked(`internet/${OUTSIDE[0]}`, 'shop/web').drops).toMatchObject([
      { reason: 'destination-not-public', share: 1 },
    ])
  })
})

describe('a load balancer in the middle', () => {
  const [CLUSTER_IP, MIDDLE] = ['10.96.0.10', '10.200.0.1']
  const central = () => {
    const { edges, ...network } = regionOnline({ place: 'gateways' })
    const [edge] = edges!
    const services = edge!.services.map((service) => ({ ...service, addresses: [CLUSTER_IP] }))
    return { ...network, edges: [{ ...edge!, inside: { services, addresses: [MIDDLE] } }] }
  }

  it('stands for clients, so that answers come back by it', () => {
    const echo = new DatagramEcho(central())
    for (let i = 0; i < 4; i++) echo.send(i, 'games/lobby', CLUSTER_IP, { sourcePort: 6000 + i })
    echo.send(4, `internet/${OUTSIDE[0]}`, CLUSTER_IP).run(SECOND)
    expect(echo.drops.filter((drop) => drop !== undefined)).toEqual(['destination-not-public'])
    expect(new Set(echo.got.map((each) => each!.at))).toEqual(new Set(['shop/cart-0', 'shop/cart-1']))
    for (const each of echo.got) expect(each!.from).toMatch(new RegExp(`^${MIDDLE}:`))
    expect(new Set(echo.answers.map((each) => each!.from))).toEqual(new Set([`${CLUSTER_IP}:80`]))
    expect(new Set(echo.answers.map((each) => each!.at))).toEqual(new Set(['games/lobby']))
  })

  it('is on the way in the walk as well', () => {
    const network = new Network(central())
    const { hops, delivered } = walk(network, {
      source: network.addressOf('games/lobby', 'ipv4')!,
      destination: network.addresses.intern(CLUSTER_IP),
      protocol: PROTOCOL_UDP,
      destinationPort: 80,
      sizeBytes: 100,
    })
    expect(delivered).toBeCloseTo(1, 12)
    const { nodes } = network.topology
    expect(new Set(hops.map(({ node }) => nodes[node]!.name))).toContain('ord1/gateway-0')
  })
})
