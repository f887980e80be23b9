import { IP_BPS } from '../channels.ts'
import type { ClassTable } from './class-table.ts'
import type { Interfaces } from './interfaces.ts'
import type { StraightIndex } from './straight-demands.ts'

/** Of endpoints that hang off no switch: no class. */
export const NOWHERE = -1

/** Demands laid out in the three ways in which failures ask for them; quantities in bit/s on the wire and IP bit/s. */
export interface SweepDemands {
  /** By endpoint. */
  readonly classOf: Int32Array
  readonly sentWire: Float64Array
  readonly sentIp: Float64Array
  /** What endpoint x sends to whom: `start[x]` up to `start[x + 1]`. */
  readonly bySource: Rows
  /** What comes to endpoint d, by the switch at which it enters; `key` is the switch. */
  readonly byReceiver: Rows
  /** What enters for a class at a switch, by the receiver; rows are those of the class table's columns. */
  readonly byCell: Rows
}

export interface Rows {
  readonly start: Int32Array
  readonly key: Int32Array
  readonly wire: Float64Array
  readonly ip: Float64Array
}

/** `wireChannel` is that of the framing in which bits on the wire are counted. */
export function layOut(
  index: StraightIndex,
  wireChannel: number,
  nics: Interfaces,
  classes: ClassTable,
  switches: number,
): SweepDemands {
  const endpoints = index.address.length
  const classOf = Int32Array.from({ length: endpoints }, (_, e) => {
    const own = [...new Set(nics.switch.subarray(nics.start[e]!, nics.start[e + 1]!))].sort((a, b) => a - b)
    const receives = index.start[e + 1]! > index.start[e]!
    return own.length === 0 || !receives ? NOWHERE : classes.of(own)
  })
  const bySource = rowsBySource(index, wireChannel)
  const sum = (column: Float64Array, x: number) => {
    let total = 0
    for (let i = bySource.start[x]!; i < bySource.start[x + 1]!; i++) total += column[i]!
    return total
  }
  const byReceiver = rowsByReceiver(index, wireChannel, nics, switches)
  return {
    classOf,
    sentWire: Float64Array.from({ length: endpoints }, (_, x) => sum(bySource.wire, x)),
    sentIp: Float64Array.from({ length: endpoints }, (_, x) => sum(bySource.ip, x)),
    bySource,
    byReceiver,
    byCell: rowsByCell(byReceiver, classOf, classes),
  }
}

function emptyRows(groups: number, rows: number): Rows {
  return {
    start: new Int32Array(groups + 1),
    key: new Int32Array(rows),
    wire: new Float64Array(rows),
    ip: new Float64Array(rows),
  }
}

/** Turns counts that stand one place behind their group into the groups' starts. */
function accumulate(start: Int32Array): Int32Array {
  for (let i = 1; i < start.length; i++) start[i]! += start[i - 1]!
  return start.slice()
}

function rowsBySource({ start, source, amounts, channels }: StraightIndex, wireChannel: number): Rows {
  const endpoints = start.length - 1
  const rows = emptyRows(endpoints, source.length)
  for (const x of source) rows.start[x + 1]!++
  const next = accumulate(rows.start)
  for (let d = 0; d < endpoints; d++) {
    for (let i = start[d]!; i < start[d + 1]!; i++) {
      const at = next[source[i]!]!++
      rows.key[at] = d
      rows.wire[at] = amounts[i * channels.count + wireChannel]!
      rows.ip[at] = amounts[i * channels.count + IP_BPS]!
    }
  }
  return rows
}

function rowsByReceiver(
  { start, source, amounts, channels }: StraightIndex,
  wireChannel: number,
  nics: Interfaces,
  switches: number,
): Rows {
  const shares = bondShares(nics)
  const wire = new Float64Array(switches)
  const ip = new Float64Array(switches)
  const listed = new Uint8Array(switches)
  const keys: number[] = []
  const wires: number[] = []
  const ips: number[] = []
  const starts = new Int32Array(start.length)
  for (let d = 0; d + 1 < start.length; d++) {
    const first = keys.length
    for (let i = start[d]!; i < start[d + 1]!; i++) {
      const at = i * channels.count
      for (let nic = nics.start[source[i]!]!; nic < nics.start[source[i]! + 1]!; nic++) {
        const s = nics.switch[nic]!
        if (listed[s] === 0) keys.push(s)
        listed[s] = 1
        wire[s]! += amounts[at + wireChannel]! * shares[nic]!
        ip[s]! += amounts[at + IP_BPS]! * shares[nic]!
      }
    }
    for (let k = first; k < keys.length; k++) {
      const s = keys[k]!
      wires.push(wire[s]!)
      ips.push(ip[s]!)
      listed[s] = 0
      wire[s] = 0
      ip[s] = 0
    }
    starts[d + 1] = keys.length
  }
  return {
    start: starts,
    key: Int32Array.from(keys),
    wire: Float64Array.from(wires),
    ip: Float64Array.from(ips),
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
