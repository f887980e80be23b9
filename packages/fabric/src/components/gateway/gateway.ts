import type { BorderStage } from '../../model/border-stage.ts'
import type { Node } from '../../model/component.ts'
import { type Decision, dropDecision, LOCAL_INGRESS, ONE_OF } from '../../model/decision.ts'
import { PASS } from '../../model/interface-stage.ts'
import type { Ledger } from '../../model/ledger.ts'
import type { PacketHandle, PacketTable } from '../../model/packet-table.ts'
import type { Selector } from '../../model/selector.ts'
import { RoutedNode } from '../routed-node.ts'

/** What a gateway knows of its ports, and what acts on packets that cross the border. */
export interface GatewayPorts {
  /** By port: 1 where it leads to the internet. */
  readonly isOutside: Uint8Array
  readonly border: BorderStage | undefined
}

/** A router between a region's fabric and the internet. */
export class Gateway extends RoutedNode implements Node {
  private readonly isOutside: Uint8Array
  private readonly border: BorderStage | undefined
  private readonly ttlExpired: Decision
  private readonly destinationNotPublic: Decision

  constructor(
    name: string,
    packets: PacketTable,
    ledger: Ledger,
    selector: Selector,
    { isOutside, border }: GatewayPorts,
  ) {
    super(name, packets, selector)
    this.isOutside = isOutside
    this.border = border
    this.ttlExpired = dropDecision(ledger.reason('ttl-expired'))
    this.destinationNotPublic = dropDecision(ledger.reason('destination-not-public'))
  }

  decide(packet: PacketHandle, ingress: number): Decision {
    const { packets, border } = this
    if (ingress !== LOCAL_INGRESS) {
      const ttl = packets.ttl[packet]! - 1
      packets.ttl[packet] = ttl
      if (ttl <= 0) return this.ttlExpired
    }
    const isFromOutside = this.isOutside[ingress] === 1
    let verdict = PASS
    if (isFromOutside) verdict = border?.enter(packet) ?? PASS
    else if (border?.turns(packets.destination[packet]!)) verdict = border.turn(packet)
    if (verdict !== PASS) return verdict
    // after the border, which may have given the packet another destination
    const egress = this.routeTo(packets.destination[packet]!)
    if (egress < 0 || !this.leadsOutside(egress)) return egress
    if (isFromOutside) return this.destinationNotPublic
    verdict = border?.leave(packet) ?? PASS
    return verdict === PASS ? egress : verdict
  }

  private leadsOutside(egress: Decision): boolean {
    const port = egress < ONE_OF ? egress : this.groups[egress - ONE_OF]!.members[0]!
    return this.isOutside[port] === 1
  }
}
