import type { RandomStream, Simulation } from '@weft/core'
import type { EcmpBlueprint } from '../blueprint/network.ts'
import type { HashKey } from '../model/five-tuple.ts'
import type { PacketTable } from '../model/packet-table.ts'
import type { Selector } from '../model/selector.ts'
import { HashSelector } from './five-tuple.ts'
import { FlowletSelector } from './flowlet.ts'
import { ResilientSelector } from './resilient.ts'
import { SpraySelector } from './spray.ts'

/** The selector of one node; its hash seed and its chances come from the node's own stream. */
export function createSelector(
  ecmp: EcmpBlueprint,
  key: HashKey,
  sim: Simulation,
  packets: PacketTable,
  stream: RandomStream,
): Selector {
  const seed = stream.int(2 ** 32) | 0
  switch (ecmp.mode) {
    case 'five-tuple':
      return new HashSelector(packets, key, seed)
    case 'resilient':
      return new ResilientSelector(packets, key, seed)
    case 'spray':
      return new SpraySelector(stream)
    case 'flowlet':
      return new FlowletSelector(sim, packets, stream, seed, ecmp.flowletGapPs)
  }
}
