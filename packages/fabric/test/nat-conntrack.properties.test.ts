import { randomStream, SECOND } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Conntrack, ConntrackPacket, Nat, NAT_OUTCOMES, natPool, type NatProfile } from '../src/index.ts'

const [UDP, EXTERNAL] = [17, 1]
const REMOTES = [2, 3]
const INSIDE = [4, 5, 6]

/** A gateway: connections hold the mappings that they use, and let go of them at the instant at which they end. */
class Gateway {
  readonly clock = { now: 0 }
  readonly nat: Nat
  readonly conntrack: Conntrack
  private readonly packet = new ConntrackPacket()
  /** By entry. */
  private readonly mappings: number[] = []

  constructor(profile: NatProfile, capacity: number) {
    this.conntrack = new Conntrack(this.clock, { capacity, evictionReach: 0 })
    this.nat = new Nat(this.clock, randomStream('gateway', profile), {
      profile,
      pool: natPool({ addresses: [EXTERNAL], ports: [[2000, 2003]] }),
      holdDownPs: 0,
    })
    const { table } = this.conntrack.entries
    this.conntrack.entries.onForget = (row) => {
      const [remote, remotePort] = [
        this.conntrack.destinationOf(row, 0),
        this.conntrack.destinationPortOf(row, 0),
      ]
      this.nat.release(this.mappings[row]!, remote, remotePort, Math.min(table.expiryOf(row), this.clock.now))
    }
  }

  /** The external port that a packet from inside leaves with; undefined where it is dropped. */
  leave(inside: number, insidePort: number, remote: number, remotePort: number): number | undefined {
    const { conntrack, nat } = this
    const packet = this.fill(inside, insidePort, remote, remotePort)
    conntrack.inspect(packet)
    if (!conntrack.opens) return conntrack.destinationPortOf(conntrack.row, 1)
    if (nat.outbound(UDP, inside, insidePort, remote, remotePort) !== NAT_OUTCOMES.TRANSLATED)
      return undefined
    const { mapping, address, port } = nat
    const row = conntrack.commitTranslated(packet, remote, address, remotePort, port)
    if (row < 0) nat.discard(mapping)
    else {
      this.mappings[row] = mapping
      nat.retain(mapping, remote, remotePort)
    }
    return row < 0 ? undefined : port
  }

  /** The inside endpoint that an answer reaches; undefined where it is not let in. */
  enter(remote: number, remotePort: number, externalPort: number): readonly [number, number] | undefined {
    const { conntrack } = this
    conntrack.inspect(this.fill(remote, remotePort, EXTERNAL, externalPort))
    if (conntrack.row < 0) return undefined
    return [conntrack.sourceOf(conntrack.row, 0), conntrack.sourcePortOf(conntrack.row, 0)]
  }

  private fill(source: number, sourcePort: number, destination: number, destinationPort: number) {
    return Object.assign(this.packet, { protocol: UDP, source, sourcePort, destination, destinationPort })
  }
}

describe('NAT with connection tracking', () => {
  it('has mappings as long as connections use them, and answers return to who asked', () => {
    const action = fc.record({
      inside: fc.constantFrom(...INSIDE),
      insidePort: fc.constantFrom(7000, 7001),
      remote: fc.constantFrom(...REMOTES),
      isAnswered: fc.boolean(),
      waitS: fc.constantFrom(0, 0, 1, 7, 29, 31),
    })
    const property = fc.property(
      fc.constantFrom<NatProfile>('linux', 'rfc'),
      fc.constantFrom(3, 100),
      fc.array(action, { maxLength: 60, size: 'max' }),
      (profile, capacity, actions) => {
        const gateway = new Gateway(profile, capacity)
        const { clock, nat, conntrack } = gateway
        for (const { inside, insidePort, remote, isAnswered, waitS } of actions) {
          clock.now += waitS * SECOND
          const port = gateway.leave(inside, insidePort, remote, 53)
          if (port !== undefined && isAnswered)
            expect(gateway.enter(remote, 53, port)).toEqual([inside, insidePort])
          if (port !== undefined) expect(gateway.enter(remote, 54, port)).toBeUndefined()
          const [connections, mappings] = [conntrack.counts(), nat.counts()]
          if (profile === 'linux') {
            expect(mappings.size).toBe(connections.size)
            expect(mappings.mean).toBeCloseTo(connections.mean, 9)
          }
          expect(mappings.size).toBeLessThanOrEqual(connections.size)
          expect(mappings.size > 0).toBe(connections.size > 0)
        }
        clock.now += 200 * SECOND
        expect([conntrack.counts().size, nat.counts().size, nat.portsOf(EXTERNAL, UDP).free]).toEqual([
          0, 0, 4,
        ])
      },
    )
    fc.assert(property, { numRuns: 200 })
  })
})
