import { IdealFct, NEVER, Network, type NetworkBlueprint, resolveTcpOptions } from '@weft/fabric'
import { type FlowRow, flowRows } from '../result/flow-statistics.ts'
import type { Engine } from './running-clock.ts'
import type { SteadyRecords } from './steady-clock/steady-records.ts'

/** TCP header without options, and the timestamps option padded (RFC 7323 appendix A). */
const TCP_HEADER_BYTES = 20
const TIMESTAMP_BYTES = 12

/** Goodput by traffic and active flows in every window; slowdowns at the end. */
export class FlowRecorder {
  /** Payload bit/s that receivers took in order, by traffic, then window. */
  readonly goodputBps: number[][]
  readonly active: number[] = []
  readonly #engine: Engine
  /** Where flows are not told apart, what arrives of them. */
  readonly #steady: SteadyRecords | undefined
  readonly #delivered: Float64Array
  /** Bytes of the flows that have completed, by traffic: these are not looked at again. */
  readonly #settled: Float64Array
  /** Flows that had not completed when last looked at. */
  #open: number[] = []
  #seen = 0
  readonly #ideal: IdealFct

  constructor(engine: Engine, steady?: SteadyRecords) {
    this.#engine = engine
    this.#steady = steady
    this.goodputBps = engine.blueprint.traffic.map(() => [])
    this.#delivered = new Float64Array(engine.blueprint.traffic.length)
    this.#settled = new Float64Array(engine.blueprint.traffic.length)
    // a network of its own, at rest: slowdown measures against what was planned, not what was left of it
    this.#ideal = new IdealFct(new Network(allRunning(engine.blueprint.network)))
  }

  /** Closes a window of this length that ends now. */
  sample(windowPs: number): void {
    const delivered = this.#deliveredBytes()
    delivered.forEach((bytes, traffic) => {
      this.goodputBps[traffic]!.push(((bytes - this.#delivered[traffic]!) * 8e12) / windowPs)
    })
    this.#delivered.set(delivered)
    if (this.#steady === undefined) this.active.push(this.#engine.flows.active)
  }

  /** Flows that started in this window. */
  rows(fromPs: number, toPs: number): FlowRow[] {
    return flowRows(this.#engine.flows, { fromPs, toPs }, (flow) => this.#idealPs(flow))
  }

  /** Payload bytes taken in order so far, by traffic. */
  #deliveredBytes(): Float64Array {
    if (this.#steady !== undefined) return this.#steady.deliveredBytes()
    const { flows } = this.#engine
    const { size, traffic, bytesDelivered, completedPs } = flows
    for (; this.#seen < size; this.#seen++) if (!flows.isLeg(this.#seen)) this.#open.push(this.#seen)
    const unsettled = new Float64Array(this.#settled.length)
    this.#open = this.#open.filter((flow) => {
      const isOpen = completedPs[flow] === NEVER
      const sums = isOpen ? unsettled : this.#settled
      sums[traffic[flow]!]! += bytesDelivered[flow]!
      return isOpen
    })
    return unsettled.map((bytes, index) => bytes + this.#settled[index]!)
  }

  #idealPs(flow: number): number {
    const { flows, blueprint, network } = this.#engine
    const { transport } = blueprint.traffic[flows.traffic[flow]!]!
    const source = flows.source[flow]!
    const { mssBytes, timestamps } = resolveTcpOptions(transport.kind === 'tcp' ? transport.options : {})
    const headers =
      network.addresses.headerBytesOf(source) + TCP_HEADER_BYTES + (timestamps ? TIMESTAMP_BYTES : 0)
    const receiver = flows.receiverOf(flow)
    const askedPs = this.#ideal.of(source, receiver, flows.requestBytes(flow), mssBytes, headers)
    const responseBytes = flows.responseBytes[flow]!
    if (responseBytes === 0) return askedPs
    return askedPs + this.#ideal.of(receiver, source, responseBytes, mssBytes, headers)
  }
}

/** Pods that come in the course of a run are measured as those that are there from the start. */
function allRunning(network: NetworkBlueprint): NetworkBlueprint {
  if (network.interfaces?.stopped === undefined) return network
  const { stopped: _, ...interfaces } = network.interfaces
  return { ...network, interfaces }
}
