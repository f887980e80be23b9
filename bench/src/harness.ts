import { spawnSync } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** One benchmark of the registry in `main.ts`. */
export interface Benchmark {
  readonly name: string
  /** One line for `--help`. */
  readonly summary: string
  /** Arguments of a run of seconds that proves it works, and of the run whose numbers count. */
  readonly smokeArgs: readonly string[]
  readonly fullArgs: readonly string[]
  /** The text that follows the name in `--help NAME`: one line per option. */
  readonly options: string
  run(args: readonly string[]): BenchmarkResult | Promise<BenchmarkResult>
}

/** What every benchmark's JSON document has; each adds its own counts. */
export interface BenchmarkResult extends Costs {
  readonly benchmark: string
}

export interface Costs {
  /** User time of the event loops alone, set-up excluded. */
  readonly cpuSeconds: number
  readonly wallSeconds: number
  readonly peakRssBytes: number
}

/** The user wrote something that the benchmark does not take: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Adds up what the measured parts of this process cost. */
export class Meter {
  #cpuMicroseconds = 0
  #wallMilliseconds = 0

  /** Runs `part` and counts its time. */
  measure<Result>(part: () => Result): Result {
    const cpu = process.cpuUsage()
    const start = performance.now()
    const result = part()
    this.#wallMilliseconds += performance.now() - start
    this.#cpuMicroseconds += process.cpuUsage(cpu).user
    return result
  }

  get costs(): Costs {
    return {
      // never 0, where the system's clock has not ticked: rates are taken of it
      cpuSeconds: Math.max(1, this.#cpuMicroseconds) / 1e6,
      wallSeconds: this.#wallMilliseconds / 1e3,
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
    }
  }
}

/** Bytes of typed arrays that are in use: those that were outgrown are collected first. */
export function bytesOfColumns(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().arrayBuffers
}

/** The costs of parts that ran one after the other, each in a process of its own. */
export function sumOfCosts(parts: readonly Costs[]): Costs {
  const sum = (pick: (costs: Costs) => number) => parts.reduce((total, costs) => total + pick(costs), 0)
  return {
    cpuSeconds: sum((costs) => costs.cpuSeconds),
    wallSeconds: sum((costs) => costs.wallSeconds),
    peakRssBytes: Math.max(...parts.map((costs) => costs.peakRssBytes)),
  }
}

/** A module beside the one of this URL: a source file beside a source file, a compiled one beside a compiled one. */
export function moduleBeside(url: string, name: string): URL {
  return new URL(`./${name}${extname(fileURLToPath(url))}`, url)
}

/**
 * Runs a module with one argument, as JSON, in a fresh process and answers the JSON document that it prints. What
 * was measured before then leaves no traces in the compiler's profile, the heap and the shapes of objects.
 */
export function runInFreshProcess<Result>(
  module: URL,
  argument: unknown,
  nodeFlags: readonly string[] = [],
): Result {
  const path = fileURLToPath(module)
  const runner = path.endsWith('.ts') ? ['--import', 'tsx'] : process.execArgv
  const args = [...runner, ...nodeFlags, path, JSON.stringify(argument)]
  const child = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: Number.POSITIVE_INFINITY,
  })
  if (child.status !== 0) {
    throw new Error(`${path} ended with ${child.signal ?? `exit code ${child.status}`}`)
  }
  return JSON.parse(child.stdout) as Result
}

/** A whole number of at least one from an option's text. */
export function wholeNumber(option: string, text: string, min = 1): number {
  const value = Number(text)
  if (!(Number.isSafeInteger(value) && value >= min)) {
    throw new UsageError(`--${option} is ${text}; expected a whole number of at least ${min}`)
  }
  return value
}
