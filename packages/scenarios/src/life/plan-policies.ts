import type { EventBlueprint, NetworkBlueprint, Policy } from '@weft/fabric'
import { isTexts, type ManifestReader, type NamedManifests } from '../compile/clusters/manifest-reader.ts'
import { type Path, type Problems, quote } from '../compile/problems.ts'
import { asList } from '../compile/selectors/selectors.ts'
import type { Cluster, ManifestTexts } from '../kubernetes/index.ts'
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

/** Turns events of network policies into those of the network. `network`: with the policies that clusters begin with. */
export function planPolicies(
  happenings: readonly ReadEvent[],
  places: readonly PolicyPlace[],
  network: NetworkBlueprint,
  reader: ManifestReader,
  problems: Problems,
): EventBlueprint[] {
  const known = new Set(network.interfaces?.policies.policies.map(({ name }) => name))
  return happenings.flatMap(({ action, input, path }) => {
    if (!isPolicyAction(action)) return []
    const place = placeOf(input, places, [...path, action], problems)
    if (place === undefined) return []
    const { at, connections = 'block' } = input
    const events: EventBlueprint[] = []
    for (const { each, key } of namedIn(input[action]!)) {
      const where = [...path, action, ...key]
      if (action === 'apply') {
        for (const policy of policiesIn(each, place, reader, where, problems)) {
          known.add(policy.name)
          events.push({ atPs: at, action: 'apply-policy', target: policy.name, policy, connections })
        }
        continue
      }
      const target = [...known].find((name) => name === each || name.replace(/^\S+ /, '') === each)
      const targets =
        target === undefined && isFile(each)
          ? policiesIn(each, place, reader, where, problems).map(({ name }) => name)
          : [target]
      for (const name of targets) {
        if (name === undefined || !known.has(name)) {
          const names = [...known].map((own) => own.replace(/^\S+ /, ''))
          const expected = names.length === 0 ? 'there is none' : `names look like ${quote(names[0]!)}`
          problems.refuse(
            where,
            problems.unknownName('network policy', name ?? textOf(each), names, expected),
          )
        } else {
          known.delete(name)
          events.push({ atPs: at, action: 'delete-policy', target: name, connections })
        }
      }
    }
    return events
  })
}

/** One after the other, with where each stands. */
function namedIn(named: NamedManifests): { readonly each: string | ManifestTexts; readonly key: Path }[] {
  if (isTexts(named))
    return Object.entries(named).map(([file, text]) => ({ each: { [file]: text }, key: [file] }))
  return asList(named).map((each, index) => ({ each, key: typeof named === 'string' ? [] : [index] }))
}

/** Whether what is deleted is files of policies rather than one by its name. */
export const looksLikeFile = (text: string): boolean => /\.(ya?ml|json)$|^\.|\/$|\*/.test(text)

const isFile = (named: string | ManifestTexts): boolean => typeof named !== 'string' || looksLikeFile(named)

/** As messages call it. */
const textOf = (named: string | ManifestTexts): string =>
  typeof named === 'string' ? named : Object.keys(named)[0]!

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
  named: string | ManifestTexts,
  { namespace, policiesOf }: PolicyPlace,
  reader: ManifestReader,
  path: Path,
  problems: Problems,
): readonly Policy[] {
  if (!reader.canRead(named, path)) return []
  const cluster = reader.read(named, namespace, [])
  const others = [...cluster.workloads, ...cluster.services].map(({ id }) => id)
  if (others.length > 0) {
    const message = `${quote(textOf(named))} has ${quote(others[0]!)}; only network policies are applied and deleted while a network runs`
    problems.refuse(path, message)
    return []
  }
  const policies = policiesOf(cluster)
  if (policies.length === 0) problems.refuse(path, `${quote(textOf(named))} has no network policies`)
  return policies
}
