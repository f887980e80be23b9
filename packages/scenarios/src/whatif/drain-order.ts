/** Room of a state with these members down; more is better. Undefined where it is not to be looked for any more. */
export type ScoreOf<Step> = (members: readonly number[]) => Generator<Step, number | undefined, boolean>

/**
 * The order in which to take `count` members down, one after the other without any coming back, whose tightest step has
 * the most room, and of those the one with the most room in sum over all steps. Dynamic programming over subsets (Held and
 * Karp, 1962): 2^count scores. Every order ends with all of them down, so that step alone often is the tightest. Empty where a
 * score is missing.
 */
export function* bestOrder<Step>(count: number, scoreOf: ScoreOf<Step>): Generator<Step, number[], boolean> {
  const all = 2 ** count - 1
  const scores = new Float64Array(all + 1)
  for (let set = 1; set <= all; set++) {
    const score = yield* scoreOf(membersOf(set, count))
    if (score === undefined) return []
    scores[set] = score
  }
  const tightest = tightestSteps(count, scores)[all]!
  const sums = new Float64Array(all + 1).fill(-Infinity)
  const last = new Int8Array(all + 1)
  sums[0] = 0
  for (let set = 1; set <= all; set++) {
    if (scores[set]! < tightest) continue
    for (let member = 0; member < count; member++) {
      if (((set >> member) & 1) === 0) continue
      const sum = sums[set ^ (1 << member)]! + scores[set]!
      if (sum <= sums[set]!) continue
      sums[set] = sum
      last[set] = member
    }
  }
  const order: number[] = []
  for (let set = all; set > 0; set ^= 1 << last[set]!) order.push(last[set]!)
  return order.reverse()
}

/** By subset: the room of the tightest step on the best way to it. */
function tightestSteps(count: number, scores: Float64Array): Float64Array {
  const best = new Float64Array(scores.length).fill(-Infinity)
  best[0] = Infinity
  for (let set = 1; set < scores.length; set++) {
    for (let member = 0; member < count; member++) {
      if (((set >> member) & 1) === 0) continue
      best[set] = Math.max(best[set]!, Math.min(best[set ^ (1 << member)]!, scores[set]!))
    }
  }
  return best
}

/** At every step the member that leaves the most room then; ends before the first step with a score missing. */
export function* greedyOrder<Step>(
  count: number,
  scoreOf: ScoreOf<Step>,
): Generator<Step, number[], boolean> {
  const order: number[] = []
  const left = new Set(Array.from({ length: count }, (_, i) => i))
  while (left.size > 0) {
    let best = -1
    let most = -Infinity
    for (const member of left) {
      const score = yield* scoreOf([...order, member])
      if (score === undefined) return order
      if (best >= 0 && score <= most) continue
      best = member
      most = score
    }
    order.push(best)
    left.delete(best)
  }
  return order
}

/** Each by itself, the one that leaves the most room first; those with a score. */
export function* eachAlone<Step>(count: number, scoreOf: ScoreOf<Step>): Generator<Step, number[], boolean> {
  const scores: number[] = []
  for (let member = 0; member < count; member++) {
    const score = yield* scoreOf([member])
    if (score === undefined) break
    scores.push(score)
  }
  return scores.map((_, i) => i).sort((a, b) => scores[b]! - scores[a]! || a - b)
}

function membersOf(set: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => i).filter((member) => ((set >> member) & 1) === 1)
}
