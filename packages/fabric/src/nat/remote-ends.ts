import { copied, NO_ROW } from '../state-table/expiry-lists.ts'
import { StateTable } from '../state-table/state-table.ts'
import { NO_KEY } from '../state-table/tuple-index.ts'

/** Held by sessions: stays until the last of them lets go. */
const HELD = 0

/**
 * Remote ends that a mapping's filter lets in, because the inside endpoint sent to them through it (RFC 4787 §5). Held by
 * sessions, or for a time after the last packet to them. An end belongs to a mapping in a row and to the serial number of that
 * mapping, so that what it leaves behind lets nobody in to the next one in the row.
 */
export class RemoteEnds {
  private readonly table: StateTable
  private sessions = new Int32Array(0)

  constructor(clock: { readonly now: number }, capacity: number) {
    this.table = new StateTable(clock, {
      capacity,
      timeoutsPs: [Infinity],
      owner: {
        resizeRows: (rows) => {
          this.sessions = copied(new Int32Array(rows), this.sessions)
        },
        forgetRow: () => {},
      },
    })
  }

  get size(): number {
    return this.table.size
  }

  has(mapping: number, serial: number, address: number, port: number): boolean {
    return this.table.find(mapping, serial, address, port) !== NO_KEY
  }

  /** Lets an end in for so long from now on; false where there is no room. */
  letIn(mapping: number, serial: number, address: number, port: number, forPs: number): boolean {
    const { table } = this
    const timeoutClass = table.classFor(forPs)
    const known = table.find(mapping, serial, address, port)
    if (known !== NO_KEY) {
      table.refresh(known, timeoutClass)
      return true
    }
    return this.add(mapping, serial, address, port, timeoutClass) !== NO_ROW
  }

  /** One more session to an end; false where there is no room. */
  retain(mapping: number, serial: number, address: number, port: number): boolean {
    let row = this.table.find(mapping, serial, address, port)
    if (row === NO_KEY) row = this.add(mapping, serial, address, port, HELD)
    if (row === NO_ROW) return false
    this.sessions[row]!++
    return true
  }

  /** One session less. */
  release(mapping: number, serial: number, address: number, port: number): void {
    const row = this.table.find(mapping, serial, address, port)
    if (row !== NO_KEY && --this.sessions[row]! === 0) this.table.remove(row)
  }

  private add(mapping: number, serial: number, address: number, port: number, timeoutClass: number): number {
    const row = this.table.insert(timeoutClass)
    if (row === NO_ROW) return NO_ROW
    this.table.setTuple(row, 0, mapping, serial, address, port)
    this.sessions[row] = 0
    return row
  }
}
