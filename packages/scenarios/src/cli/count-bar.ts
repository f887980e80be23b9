import { SingleBar } from 'cli-progress'

/** A bar of things done, of a known number, on standard error, for a person who waits. */
export class CountBar {
  readonly #bar: SingleBar
  #started = false

  constructor(noun: string) {
    this.#bar = new SingleBar({
      format: `{bar} {value} of {total} ${noun}, {eta_formatted} left`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      noTTYOutput: false,
    })
  }

  update(done: number, all: number): void {
    if (!this.#started) this.#bar.start(all, 0)
    this.#started = true
    this.#bar.update(done)
  }

  stop(): void {
    if (this.#started) this.#bar.stop()
  }
}
