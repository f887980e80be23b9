import type { IngressInput } from '../../schema/ingress.ts'
import type { Path, Problems } from '../problems.ts'
import type { FoundController } from './find-controller.ts'

/** A controller that is meant, and what the scenario says of it. */
export interface Entry {
  readonly input: IngressInput
  readonly at: Path
  readonly found: FoundController | undefined
}

/** A workload that several entries name, for what it serves, is one controller: one of them says what it does. */
export function mergedEntries(entries: readonly Entry[], problems: Problems): readonly Entry[] {
  const merged: Entry[] = []
  for (const entry of entries) {
    const workload = workloadOf(entry)
    const index = workload === undefined ? -1 : merged.findIndex((each) => workloadOf(each) === workload)
    if (index < 0) merged.push(entry)
    else merged[index] = both(merged[index]!, entry, problems)
  }
  return merged
}

const workloadOf = ({ found }: Entry) => found && found.pods[0]!.workload

function both(first: Entry, second: Entry, problems: Problems): Entry {
  const found = first.found!
  const [own, others] = [settingsOf(second.input), settingsOf(first.input)]
  const isOther = own !== NONE && others !== NONE && own !== others
  if (isOther || found.service !== second.found!.service)
    problems.refuse(
      second.at,
      `${found.pods[0]!.workload} is set up by another entry already; say what it does there, and here its "class" and "controller" alone`,
    )
  const added = second.found!.ingresses.filter((each) => !found.ingresses.includes(each))
  const entry = own === NONE ? first : second
  return { ...entry, found: { ...found, ingresses: [...found.ingresses, ...added] } }
}

const NONE = '{}'

/** What an entry says beside whom it means. */
function settingsOf({ class: _class, controller: _controller, service: _service, ...rest }: IngressInput) {
  return JSON.stringify(rest)
}
