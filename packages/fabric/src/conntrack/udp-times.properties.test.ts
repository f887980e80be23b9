import { SECOND } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Conntrack } from './conntrack.ts'
import { ConntrackPacket } from './conntrack-packet.ts'
import { ESTABLISHED, NEW } from './verdict.ts'

/** What UDP's entries are, said in a map of objects. */
interface Flow {
  openedPs: number
  expiryPs: number
  isAnswered: boolean
  opener: number
}

const step = fc.record({
  waitPs: fc.constantFrom(0, 1, SECOND, 2 * SECOND, 2 * SECOND + 1, 29 * SECOND, 30 * SECOND, 119 * SECOND),
  from: fc.nat({ max: 1 }),
  port: fc.nat({ max: 3 }),
})

describe('Conntrack', () => {
  it('has UDP flows as long as a map of them has, at every instant', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 100 }), (steps) => {
        const clock = { now: 0 }
        const conntrack = new Conntrack(clock, { capacity: 8 })
        const packet = new ConntrackPacket()
        packet.protocol = 17
        const flows = new Map<number, Flow>()
        for (const { waitPs, from, port } of steps) {
          clock.now += waitPs
          packet.source = from
          packet.destination = 1 - from
          packet.sourcePort = packet.destinationPort = port
          let flow = flows.get(port)
          if (flow !== undefined && flow.expiryPs <= clock.now) flow = undefined
          const isKnown = flow !== undefined && (flow.isAnswered || flow.opener !== from)
          expect(conntrack.inspect(packet)).toBe(isKnown ? ESTABLISHED : NEW)
          expect(conntrack.opens).toBe(flow === undefined)
          if (conntrack.opens) conntrack.commit(packet)
          flow ??= { openedPs: clock.now, expiryPs: 0, isAnswered: false, opener: from }
          const isStream = flow.isAnswered && clock.now > flow.openedPs + 2 * SECOND
          flow.expiryPs = clock.now + (isStream ? 120 : 30) * SECOND
          if (flow.opener !== from) flow.isAnswered = true
          flows.set(port, flow)
        }
        const living = [...flows.values()].filter(({ expiryPs }) => expiryPs > clock.now)
        expect(conntrack.counts().size).toBe(living.length)
      }),
      { numRuns: 500 },
    )
  })
})
