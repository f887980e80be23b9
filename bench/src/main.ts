import { type Benchmark, type BenchmarkResult, UsageError } from './harness.ts'
import { allocation } from './allocation/allocation.ts'
import { conntrack } from './conntrack/conntrack.ts'
import { hold } from './hold/hold.ts'
import { nat } from './nat/nat.ts'
import { peersNetworkX } from './peers/networkx/peers-networkx.ts'
import { peersSimGrid } from './peers/simgrid/peers-simgrid.ts'
import { policy } from './policy/policy.ts'
import { reach } from './reach/reach.ts'
import { scale } from './scale/scale.ts'
import { w1 } from './w1/w1.ts'
import { w2, w3 } from './w2-w3/w2-w3.ts'
import { w4 } from './w4/w4.ts'

const benchmarks: readonly Benchmark[] = [
  hold,
  w1,
  w2,
  w3,
  w4,
  scale,
  allocation,
  policy,
  reach,
  conntrack,
  nat,
  peersSimGrid,
  peersNetworkX,
]

async function main(args: readonly string[]): Promise<void> {
  const [name, ...rest] = args
  if (name === '--help' || name === '-h') return print(help())
  if (name === undefined || name === '--json') {
    if (rest.length > 0) throw new UsageError(`${rest[0]} needs the name of a benchmark before it`)
    for (const each of benchmarks) printResult(await each.run(each.smokeArgs), name === '--json')
    return
  }
  const benchmark = benchmarks.find((each) => each.name === name)
  if (benchmark === undefined) {
    const names = benchmarks.map((each) => each.name).join(', ')
    throw new UsageError(`there is no benchmark ${name}; expected one of ${names}`)
  }
  if (rest.includes('--help') || rest.includes('-h')) return print(helpFor(benchmark))
  const asLine = rest.includes('--json')
  const own = rest.filter((arg) => arg !== '--json')
  printResult(await benchmark.run(own.length > 0 ? own : benchmark.fullArgs), asLine)
}

function help(): string {
  return [
    'pnpm bench NAME [options] [--json]   runs one benchmark and prints one JSON document',
    'pnpm bench                           runs all of them at smoke size, one document each',
    'pnpm bench NAME --help               lists its options',
    '',
    '--json prints the document on one line.',
    '',
    ...benchmarks.map((each) => `${each.name.padEnd(14)} ${each.summary}`),
  ].join('\n')
}

function helpFor({ name, summary, options, fullArgs, smokeArgs }: Benchmark): string {
  const line = (args: readonly string[]) => ['pnpm bench', name, ...args].join(' ')
  return [
    `${name}: ${summary}`,
    '',
    options,
    '',
    `full:  ${line(fullArgs)}`,
    `smoke: ${line(smokeArgs)}`,
  ].join('\n')
}

function printResult(result: BenchmarkResult, asLine: boolean): void {
  print(JSON.stringify(result, null, asLine ? 0 : 2))
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** What `parseArgs` throws for options that a benchmark does not have. */
function isUsageError(error: unknown): error is Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return error instanceof UsageError || code.startsWith('ERR_PARSE_ARGS_')
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  if (!isUsageError(error)) throw error
  process.stderr.write(`bench: ${error.message}\npnpm bench --help lists what there is\n`)
  process.exitCode = 2
}
