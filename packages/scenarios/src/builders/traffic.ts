import { printPercent } from '@weft/core'
import type { ScenarioData } from '../schema/scenario.ts'

type TrafficData = NonNullable<ScenarioData['traffic']>[number]
type Hosts = NonNullable<TrafficData['between']>

/** What every kind of traffic may say. */
type Common = Pick<TrafficData, 'name' | 'transport' | 'dscp' | 'priority' | 'family' | 'port' | 'sourcePort'>
type Times = Pick<TrafficData, 'start' | 'stop'>

/** Flows that arrive as a Poisson process at each sender. */
type Arriving = Common &
  Times & {
    sizes: NonNullable<TrafficData['sizes']>
    /** `'50%'` or the fraction 0.5: payload bits over the sender's link rate. */
    load?: string | number
    flowRate?: string
    /** How the rate follows the day or the week: `'evening'`, `{ period: 'day', points: [['4h', '20%'], ['20h', '100%']] }`. */
    profile?: NonNullable<TrafficData['profile']>
    /** What is answered once all of a flow has arrived. Default nothing. */
    response?: NonNullable<TrafficData['response']>
  }

/** What clients and servers say to each other. */
type Exchanged = Pick<TrafficData, 'sizes' | 'response' | 'profile'>

/** Without `hosts`: all of them. */
type Among = { hosts?: Hosts }
type FromTo = { from: Hosts; to: Hosts }
type Stream = NonNullable<TrafficData['stream']>

const ALL: Hosts = 'all hosts'

/** Every flow goes from a random host to a random other one. */
const allToAll = ({ hosts = ALL, ...rest }: Arriving & Among): TrafficData =>
  arriving({ between: hosts }, rest)

/** Every host sends to exactly one other and receives from exactly one. */
const permutation = ({ hosts = ALL, ...rest }: Arriving & Among): TrafficData =>
  arriving({ permutation: hosts }, rest)

/** Senders on one side, receivers on the other. */
const fromTo = ({ from, to, ...rest }: Arriving & FromTo): TrafficData => arriving({ from, to }, rest)

/** One flow of `size` from every sender to the receiver, all at once. */
function incast({
  from,
  to,
  size,
  at,
  ...rest
}: Common & FromTo & { size: string; at?: string }): TrafficData {
  return { from, to, burst: size, ...(at !== undefined && { start: at }), ...rest }
}

/** Open-loop UDP packets, from every sender to one receiver each. */
function stream(options: Omit<Common, 'transport'> & Times & FromTo & Stream): TrafficData {
  const { packet, rate, process, on, off, ...rest } = options
  const optional = {
    ...(process !== undefined && { process }),
    ...(on !== undefined && { on }),
    ...(off !== undefined && { off }),
  }
  return { ...rest, stream: { packet, rate, ...optional } }
}

/** Requests with their answers, each over a connection of its own: `rate: '2000 requests/s'` of all senders together. */
const requests = (
  options: Common & Times & FromTo & Exchanged & Pick<TrafficData, 'request'> & { rate: string },
): TrafficData => options

/** Connections that stay open for `hold`: `newConnections: '1100/s'` of all senders together. */
const connections = (
  options: Common &
    Times &
    FromTo &
    Exchanged & { newConnections: string; hold: NonNullable<TrafficData['hold']> },
): TrafficData => options

/** The very flows, one by one. */
const flows = (list: NonNullable<TrafficData['flows']>, rest: Common = {}): TrafficData => ({
  flows: list,
  ...rest,
})

/** Kinds of traffic, as entries of a scenario's `traffic`. */
export const traffic = { allToAll, permutation, fromTo, requests, connections, incast, stream, flows }

function arriving(pairs: Partial<TrafficData>, { load, ...rest }: Arriving): TrafficData {
  return {
    ...pairs,
    ...rest,
    ...(load !== undefined && { load: typeof load === 'number' ? printPercent(load) : load }),
  }
}
