import type { Source } from '../source.ts'
import { columnOfCell, type Row } from './csv-rows.ts'

/** What whoever has the network knows of the names in a matrix. */
export interface DemandNames {
  /** What is wrong with a name; undefined: nothing. */
  nameRefusal(name: string): string | undefined
  /** What is wrong with a demand between two names that are known. */
  pairRefusal(from: string, to: string): string | undefined
}

/** Looks at the names in a file and refuses those that are missing, unknown, or no ends of one demand. */
export class NameChecks {
  readonly #source: Source
  readonly #names: DemandNames | undefined
  readonly #refusals = new Map<string, string | undefined>()

  constructor(source: Source, names: DemandNames | undefined) {
    this.#source = source
    this.#names = names
  }

  /** Whether the name in a cell is one. */
  check(row: Row, cell: number): boolean {
    const name = row.cells[cell]!
    const message = name === '' ? 'a name is missing' : this.#refusalOf(name)
    if (message !== undefined) this.#source.refuse(row.line, message, columnOfCell(row, cell, this.#source))
    return message === undefined
  }

  /** For two names that are; the cell is that of the receiver. */
  checkPair(row: Row, cell: number, from: string, to: string): boolean {
    const message = this.#names?.pairRefusal(from, to)
    if (message !== undefined) this.#source.refuse(row.line, message, columnOfCell(row, cell, this.#source))
    return message === undefined
  }

  #refusalOf(name: string): string | undefined {
    if (this.#names === undefined) return undefined
    if (!this.#refusals.has(name)) this.#refusals.set(name, this.#names.nameRefusal(name))
    return this.#refusals.get(name)
  }
}
