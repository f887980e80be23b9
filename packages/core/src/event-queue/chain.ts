import { type EventRecords, FLOATS_LOG2, NEXT, NO_SLOT, WORDS_LOG2 } from './event-records.ts'

/** Insertion sort looks at this many events of a chain in vain before it leaves the rest to merge sort. */
const INSERTION_STEPS_MAX = 32

/**
 * Puts the chains of single buckets in order. Buckets are filled by prepending, so a chain comes newest first;
 * it leaves earliest first, the older of equals first.
 */
export class ChainSorter {
  /** Out: events in the chain last sorted. */
  length = 0
  /** Out: distinct times in the chain last sorted. */
  distinct = 0
  /** Out: latest less earliest time in the chain last sorted. */
  span = 0

  readonly #records: EventRecords
  /** Sorted chains of 1, 2, 4 ... events that wait for their like, as the digits of a binary counter. */
  readonly #runs = new Int32Array(32)

  constructor(records: EventRecords) {
    this.#records = records
  }

  sort(newestFirst: number): number {
    const { floats, words } = this.#records
    let head = newestFirst
    let slot = words[(head << WORDS_LOG2) + NEXT]!
    words[(head << WORDS_LOG2) + NEXT] = NO_SLOT
    let length = 1
    let stepsLeft = INSERTION_STEPS_MAX
    // Each event is older than those in order so far, so it goes before its equals.
    while (slot !== NO_SLOT) {
      if (stepsLeft < 0) return this.#sortRest(slot, head, length)
      const time = floats[slot << FLOATS_LOG2]!
      let before = NO_SLOT
      let after = head
      while (after !== NO_SLOT && floats[after << FLOATS_LOG2]! < time) {
        before = after
        after = words[(after << WORDS_LOG2) + NEXT]!
        stepsLeft--
      }
      const next = words[(slot << WORDS_LOG2) + NEXT]!
      words[(slot << WORDS_LOG2) + NEXT] = after
      if (before === NO_SLOT) head = slot
      else words[(before << WORDS_LOG2) + NEXT] = slot
      slot = next
      length++
    }
    this.length = length
    return head
  }

  /** Turns a chain round, unsorted; answers its new head. */
  reverse(head: number): number {
    const words = this.#records.words
    let reversed = NO_SLOT
    while (head !== NO_SLOT) {
      const next = words[(head << WORDS_LOG2) + NEXT]!
      words[(head << WORDS_LOG2) + NEXT] = reversed
      reversed = head
      head = next
    }
    return reversed
  }

  /** Fills in `distinct` and `span` for a sorted chain. */
  measure(head: number): void {
    const { floats, words } = this.#records
    const first = floats[head << FLOATS_LOG2]!
    let last = first
    this.distinct = 1
    for (let slot = head; slot !== NO_SLOT; slot = words[(slot << WORDS_LOG2) + NEXT]!) {
      const time = floats[slot << FLOATS_LOG2]!
      if (time !== last) this.distinct++
      last = time
    }
    this.span = last - first
  }

  /** Too long or too disorderly for insertion: the older part of the chain by merging. */
  #sortRest(newestFirst: number, newerSorted: number, length: number): number {
    this.length = length
    for (let slot = newestFirst; slot !== NO_SLOT; slot = this.#records.words[(slot << WORDS_LOG2) + NEXT]!) {
      this.length++
    }
    return this.#merge(this.#mergeSort(this.reverse(newestFirst)), newerSorted)
  }

  /** Bottom-up merge sort of a linked list: no recursion, no memory beyond the counter, stable. */
  #mergeSort(oldestFirst: number): number {
    const { words } = this.#records
    const runs = this.#runs
    let slot = oldestFirst
    while (slot !== NO_SLOT) {
      const next = words[(slot << WORDS_LOG2) + NEXT]!
      words[(slot << WORDS_LOG2) + NEXT] = NO_SLOT
      let run = slot
      let size = 0
      for (; runs[size] !== NO_SLOT; size++) {
        run = this.#merge(runs[size]!, run)
        runs[size] = NO_SLOT
      }
      runs[size] = run
      slot = next
    }
    let merged = NO_SLOT
    for (let size = 0; size < runs.length; size++) {
      if (runs[size] === NO_SLOT) continue
      merged = this.#merge(runs[size]!, merged)
      runs[size] = NO_SLOT
    }
    return merged
  }

  /** Merges two sorted chains; of equals those of `older` come first. */
  #merge(older: number, newer: number): number {
    const { floats, words } = this.#records
    let head = NO_SLOT
    let tail = NO_SLOT
    while (older !== NO_SLOT && newer !== NO_SLOT) {
      let least: number
      if (floats[older << FLOATS_LOG2]! <= floats[newer << FLOATS_LOG2]!) {
        least = older
        older = words[(older << WORDS_LOG2) + NEXT]!
      } else {
        least = newer
        newer = words[(newer << WORDS_LOG2) + NEXT]!
      }
      if (tail === NO_SLOT) head = least
      else words[(tail << WORDS_LOG2) + NEXT] = least
      tail = least
    }
    const rest = older === NO_SLOT ? newer : older
    if (tail === NO_SLOT) return rest
    words[(tail << WORDS_LOG2) + NEXT] = rest
    return head
  }
}
