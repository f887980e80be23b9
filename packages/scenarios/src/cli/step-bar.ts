import { SingleBar } from 'cli-progress'
import type { PlanProgress } from '../planning/pace.ts'

/** What is being looked at, one step after the other, on standard error, for a person who waits. */
export class StepBar {
  readonly #bar: SingleBar
  #started = false

  constructor(name: string) {
    this.#bar = new SingleBar({
      format: `${name} {bar} {step} {value} of {total}`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      noTTYOutput: false,
    })
  }

  update({ step, done, of }: PlanProgress): void {
    if (!this.#started) this.#bar.start(of, done, { step })
    this.#started = true
    this.#bar.setTotal(of)
    this.#bar.update(done, { step })
  }

  stop(): void {
    if (this.#started) this.#bar.stop()
  }
}
