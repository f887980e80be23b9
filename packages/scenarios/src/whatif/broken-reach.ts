import { withRoutes } from '@weft/fabric'
import { brokenPair, questionOf } from '../reach/reach-questions.ts'
import type { ReachRow } from './answer.ts'
import type { Outcome } from './outcome.ts'
import { numbersOf, type Part } from './parts.ts'
import type { Subject } from './subject.ts'

/** What breaks the expectations of reach that a state breaks, on the routes of that state. */
export function brokenReach(
  { network, judge }: Subject,
  down: readonly Part[],
  { broken }: Outcome,
): ReachRow[] {
  const expectations = broken.flatMap((criterion) => judge.reachOf(criterion) ?? [])
  if (expectations.length === 0) return []
  const { links, nodes } = numbersOf(down)
  return withRoutes(network, links, nodes, (table, state) =>
    expectations.flatMap((expectation) => {
      const question = questionOf(expectation, network.topology)
      const {
        pairs,
        broken: some,
        first,
      } = table.count(question.from, question.to, question.wanted, question.probe)
      if (first === undefined) return []
      const { from, to, reason = null, place = null } = brokenPair(network, state, first, question)
      return [{ text: expectation.text, pairs, broken: some, from, to, reason, place }]
    }),
  )
}
