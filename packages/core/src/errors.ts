/** One thing wrong with what the user gave: where it stands, what was found, what was expected, how to mend it. */
export interface Issue {
  /** Path into the user's data, e.g. `['regions', 'ord1', 'fabric', 'leafSpine', 'leaves']`. */
  readonly path: readonly (string | number)[]
  /** A full sentence without a final stop, e.g. `unknown key "spine" in leafSpine; did you mean "spines"?`. */
  readonly message: string
}

/** Input refused at the border. Lists every problem that was found, not the first alone. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly issues: readonly Issue[]

  constructor(issues: readonly Issue[]) {
    super(issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'))
    this.issues = issues
  }
}

/** A broken promise of Weft's own code: always a bug here, never the user's fault. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

/** A model that would never end: time stands still, or the pending events grow without bound. */
export class RunawayError extends Error {
  override readonly name = 'RunawayError'
  readonly handler: string

  constructor(handler: string, message: string) {
    super(message)
    this.handler = handler
  }
}

/** A handler threw; `cause` is what it threw. The message begins with the handler's name and the instant. */
export class HandlerError extends Error {
  override readonly name = 'HandlerError'
  readonly handler: string
  readonly timePs: number

  constructor(handler: string, timePs: number, cause: unknown) {
    super(`${handler} failed at ${timePs} ps: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
    this.handler = handler
    this.timePs = timePs
  }
}

/** Refuses one argument of a call, option or setting that the user wrote. */
export function refuse(where: string, message: string): never {
  throw new ConfigError([{ path: [where], message }])
}
