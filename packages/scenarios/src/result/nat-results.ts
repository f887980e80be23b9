import { isNatPool, type NatPool } from '@weft/fabric'
import type { ScenarioRun } from '../run/scenario-run.ts'
import type { NatResult } from './nat.ts'

const FULLEST_MAX = 10

/** NATs that any workload asked for a mapping. */
export function natResults({ engine: { network } }: ScenarioRun): NatResult[] {
  const pools = network.pools.all.filter(isNatPool)
  const nats = pools.filter(({ nat }, index) => pools.findIndex((each) => each.nat === nat) === index)
  return nats.flatMap((pool) => natResult(pool, (address) => network.nameOf(address)))
}

function natResult({ nat, natName }: NatPool, nameOf: (address: number) => string): NatResult[] {
  const hosts = nat.insideHosts()
  if (hosts.length === 0) return []
  const fullest = [...hosts].sort((a, b) => b.refused - a.refused || b.peak - a.peak).slice(0, FULLEST_MAX)
  return [
    {
      name: natName,
      workloads: hosts.length,
      refused: hosts.filter(({ refused }) => refused > 0).length,
      fullest: fullest.map(({ address, mappings, peak, refused }) => ({
        name: nameOf(address),
        mappings,
        peak,
        refused,
      })),
    },
  ]
}
