/** How full a table is and was. Instants come in order, by the field `instantPs`, which is written before each call. */
export class Occupancy {
  size = 0
  /** Most rows at once, and when first. */
  peak = 0
  peakPs = 0
  inserted = 0
  expired = 0
  /** Removed before they expired. */
  removed = 0
  refused = 0
  /** When the first row was refused; undefined while none was. */
  firstRefusedPs: number | undefined = undefined
  /** When what is counted next happens. */
  instantPs: number
  private readonly beganPs: number
  private sincePs: number
  private rowPs = 0

  constructor(nowPs: number) {
    this.instantPs = nowPs
    this.beganPs = nowPs
    this.sincePs = nowPs
  }

  /** Rows summed over time up to `instantPs`: row-picoseconds. */
  get usedPs(): number {
    return this.rowPs + this.size * (this.instantPs - this.sincePs)
  }

  /** Rows over time up to `instantPs`: the mean occupancy. */
  get mean(): number {
    const elapsedPs = this.instantPs - this.beganPs
    return elapsedPs <= 0 ? this.size : this.usedPs / elapsedPs
  }

  insert(): void {
    this.advance()
    this.inserted++
    this.size++
    if (this.size <= this.peak) return
    this.peak = this.size
    this.peakPs = this.instantPs
  }

  expire(): void {
    this.advance()
    this.size--
    this.expired++
  }

  remove(): void {
    this.advance()
    this.size--
    this.removed++
  }

  refuse(): void {
    this.refused++
    this.firstRefusedPs ??= this.instantPs
  }

  private advance(): void {
    this.rowPs += this.size * (this.instantPs - this.sincePs)
    this.sincePs = this.instantPs
  }
}
