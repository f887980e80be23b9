import { IdealFct, Network, type PacketRun, resolveTcpOptions } from '@weft/fabric'
import { type FlowRow, flowRows } from '../result/flow-statistics.ts'

/** TCP header without options, and the timestamps option padded (RFC 7323 appendix A). */
const TCP_HEADER_BYTES = 20
const TIMESTAMP_BYTES = 12

/** Goodput by traffic and active flows in every window; slowdowns at the end. */
export class FlowRecorder {
  /** Payload bit/s that receivers took in order, by traffic, then window. */
  readonly goodputBps: number[][]
  readonly active: number[] = []
  readonly #run: PacketRun
  readonly #delivered: Float64Array
  readonly #ideal: IdealFct

  constructor(run: PacketRun) {
    this.#run = run
    this.goodputBps = run.blueprint.traffic.map(() => [])
    this.#delivered = new Float64Array(run.blueprint.traffic.length)
    // a network of its own, at rest: slowdown measures against what was planned, not what was left of it
    this.#ideal = new IdealFct(new Network(run.blueprint.network))
  }

  /** Closes a window of this length that ends now. */
  sample(windowPs: number): void {
    const { flows } = this.#run
    const delivered = new Float64Array(this.#delivered.length)
    for (let flow = 0; flow < flows.size; flow++) delivered[flows.traffic[flow]!]! += flows.bytesDelivered[flow]!
    delivered.forEach((bytes, traffic) => {
      this.goodputBps[traffic]!.push(((bytes - this.#delivered[traffic]!) * 8e12) / windowPs)
    })
    this.#delivered.set(delivered)
    this.active.push(flows.active)
  }

  /** Flows that started in this window. */
  rows(fromPs: number, toPs: number): FlowRow[] {
    return flowRows(this.#run.flows, { fromPs, toPs }, (flow) => this.#idealPs(flow))
  }

  #idealPs(flow: number): number {
    const { flows, blueprint, network } = this.#run
    const { transport } = blueprint.traffic[flows.traffic[flow]!]!
    const source = flows.source[flow]!
    const { mssBytes, timestamps } = resolveTcpOptions(transport.kind === 'tcp' ? transport.options : {})
    const headers = network.addresses.headerBytesOf(source) + TCP_HEADER_BYTES + (timestamps ? TIMESTAMP_BYTES : 0)
    return this.#ideal.of(source, flows.destination[flow]!, flows.bytes[flow]!, mssBytes, headers)
  }
}
