import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { UsageError } from '../harness.ts'

/** One line of a flow list: hosts by number. */
export interface ListedFlow {
  readonly id: number
  readonly startNs: number
  readonly source: number
  readonly destination: number
  readonly bytes: number
}

/** Columns that a flow list must have; others are ignored. */
const COLUMNS = ['id', 'start_ns', 'src', 'dst', 'bytes'] as const

/** Reads a CSV, gzipped where its name ends with `.gz`. */
export function readFlows(path: string): ListedFlow[] {
  const file = readFileSync(path)
  const text = (path.endsWith('.gz') ? gunzipSync(file) : file).toString('utf8')
  const [header, ...lines] = text.trim().split(/\r?\n/)
  const names = header!.split(',')
  const index = COLUMNS.map((column) => {
    const at = names.indexOf(column)
    if (at < 0) throw new UsageError(`${path}:1: no column "${column}"; the columns are ${names.join(', ')}`)
    return at
  })
  return lines.map((line, i) => {
    const cells = line.split(',')
    const [id, startNs, source, destination, bytes] = index.map((at) => Number(cells[at])) as [
      number,
      number,
      number,
      number,
      number,
    ]
    if (![id, startNs, source, destination, bytes].every((value) => Number.isFinite(value) && value >= 0)) {
      throw new UsageError(`${path}:${i + 2}: expected whole numbers of 0 or more, got "${line}"`)
    }
    return { id, startNs, source, destination, bytes }
  })
}

/** A flow's times in picoseconds; negative: it has not got there. */
export interface FlowTimes {
  readonly fctPs: number
  readonly handshakePs: number
}

export function writeFlowTimes(
  path: string,
  flows: readonly ListedFlow[],
  times: readonly FlowTimes[],
): void {
  const rows = flows.map(({ id, startNs, source, destination, bytes }, i) => {
    const { fctPs, handshakePs } = times[i]!
    return [id, startNs, source, destination, bytes, nanoseconds(fctPs), nanoseconds(handshakePs)].join()
  })
  writeFileSync(path, `id,start_ns,src,dst,bytes,fct_ns,handshake_ns\n${rows.join('\n')}\n`)
}

const nanoseconds = (ps: number): string => (ps < 0 ? '-1' : (ps / 1000).toFixed(3))
