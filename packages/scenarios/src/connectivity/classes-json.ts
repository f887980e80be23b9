import { allowOf } from './allowed-ports.ts'
import type { Connectivity } from './connectivity.ts'
import type { ExposureGroup } from './exposure.ts'
import { Allowed, entriesToOutside, fromOutside } from './reach-json.ts'

/**
 * The document of all connections over classes of workloads that no rule tells apart, each under the name of its first: an
 * entry holds for every one of `from` with every other of `to`. Everyone reaches itself, and single pairs that are
 * otherwise are in `exceptions`. As long as classes squared, however many workloads there are.
 */
export function* classesJson(
  connectivity: Connectivity,
  exposure: readonly ExposureGroup[],
): Generator<string, void, undefined> {
  const { workloads, classes, none } = connectivity
  const allowed = new Allowed()
  const nameOf = ({ workloads: [first] }: (typeof classes)[number]) => first!
  const quoted = classes.map((one) => JSON.stringify(nameOf(one)))
  const head = {
    schema: 1,
    workloads,
    classes: classes.map((one) => ({ name: nameOf(one), workloads: one.workloads })),
  }
  yield `${JSON.stringify(head).slice(0, -1)},"connections":[`
  let separator = ''
  for (const from of classes) {
    const row = connectivity.portsToAll(from)
    const begin = `{"from":${quoted[from.index]},"to":`
    const between = classes.flatMap((to) => {
      const ports = row[to.index]!
      const isItself = to === from && from.workloads.length === 1
      return ports === none || isItself ? [] : [`${begin}${quoted[to.index]},"allow":${allowed.of(ports)}}`]
    })
    const all = [...between, ...entriesToOutside(connectivity, from, nameOf(from))]
    if (all.length === 0) continue
    yield separator + all.join()
    separator = ','
  }
  for (const entries of fromOutside(connectivity, (one) => [nameOf(one)])) {
    yield separator + entries
    separator = ','
  }
  const exceptions = classes
    .filter(({ isHostNetwork }) => isHostNetwork)
    .flatMap((one) => one.workloads)
    .flatMap((from) =>
      [...connectivity.exceptionsOf(from)].map(([to, ports]) => ({ from, to, allow: allowOf(ports) })),
    )
  yield `],"exceptions":${JSON.stringify(exceptions)},"exposure":${JSON.stringify(exposure)}}\n`
}
