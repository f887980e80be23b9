import { graph, leafSpine, region, type Scenario, type ScenarioOptions, scenario } from '../index.ts'
import { PacketRunningClock } from './packet-clock/packet-running-clock.ts'
import { ScenarioRun } from './scenario-run.ts'

type Link = { readonly between: [string, string]; readonly rate: string; readonly delay?: string }

/** Hosts h1, h2 ... on one switch a. */
export const star = (hosts: number, rate = '10Gbps', queue?: { capacity: string; ecnThreshold?: string }) => {
  const names = Array.from({ length: hosts }, (_, index) => `h${index + 1}`)
  const links = names.map((name): Link => ({ between: [name, 'a'], rate }))
  const made = graph({
    switches: ['a'],
    hosts: names,
    links: links as [Link, ...Link[]],
    ...(queue !== undefined && { queue, nicQueue: { capacity: '100000 packets' } }),
  })
  return { r: region({ fabric: made }) }
}

/** Hosts h0 to h4 on a ring of switches s0 to s4: what goes two switches further loads each link twice. */
export const ring = () => {
  const places = [0, 1, 2, 3, 4]
  const links = places.flatMap((i): Link[] => [
    { between: [`h${i}`, `s${i}`], rate: '10Gbps' },
    { between: [`s${i}`, `s${(i + 1) % places.length}`], rate: '10Gbps' },
  ])
  const made = graph({
    switches: places.map((i) => `s${i}`) as [string],
    hosts: places.map((i) => `h${i}`) as [string],
    links: links as [Link, ...Link[]],
  })
  return { r: region({ fabric: made }) }
}

/** 2 leaves, 2 spines, 4 hosts, all links alike. */
export const pod = (queue = { capacity: '16 packets', ecnThreshold: '8 packets' }, hostsPerLeaf = 2) => ({
  r: region({
    fabric: leafSpine({
      leaves: 2,
      spines: 2,
      hostsPerLeaf,
      hostLink: '10Gbps',
      fabricLink: '10Gbps',
      queue,
    }),
    routing: { detection: '20us', convergence: '30us' },
  }),
})

export const transport = { dctcp: { minRto: '200us', initialRto: '500us' } }

export const started = (options: ScenarioOptions | Scenario): ScenarioRun =>
  new ScenarioRun(('compiled' in options ? options : scenario(options)).compiled)

/** Runs to the end in slices of these lengths, in turn. */
export function finished(run: ScenarioRun, slicesPs: readonly number[] = [Infinity]): ScenarioRun {
  let slice = 0
  while (!run.finished) {
    const untilPs = run.nowPs + slicesPs[slice++ % slicesPs.length]!
    while (!run.finished && run.nowPs < untilPs) run.advance(untilPs)
  }
  run.end()
  return run
}

/** The clock of a run that is under the packet clock. */
export function packetClockOf({ clock }: ScenarioRun): PacketRunningClock {
  if (!(clock instanceof PacketRunningClock)) throw new Error('the run is not under the packet clock')
  return clock
}

export const transmittersOf = (run: ScenarioRun) => packetClockOf(run).engine.clock.transmitters.flat()

/** Everything that was counted, but for what depends on the windows. */
export function countsOf(run: ScenarioRun) {
  const { nowPs } = run
  const { engine, packets } = packetClockOf(run)
  const { flows, network, sim } = engine
  return {
    nowPs,
    digest: sim.digest.toString(),
    events: sim.eventsRun,
    ledger: [
      network.ledger.originated,
      network.ledger.delivered,
      network.ledger.dropped,
      network.packets.live,
    ],
    drops: network.ledger.drops(),
    dropTimes: [...packets.drops.rows()],
    flows: Array.from({ length: flows.size }, (_, flow) => [
      flows.startPs[flow],
      flows.completedPs[flow],
      flows.bytesDelivered[flow],
      flows.retransmissions[flow],
    ]),
    links: transmittersOf(run).map(({ name, packetsSent, wireBytesSent, packetsMarked, busyPs }) => {
      return [name, packetsSent, wireBytesSent, packetsMarked, busyPs]
    }),
  }
}
