import { evaluatorOf } from '../whatif/evaluator.ts'
import { lostBps } from '../whatif/outcome.ts'
import type { Part } from '../whatif/parts.ts'
import type { Subject } from '../whatif/subject.ts'
import { parsePartsOf } from '../whatif/subject.ts'

/** Every pair of some parts down together, and each alone. */
export interface PairMatrix {
  /** Names of the parts. */
  readonly parts: readonly string[]
  /** Parts that were asked about in all. */
  readonly all: number
  /** Highest utilisation, row by row; a part with itself: it alone. */
  readonly utilization: readonly number[]
  /** Share of the demand that is lost, or about the least of it. */
  readonly lost: readonly number[]
  /** Whether it breaks a limit or an expectation. */
  readonly broken: readonly boolean[]
}

const PARTS_MAX = 24
/** Fewer make no matrix: then others are taken too. */
const PARTS_MIN = 2

/**
 * All pairs where the parts are few; else of those in the worst sets, as the answer lists them: of sets that are alike it
 * lists one, so that every kind of pair is there. `down` names what is down in every set.
 */
export function pairMatrix(
  subject: Subject,
  { of, down, worst }: { of: string; down: readonly string[]; worst: readonly (readonly string[])[] },
  partsMax = PARTS_MAX,
): PairMatrix {
  const always = subject.parts.named(down, 'fail')
  const asked = subject.parts.of(parsePartsOf(of)).filter((part) => !always.includes(part))
  const parts = asked.length <= partsMax ? asked : chosen(asked, worst, partsMax)
  const evaluator = evaluatorOf(subject)
  const cells = parts.length ** 2
  const utilization = new Array<number>(cells).fill(0)
  const lost = new Array<number>(cells).fill(0)
  const broken = new Array<boolean>(cells).fill(false)
  parts.forEach((a, row) => {
    for (let column = 0; column <= row; column++) {
      const pair = column === row ? [a] : [a, parts[column]!]
      const outcome = evaluator.outcome([...always, ...pair], false)
      for (const cell of [row * parts.length + column, column * parts.length + row]) {
        utilization[cell] = outcome.utilization
        lost[cell] = evaluator.demandBps === 0 ? 0 : Math.min(1, lostBps(outcome) / evaluator.demandBps)
        broken[cell] = outcome.broken.length > 0
      }
    }
  })
  return { parts: parts.map(({ name }) => name), all: asked.length, utilization, lost, broken }
}

/** Those in the worst sets, in the order in which parts were asked about. */
function chosen(asked: readonly Part[], worst: readonly (readonly string[])[], most: number): Part[] {
  const wanted = new Set<string>()
  const known = new Set(asked.map(({ name }) => name))
  for (const set of worst) {
    const own = set.filter((name) => known.has(name))
    const more = own.filter((name) => !wanted.has(name))
    if (wanted.size + more.length > most) break
    for (const name of more) wanted.add(name)
  }
  for (const { name } of asked) {
    if (wanted.size >= PARTS_MIN) break
    wanted.add(name)
  }
  return asked.filter(({ name }) => wanted.has(name))
}
