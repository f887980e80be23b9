import type { NetworkBlueprint } from '@weft/fabric'
import { spellingsOf } from '../compile/selectors.ts'
import type { ReadEvent } from './event-actions.ts'

/** A time in which a host is down, or has no way out: none of its links leads to anything that is up. */
export interface HostOutage {
  readonly host: string
  readonly fromPs: number
  /** Infinity: to the end. */
  readonly toPs: number
  /** It failed itself, with all that runs on it; else it goes on behind links that are down. */
  readonly isDown: boolean
  /** The event that began it. */
  readonly by: ReadEvent
}

interface Attachment {
  readonly link: string
  readonly other: string
}

/** When hosts are cut off by failures and repairs that the scenario states, in order of their beginnings. Names that are not there count for nothing. */
export function hostOutages(events: readonly ReadEvent[], network: NetworkBlueprint): HostOutage[] {
  const outages = events.filter(({ action }) => action === 'fail' || action === 'repair')
  if (outages.length === 0) return []
  const attached = attachmentsOf(network)
  const hostsAt = new Map<string, string[]>()
  for (const [host, links] of attached) {
    for (const name of [host, ...links.flatMap(({ link, other }) => [link, other])]) {
      const known = hostsAt.get(name)
      if (known === undefined) hostsAt.set(name, [host])
      else known.push(host)
    }
  }
  const down = new Set<string>()
  const open = new Map<string, Omit<HostOutage, 'toPs'>>()
  const closed: HostOutage[] = []
  for (const event of outages) {
    const { action, input } = event
    const target = namesOf(input[action as 'fail' | 'repair']!).find((name) => hostsAt.has(name))
    if (target === undefined) continue
    if (action === 'fail') down.add(target)
    else down.delete(target)
    for (const host of hostsAt.get(target)!) {
      const isDown = down.has(host)
      const isCut =
        isDown || attached.get(host)!.every(({ link, other }) => down.has(link) || down.has(other))
      const known = open.get(host)
      if (isCut && known === undefined) open.set(host, { host, fromPs: input.at, isDown, by: event })
      else if (!isCut && known !== undefined) {
        open.delete(host)
        closed.push({ ...known, toPs: input.at })
      }
    }
  }
  for (const outage of open.values()) closed.push({ ...outage, toPs: Infinity })
  return closed.sort((a, b) => a.fromPs - b.fromPs)
}

/** As events name it, and before hosts had virtual switches, whose names their links bear now. */
const namesOf = (text: string): string[] =>
  spellingsOf(text).flatMap((name) => [name, name.replaceAll('/vswitch', '')])

function attachmentsOf({ nodes, links }: NetworkBlueprint): Map<string, Attachment[]> {
  const attached = new Map<string, Attachment[]>(
    nodes.flatMap(({ kind, name }) => (kind === 'host' ? [[name, []] as const] : [])),
  )
  for (const { name, ends } of links)
    for (const [at, other] of [ends, [ends[1], ends[0]]] as const)
      attached.get(at)?.push({ link: name, other })
  return attached
}
