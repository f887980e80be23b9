import type { DnsName } from './name.ts'
import { dnsName } from './name.ts'
import type { RecordType } from './records.ts'

/** Whoever may go on with what is not true any more: a client, a resolver. */
export interface StaleHolder {
  staleUntilPs(name: DnsName, type: RecordType): number
}

/** How long those who resolve a name go on with the old answer after it has changed, if they ask again and again. */
export class StaleTail {
  /** Those who have the new answer already count as 0; least first. */
  readonly remainingPs: Float64Array

  /** Of one clock's instant; for all who are given, one at least. */
  constructor(now: number, holders: readonly StaleHolder[], name: string, type: RecordType) {
    const whole = dnsName(name)
    this.remainingPs = Float64Array.from(holders, (holder) => holder.staleUntilPs(whole, type) - now).sort()
  }

  /** The share that still uses the old answer so long from now. */
  shareAfter(delayPs: number): number {
    const { remainingPs } = this
    let [from, to] = [0, remainingPs.length]
    while (from < to) {
      const middle = (from + to) >> 1
      if (remainingPs[middle]! > delayPs) to = middle
      else from = middle + 1
    }
    return (remainingPs.length - from) / remainingPs.length
  }

  get meanPs(): number {
    return this.remainingPs.reduce((sum, each) => sum + each / this.remainingPs.length, 0)
  }

  /** The least time within which this share of all has the new answer, 0 to 1. */
  quantilePs(share: number): number {
    const { remainingPs } = this
    return remainingPs[Math.max(0, Math.ceil(share * remainingPs.length) - 1)]!
  }
}
