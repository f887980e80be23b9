/** No row: the end of a list, and the answer of `due` where nothing is. */
export const NO_ROW = -1

const NO_HEAP_PLACE = -1

/**
 * When rows expire. All rows of a timeout class wait equally long, so each class is a list in order of expiry: a row
 * that is refreshed goes to its end, in constant time. A heap of the classes, by a lower bound of when the first row
 * of each is due, finds the next one of all; bounds are made exact where they come to the top, so that a refresh
 * costs nothing there.
 *
 * The clock must not go back. A timeout of Infinity keeps rows until they are removed.
 */
export class ExpiryLists {
  /** Nothing is due before this instant; the first row may be due later, since it was refreshed. */
  nextDuePs = Infinity
  /** The instant at which a linked row is gone. */
  expiryPs = new Float64Array(0)
  timeoutClass = new Uint16Array(0)
  /** Behind a row in its list; rows in no list are free for the table's use of this column. */
  next = new Int32Array(0)
  private previous = new Int32Array(0)

  private readonly clock: { readonly now: number }
  private readonly timeoutPs: number[] = []
  private readonly first: number[] = []
  private readonly last: number[] = []
  /** Classes by their bounds, least first, and where in it each class stands. */
  private readonly heap: number[] = []
  private readonly heapPlace: number[] = []
  private readonly boundPs: number[] = []

  constructor(clock: { readonly now: number }) {
    this.clock = clock
  }

  get classes(): number {
    return this.timeoutPs.length
  }

  addClass(timeoutPs: number): number {
    this.timeoutPs.push(timeoutPs)
    this.first.push(NO_ROW)
    this.last.push(NO_ROW)
    this.heapPlace.push(NO_HEAP_PLACE)
    this.boundPs.push(Infinity)
    return this.classes - 1
  }

  timeoutOf(timeoutClass: number): number {
    return this.timeoutPs[timeoutClass]!
  }

  resize(rows: number): void {
    this.expiryPs = copied(new Float64Array(rows), this.expiryPs)
    this.timeoutClass = copied(new Uint16Array(rows), this.timeoutClass)
    this.next = copied(new Int32Array(rows), this.next)
    this.previous = copied(new Int32Array(rows), this.previous)
  }

  /** Puts a row at the end of a class's list. */
  link(row: number, timeoutClass: number): void {
    const last = this.last[timeoutClass]!
    this.expiryPs[row] = this.clock.now + this.timeoutPs[timeoutClass]!
    this.timeoutClass[row] = timeoutClass
    this.next[row] = NO_ROW
    this.previous[row] = last
    this.last[timeoutClass] = row
    if (last === NO_ROW) this.begin(row, timeoutClass)
    else this.next[last] = row
  }

  unlink(row: number): void {
    const timeoutClass = this.timeoutClass[row]!
    const next = this.next[row]!
    const previous = this.previous[row]!
    if (previous === NO_ROW) this.first[timeoutClass] = next
    else this.next[previous] = next
    if (next === NO_ROW) this.last[timeoutClass] = previous
    else this.previous[next] = previous
  }

  /** Lets a linked row live for the whole timeout of a class from now on. */
  refresh(row: number, timeoutClass: number): void {
    if (this.next[row] === NO_ROW && this.timeoutClass[row] === timeoutClass) {
      this.expiryPs[row] = this.clock.now + this.timeoutPs[timeoutClass]!
      return
    }
    this.unlink(row)
    this.link(row, timeoutClass)
  }

  /** The row that expired first of those whose instant has come, of one instant the one of the lowest class. */
  due(): number {
    const { heap, clock } = this
    while (heap.length > 0) {
      const timeoutClass = heap[0]!
      const bound = this.boundPs[timeoutClass]!
      if (bound > clock.now) break
      const row = this.first[timeoutClass]!
      if (row !== NO_ROW && this.expiryPs[row] === bound) return row
      this.tighten(timeoutClass, row)
    }
    this.nextDuePs = heap.length > 0 ? this.boundPs[heap[0]!]! : Infinity
    return NO_ROW
  }

  /** The first row of a list that was empty. */
  private begin(row: number, timeoutClass: number): void {
    this.first[timeoutClass] = row
    // its old bound, if it still has one, is lower and will be tightened in its turn
    if (this.heapPlace[timeoutClass] !== NO_HEAP_PLACE) return
    this.boundPs[timeoutClass] = this.expiryPs[row]!
    this.heap.push(timeoutClass)
    this.rise(this.heap.length - 1)
    this.nextDuePs = this.boundPs[this.heap[0]!]!
  }

  /** Makes the bound of the heap's top exact, or takes it off where its list is empty. */
  private tighten(timeoutClass: number, row: number): void {
    if (row !== NO_ROW) {
      this.boundPs[timeoutClass] = this.expiryPs[row]!
      this.sink(0)
      return
    }
    this.heapPlace[timeoutClass] = NO_HEAP_PLACE
    const moved = this.heap.pop()!
    if (moved === timeoutClass) return
    this.heap[0] = moved
    this.sink(0)
  }

  private rise(place: number): void {
    const { heap } = this
    const moving = heap[place]!
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!this.isBefore(moving, heap[parent]!)) break
      this.put(place, heap[parent]!)
      place = parent
    }
    this.put(place, moving)
  }

  private sink(place: number): void {
    const { heap } = this
    const moving = heap[place]!
    for (;;) {
      let child = 2 * place + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && this.isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!this.isBefore(heap[child]!, moving)) break
      this.put(place, heap[child]!)
      place = child
    }
    this.put(place, moving)
  }

  private isBefore(one: number, other: number): boolean {
    const difference = this.boundPs[one]! - this.boundPs[other]!
    return difference < 0 || (difference === 0 && one < other)
  }

  private put(place: number, timeoutClass: number): void {
    this.heap[place] = timeoutClass
    this.heapPlace[timeoutClass] = place
  }
}

export function copied<Column extends { set(from: Column): void }>(to: Column, from: Column): Column {
  to.set(from)
  return to
}
