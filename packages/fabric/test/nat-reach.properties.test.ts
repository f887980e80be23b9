import { MS, SECOND } from '@weft/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { walk } from '../src/clocks/walk/walk.ts'
import { EDGE_PLACES } from '../src/edge/edge-blueprint.ts'
import { PROTOCOL_UDP } from '../src/model/packet-table.ts'
import { DEPENDENCES } from '../src/nat/nat-options.ts'
import { DatagramEcho } from './helpers/datagram-echo.ts'
import { OUTSIDE, POOL, regionOnline } from './helpers/region-online.ts'

/** Below any timeout: all mappings live on. */
const STEP_PS = 10 * MS
/** The last to send is none of these. */
const SENDERS = ['shop/web', 'shop/cart-0']
const TURNING = 'shop/cart-1'

const outward = fc.record({
  from: fc.constantFrom(...SENDERS),
  sourcePort: fc.constantFrom(2000, 2001),
  to: fc.constantFrom(...OUTSIDE),
  port: fc.constantFrom(53, 80),
})
const inward = fc.record({
  from: fc.constantFrom(...OUTSIDE),
  sourcePort: fc.constantFrom<number>(53, 80, 9),
  /** Which of the external ports that were seen. */
  of: fc.nat({ max: 9 }),
})

/** What a packet's first way through the network comes to, by the walk at this instant. */
function walked({ network }: DatagramEcho, from: string, sourcePort: number, port: number): string {
  const { delivered, drops } = walk(network, {
    source: network.addressOf(from, 'ipv4')!,
    destination: network.addresses.intern(POOL),
    protocol: PROTOCOL_UDP,
    sourcePort,
    destinationPort: port,
    sizeBytes: 100,
  })
  return delivered === 1 ? 'delivered' : drops[0]!.reason
}

it.each(EDGE_PLACES)(
  'mappings let in whom their filter says, and hairpins, by packets and by the walk: translated at %s',
  (place) => {
    const seen: Record<string, number> = { delivered: 0, 'nat-filtered': 0, 'nat-no-hairpin': 0 }
    if (place === 'gateways') seen['nat-no-mapping'] = 0
    const property = fc.property(
      fc.array(outward, { minLength: 1, maxLength: 6 }),
      fc.array(inward, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(...DEPENDENCES),
      fc.constantFrom(...DEPENDENCES),
      fc.boolean(),
      (sent, strays, mapping, filtering, hairpinning) => {
        const nat = { pool: { addresses: [POOL] }, overloading: false, mapping, filtering, hairpinning }
        const blueprint = regionOnline({ place, nat })
        const first = new DatagramEcho(blueprint)
        const echo = new DatagramEcho(blueprint)
        for (const each of [first, echo])
          sent.forEach(({ from, to, ...ports }, i) => {
            each.send(i, from, to, { ...ports, atPs: i * STEP_PS })
          })
        first.run(SECOND)
        // by external port: to whom it has sent; by connection: through which
        const ends = new Map<number, Set<string>>()
        const through = new Map<string, number>()
        sent.forEach(({ to, port }, i) => {
          const external = Number(first.got[i]!.from.split(':')[1])
          through.set(`${first.answers[i]!.to} ${to}:${port}`, external)
          ends.set(external, (ends.get(external) ?? new Set()).add(to).add(`${to}:${port}`))
        })
        const externals = [...ends.keys()]
        const insideOf = new Map([...through].map(([key, external]) => [external, key.split(' ')[0]!]))
        const asked = strays.flatMap(({ from, sourcePort, of }) => {
          const port = externals[of % externals.length]!
          const known = { 'address-dependent': from, 'address-and-port-dependent': `${from}:${sourcePort}` }
          const isIn = filtering === DEPENDENCES[0] || ends.get(port)!.has(known[filtering])
          // to one inside endpoint a remote one is one connection, whichever way it came
          const connection = `${insideOf.get(port)} ${from}:${sourcePort}`
          const other = through.get(connection)
          if (other !== undefined && other !== port) return []
          if (isIn) through.set(connection, port)
          return [
            {
              from: `internet/${from}`,
              sourcePort,
              port,
              expected: isIn ? 'delivered' : 'nat-filtered',
            },
          ]
        })
        const turned = hairpinning
          ? filtering === DEPENDENCES[0]
            ? 'delivered'
            : 'nat-filtered'
          : 'nat-no-hairpin'
        asked.push({ from: TURNING, sourcePort: 7000, port: externals[0]!, expected: turned })
        // nobody has the port that it would be given itself
        if (place === 'gateways')
          asked.push({
            ...{ from: TURNING, sourcePort: 7001, port: 7001 },
            expected: hairpinning ? 'nat-no-mapping' : 'nat-no-hairpin',
          })
        const byWalk: string[] = []
        asked.forEach(({ from, sourcePort, port }, i) => {
          const atPs = SECOND + i * STEP_PS
          echo.network.sim.at(atPs - 1, () => byWalk.push(walked(echo, from, sourcePort, port)))
          echo.send(sent.length + i, from, POOL, { sourcePort, port, atPs })
        })
        echo.run(2 * SECOND)
        const byPackets = asked.map((_, i) =>
          echo.got[sent.length + i] === undefined ? echo.drops[sent.length + i] : 'delivered',
        )
        const expected = asked.map((each) => each.expected)
        expect(byPackets).toEqual(expected)
        expect(byWalk).toEqual(expected)
        // who is let in is answered, by the endpoint that was called
        asked.forEach((each, i) => {
          if (each.expected === 'delivered')
            expect(echo.answers[sent.length + i]).toMatchObject({
              at: each.from,
              from: `${POOL}:${each.port}`,
            })
          seen[each.expected]!++
        })
      },
    )
    fc.assert(property, { numRuns: 60 })
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(5)
  },
)
