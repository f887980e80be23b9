/** Wall time between pauses: short enough for a progress bar and for Ctrl-C. */
const SLICE_MS = 50

export interface PlanProgress {
  /** What is being looked at: `failures`, `upgrades`, `spines of ord1`. */
  readonly step: string
  readonly done: number
  readonly of: number
}

export interface PaceOptions {
  /** Ends the work at the next pause, with what it has. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: PlanProgress) => void
}

/** Lets long work report, pause and be interrupted. */
export class Pace {
  readonly #options: PaceOptions
  #lastMs = performance.now()

  constructor(options: PaceOptions) {
    this.#options = options
  }

  get interrupted(): boolean {
    return this.#options.signal?.aborted === true
  }

  /** Leaves the thread to others where it is time to; whether to go on. */
  async goOn(progress: PlanProgress): Promise<boolean> {
    if (performance.now() - this.#lastMs > SLICE_MS) {
      this.#options.onProgress?.(progress)
      await new Promise((resolve) => setTimeout(resolve, 0))
      this.#lastMs = performance.now()
    }
    return !this.interrupted
  }
}
