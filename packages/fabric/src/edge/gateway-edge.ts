import type { Decision } from '../model/decision.ts'
import type { InterfaceStage } from '../model/interface-stage.ts'
import type { PacketHandle } from '../model/packet-table.ts'
import type { EdgeBlueprint } from './edge-blueprint.ts'
import type { EdgeContext } from './edge-context.ts'
import { makeTranslator } from './make-translator.ts'
import { type OwnedAddress, RegionEdge } from './region-edge.ts'
import type { Translator } from './translator.ts'

/** A region whose gateways translate, with one state: what one of them knows, all know. */
export class GatewayEdge extends RegionEdge {
  readonly translators: ReadonlyMap<string, Translator>
  readonly owned: readonly OwnedAddress[]
  private readonly translator: Translator

  constructor(blueprint: EdgeBlueprint, context: EdgeContext) {
    super(blueprint, context)
    const place = `${blueprint.region} gateways`
    this.translator = makeTranslator(
      place,
      blueprint,
      this.pools,
      this.servicesUnder('cluster', false),
      context,
    )
    this.translators = new Map([[place, this.translator]])
    this.owned = this.taken.map((address) => ({ address, nodes: blueprint.gateways }))
  }

  hostStages(): readonly InterfaceStage[] {
    return []
  }

  protected turnRound(packet: PacketHandle): Decision {
    return this.translator.turn(packet)
  }

  protected inbound(packet: PacketHandle): Decision {
    return this.translator.inbound(packet)
  }

  protected outbound(packet: PacketHandle): Decision {
    return this.translator.outbound(packet)
  }
}
