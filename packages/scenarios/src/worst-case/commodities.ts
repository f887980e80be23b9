import type { DirectionShares } from '@weft/fabric'
import type { HoseLimits } from './hose.ts'
import { type Packing, raisedPrices, worthOf } from './packing.ts'

/**
 * The programme of the load that a direction can be given: columns are pairs of groups of hosts, worth the share of their
 * traffic that crosses; rows are the groups' limits, then the sites'.
 *
 * Groups lose nothing against hosts. In a column no host is in both groups, so what group A sends to group B can be spread
 * over their hosts in proportion to their limits, and then keeps each host's limit as it kept the group's; what hosts send
 * adds up to what groups send, in the same sites and worth the same.
 */
export interface Commodities extends Packing {
  readonly senders: readonly (readonly number[])[]
  readonly receivers: readonly (readonly number[])[]
  /** Groups of every column. */
  readonly sender: Int32Array
  readonly receiver: Int32Array
  /** Receivers' rows follow those of the senders. */
  readonly siteRows: number
}

/** Prices by host and by site, such that they can be carried over to other groups. */
export interface HostPrices {
  readonly send: Float64Array
  readonly receive: Float64Array
  readonly sites: Float64Array
}

interface Group {
  readonly hosts: number[]
  /** Index of the group in the given shares. */
  readonly of: number
  readonly sites: readonly number[]
  limitBps: number
}

export function commoditiesOf(given: DirectionShares, hose: HoseLimits): Commodities {
  const senders = groupsOf(given.senders, hose.sendBps, hose)
  const receivers = groupsOf(given.receivers, hose.receiveBps, hose)
  const sites = hose.sites.flatMap(({ sendBps, receiveBps }) => [sendBps, receiveBps])
  const limits = [...senders, ...receivers].map(({ limitBps }) => limitBps).concat(sites)
  const siteRows = senders.length + receivers.length
  const columns = { costs: [] as number[], sender: [] as number[], receiver: [] as number[] }
  const [starts, rows]: [number[], number[]] = [[0], []]
  for (const [i, from] of senders.entries()) {
    for (const [j, to] of receivers.entries()) {
      const cost = given.shares[from.of * given.receivers.length + to.of]!
      const leaves = from.sites.filter((site) => !to.sites.includes(site))
      const enters = to.sites.filter((site) => !from.sites.includes(site))
      const of = [
        i,
        senders.length + j,
        ...leaves.map((site) => siteRows + 2 * site),
        ...enters.map((site) => siteRows + 2 * site + 1),
      ]
      if (cost === 0 || of.some((row) => limits[row] === 0)) continue
      columns.costs.push(cost)
      columns.sender.push(i)
      columns.receiver.push(j)
      starts.push(rows.push(...of))
    }
  }
  return {
    senders: senders.map(({ hosts }) => hosts),
    receivers: receivers.map(({ hosts }) => hosts),
    sender: Int32Array.from(columns.sender),
    receiver: Int32Array.from(columns.receiver),
    siteRows,
    costs: Float64Array.from(columns.costs),
    starts: Int32Array.from(starts),
    rows: Int32Array.from(rows),
    limits: Float64Array.from(limits),
  }
}

/** Groups of one side, taken apart by sites, without hosts whose limit is 0. */
function groupsOf(given: DirectionShares['senders'], limitBps: Float64Array, { sites }: HoseLimits): Group[] {
  const groups: Group[] = []
  given.forEach((hosts, of) => {
    const bySites = new Map<string, Group>()
    for (const host of hosts) {
      if (limitBps[host] === 0) continue
      const within = sites.flatMap((site, i) => (site.hosts.has(host) ? [i] : []))
      const key = within.join()
      let group = bySites.get(key)
      if (group === undefined) {
        group = { hosts: [], of, sites: within, limitBps: 0 }
        bySites.set(key, group)
        groups.push(group)
      }
      group.hosts.push(host)
      group.limitBps += limitBps[host]!
    }
  })
  return groups
}

/** The prices of an optimum, by host and site. */
export function hostPrices(commodities: Commodities, prices: Float64Array, nodes: number): HostPrices {
  const { senders, receivers, siteRows } = commodities
  const [send, receive] = [new Float64Array(nodes), new Float64Array(nodes)]
  senders.forEach((hosts, i) => {
    for (const host of hosts) send[host] = prices[i]!
  })
  receivers.forEach((hosts, j) => {
    for (const host of hosts) receive[host] = prices[senders.length + j]!
  })
  return { send, receive, sites: prices.slice(siteRows) }
}

/**
 * A load that no traffic within the limits exceeds, without solving: the least of what senders' limits allow, receivers'
 * limits allow, and what prices of a like programme allow once they are raised to hold here too.
 */
export function boundOf(commodities: Commodities, known: HostPrices | undefined): number {
  const { limits, senders, receivers, sender, receiver, costs, siteRows } = commodities
  const bySender = new Float64Array(limits.length)
  const byReceiver = new Float64Array(limits.length)
  costs.forEach((cost, column) => {
    bySender[sender[column]!] = Math.max(bySender[sender[column]!]!, cost)
    const row = senders.length + receiver[column]!
    byReceiver[row] = Math.max(byReceiver[row]!, cost)
  })
  const bound = Math.min(worthOf(commodities, bySender), worthOf(commodities, byReceiver))
  if (known === undefined) return bound
  const prices = new Float64Array(limits.length)
  for (const [i, [host]] of senders.entries()) prices[i] = known.send[host!]!
  for (const [j, [host]] of receivers.entries()) prices[senders.length + j] = known.receive[host!]!
  prices.set(known.sites, siteRows)
  return Math.min(bound, worthOf(commodities, raisedPrices(commodities, prices)))
}
