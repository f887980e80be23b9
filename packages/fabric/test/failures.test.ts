import { MS, NS, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { EventBlueprint } from '../src/blueprint/blueprint.ts'
import { Network } from '../src/build/network.ts'
import { Failures } from '../src/clocks/failures.ts'
import { PacketClock } from '../src/clocks/packet/packet-clock.ts'
import { leafSpineNetwork, plainLink } from './helpers/networks.ts'
import { type Fate, OpenLoop } from './helpers/open-loop.ts'

const FROM = 'ord1/leaf-0/host-0'
const TO = 'ord1/leaf-1/host-0'
/** Routing reacts 1 ms after a change. */
const ROUTING = { detectionPs: 300 * US, convergencePs: 700 * US }
/** From the sending host to its leaf's decision: 1000 bytes at 100 Gbit/s and the cable. */
const TO_LEAF = 80 * NS + US

interface Sent {
  /** When the first leaf decides on it. */
  readonly decidedPs: number
  readonly fate: Fate
  /** The spine that it crossed or would have; undefined when it never got so far. */
  readonly sourcePort: number
}

/** Sends a packet every 10 us for 9 ms, by turns of 32 source ports, while these events happen. */
function run(events: readonly EventBlueprint[], spines = 2): Sent[] {
  const link = plainLink(100e9, US)
  const blueprint = leafSpineNetwork({ spines, hostsPerLeaf: 1, hostLink: link, fabricLink: link }, ROUTING)
  const clock = new PacketClock(new Network(blueprint, { checked: true }))
  const traffic = new OpenLoop(clock)
  new Failures(clock, events)
  const datagrams = Array.from({ length: 900 }, (_, i) => ({
    atPs: i * 10 * US,
    from: FROM,
    to: TO,
    sizeBytes: 1000,
    sourcePort: 5000 + (i % 32),
  }))
  traffic.send(datagrams)
  clock.network.sim.run()
  clock.network.ledger.assertConserved()
  return datagrams.map(({ atPs, sourcePort }, i) => ({
    decidedPs: atPs + TO_LEAF,
    sourcePort,
    fate: traffic.fates[i]!,
  }))
}

const outcome = ({ fate }: Sent): string =>
  fate.reason === undefined ? 'delivered' : `${fate.reason} at ${fate.place}`
const within = (sent: readonly Sent[], from: number, to: number) =>
  sent.filter((s) => s.decidedPs >= from && s.decidedPs < to)
const outcomes = (sent: readonly Sent[]) => [...new Set(sent.map(outcome))].sort()

const fail = (atPs: number, target: string): EventBlueprint => ({ atPs, action: 'fail', target })
const repair = (atPs: number, target: string): EventBlueprint => ({ atPs, action: 'repair', target })

const DOWN_AT_LEAF = 'link-down at ord1/leaf-0 → ord1/spine-1'

describe('a spine that fails at 2 ms and comes back at 6 ms', () => {
  const sent = run([fail(2 * MS, 'ord1/spine-1'), repair(6 * MS, 'ord1/spine-1')])
  /** What the leaf sent to spine-1 while all was well, by source port. */
  const lossy = new Set(
    within(sent, 2 * MS, 3 * MS)
      .filter((s) => s.fate.reason !== undefined)
      .map((s) => s.sourcePort),
  )

  it('changes nothing before', () => {
    expect(outcomes(within(sent, 0, 2 * MS - 3 * US))).toEqual(['delivered'])
  })

  it('loses what is sent to the dead member as link-down until detection and convergence have passed', () => {
    const hole = within(sent, 2 * MS, 3 * MS)
    expect(outcomes(hole)).toEqual(['delivered', DOWN_AT_LEAF])
    for (const each of hole)
      expect(outcome(each)).toBe(lossy.has(each.sourcePort) ? DOWN_AT_LEAF : 'delivered')
    expect(lossy.size).toBeGreaterThan(8)
    expect(lossy.size).toBeLessThan(24)
  })

  it('loses nothing from then on, on repair neither', () => {
    expect(outcomes(within(sent, 3 * MS, Infinity))).toEqual(['delivered'])
  })
})

describe('which spine carries a flow', () => {
  /** Packets that spine-1 received up to each of these instants. */
  function receivedBySpine(events: readonly EventBlueprint[], instants: readonly number[]): number[] {
    const link = plainLink(100e9, US)
    const blueprint = leafSpineNetwork({ hostsPerLeaf: 1, hostLink: link, fabricLink: link }, ROUTING)
    const clock = new PacketClock(new Network(blueprint))
    const traffic = new OpenLoop(clock)
    new Failures(clock, events)
    const { sim, topology } = clock.network
    traffic.send(
      Array.from({ length: 900 }, (_, i) => ({
        atPs: i * 10 * US,
        from: FROM,
        to: TO,
        sizeBytes: 1000,
        sourcePort: i,
      })),
    )
    return instants.map((instant) => {
      sim.run(instant)
      return clock.forwarders[topology.nodeIndex('ord1/spine-1')]!.received
    })
  }

  it('stays away from a repaired spine until it is detected and converged', () => {
    const events = [fail(2 * MS, 'ord1/spine-1'), repair(6 * MS, 'ord1/spine-1')]
    const [failed, repaired, converged, later] = receivedBySpine(events, [
      2 * MS + 3 * US,
      6 * MS,
      7 * MS,
      8 * MS,
    ])
    expect(failed).toBeGreaterThan(60)
    expect(repaired).toBe(failed)
    expect(converged).toBe(failed)
    expect(later).toBeGreaterThan(failed! + 30)
  })

  it('does not change for a flap that is shorter than the detection delay', () => {
    const events = [fail(2 * MS, 'ord1/spine-1'), repair(2 * MS + 299 * US, 'ord1/spine-1')]
    const [failed, back, later] = receivedBySpine(events, [
      2 * MS + 3 * US,
      2 * MS + 299 * US,
      3 * MS + 300 * US,
    ])
    const [, , undisturbed] = receivedBySpine([], [2 * MS + 3 * US, 2 * MS + 299 * US, 3 * MS + 300 * US])
    expect(back).toBe(failed)
    // the packets of 299 us, half of them by this spine, are all that is missing
    const missing = undisturbed! - later!
    expect(missing).toBeGreaterThan(8)
    expect(missing).toBeLessThan(22)
  })
})

describe('routing and time', () => {
  it('ignores a flap shorter than the detection delay: losses end with the flap', () => {
    const sent = run([fail(2 * MS, 'ord1/spine-1'), repair(2.2 * MS, 'ord1/spine-1')])
    expect(outcomes(within(sent, 2 * MS, 2.2 * MS))).toEqual(['delivered', DOWN_AT_LEAF])
    expect(outcomes(within(sent, 2.2 * MS, Infinity))).toEqual(['delivered'])
  })

  it('lets every failure converge at its own time', () => {
    const sent = run([fail(2 * MS, 'ord1/spine-1'), fail(2.5 * MS, 'ord1/spine-2')], 3)
    const other = 'link-down at ord1/leaf-0 → ord1/spine-2'
    expect(outcomes(within(sent, 2 * MS, 2.5 * MS))).toEqual(['delivered', DOWN_AT_LEAF])
    expect(outcomes(within(sent, 2.5 * MS, 3 * MS))).toEqual(['delivered', DOWN_AT_LEAF, other])
    expect(outcomes(within(sent, 3 * MS, 3.5 * MS))).toEqual(['delivered', other])
    expect(outcomes(within(sent, 3.5 * MS, Infinity))).toEqual(['delivered'])
  })

  it('does not start over when what is down is failed again', () => {
    const sent = run([
      fail(2 * MS, 'ord1/spine-1'),
      fail(2.25 * MS, 'ord1/spine-1'),
      fail(2.9 * MS, 'ord1/spine-1'),
    ])
    expect(outcomes(within(sent, 2 * MS, 3 * MS))).toEqual(['delivered', DOWN_AT_LEAF])
    expect(outcomes(within(sent, 3 * MS, Infinity))).toEqual(['delivered'])
  })

  it('treats a link like a node, and keeps it down while either is', () => {
    const sent = run([
      fail(2 * MS, 'ord1/leaf-0:ord1/spine-1'),
      fail(2.5 * MS, 'ord1/spine-1'),
      repair(3.2 * MS, 'ord1/leaf-0:ord1/spine-1'),
      repair(4 * MS, 'ord1/spine-1'),
    ])
    expect(outcomes(within(sent, 2 * MS, 3 * MS))).toEqual(['delivered', DOWN_AT_LEAF])
    expect(outcomes(within(sent, 3 * MS, Infinity))).toEqual(['delivered'])
  })

  it('gives no route when nothing is left, and finds it again after the repair', () => {
    const cut = ['ord1/spine-0', 'ord1/spine-1']
    const sent = run([...cut.map((name) => fail(2 * MS, name)), ...cut.map((name) => repair(6 * MS, name))])
    expect(outcomes(within(sent, 3 * MS, 7 * MS))).toEqual(['no-route at ord1/leaf-0'])
    expect(outcomes(within(sent, 7 * MS, Infinity))).toEqual(['delivered'])
  })

  it('drops at the leaf for a dead host, then for want of a route at the first leaf', () => {
    const sent = run([fail(2 * MS, TO)])
    expect(outcomes(within(sent, 2 * MS, 3 * MS - 3 * US))).toEqual([`link-down at ord1/leaf-1 → ${TO}`])
    expect(outcomes(within(sent, 3 * MS, Infinity))).toEqual(['no-route at ord1/leaf-0'])
  })

  it('drops what a dead host would send', () => {
    const sent = run([fail(2 * MS, FROM), repair(3 * MS, FROM)])
    const dead = within(sent, 2 * MS + TO_LEAF, 3 * MS + TO_LEAF)
    expect(outcomes(dead)).toEqual([`node-down at ${FROM}`])
  })
})

describe('packets under way when a failure strikes', () => {
  /** 100 packets back to back over links of 100 us; the first leaf-to-spine link is full of them at 150 us. */
  function strike(event: EventBlueprint): OpenLoop {
    const link = { ...plainLink(1e9, 100 * US), delayPs: 100 * US }
    const blueprint = leafSpineNetwork(
      { spines: 1, hostsPerLeaf: 1, hostLink: link, fabricLink: link },
      ROUTING,
    )
    const clock = new PacketClock(new Network(blueprint, { checked: true }))
    const traffic = new OpenLoop(clock)
    new Failures(clock, [event])
    traffic.send(Array.from({ length: 100 }, () => ({ atPs: 0, from: FROM, to: TO, sizeBytes: 1000 })))
    clock.network.sim.run()
    clock.network.ledger.assertConserved()
    return traffic
  }
  // packet n (from 1) reaches the leaf at 100 us + 8n us and has left it for the spine 8 us later

  it('arrive when the cable behind them breaks, if they had left whole', () => {
    const traffic = strike(fail(156 * US, 'ord1/leaf-0:ord1/spine-0'))
    // packets 1 to 6 have left the leaf by 156 us, packet 7 arrives at that instant and finds the link dead
    expect(traffic.counts()).toEqual({ delivered: 6, 'link-down': 94 })
  })

  it('lose the one that is being sent', () => {
    const traffic = strike(fail(155 * US, 'ord1/leaf-0:ord1/spine-0'))
    expect(traffic.counts()).toEqual({ delivered: 5, 'link-down': 95 })
    expect(traffic.fates[5]).toMatchObject({ reason: 'link-down', atPs: 155 * US })
  })

  it('are lost at a dead switch', () => {
    const traffic = strike(fail(156 * US, 'ord1/spine-0'))
    expect(traffic.counts()).toEqual({ 'node-down': 6, 'link-down': 94 })
    expect(traffic.fates[0]).toMatchObject({ place: 'ord1/spine-0', atPs: 216 * US })
  })
})
