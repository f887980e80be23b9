import type { EventRecords } from './event-records.ts'
import * as eventRecord from './event-record.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { FLOATS_LOG2, NEXT, NO_SLOT, WORDS_LOG2 } = eventRecord

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

  private readonly records: EventRecords
  private scratch = scratchFor(64)

  constructor(records: EventRecords) {
    this.records = records
  }

  sort(newestFirst: number): number {
    const { floats, words } = this.records
    let head = newestFirst
    let slot = words[(head << WORDS_LOG2) | NEXT]!
    words[(head << WORDS_LOG2) | NEXT] = NO_SLOT
    let length = 1
    let stepsLeft = INSERTION_STEPS_MAX
    // Each event is older than those in order so far, so it goes before its equals.
    while (slot !== NO_SLOT) {
      if (stepsLeft < 0) return this.sortRest(slot, head, length)
      const time = floats[slot << FLOATS_LOG2]!
      let before = NO_SLOT
      let after = head
      while (after !== NO_SLOT && floats[after << FLOATS_LOG2]! < time) {
        before = after
        after = words[(after << WORDS_LOG2) | NEXT]!
        stepsLeft--
      }
      const next = words[(slot << WORDS_LOG2) | NEXT]!
      words[(slot << WORDS_LOG2) | NEXT] = after
      if (before === NO_SLOT) head = slot
      else words[(before << WORDS_LOG2) | NEXT] = slot
      slot = next
      length++
    }
    this.length = length
    return head
  }

  /** Turns a chain round, unsorted; answers its new head. */
  reverse(head: number): number {
    const words = this.records.words
    let reversed = NO_SLOT
    while (head !== NO_SLOT) {
      const next = words[(head << WORDS_LOG2) | NEXT]!
      words[(head << WORDS_LOG2) | NEXT] = reversed
      reversed = head
      head = next
    }
    return reversed
  }

  /** Fills in `distinct` and `span` for a sorted chain. */
  measure(head: number): void {
    const { floats, words } = this.records
    const first = floats[head << FLOATS_LOG2]!
    let last = first
    this.distinct = 1
    for (let slot = head; slot !== NO_SLOT; slot = words[(slot << WORDS_LOG2) | NEXT]!) {
      const time = floats[slot << FLOATS_LOG2]!
      if (time !== last) this.distinct++
      last = time
    }
    this.span = last - first
  }

  /** Too long or too disorderly for insertion: the older part of the chain by merging, then both parts. */
  private sortRest(newestFirst: number, newerSorted: number, length: number): number {
    const count = this.copy(newestFirst)
    this.length = length + count
    for (let size = 1; size < count; size *= 2) {
      for (let start = 0; start < count; start += 2 * size) this.mergeRuns(start, size, count)
      const { times, slots, merged, mergedSlots } = this.scratch
      this.scratch = { times: merged, slots: mergedSlots, merged: times, mergedSlots: slots }
    }
    return this.link(count, newerSorted)
  }

  /** Copies a chain into the scratch, oldest first; answers how many there are. */
  private copy(newestFirst: number): number {
    const { floats, words } = this.records
    let count = 0
    for (let slot = newestFirst; slot !== NO_SLOT; slot = words[(slot << WORDS_LOG2) | NEXT]!) count++
    if (count > this.scratch.times.length) this.scratch = scratchFor(2 ** Math.ceil(Math.log2(count)))
    const { times, slots } = this.scratch
    let index = count
    for (let slot = newestFirst; slot !== NO_SLOT; slot = words[(slot << WORDS_LOG2) | NEXT]!) {
      times[--index] = floats[slot << FLOATS_LOG2]!
      slots[index] = slot
    }
    return count
  }

  /** Merges two neighbouring runs of `size`; of equals those of the former, which are older, come first. */
  private mergeRuns(start: number, size: number, count: number): void {
    const { times, slots, merged, mergedSlots } = this.scratch
    const middle = Math.min(start + size, count)
    const end = Math.min(middle + size, count)
    let older = start
    let newer = middle
    for (let to = start; to < end; to++) {
      const takesOlder = newer >= end || (older < middle && times[older]! <= times[newer]!)
      const from = takesOlder ? older++ : newer++
      merged[to] = times[from]!
      mergedSlots[to] = slots[from]!
    }
  }

  /** Chains the sorted scratch and a sorted chain of newer events together. */
  private link(count: number, newer: number): number {
    const { floats, words } = this.records
    const { times, slots } = this.scratch
    let tail = NO_SLOT
    for (let index = 0; index < count; index++) {
      while (newer !== NO_SLOT && floats[newer << FLOATS_LOG2]! < times[index]!) {
        words[(tail << WORDS_LOG2) | NEXT] = newer
        tail = newer
        newer = words[(newer << WORDS_LOG2) | NEXT]!
      }
      words[(tail << WORDS_LOG2) | NEXT] = slots[index]!
      tail = slots[index]!
    }
    words[(tail << WORDS_LOG2) | NEXT] = newer
    // The chain began at the record of no event.
    return words[NEXT]!
  }
}

/** Times and slots side by side, twice: merging reads the one and writes the other. */
interface Scratch {
  readonly times: Float64Array
  readonly slots: Int32Array
  readonly merged: Float64Array
  readonly mergedSlots: Int32Array
}

function scratchFor(events: number): Scratch {
  return {
    times: new Float64Array(events),
    slots: new Int32Array(events),
    merged: new Float64Array(events),
    mergedSlots: new Int32Array(events),
  }
}
