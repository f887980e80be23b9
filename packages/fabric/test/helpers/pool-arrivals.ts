import { MS, meanInterval, SECOND } from '@weft/core'
import { expect } from 'vitest'
import { graph } from '../../src/blueprint/generators/graph.ts'
import type { Blueprint } from '../../src/blueprint/blueprint.ts'
import type { ConnectionLimitBlueprint, NetworkBlueprint } from '../../src/blueprint/network.ts'
import type { OfferedBlueprint, SizesBlueprint, TcpOptions } from '../../src/blueprint/traffic.ts'
import type { FlowRun } from '../../src/clocks/flow/flow-run.ts'
import type { PacketRun } from '../../src/clocks/packet/packet-run.ts'
import type { PoolCounts } from '../../src/pools/pool.ts'
import { networkOf, plainLink } from './networks.ts'

export const SERVER = 'r/server'
const ECMP = { mode: 'five-tuple', weights: 'equal', flowletGapPs: 0 } as const

/** So many clients and a server with a limit around one switch, 4 ms away from it and back, on links that never fill. */
export function serverNetwork(clients: number, connections: ConnectionLimitBlueprint): NetworkBlueprint {
  const names = Array.from({ length: clients }, (_, client) => `client-${client}`)
  const options = plainLink(100e9, MS, 100_000)
  const network = networkOf(
    graph({
      region: 'r',
      switches: [{ name: 's', tier: 'any', ecmp: ECMP }],
      hosts: ['server', ...names].map((name) => ({ name, bond: false })),
      links: ['server', ...names].map((name) => ({ between: [name, 's'], options })),
    }),
  )
  const nodes = network.nodes.map((node) =>
    node.kind === 'host' && node.name === SERVER ? { ...node, connections } : node,
  )
  return { ...network, nodes }
}

/** Connections from all clients to the server. */
export function connectionsTo(
  network: NetworkBlueprint,
  offered: OfferedBlueprint,
  options: Partial<TcpOptions>,
  seed: string,
): Blueprint {
  const clients = network.nodes.flatMap(({ kind, name }) =>
    kind === 'host' && name !== SERVER ? [name] : [],
  )
  const pairs = { kind: 'from-to', from: clients, to: [SERVER] } as const
  const transport = { kind: 'tcp', options } as const
  const traffic = { name: 'calls', pairs, offered, transport, dscp: 0, priority: 0, family: 'ipv4' } as const
  return { name: 'pool', seed, network, traffic: [traffic], events: [] }
}

/** What the server's pool counts from `warmPs` on until arrivals end. */
function countsOf(run: PacketRun | FlowRun, warmPs: number, endPs: number): PoolCounts {
  const pool = run.network.pools.find(SERVER, 'connections')!
  run.sim.run(warmPs)
  const before = pool.counts(run.sim.now)
  run.sim.run(endPs)
  const after = pool.counts(run.sim.now)
  return {
    asked: after.asked - before.asked,
    refused: after.refused - before.refused,
    usedPs: after.usedPs - before.usedPs,
  }
}

/** Seconds that a lone connection of this many bytes has its place. */
export function holdingSeconds(
  Run: typeof PacketRun | typeof FlowRun,
  network: NetworkBlueprint,
  bytes: number,
  options: Partial<TcpOptions>,
): number {
  const offered = {
    kind: 'list',
    flows: [{ startPs: 0, from: 'r/client-0', to: SERVER, bytes }],
  } as const
  const run = new Run(connectionsTo(network, offered, options, 'lone'), { arrivalsEndPs: 1 })
  return countsOf(run, 0, 1000 * SECOND).usedPs / SECOND
}

/** The expected value lies in the 99 % interval of the runs, which is no wider than this fraction of it. */
export function expectWithin(values: readonly number[], expected: number, widthMax: number): void {
  const { mean, low, high } = meanInterval(values, 0.99)
  expect(expected, `${mean} [${low}, ${high}]`).toBeGreaterThan(low)
  expect(expected, `${mean} [${low}, ${high}]`).toBeLessThan(high)
  expect((high - low) / 2 / expected).toBeLessThan(widthMax)
}

const CLIENTS = 10
const RUNS = 10
/** Windows of ten segments per round trip of 4 ms: a transfer's time is in proportion to its size. */
const PACED = { receiveBufferBytes: 14_480 }
export const MEAN_BYTES = 500_000

export interface Calls {
  readonly erlangs: number
  readonly size: number
  readonly sizes: SizesBlueprint
  readonly meanBytes: number
  readonly options: Partial<TcpOptions>
  readonly whenFull: 'reset' | 'drop'
  /** Per run, after the warm-up. */
  readonly flows: number
  /** The warm-up in holding times. */
  readonly warmUp: number
}

export const CALLS: Omit<Calls, 'erlangs' | 'size'> = {
  sizes: { kind: 'constant', bytes: MEAN_BYTES },
  meanBytes: MEAN_BYTES,
  options: PACED,
  whenFull: 'reset',
  flows: 8000,
  warmUp: 20,
}

/** One segment: two round trips, 8 ms, from SYN to the last acknowledgement. */
export const SHORT = { sizes: { kind: 'constant', bytes: 1400 }, meanBytes: 1400, options: {} } as const

/** By run: the share of connections that a pool of this size refuses, and its mean occupancy in erlangs. */
export function runs(Run: typeof PacketRun | typeof FlowRun, calls: Calls) {
  const { erlangs, size, sizes, meanBytes, options, whenFull, flows, warmUp } = calls
  const network = serverNetwork(CLIENTS, { max: size, whenFull })
  const holding = holdingSeconds(Run, network, meanBytes, options)
  const perSecond = erlangs / holding
  const warmPs = Math.round(warmUp * holding * SECOND)
  const endPs = warmPs + Math.round((flows / perSecond) * SECOND)
  const rate = { flowsPerSecond: perSecond / CLIENTS }
  const offered = { kind: 'flows', sizes, rate, startPs: 0 } as const
  const all = Array.from({ length: RUNS }, (_, run) => {
    const blueprint = connectionsTo(network, offered, options, `row 8, run ${run}`)
    return countsOf(new Run(blueprint, { arrivalsEndPs: endPs }), warmPs, endPs)
  })
  return {
    blocking: all.map(({ asked, refused }) => refused / asked),
    occupied: all.map(({ usedPs }) => usedPs / (endPs - warmPs)),
  }
}
