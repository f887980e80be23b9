import type { PortsChange, ReachDiff } from './compare-reach.ts'

/**
 * The document of what changed, in parts to be written one after the other. Entries are pairs, as in the document of all
 * connections, with what became of them.
 */
export function* reachDiffJson(
  { workloads, between, outside, several }: ReachDiff,
  asked: { readonly before: string; readonly after: string },
): Generator<string, void, undefined> {
  const head = JSON.stringify({ schema: 1, ...asked, workloads })
  yield `${head.slice(0, -1)},"connections":[`
  let separator = ''
  for (const part of parts()) {
    yield `${separator}${part}`
    separator = ','
  }
  yield ']}\n'

  function* parts() {
    for (const each of between) {
      const names = new Map(each.to.map((name) => [name, JSON.stringify(name)]))
      for (const from of each.from) {
        const to = [...names].filter(([name]) => name !== from || several.has(name)).map(([, text]) => text)
        if (to.length > 0) yield entriesOf(JSON.stringify(from), to, each)
      }
    }
    for (const each of outside) {
      const names = each.workloads.map((name) => JSON.stringify(name))
      const prefixes = each.prefixes.map((cidr) => JSON.stringify({ cidr }))
      const [sources, destinations] = each.direction === 'toOutside' ? [names, prefixes] : [prefixes, names]
      for (const from of sources) yield entriesOf(from, destinations, each)
    }
  }
}

function entriesOf(
  from: string,
  destinations: readonly string[],
  { change, before, after }: PortsChange,
): string {
  const end = `,"change":"${change}","before":${JSON.stringify(before)},"after":${JSON.stringify(after)}}`
  return destinations.map((to) => `{"from":${from},"to":${to}${end}`).join(',')
}
