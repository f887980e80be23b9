import type { EventBlueprint, NetworkBlueprint, Policy } from '@weft/fabric'
import type { Path, Problems } from '../compile/problems.ts'
import { quote } from '../compile/problems.ts'
import { asList } from '../compile/selectors.ts'
import type { Cluster } from '../kubernetes/index.ts'
import type { EventInput } from '../schema/events.ts'
import { isPolicyAction, type ReadEvent } from './event-actions.ts'

/** A cluster as events of policies see it. */
export interface PolicyPlace {
  readonly name: string
  /** The namespace of manifests that name none. */
  readonly namespace: string | undefined
  /** What is read of its manifests: under the names that it has among several clusters. */
  readonly policiesOf: (cluster: Cluster) => readonly Policy[]
}

type Read = (patterns: readonly string[], namespace: string | undefined) => Cluster

/** Turns events of network policies into those of the network. `network`: with the policies that clusters begin with. */
export function planPolicies(
  happenings: readonly ReadEvent[],
  places: readonly PolicyPlace[],
  network: NetworkBlueprint,
  read: Read | undefined,
  problems: Problems,
): EventBlueprint[] {
  const known = new Set(network.interfaces?.policies.policies.map(({ name }) => name))
  return happenings.flatMap(({ action, input, path }) => {
    if (!isPolicyAction(action)) return []
    const place = placeOf(input, places, [...path, action], problems)
    if (place === undefined) return []
    const { at, connections = 'block' } = input
    const named = asList(input[action]!)
    const events: EventBlueprint[] = []
    for (const [index, each] of named.entries()) {
      const where = typeof input[action] === 'string' ? [...path, action] : [...path, action, index]
      if (action === 'apply') {
        for (const policy of policiesIn(each, place, read, where, problems)) {
          known.add(policy.name)
          events.push({ atPs: at, action: 'apply-policy', target: policy.name, policy, connections })
        }
        continue
      }
      const target = [...known].find((name) => name === each || name.replace(/^\S+ /, '') === each)
      const targets =
        target === undefined && looksLikeFile(each)
          ? policiesIn(each, place, read, where, problems).map(({ name }) => name)
          : [target]
      for (const name of targets) {
        if (name === undefined || !known.has(name)) {
          const names = [...known].map((own) => own.replace(/^\S+ /, ''))
          const expected = names.length === 0 ? 'there is none' : `names look like ${quote(names[0]!)}`
          problems.refuse(where, problems.unknownName('network policy', name ?? each, names, expected))
        } else {
          known.delete(name)
          events.push({ atPs: at, action: 'delete-policy', target: name, connections })
        }
      }
    }
    return events
  })
}

const looksLikeFile = (text: string): boolean => /\.(ya?ml|json)$|^\.|\/$|\*/.test(text)

function placeOf(
  { cluster }: EventInput,
  places: readonly PolicyPlace[],
  path: Path,
  problems: Problems,
): PolicyPlace | undefined {
  const names = places.map(({ name }) => name)
  if (cluster !== undefined) {
    const found = places.find(({ name }) => name === cluster)
    const expected = names.length === 0 ? 'there is none' : `expected one of ${names.join(', ')}`
    if (found === undefined)
      problems.refuse(
        [...path.slice(0, 2), 'cluster'],
        problems.unknownName('cluster', cluster, names, expected),
      )
    return found
  }
  if (places.length === 1) return places[0]
  problems.refuse(
    path,
    places.length === 0
      ? 'the scenario has no "kubernetes" whose policies these could be'
      : `there are several clusters; say "cluster": one of ${names.join(', ')}`,
  )
  return undefined
}

function policiesIn(
  pattern: string,
  { namespace, policiesOf }: PolicyPlace,
  read: Read | undefined,
  path: Path,
  problems: Problems,
): readonly Policy[] {
  if (read === undefined) {
    problems.refuse(path, 'there is nothing to read manifests from; run the weft command')
    return []
  }
  const cluster = read([pattern], namespace)
  const others = [...cluster.workloads, ...cluster.services].map(({ id }) => id)
  if (others.length > 0) {
    const message = `${quote(pattern)} has ${quote(others[0]!)}; only network policies are applied and deleted while a network runs`
    problems.refuse(path, message)
    return []
  }
  const policies = policiesOf(cluster)
  if (policies.length === 0) problems.refuse(path, `${quote(pattern)} has no network policies`)
  return policies
}
