/** A table whose rows can be kept while nobody sees the packets that they are for: of connections, of mappings. */
export interface HeldRows {
  /** The row does not expire from now on, and is that of a connection in use. The pin's number. */
  pin(row: number, isAnswered: boolean): number
  /** What the row is for has ended in order: it lives on as long as such rows do. Nothing where it is not pinned by this number. */
  letGo(row: number, pin: number): void
  /** Whether the row still is what was pinned by this number. */
  holds(row: number, pin: number): boolean
  /** The row goes at once: its connection was refused. */
  cut(row: number): void
}

/** What a probe that stands for a flow has entered, or found entered, on its way: rows of tables. */
export class Holds {
  readonly tables: HeldRows[] = []
  readonly rows: number[] = []

  get size(): number {
    return this.rows.length
  }

  clear(): void {
    this.tables.length = 0
    this.rows.length = 0
  }

  /** The row is not entered after all. */
  remove(table: HeldRows, row: number): void {
    for (let i = this.rows.length - 1; i >= 0; i--) {
      if (this.rows[i] !== row || this.tables[i] !== table) continue
      this.rows.splice(i, 1)
      this.tables.splice(i, 1)
    }
  }

  /** A row once, however many parts of a flow pass it. */
  add(table: HeldRows, row: number): void {
    for (let i = 0; i < this.rows.length; i++) if (this.rows[i] === row && this.tables[i] === table) return
    this.tables.push(table)
    this.rows.push(row)
  }
}

/** Reasons of drops for want of room on the way, or of anybody there: a flow that begins asks again, as its packets would. */
export const WANT_OF_ROOM: ReadonlySet<string> = new Set([
  'conntrack-full',
  'conntrack-clash',
  'nat-ports-exhausted',
  'nat-limit',
  'nat-table-full',
  'workload-stopped',
])
