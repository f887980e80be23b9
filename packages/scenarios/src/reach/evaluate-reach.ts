import { printDuration } from '@weft/core'
import type { ReachExpectation } from '../compile/questions/reach.ts'
import type { PlayedScenario } from '../explain/network-at.ts'
import { shellWord } from '../text/text-table.ts'
import type { ExpectationResult } from '../result/result.ts'
import { type Breach, judgeReach, type ReachVerdict } from './judge-reach.ts'
import { pairText } from './reach-questions.ts'

export interface ReachContext {
  /** As far as the run has come. */
  readonly untilPs: number
  /** The scenario's file as the user named it, for the commands that are suggested; absent for scenarios built in code. */
  readonly source?: string
}

/** Results of the expectations of who reaches whom, in their order. */
export function evaluateReach(
  scenario: PlayedScenario & { readonly reach: readonly ReachExpectation[] },
  { untilPs, source }: ReachContext,
): ExpectationResult[] {
  return judgeReach(scenario, untilPs).map((verdict) => resultOf(verdict, untilPs, source))
}

const BOUNDS = { reachable: 'every way arrives', unreachable: 'no way arrives' } as const

function resultOf(
  { expectation, pairs, breach, isJudged }: ReachVerdict,
  untilPs: number,
  source: string | undefined,
): ExpectationResult {
  const { kind, text } = expectation
  return {
    text,
    metric: kind,
    pass: isJudged && breach === undefined,
    measured: isJudged ? measuredText(expectation, pairs, breach) : 'nothing to judge',
    bound: BOUNDS[kind],
    object: breach === undefined ? null : pairText(breach.pair),
    fromPs: breach?.fromPs ?? null,
    toPs: breach === undefined ? null : Math.min(breach.toPs, expectation.toPs, untilPs),
    hints: isJudged
      ? breach === undefined
        ? []
        : [commandFor(expectation, breach, source)]
      : [`no state that it is about comes up to ${printDuration(untilPs)}`],
  }
}

function measuredText({ kind }: ReachExpectation, pairs: number, breach: Breach | undefined): string {
  const all = `${pairs.toLocaleString('en')} pair${pairs === 1 ? '' : 's'}`
  if (breach === undefined) return kind === 'reachable' ? `${all}, all reached` : `${all}, none reached`
  const { broken } = breach.count
  const some = `${broken.toLocaleString('en')} of ${all}`
  return kind === 'reachable' ? `${some} lose packets` : `${some} get through`
}

function commandFor(
  { protocol, port, family }: ReachExpectation,
  { fromPs, pair: { from, to } }: Breach,
  source: string | undefined,
): string {
  const at = printDuration(fromPs)
  if (source === undefined)
    return `see it: scenario.explain({ from: '${from}', to: '${to}', protocol: '${protocol}', port: ${port},${family === undefined ? '' : ` family: '${family}',`} at: '${at}' })`
  const ends = `--from ${shellWord(from)} --to ${shellWord(to)}`
  const packet = `--protocol ${protocol} --port ${port}${family === undefined ? '' : ` --family ${family}`}`
  return `see it: weft explain ${shellWord(source)} ${ends} ${packet} --at ${at}`
}
