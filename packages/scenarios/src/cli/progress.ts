import { printDuration } from '@weft/core'
import { SingleBar } from 'cli-progress'
import type { Progress } from '../run/run-scenario.ts'

/** A bar of simulated time with the estimated end, on standard error, for a person who waits. */
export class ProgressBar {
  readonly #bar: SingleBar
  #started = false

  constructor(name: string) {
    this.#bar = new SingleBar({
      format: `${name} {bar} {now} of {end} simulated, {events} events, {eta_formatted} left`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      etaBuffer: 50,
      noTTYOutput: false,
    })
  }

  update({ nowPs, endPs, events }: Progress): void {
    const payload = {
      now: printDuration(nowPs, { digits: 3 }),
      end: printDuration(endPs),
      events: events.toLocaleString('en'),
    }
    if (!this.#started) this.#bar.start(endPs, 0, payload)
    this.#started = true
    this.#bar.update(nowPs, payload)
  }

  stop(): void {
    if (this.#started) this.#bar.stop()
  }
}
