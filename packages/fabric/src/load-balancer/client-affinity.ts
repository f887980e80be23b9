import type { CountedPool, FirstVictim, PoolCounts } from '../pools/pool.ts'
import { copied, NO_ROW } from '../state-table/expiry-lists.ts'
import { StateTable } from '../state-table/state-table.ts'
import { NO_KEY } from '../state-table/tuple-index.ts'

/** As Cilium's map of session affinity has it. */
export const AFFINITY_CAPACITY = 65_536

/** No place in a list of endpoints. */
export const NO_PLACE = -1

/**
 * Which endpoint each client of a service goes back to (Kubernetes' `ClientIP` affinity), of all services that are balanced in
 * one place. Every new connection makes an entry last for the service's timeout once more, as the rules that kube-proxy writes
 * do; once the table is full, the client that has been away for longest gives way, as in the LRU map that Cilium keeps.
 */
export class ClientAffinity implements CountedPool {
  readonly owner: string
  readonly kind = 'session-affinity'
  /** Of `evicted`. */
  firstVictim: FirstVictim | undefined = undefined
  /** Clients that gave way before their time. */
  evicted = 0
  readonly #clock: { readonly now: number }
  readonly #table: StateTable
  /** By port of a service: the id of an address that it is called by, and its class of timeouts. */
  readonly #called: number[] = []
  readonly #timeoutClass: number[] = []
  /** By row: the place of the endpoint, and rows of clients that called last before it and after it. */
  #place = new Int32Array(0)
  #older = new Int32Array(0)
  #newer = new Int32Array(0)
  #oldest = NO_ROW
  #newest = NO_ROW

  /** `owner`: the host or gateways that balance; `capacity`: a whole number from 1 to 2^24. */
  constructor(owner: string, clock: { readonly now: number }, capacity = AFFINITY_CAPACITY) {
    this.owner = owner
    this.#clock = clock
    this.#table = new StateTable(clock, {
      capacity,
      timeoutsPs: [],
      owner: { resizeRows: (rows) => this.#resize(rows), forgetRow: (row) => this.#unlink(row) },
    })
  }

  /** A number for a port of a service whose clients are to be remembered for so long; `called` is the id of an address of it. */
  addPort(timeoutPs: number, called: number): number {
    this.#timeoutClass.push(this.#table.classFor(timeoutPs))
    return this.#called.push(called) - 1
  }

  /** The place of the endpoint that a client had last; NO_PLACE where it has none, or none any more. */
  placeOf(port: number, client: number): number {
    const key = this.#table.find(port, client, 0, 0)
    return key === NO_KEY ? NO_PLACE : this.#place[key]!
  }

  /** A new connection of this client went to the endpoint in this place. */
  keep(port: number, client: number, place: number): void {
    const table = this.#table
    const timeoutClass = this.#timeoutClass[port]!
    let row = table.find(port, client, 0, 0)
    if (row === NO_KEY) {
      if (table.size === table.capacity) this.#evict()
      row = table.insert(timeoutClass)
      table.setTuple(row, 0, port, client, 0, 0)
    } else {
      table.refresh(row, timeoutClass)
      this.#unlink(row)
    }
    this.#place[row] = place
    this.#link(row)
  }

  /** Clients that are remembered now, those of each port counted. */
  get inUse(): number {
    return this.#table.size
  }

  get name(): string {
    return `${this.owner} ${this.kind}`
  }

  get size(): number {
    return this.#table.capacity
  }

  get peak(): number {
    return this.#table.counts().peak
  }

  get peakPs(): number {
    return this.#table.counts().peakPs
  }

  /** `asked`: new entries. The table has the simulation's clock, so that now is now. */
  counts(): PoolCounts {
    const { inserted, usedPs } = this.#table.counts()
    return { asked: inserted, refused: 0, evicted: this.evicted, usedPs }
  }

  #evict(): void {
    const row = this.#oldest
    this.evicted++
    this.firstVictim ??= {
      atPs: this.#clock.now,
      who: {
        source: this.#table.wordOf(row, 1),
        destination: this.#called[this.#table.wordOf(row, 0)]!,
      },
    }
    this.#table.remove(row)
  }

  #link(row: number): void {
    const newest = this.#newest
    this.#older[row] = newest
    this.#newer[row] = NO_ROW
    if (newest === NO_ROW) this.#oldest = row
    else this.#newer[newest] = row
    this.#newest = row
  }

  #unlink(row: number): void {
    const [older, newer] = [this.#older[row]!, this.#newer[row]!]
    if (older === NO_ROW) this.#oldest = newer
    else this.#newer[older] = newer
    if (newer === NO_ROW) this.#newest = older
    else this.#older[newer] = older
  }

  #resize(rows: number): void {
    this.#place = copied(new Int32Array(rows), this.#place)
    this.#older = copied(new Int32Array(rows), this.#older)
    this.#newer = copied(new Int32Array(rows), this.#newer)
  }
}
