import type { DemandMatrix } from '@weft/fabric'
import type { CompiledScenario } from '../compile/compile.ts'
import type { RankingSnapshot } from './ranking.ts'

/** What is asked, as plain data. */
export interface Question {
  /** Names or patterns of parts that are all down in every set. */
  readonly fail?: readonly string[]
  /** Up to so many more fail, in every combination; whole, 1 or more. */
  readonly any?: number
  /** Of which parts: `link`, `switch`, `host`, `risk`, or one tier of them: `link/fabric`. Default link. */
  readonly of?: string
  /** How many of the worst sets to list. Default 100. */
  readonly top?: number
}

/** A share of the work, as plain data: what `SetSweep.runShare` does. */
export interface ShareTask {
  readonly scenario: CompiledScenario
  readonly demand: DemandMatrix
  readonly question: Question
}

/** Does a share of the work, telling how many sets are done. */
export type ShareRunner = (
  task: ShareTask,
  onSets: (sets: number) => void,
  signal: AbortSignal | undefined,
) => Promise<RankingSnapshot>

export interface WhatIfProgress {
  /** Sets that are covered, and all that are to be. */
  readonly done: number
  readonly sets: number
}
