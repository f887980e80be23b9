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
    if (this.#isDue()) await this.#pause(progress)
    return !this.interrupted
  }

  /** Takes all steps, and pauses between them where it is time to. */
  async take<Answer>(steps: Steps<Answer>): Promise<Answer> {
    let { done, value } = steps.next()
    while (done !== true) {
      if (this.#isDue()) await this.#pause(value as PlanProgress)
      ;({ done, value } = steps.next(!this.interrupted))
    }
    return value as Answer
  }

  #isDue(): boolean {
    return performance.now() - this.#lastMs > SLICE_MS
  }

  async #pause(progress: PlanProgress): Promise<void> {
    this.#options.onProgress?.(progress)
    await new Promise((resolve) => setTimeout(resolve, 0))
    this.#lastMs = performance.now()
  }
}

/** Work that says how far it is, and hears whether to go on: when not, it comes to an end with what it has. */
export type Steps<Answer> = Generator<PlanProgress, Answer, boolean>

/** Takes all steps at once. */
export function atOnce<Answer>(steps: Steps<Answer>): Answer {
  for (let step = steps.next(); ; step = steps.next(true)) if (step.done === true) return step.value
}
