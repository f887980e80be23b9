import { once } from 'node:events'
import pc from 'picocolors'

/** Exit codes of the weft command. */
export const EXIT = { ok: 0, failed: 1, badInput: 2, fault: 70, interrupted: 130 } as const

type Stream = NodeJS.WritableStream & { readonly isTTY?: boolean }

/** Where a command's words go: answers to standard output, everything else to standard error. */
export class Terminal {
  exitCode: number = EXIT.ok
  /** The command line behind `weft`, as it was given. */
  words: readonly string[] = []
  /** Whether a person watches: progress and colour are for people alone. */
  readonly interactive: boolean
  readonly color: boolean
  readonly paint: ReturnType<typeof pc.createColors>
  readonly #out: Stream
  readonly #err: Stream
  readonly #abort = new AbortController()

  constructor(out: Stream, err: Stream, env: NodeJS.ProcessEnv) {
    this.#out = out
    this.#err = err
    this.interactive = err.isTTY === true
    const wanted = (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
    this.color = (out.isTTY === true && wanted) || (env['FORCE_COLOR'] ?? '0') !== '0'
    this.paint = pc.createColors(this.color)
    for (const stream of [out, err]) stream.on('error', (error) => this.#onWriteError(error))
  }

  /** The answer. */
  print(text: string): void {
    this.#out.write(text)
  }

  /** An answer that is too long for one string; waits for whoever reads it. */
  async printParts(parts: Iterable<string>): Promise<void> {
    for (const part of parts) if (!this.#out.write(part)) await once(this.#out, 'drain')
  }

  /** A message, a line. */
  note(text: string): void {
    this.#err.write(`${text}\n`)
  }

  /** Aborted by the first Ctrl-C, so that a run can stop cleanly; the second one ends the process at once. */
  interruption(): AbortSignal {
    process.on('SIGINT', this.#onInterrupt)
    return this.#abort.signal
  }

  /** Gives Ctrl-C back to whoever had it. */
  release(): void {
    process.off('SIGINT', this.#onInterrupt)
  }

  readonly #onInterrupt = (): void => {
    if (this.#abort.signal.aborted) process.exit(EXIT.interrupted)
    this.#abort.abort()
  }

  /** A reader that went away (`weft ... | head`) is no fault of anybody's. */
  #onWriteError(error: NodeJS.ErrnoException): void {
    if (error.code === 'EPIPE') process.exit(this.exitCode)
    throw error
  }
}
