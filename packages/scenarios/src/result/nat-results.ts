import { isNatPool, type MappingNote, type NatPool, type Network, PROTOCOL_TCP } from '@weft/fabric'
import type { ScenarioRun } from '../run/scenario-run.ts'
import type { NatMappingResult, NatResult } from './nat.ts'

const FULLEST_MAX = 10

/** NATs that any workload asked for a mapping. */
export function natResults({ engine: { network } }: ScenarioRun): NatResult[] {
  const pools = network.pools.all.filter(isNatPool)
  const nats = pools.filter(({ nat }, index) => pools.findIndex((each) => each.nat === nat) === index)
  return nats.flatMap((pool) => natResult(pool, network))
}

function natResult({ nat, natName }: NatPool, network: Network): NatResult[] {
  const nameOf = (address: number) => network.nameOf(address)
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
      firstMappings: nat.first.notes.map((note) => mappingResult(note, network)),
    },
  ]
}

const mappingResult = (
  { atPs, protocol, inside, insidePort, external, externalPort, remote, remotePort }: MappingNote,
  network: Network,
): NatMappingResult => ({
  atPs,
  protocol: protocol === PROTOCOL_TCP ? 'tcp' : 'udp',
  from: network.nameOf(inside),
  port: insidePort,
  external: network.addresses.textOf(external),
  externalPort,
  to: network.nameOf(remote),
  toPort: remotePort,
})
