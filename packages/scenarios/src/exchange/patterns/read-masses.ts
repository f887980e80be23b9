import type { NetworkBlueprint } from '@weft/fabric'
import { HostNames } from '../../planning/host-names.ts'
import { columnOfCell, eachRow, type Row } from '../demands/csv-rows.ts'
import type { Source } from '../source.ts'
import type { Mass } from './masses.ts'
import { hostsRefusal } from './participants.ts'

/** Some hundred thousand rows. */
export const MASSES_BYTES_MAX = 16_000_000

/** So that sums stay finite. */
const MASS_MAX = 1e18

const HEADERS = ['host,mass', 'host,sent,received']

/**
 * A table of masses, `host,mass`, or `host,sent,received` where hosts receive otherwise than they send: numbers of 0 or more,
 * in any unit. A name is a host's, or that of a switch, pod or region, among whose hosts the mass is divided evenly. Throws a
 * ScenarioFileError with all that is wrong.
 */
export function readMasses(source: Source, network: NetworkBlueprint): Mass[] {
  const names = new HostNames(network)
  const masses = new Map<string, Mass & { readonly line: number }>()
  let header: Row | undefined
  eachRow(source, (row) => {
    if (header === undefined) {
      header = row
      if (!HEADERS.includes(row.cells.join().toLowerCase()))
        source.fail(row.line, `expected the header "${HEADERS.join('" or "')}"`)
      return
    }
    const hosts = hostsOf(row, header, names, source)
    const [sent, received = sent] = row.cells.slice(1).map((_, i) => massOf(row, i + 1, source))
    for (const host of hosts) {
      const before = masses.get(host)?.line
      if (before !== undefined)
        return source.refuse(row.line, `${host} has its mass by line ${before}; name every host once`)
      if (sent === undefined || received === undefined) continue
      const [part, back] = [sent / hosts.length, received / hosts.length]
      masses.set(host, { host, sent: part, received: back, line: row.line })
    }
  })
  source.check()
  const all = [...masses.values()]
  const refusal = hostsRefusal([...masses.keys()], 'gravity') ?? sumRefusal(all)
  if (refusal !== undefined) source.fail(1, refusal)
  return all.map(({ host, sent, received }) => ({ host, sent, received }))
}

function hostsOf(row: Row, header: Row, names: HostNames, source: Source): readonly string[] {
  const { line, cells } = row
  if (cells.length !== header.cells.length) {
    source.refuse(line, `this row has ${cells.length} cells; the header has ${header.cells.length}`)
    return []
  }
  const name = cells[0]!
  const refusal = name === '' ? 'a name is missing' : names.nameRefusal(name)
  if (refusal === undefined) return names.hostsOf(name)
  source.refuse(line, refusal, columnOfCell(row, 0, source))
  return []
}

function massOf(row: Row, cell: number, source: Source): number | undefined {
  const text = row.cells[cell]!
  const mass = text === '' ? Number.NaN : Number(text)
  if (mass >= 0 && mass <= MASS_MAX) return mass
  const message = `${JSON.stringify(text.slice(0, 60))} is no mass; expected a number from 0 to 1e18, without a unit`
  source.refuse(row.line, message, columnOfCell(row, cell, source))
  return undefined
}

function sumRefusal(masses: readonly Mass[]): string | undefined {
  const isNothing = (of: 'sent' | 'received') => masses.every((mass) => mass[of] === 0)
  if (!isNothing('sent') && !isNothing('received')) return undefined
  return `no host ${isNothing('sent') ? 'sends' : 'receives'} anything; give one at least more than 0`
}
