import type { PacketRun } from '@weft/fabric'
import { InstantLog } from '../instant-log.ts'

/** Packets that hosts had sent at a few instants, all together and by traffic: what a share of lost packets is of. ICMP errors are nobody's. */
export class SentRecorder {
  readonly #run: PacketRun
  /** By traffic; all together behind them. */
  readonly #sent = new InstantLog<Float64Array>()

  constructor(run: PacketRun) {
    this.#run = run
  }

  markInstant(atPs: number): void {
    const { flows, blueprint, network } = this.#run
    const sent = new Float64Array(blueprint.traffic.length + 1)
    for (let flow = 0; flow < flows.size; flow++)
      sent[flows.traffic[flow]!]! += flows.packetsOriginated[flow]!
    sent[blueprint.traffic.length] = network.ledger.originated
    this.#sent.mark(atPs, sent)
  }

  /** Packets of one traffic, or of all, that were sent between two marked instants. */
  between(fromPs: number, toPs: number, traffic = this.#run.blueprint.traffic.length): number {
    return this.#sent.at(toPs)![traffic]! - this.#sent.at(fromPs)![traffic]!
  }
}
