import type { FillingStep } from './filling.ts'

/** Steps in which pools fill, at most while they settle once. */
const FILL_STEPS = 32

/** Pools fill from when demand became what it is, in steps: the first as long as the run's window, the others as long as settling needs. */
export class FillingSteps {
  readonly #windowPs: number
  readonly #endPs: number
  #changedPs = 0
  #stepPs = 0
  #hasChanged = true
  /** When the present step ends. */
  endsPs = Infinity

  /** Nothing is sent from `endPs` on. */
  constructor(windowPs: number, endPs: number) {
    this.#windowPs = windowPs
    this.#endPs = endPs
  }

  /** Demand is another one from the next step on. */
  change(): void {
    this.#hasChanged = true
  }

  /** The step that begins now. */
  begin(nowPs: number): FillingStep {
    if (this.#hasChanged) {
      this.#changedPs = nowPs
      this.#stepPs = this.#windowPs
    }
    this.#hasChanged = false
    this.endsPs = nowPs + this.#stepPs
    return { nowPs, stepPs: this.#stepPs, windowPs: this.#windowPs, changedPs: this.#changedPs }
  }

  /** Whether another step follows, where pools settle within that time; 0: they have. */
  goesOn(nowPs: number, settlingPs: number): boolean {
    if (settlingPs === 0 || this.endsPs >= this.#endPs) return false
    const allPs = Math.min(settlingPs, this.#endPs - nowPs)
    this.#stepPs = Math.max(this.#windowPs, Math.ceil(allPs / FILL_STEPS))
    return true
  }
}
