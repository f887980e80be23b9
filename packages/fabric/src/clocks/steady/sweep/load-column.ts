/** The load of every direction, bit/s on the wire: while everything is up, and in the state at hand. */
export class LoadColumn {
  readonly base: Float64Array
  readonly now: Float64Array

  constructor(directions: number) {
    this.base = new Float64Array(directions)
    this.now = new Float64Array(directions)
  }

  /** Takes the state at hand for the base. */
  settle(): void {
    this.base.set(this.now)
  }

  /** Back to the base: all of it, which is sooner done than to keep a list of what differs. */
  restore(): void {
    this.now.set(this.base)
  }
}
