import { ARRIVES, ReachTable } from '@weft/fabric'
import type { Steps } from '../planning/pace.ts'
import type { Subject } from '../whatif/subject.ts'
import type { Ways } from './paths.ts'

/** Pairs of hosts that are in both, by whether a packet finds its way. */
export interface ReachDiff {
  readonly both: number
  readonly onlyBefore: number
  readonly onlyAfter: number
  readonly neither: number
  /** Some of those that changed, `from → to`. */
  readonly lost: readonly string[]
  readonly gained: readonly string[]
}

const EXAMPLES_MAX = 20

interface Side {
  readonly subject: Subject
  readonly ways: Ways
}

/** Hosts that hang alike in both share what becomes of their packets: each two groups of them are asked about once. */
export function* diffReach(before: Side, after: Side): Steps<ReachDiff> {
  const reaches = [before, after].map(({ subject: { network } }) => {
    const table = new ReachTable(network)
    const node = (host: string) => network.topology.nodeIndex(host)
    return (from: string, to: string) => (table.fate(node(from), node(to)) & ARRIVES) !== 0
  })
  const counts = { both: 0, onlyBefore: 0, onlyAfter: 0, neither: 0 }
  const [lost, gained]: [string[], string[]] = [[], []]
  const groups = groupsInBoth(before.ways, after.ways)
  for (const [i, senders] of groups.entries()) {
    for (const [j, receivers] of groups.entries()) {
      const pairs = senders.length * (receivers.length - (i === j ? 1 : 0))
      if (pairs === 0) continue
      const [was, is] = reaches.map((ask) => ask(senders[0]!, receivers[i === j ? 1 : 0]!))
      counts[was ? (is ? 'both' : 'onlyBefore') : is ? 'onlyAfter' : 'neither'] += pairs
      if (was !== is) addExamples(was ? lost : gained, senders, receivers)
      if (!(yield { step: 'reach', done: i * groups.length + j, of: groups.length ** 2 }))
        return { ...counts, lost, gained }
    }
  }
  return { ...counts, lost, gained }
}

function addExamples(examples: string[], senders: readonly string[], receivers: readonly string[]): void {
  for (const from of senders) {
    for (const to of receivers) {
      if (examples.length === EXAMPLES_MAX) return
      if (from !== to) examples.push(`${from} → ${to}`)
    }
  }
}

function groupsInBoth(before: Ways, after: Ways): string[][] {
  const groups = new Map<string, string[]>()
  for (const host of before.hosts) {
    if (!after.has(host)) continue
    const key = `${before.groupOf(host)} ${after.groupOf(host)}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [host])
    else group.push(host)
  }
  return [...groups.values()]
}
