/** What a state table is, said as simply as it can be: a list of rows with their tuples as text. For tests alone. */
export class NaiveStateTable {
  rows: { name: number; tuples: string[]; insertedPs: number; expiryPs: number }[] = []
  peak = 0
  inserted = 0
  expired = 0
  removed = 0
  refused = 0
  private pastRowPs = 0
  private readonly capacity: number
  private readonly timeoutsPs: readonly number[]

  constructor(capacity: number, timeoutsPs: readonly number[]) {
    this.capacity = capacity
    this.timeoutsPs = timeoutsPs
  }

  advance(nowPs: number): void {
    for (const row of this.rows) {
      if (row.expiryPs > nowPs) continue
      this.expired++
      this.pastRowPs += row.expiryPs - row.insertedPs
    }
    this.rows = this.rows.filter(({ expiryPs }) => expiryPs > nowPs)
  }

  find(tuple: string): number | undefined {
    return this.rows.find(({ tuples }) => tuples.includes(tuple))?.name
  }

  insert(name: number, tuples: string[], nowPs: number, timeoutClass: number): boolean {
    if (this.rows.length === this.capacity) {
      this.refused++
      return false
    }
    this.rows.push({ name, tuples, insertedPs: nowPs, expiryPs: nowPs + this.timeoutsPs[timeoutClass]! })
    this.inserted++
    this.peak = Math.max(this.peak, this.rows.length)
    return true
  }

  refresh(name: number, nowPs: number, timeoutClass: number): void {
    this.rows.find((row) => row.name === name)!.expiryPs = nowPs + this.timeoutsPs[timeoutClass]!
  }

  remove(name: number, nowPs: number): void {
    this.pastRowPs += nowPs - this.rows.find((row) => row.name === name)!.insertedPs
    this.rows = this.rows.filter((row) => row.name !== name)
    this.removed++
  }

  rowPs(nowPs: number): number {
    return this.rows.reduce((sum, { insertedPs }) => sum + nowPs - insertedPs, this.pastRowPs)
  }
}
