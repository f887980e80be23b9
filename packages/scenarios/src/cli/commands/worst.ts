import { ConfigError, parsePercent, parseRate } from '@weft/core'
import { Network } from '@weft/fabric'
import { InvalidArgumentError } from 'commander'
import { writeDemandsCsv } from '../../exchange/index.ts'
import { many } from '../../report/format.ts'
import { VERSION } from '../../version.ts'
import type { HoseRule, Limit, SiteRule } from '../../worst-case/hose.ts'
import { renderWorstCase } from '../../worst-case/render.ts'
import type { WorstCase } from '../../worst-case/result.ts'
import { worstCase } from '../../worst-case/worst-case.ts'
import { blamingOptions } from '../blaming.ts'
import { define, type Register } from '../command.ts'
import { CountBar } from '../count-bar.ts'
import { writeText } from '../files.ts'
import { writeJson } from '../outputs.ts'
import { REPORT_OPTION, reportAbout, writeReport } from '../report-file.ts'
import { type ScenarioArgument, scenarioArgument } from '../scenario-argument.ts'
import { checkTargets } from '../targets.ts'
import { EXIT, type Terminal } from '../terminal.ts'

interface WorstFlags {
  readonly link?: string[]
  readonly any?: number
  readonly of: string
  readonly limit?: HoseRule[]
  readonly site?: SiteRule[]
  readonly out?: string
  readonly report?: string
  readonly json?: boolean
}

export const registerWorst: Register = (program, terminal) => {
  define(program, 'worst', 'Find the traffic that loads links most, whoever talks to whom', [
    'weft worst scenario.yaml',
    'weft worst scenario.yaml --any 2 --of link/fabric --report worst.html',
    'weft worst scenario.yaml --link ord1/leaf-0:ord1/spine-0 --out demands.csv',
    'weft worst scenario.yaml --limit "ord1/**=40%" --site "ord1/leaf-0/*=200Gbps"',
  ])
    .argument('<scenario>', 'a scenario file')
    .option('--link <names...>', 'these links alone: names or patterns')
    .option('--any <number>', 'with up to so many failures, in every combination', countOf)
    .option('--of <kind>', 'what fails: link, switch, host or risk, or one tier of them: link/fabric', 'link')
    .option(
      '--limit <hosts=rate>',
      'what each of these hosts may send and receive, also send:HOSTS=RATE or receive:HOSTS=RATE; by default its interface rate',
      (text, before: HoseRule[] = []) => [...before, limitOf(text)],
    )
    .option(
      '--site <hosts=rate>',
      'what these hosts together may send to others and receive from others',
      (text, before: SiteRule[] = []) => [...before, siteOf(text)],
    )
    .option('--out <file.csv>', 'write the worst matrix here, for --demands of other commands')
    .option('--json', 'print one JSON document instead')
    .option(...REPORT_OPTION)
    .action(async (file: string, flags: WorstFlags) => {
      checkTargets({ '--out': flags.out, '--report': flags.report }, [file])
      const scenario = await scenarioArgument(file, terminal)
      for (const warning of scenario.warnings) terminal.note(`${file}: warning: ${warning}`)
      const answer = await ask(scenario, flags, terminal)
      terminal.exitCode = answer.partial ? EXIT.interrupted : EXIT.ok
      if (flags.out !== undefined) writeWitness(flags.out, answer, terminal)
      const title = scenario.compiled.blueprint.name
      if (flags.json === true) writeJson({ weft: VERSION, source: file, ...answer }, '-', terminal)
      else terminal.print(renderWorstCase(answer, title, terminal.color))
      await writeReport(flags.report, () => reportOf(answer, scenario, terminal))
    })
}

async function ask(
  { compiled }: ScenarioArgument,
  { link, any, of, limit, site }: WorstFlags,
  terminal: Terminal,
): Promise<WorstCase> {
  const signal = terminal.interruption()
  const bar = terminal.interactive ? new CountBar('failure sets') : undefined
  try {
    const options = {
      ...(link !== undefined && { links: link }),
      ...(any !== undefined && { any: { count: any, of } }),
      ...(limit !== undefined && { limits: limit }),
      ...(site !== undefined && { sites: site }),
      signal,
      onProgress: ({ done, sets }: { done: number; sets: number }) => bar?.update(done, sets),
    }
    const { blueprint, risks } = compiled
    return await blamingOptions(['link', 'any', 'of', 'limit', 'site'], () =>
      worstCase(blueprint.network, { ...options, risks }).catch(withOptionNames),
    )
  } finally {
    bar?.stop()
  }
}

/** Options hold one rule each, where TypeScript's users have lists. */
function withOptionNames(error: unknown): never {
  if (!(error instanceof ConfigError)) throw error
  const names: Readonly<Record<string, string>> = { limits: 'limit', sites: 'site' }
  throw new ConfigError(
    error.issues.map(({ path, message }) => {
      const option = names[String(path[0])]
      return { path: option === undefined ? path : [option], message }
    }),
  )
}

/** Loaded late: plots take long to load. */
async function reportOf(answer: WorstCase, scenario: ScenarioArgument, terminal: Terminal): Promise<string> {
  const { renderWorstReport } = await import('../../report/answers/worst-report.ts')
  const network = new Network(scenario.compiled.blueprint.network)
  return renderWorstReport({ answer, network, about: reportAbout(terminal, [scenario]) })
}

function writeWitness(file: string, { directions, witness }: WorstCase, terminal: Terminal): void {
  const { direction, failed } = directions[0]!
  const during = failed.length === 0 ? '' : ` while ${failed.join(', ')} failed`
  writeText(file, writeDemandsCsv(witness))
  terminal.note(
    `Wrote ${file}: ${many(witness.length, 'demand')} that ${witness.length === 1 ? 'loads' : 'load'} ${direction} most${during}`,
  )
}

function limitOf(text: string): HoseRule {
  const [, which, rest] = /^(?:(send|receive):)?(.*)$/s.exec(text)!
  const [hosts, amount] = ruleOf(rest!)
  const limit = amount.endsWith('%')
    ? { share: quantityOf(parsePercent(amount)) }
    : { bps: quantityOf(parseRate(amount)) }
  const both: { send: Limit; receive: Limit } = { send: limit, receive: limit }
  if (which === 'send') return { hosts, send: both.send }
  return which === 'receive' ? { hosts, receive: both.receive } : { hosts, ...both }
}

function siteOf(text: string): SiteRule {
  const [hosts, amount] = ruleOf(text)
  const bps = quantityOf(parseRate(amount))
  return { hosts, sendBps: bps, receiveBps: bps }
}

function ruleOf(text: string): [hosts: string, amount: string] {
  const at = text.lastIndexOf('=')
  if (at < 1) throw new InvalidArgumentError('Expected hosts and a rate, such as "ord1/**=10Gbps".')
  return [text.slice(0, at), text.slice(at + 1)]
}

function quantityOf(parsed: ReturnType<typeof parseRate>): number {
  if (!parsed.ok) throw new InvalidArgumentError(parsed.message)
  return parsed.value
}

function countOf(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError('Expected a whole number, 1 or more.')
  return Number(text)
}
