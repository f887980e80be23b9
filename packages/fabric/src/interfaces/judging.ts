import * as conntrackVerdict from '../conntrack/verdict.ts'
import type { Conntrack } from '../conntrack/conntrack.ts'
import {
  type Decision,
  dropDecision,
  PORT_UNREACHABLE,
  PROHIBITED,
  refuseDecision,
} from '../model/decision.ts'
import * as interfaceStage from '../model/interface-stage.ts'
import type { Ledger } from '../model/ledger.ts'
import type { PacketHandle, PacketTable } from '../model/packet-table.ts'
import * as policyEngine from '../policy/policy-engine.ts'
import type { PolicyDecision, PolicyEngine } from '../policy/policy-engine.ts'
import type { WhenDenied } from './interfaces-blueprint.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { ORIGINAL } = conntrackVerdict
const { PASS } = interfaceStage
const { POLICY_ACCEPT, POLICY_DENIED_EGRESS, POLICY_DENIED_INGRESS } = policyEngine

export interface JudgingParts {
  readonly packets: PacketTable
  readonly ledger: Ledger
  readonly policy: PolicyEngine
  readonly conntrack: Conntrack
  /** What becomes of what policies deny. */
  readonly whenDenied: WhenDenied
}

/** What policies say of packets at interfaces, and every decision that ends one there. */
export class Judging {
  readonly invalid: Decision
  readonly full: Decision
  readonly clash: Decision
  readonly noEndpoint: Decision
  readonly noLocalEndpoint: Decision
  readonly noServerAddress: Decision
  private readonly packets: PacketTable
  private readonly policy: PolicyEngine
  private readonly conntrack: Conntrack
  /** By what policies decide. */
  private readonly decisions: Decision[] = []

  constructor({ packets, ledger, policy, conntrack, whenDenied }: JudgingParts) {
    this.packets = packets
    this.policy = policy
    this.conntrack = conntrack
    const deny = (reason: number) =>
      whenDenied === 'reject' ? refuseDecision(reason, PROHIBITED) : dropDecision(reason)
    this.decisions[POLICY_ACCEPT] = PASS
    this.decisions[POLICY_DENIED_EGRESS] = deny(ledger.reason('policy-denied-egress'))
    this.decisions[POLICY_DENIED_INGRESS] = deny(ledger.reason('policy-denied-ingress'))
    this.invalid = dropDecision(ledger.reason('conntrack-invalid'))
    this.full = dropDecision(ledger.reason('conntrack-full'))
    this.clash = dropDecision(ledger.reason('conntrack-clash'))
    this.noEndpoint = refuseDecision(ledger.reason('service-no-endpoint'), PORT_UNREACHABLE)
    this.noLocalEndpoint = dropDecision(ledger.reason('service-no-local-endpoint'))
    this.noServerAddress = dropDecision(ledger.reason('service-hairpin'))
  }

  /** By the egress of the sender, or the ingress of the receiver. */
  judge(packet: PacketHandle, isLeaving: boolean): PolicyDecision {
    const { packets, policy } = this
    const source = packets.source[packet]!
    const destination = packets.destination[packet]!
    const protocol = packets.protocol[packet]!
    const port = packets.destinationPort[packet]!
    return isLeaving
      ? policy.egressVerdictOf(source, destination, protocol, port)
      : policy.ingressVerdictOf(source, destination, protocol, port)
  }

  /** What becomes of a packet that policies have decided on. */
  decisionOf(verdict: PolicyDecision): Decision {
    return this.decisions[verdict]!
  }

  /** On a connection that is blocked: by the rules of the end here, that of who opened it or that of who was called. */
  blocked(isLeaving: boolean): Decision {
    const isOpener = isLeaving === (this.conntrack.direction === ORIGINAL)
    return this.decisions[isOpener ? POLICY_DENIED_EGRESS : POLICY_DENIED_INGRESS]!
  }
}
