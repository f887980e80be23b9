import type { OracleConnection, OracleEnd } from './policy.oracle.ts'
import { POLICY_ACCEPT, POLICY_DROP_REASONS, type PolicyEngine } from './policy-engine.ts'

export const NUMBERS: Readonly<Record<string, number>> = { TCP: 6, UDP: 17, SCTP: 132, ICMP: 1 }

/** The engine's end of somebody whom the oracle knows by name. */
export function endIn(engine: PolicyEngine, end: OracleEnd): number {
  if (end.address !== undefined) return engine.endOf(engine.addresses.intern(end.address))
  if (end.kind === 'workload') return engine.endsOfWorkload(end.name)[0]!
  throw new Error('a node without an address has no end of its own here')
}

/** The engine's verdict in the oracle's words. By addresses, where there are, it must be the same, asked once or again. */
export function verdictOf(engine: PolicyEngine, connection: OracleConnection): string {
  const { source, destination, protocol, port } = connection
  const decision = engine.verdict(endIn(engine, source), endIn(engine, destination), NUMBERS[protocol]!, port)
  const rules = [engine.egressRule, engine.ingressRule]
  if (source.address !== undefined && destination.address !== undefined) {
    const [from, to] = [source.address, destination.address].map((text) => engine.addresses.intern(text))
    for (let turn = 0; turn < 2; turn++) {
      const again = engine.verdictOf(from!, to!, NUMBERS[protocol]!, port)
      if (again !== decision || engine.egressRule !== rules[0] || engine.ingressRule !== rules[1])
        throw new Error(`${again} by addresses, ${decision} by ends, for ${JSON.stringify(connection)}`)
    }
  }
  return decision === POLICY_ACCEPT ? 'accept' : POLICY_DROP_REASONS[decision - 1]!
}
