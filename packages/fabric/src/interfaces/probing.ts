import type { Decision } from '../model/decision.ts'
import * as interfaceStage from '../model/interface-stage.ts'
import type { PacketHandle, PacketTable } from '../model/packet-table.ts'
import type { Judging } from './judging.ts'
import type { Leading } from './leading.ts'
import type { ServerAddresses } from './masquerade.ts'
import { ANSWERING, type InterfacesMode } from './mode.ts'
import { rewriteDestination, rewriteSource } from './rewrite.ts'
import { rewriteBack } from './rewrite-back.ts'
import { NOT_A_SERVICE } from './service-translation.ts'

// a local copy: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { PASS } = interfaceStage

export interface ProbingParts {
  readonly packets: PacketTable
  readonly mode: InterfacesMode
  readonly server: ServerAddresses
}

/** What becomes of probes that leave no trace: the first packet of a new connection, or an answer that meets no rules. */
export class Probing {
  private readonly parts: ProbingParts
  private readonly judging: Judging
  private readonly leading: Leading

  constructor(parts: ProbingParts, judging: Judging, leading: Leading) {
    this.parts = parts
    this.judging = judging
    this.leading = leading
  }

  probe(packet: PacketHandle, workload: number, isLeaving: boolean): Decision {
    if (this.parts.mode.packets === ANSWERING) return this.answer(packet, workload, isLeaving)
    const { leading, judging } = this
    if (isLeaving && leading.callsServer(packet)) return PASS
    const chosen = leading.translate(packet, workload, isLeaving, true)
    if (chosen < NOT_A_SERVICE) return leading.withoutEndpoint(chosen)
    const verdict = judging.decisionOf(leading.judgeLed(packet, isLeaving, chosen))
    if (verdict !== PASS || chosen < 0) return verdict
    return leading.standIn(packet, isLeaving, workload, true) ? PASS : judging.noServerAddress
  }

  private answer(packet: PacketHandle, workload: number, isLeaving: boolean): Decision {
    const { packets, mode, server } = this.parts
    const { turn } = mode
    mode.isKnown = true
    rewriteBack(packets, packet, mode, server.name)
    if (turn === undefined) return PASS
    const isHere = turn.isLeaving === true ? isLeaving : !isLeaving && workload === server.node
    if (isHere) {
      rewriteSource(packets, packet, turn.source, turn.sourcePort)
      rewriteDestination(packets, packet, turn.destination, turn.destinationPort)
    }
    return PASS
  }
}
