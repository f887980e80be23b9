import { randomStream } from '@weft/core'
import { demandMatrix, FailureSweep, Network, type NetworkBlueprint, SteadyClock } from '@weft/fabric'
import { type Costs, Meter } from '../../harness.ts'
import { peerNetwork } from '../peer-fabric.ts'

export interface SweepShape {
  readonly leaves: number
  readonly spines: number
  readonly hostsPerLeaf: number
}

/** A network as the script reads it: nodes and links by number. */
export interface PlainNetwork {
  readonly nodes: number
  readonly links: readonly (readonly [number, number])[]
  /** Source, destination, bit/s. */
  readonly demands: readonly (readonly [number, number, number])[]
}

export interface SweepMeasured extends Costs {
  readonly failures: number
  /** Of those asked for: load of every direction, and demand without a way, bit/s. */
  readonly loads: readonly (readonly number[])[]
  readonly lost: readonly number[]
}

/** Every link of a leaf-spine fails by itself, under demands of random rates between all hosts. */
export class SweepWorkload {
  readonly network: Network
  readonly plain: PlainNetwork

  constructor(shape: SweepShape) {
    this.network = new Network(blueprintOf(shape))
    const { nodes, linkNodes } = this.network.topology
    const hosts = nodes.flatMap(({ kind }, node) => (kind === 'host' ? [node] : []))
    const rates = randomStream('peers-networkx', JSON.stringify(shape))
    const demands = hosts.flatMap((source) =>
      hosts
        .filter((destination) => destination !== source)
        .map((destination): [number, number, number] => [source, destination, 1e8 * (1 + rates.next())]),
    )
    this.plain = { nodes: nodes.length, links: linkNodes.map(([a, b]) => [a!, b!] as const), demands }
  }

  /** Sweeps over all links, counting what everything takes from the demand matrix on; loads of some are kept. */
  measure(kept: readonly number[]): SweepMeasured {
    const { demands, links } = this.plain
    const matrix = demandMatrix(
      demands.map(([source, destination, ipBps]) => ({ source, destination, ipBps })),
    )
    const isKept = new Set(kept)
    const loads: number[][] = []
    const lost: number[] = []
    const meter = new Meter()
    meter.measure(() => {
      const sweep = new FailureSweep(new SteadyClock(this.network, matrix))
      for (let link = 0; link < links.length; link++) {
        sweep.fail([link], [])
        if (!isKept.has(link)) continue
        loads.push(Array.from({ length: 2 * links.length }, (_, direction) => sweep.load(direction)))
        lost.push(sweep.lostBps)
      }
    })
    return { failures: links.length, loads, lost, ...meter.costs }
  }
}

function blueprintOf(shape: SweepShape): NetworkBlueprint {
  const queue = { capacity: { packets: 256 } }
  const link = {
    rateBps: 100e9,
    delayPs: 0,
    framing: { overheadBytes: 0 },
    bitErrorRate: 0,
    cost: 1,
    queue,
    nicQueue: queue,
  }
  return peerNetwork(shape, link, link)
}
