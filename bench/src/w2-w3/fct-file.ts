import { readFileSync } from 'node:fs'
import { type FlowTimes, type ListedFlow, readFlows } from '../peers/flow-files.ts'

/** A flow with its completion time, as `--out` writes it and as peers publish it. */
export type FctRow = ListedFlow & FlowTimes

/** Reads columns id, start_ns, src, dst, bytes, fct_ns, handshake_ns; negative times mean: never. */
export function readFctFile(path: string): FctRow[] {
  const [header, ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/)
  const names = header!.split(',')
  const [fct, handshake] = ['fct_ns', 'handshake_ns'].map((column) => names.indexOf(column)) as [
    number,
    number,
  ]
  if (fct < 0) throw new Error(`${path}:1: no column "fct_ns"; the columns are ${names.join(', ')}`)
  const picoseconds = (cells: readonly string[], at: number) => (at < 0 ? -1 : Number(cells[at]) * 1000)
  return readFlows(path).map((flow, i) => {
    const cells = lines[i]!.split(',')
    return { ...flow, fctPs: picoseconds(cells, fct), handshakePs: picoseconds(cells, handshake) }
  })
}
