import { IP_BPS } from '../following/channels.ts'
import { type ClassTable, PRIVATE_STAGES, PUBLIC_STAGES } from './class-table.ts'
import type { Interfaces } from './interfaces.ts'
import type { LedIndex } from './led-demands.ts'
import { accumulate, emptyRows, NOWHERE, type Rows, RowSums } from './rows.ts'
import type { SwitchGraph } from './switch-graph.ts'

/**
 * Demands by way of stages. Those of one stage to one receiver have an exit for each of the stage's switches, one after the
 * other: from there they go on to the receiver.
 */
export interface StageRows {
  /** How many stages there are: the class table's first classes, in their order. */
  readonly count: number
  /** What enters for a stage at a switch, by cell of the class table; `key` is the first exit. */
  readonly byCell: Rows
  /** By demand of the index: its first exit; NOWHERE where it goes straight. */
  readonly exitOf: Int32Array
  /** By exit. */
  readonly receiver: Int32Array
  readonly switch: Int32Array
  /** By exit: what comes out while everything is up, bit/s on the wire and IP bit/s. */
  readonly wire: Float64Array
  readonly ip: Float64Array
  /** Receiver d has the exits from `start[d]` up to `start[d + 1]`. */
  readonly start: Int32Array
}

/** `shares`: by row of the interfaces, of what its endpoint sends. The class table is empty as yet. */
export function layOutStages(
  index: LedIndex,
  wireChannel: number,
  nics: Interfaces,
  shares: Float64Array,
  classes: ClassTable,
  graph: SwitchGraph,
): StageRows {
  for (const { nodes, isPublic } of index.stages) {
    const switches = nodes.map((node) => graph.switchOf[node]!)
    classes.of(switches, isPublic ? PUBLIC_STAGES : PRIVATE_STAGES)
  }
  const { keys, cells, ...exits } = exitsOf(index, wireChannel, nics, shares, classes)
  const byCell = sortedByCell(cells, keys, classes.at(classes.count))
  const out = comingOut(byCell, exits.receiver.length, classes, graph.count)
  return { count: index.stages.length, byCell, ...exits, ...out }
}

/** The exits of every receiver, and what enters for them: sums by cell, of the first exit in `keys`. */
function exitsOf(
  { start, source, via, amounts, channels }: LedIndex,
  wireChannel: number,
  nics: Interfaces,
  shares: Float64Array,
  classes: ClassTable,
) {
  const cells = new RowSums(classes.at(classes.count))
  const exitOf = new Int32Array(source.length).fill(NOWHERE)
  const receivers: number[] = []
  const switches: number[] = []
  const keys: number[] = []
  const exitStart = new Int32Array(start.length)
  for (let d = 0; d + 1 < start.length; d++) {
    for (const [stage, demands] of byStage(via, start[d]!, start[d + 1]!)) {
      const exit = receivers.length
      for (const s of classes.attachments[stage]!) {
        receivers.push(d)
        switches.push(s)
      }
      for (const i of demands) {
        exitOf[i] = exit
        const at = i * channels.count
        for (let nic = nics.start[source[i]!]!; nic < nics.start[source[i]! + 1]!; nic++) {
          const cell = classes.at(stage) + nics.switch[nic]!
          const share = shares[nic]!
          cells.add(cell, amounts[at + wireChannel]! * share, amounts[at + IP_BPS]! * share)
        }
      }
      const rows = cells.close()
      while (keys.length < rows) keys.push(exit)
    }
    exitStart[d + 1] = receivers.length
  }
  const [receiver, at] = [Int32Array.from(receivers), Int32Array.from(switches)]
  return { cells, keys, exitOf, receiver, switch: at, start: exitStart }
}

/** The demands of a range that go by way of each stage. */
function byStage(via: Int32Array, from: number, to: number): Map<number, number[]> {
  const found = new Map<number, number[]>()
  for (let i = from; i < to; i++) {
    const stage = via[i]!
    if (stage === NOWHERE) continue
    const own = found.get(stage)
    if (own === undefined) found.set(stage, [i])
    else own.push(i)
  }
  return found
}

function sortedByCell({ keys: cell, wires, ips }: RowSums, exits: readonly number[], cells: number): Rows {
  const rows = emptyRows(cells, cell.length)
  for (const each of cell) rows.start[each + 1]!++
  const next = accumulate(rows.start)
  cell.forEach((each, k) => {
    const at = next[each]!++
    rows.key[at] = exits[k]!
    rows.wire[at] = wires[k]!
    rows.ip[at] = ips[k]!
  })
  return rows
}

function comingOut(
  { start, key, wire: cellWire, ip: cellIp }: Rows,
  exits: number,
  classes: ClassTable,
  switches: number,
): Pick<StageRows, 'wire' | 'ip'> {
  const wire = new Float64Array(exits)
  const ip = new Float64Array(exits)
  for (let cell = 0; cell + 1 < start.length; cell++) {
    const stage = Math.floor(cell / switches)
    const slots = classes.attachments[stage]!.length
    for (let slot = 0; start[cell] !== start[cell + 1] && slot < slots; slot++) {
      const share = classes.shareAt(stage, slot, cell % switches)
      for (let row = start[cell]!; row < start[cell + 1]!; row++) {
        wire[key[row]! + slot]! += cellWire[row]! * share
        ip[key[row]! + slot]! += cellIp[row]! * share
      }
    }
  }
  return { wire, ip }
}
