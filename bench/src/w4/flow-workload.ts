import { NS, TIME_MAX } from '@weft/core'
import { type Blueprint, type FlowModel, FlowRun, PURE_SHARING } from '@weft/fabric'
import type { ListedFlow } from '../peers/flow-files.ts'
import { PeerFabric } from '../peers/peer-fabric.ts'

export const LEAF_HOSTS = 32
export const SPINES = 16
const FABRIC_RATE_BPS = 400e9

export interface FlowWorkloadOptions {
  /** Default: payload alone, max-min fair. */
  readonly model?: FlowModel
  /** Of every link; default 0. */
  readonly delayPs?: number
}

/** Given flows over W4's fabric under the flow clock: 32 hosts a leaf, 16 spines. */
export class FlowWorkload {
  readonly run: FlowRun
  readonly #flows: readonly ListedFlow[]

  constructor(flows: readonly ListedFlow[], hosts: number, options: FlowWorkloadOptions = {}) {
    const { model = PURE_SHARING, delayPs = 0 } = options
    this.#flows = flows
    const fabric = new PeerFabric({
      leaves: hosts / LEAF_HOSTS,
      spines: SPINES,
      hostsPerLeaf: LEAF_HOSTS,
      fabricRateBps: FABRIC_RATE_BPS,
      delayPs,
    })
    const names = Array.from({ length: hosts }, (_, host) => fabric.hostName(host))
    const back = flows.map(({ source, destination }) => ({ source: destination, destination: source }))
    const { key, bind } = fabric.pathKey((from, to) => fabric.hashedSpine(from, to), [...flows, ...back])
    this.run = new FlowRun(blueprint(fabric, names, flows), {
      arrivalsEndPs: TIME_MAX,
      hashKey: key,
      model,
    })
    bind(this.run.network)
  }

  /** Completion instants in seconds, in the order of the flow list; negative: never. */
  finishSeconds(): Float64Array {
    const { completedPs } = this.run.flows
    const seconds = new Float64Array(this.#flows.length)
    // rows stand in the order in which flows of a list start
    this.#flows
      .map((flow, index) => ({ ...flow, index }))
      .sort(
        (a, b) =>
          a.startNs - b.startNs || a.source - b.source || a.destination - b.destination || a.bytes - b.bytes,
      )
      .forEach(({ index }, row) => {
        seconds[index] = completedPs[row]! < 0 ? -1 : completedPs[row]! / 1e12
      })
    return seconds
  }
}

function blueprint(fabric: PeerFabric, hosts: readonly string[], flows: readonly ListedFlow[]): Blueprint {
  return {
    name: 'w4',
    seed: 'w4',
    network: fabric.blueprint,
    traffic: [
      {
        name: 'flows',
        pairs: { kind: 'all-to-all', hosts },
        offered: {
          kind: 'list',
          flows: flows.map(({ startNs, source, destination, bytes }) => ({
            startPs: startNs * NS,
            from: hosts[source]!,
            to: hosts[destination]!,
            bytes,
          })),
        },
        transport: { kind: 'tcp', options: {} },
        dscp: 0,
        priority: 0,
        family: 'ipv4',
      },
    ],
    events: [],
  }
}
