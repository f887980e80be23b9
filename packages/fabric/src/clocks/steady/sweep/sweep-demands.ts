import { IP_BPS } from '../following/channels.ts'
import { type ClassKind, type ClassTable, PRIVATE_RECEIVERS, PUBLIC_RECEIVERS } from './class-table.ts'
import type { Interfaces } from './interfaces.ts'
import type { LedIndex } from './led-demands.ts'
import { accumulate, emptyRows, NOWHERE, type Rows, RowSums } from './rows.ts'
import { layOutStages, type StageRows } from './stage-rows.ts'
import type { SwitchGraph } from './switch-graph.ts'

/** Demands laid out in the ways in which failures ask for them; quantities in bit/s on the wire and IP bit/s. */
export interface SweepDemands {
  /** By endpoint; NOWHERE where it hangs off no switch, or nothing comes to it. */
  readonly classOf: Int32Array
  readonly kindOf: readonly ClassKind[]
  readonly sentWire: Float64Array
  readonly sentIp: Float64Array
  /** What endpoint x sends to whom; `stage` and `exit` where it goes first and comes out there, NOWHERE: it goes straight. */
  readonly bySource: Rows & { readonly stage: Int32Array; readonly exit: Int32Array }
  /** What comes to endpoint d, by the switch at which it enters: from hosts, or out of a stage; `key` is the switch. */
  readonly byReceiver: Rows
  /** What enters for a class at a switch, by the receiver; rows are those of the class table's columns. */
  readonly byCell: Rows
  readonly stages: StageRows
}

/** `wireChannel` is that of the framing in which bits on the wire are counted. The class table is empty as yet. */
export function layOut(
  index: LedIndex,
  wireChannel: number,
  nics: Interfaces,
  classes: ClassTable,
  graph: SwitchGraph,
): SweepDemands {
  const endpoints = index.address.length
  const shares = bondShares(nics)
  const stages = layOutStages(index, wireChannel, nics, shares, classes, graph)
  const kindOf = Array.from(index.isPublic, (isPublic) => (isPublic ? PUBLIC_RECEIVERS : PRIVATE_RECEIVERS))
  const classOf = Int32Array.from({ length: endpoints }, (_, e) => {
    const own = [...new Set(nics.switch.subarray(nics.start[e]!, nics.start[e + 1]!))].sort((a, b) => a - b)
    const receives = index.start[e + 1]! > index.start[e]!
    return own.length === 0 || !receives ? NOWHERE : classes.of(own, kindOf[e]!)
  })
  const bySource = rowsBySource(index, wireChannel, stages)
  const sum = (column: Float64Array, x: number) => {
    let total = 0
    for (let i = bySource.start[x]!; i < bySource.start[x + 1]!; i++) total += column[i]!
    return total
  }
  const byReceiver = rowsByReceiver(index, wireChannel, nics, shares, stages, graph.count)
  return {
    classOf,
    kindOf,
    sentWire: Float64Array.from({ length: endpoints }, (_, x) => sum(bySource.wire, x)),
    sentIp: Float64Array.from({ length: endpoints }, (_, x) => sum(bySource.ip, x)),
    bySource,
    byReceiver,
    byCell: rowsByCell(byReceiver, classOf, classes),
    stages,
  }
}

function rowsBySource(
  { start, source, via, amounts, channels }: LedIndex,
  wireChannel: number,
  { exitOf }: StageRows,
): SweepDemands['bySource'] {
  const endpoints = start.length - 1
  const stage = new Int32Array(source.length)
  const exit = new Int32Array(source.length)
  const rows = { ...emptyRows(endpoints, source.length), stage, exit }
  for (const x of source) rows.start[x + 1]!++
  const next = accumulate(rows.start)
  for (let d = 0; d < endpoints; d++) {
    for (let i = start[d]!; i < start[d + 1]!; i++) {
      const at = next[source[i]!]!++
      rows.key[at] = d
      stage[at] = via[i]!
      exit[at] = exitOf[i]!
      rows.wire[at] = amounts[i * channels.count + wireChannel]!
      rows.ip[at] = amounts[i * channels.count + IP_BPS]!
    }
  }
  return rows
}

function rowsByReceiver(
  { start, source, via, amounts, channels }: LedIndex,
  wireChannel: number,
  nics: Interfaces,
  shares: Float64Array,
  stages: StageRows,
  switches: number,
): Rows {
  const sums = new RowSums(switches)
  const starts = new Int32Array(start.length)
  for (let d = 0; d + 1 < start.length; d++) {
    for (let i = start[d]!; i < start[d + 1]!; i++) {
      if (via[i] !== NOWHERE) continue
      const at = i * channels.count
      for (let nic = nics.start[source[i]!]!; nic < nics.start[source[i]! + 1]!; nic++) {
        const share = shares[nic]!
        sums.add(nics.switch[nic]!, amounts[at + wireChannel]! * share, amounts[at + IP_BPS]! * share)
      }
    }
    for (let exit = stages.start[d]!; exit < stages.start[d + 1]!; exit++)
      sums.add(stages.switch[exit]!, stages.wire[exit]!, stages.ip[exit]!)
    starts[d + 1] = sums.close()
  }
  return {
    start: starts,
    key: Int32Array.from(sums.keys),
    wire: Float64Array.from(sums.wires),
    ip: Float64Array.from(sums.ips),
  }
}

function rowsByCell(byReceiver: Rows, classOf: Int32Array, classes: ClassTable): Rows {
  const rows = emptyRows(classes.at(classes.count), byReceiver.key.length)
  const eachRow = (visit: (cell: number, receiver: number, row: number) => void) => {
    for (let d = 0; d < classOf.length; d++) {
      if (classOf[d] === NOWHERE) continue
      for (let i = byReceiver.start[d]!; i < byReceiver.start[d + 1]!; i++)
        visit(classes.at(classOf[d]!) + byReceiver.key[i]!, d, i)
    }
  }
  eachRow((cell) => {
    rows.start[cell + 1]!++
  })
  const next = accumulate(rows.start)
  eachRow((cell, receiver, row) => {
    const at = next[cell]!++
    rows.key[at] = receiver
    rows.wire[at] = byReceiver.wire[row]!
    rows.ip[at] = byReceiver.ip[row]!
  })
  return rows
}

/** By row of `Interfaces`: the share of what its endpoint sends that leaves by it while everything is up. */
export function bondShares({ start, bondWeight }: Interfaces): Float64Array {
  const shares = new Float64Array(bondWeight.length)
  for (let e = 0; e + 1 < start.length; e++) {
    let sum = 0
    for (let nic = start[e]!; nic < start[e + 1]!; nic++) sum += bondWeight[nic]!
    for (let nic = start[e]!; nic < start[e + 1]!; nic++) shares[nic] = bondWeight[nic]! / sum
  }
  return shares
}

/** By row of `Interfaces`: the share of what its switch has for its endpoint that it hands over by it. */
export function handOverShares({ start, switch: at, switchWeight }: Interfaces): Float64Array {
  const shares = new Float64Array(switchWeight.length)
  for (let e = 0; e + 1 < start.length; e++) {
    for (let nic = start[e]!; nic < start[e + 1]!; nic++) {
      let sum = 0
      for (let other = start[e]!; other < start[e + 1]!; other++)
        if (at[other] === at[nic]) sum += switchWeight[other]!
      shares[nic] = switchWeight[nic]! / sum
    }
  }
  return shares
}
