import type { ExplainedLookup } from '@weft/fabric'
import { TRANSPORTS, type TransportName } from './protocols.ts'
import type { LookupWay } from './lookup-way.ts'
import type { Ask } from './resolve-name.ts'

/** One of the offers that SRV records make of a service (RFC 2782), and what its target stands for. */
export interface ExplainedOffer {
  readonly target: string
  readonly port: number
  readonly priority: number
  readonly weight: number
  /** Of connections that go by these records, while every target is there. */
  readonly share: number
}

/** How a receiver's name was looked up; of `_port._protocol.name` the SRV records first, then the target that is followed. */
export interface Resolution extends ExplainedLookup {
  /** null where no SRV records were asked for, and where there are none. */
  readonly offer: ExplainedOffer | null
  /** The way of the questions to the cluster's DNS; null where nobody knows what that is, or it is not asked. */
  readonly way: LookupWay | null
}

const SRV_NAME = /^_[^.]+\._([^.]+)\../

/** The protocol of a name that SRV records are asked for; undefined for any other name. */
export function srvProtocol(name: string): TransportName | undefined {
  const protocol = SRV_NAME.exec(name.toLowerCase())?.[1]
  return TRANSPORTS.find((each) => each === protocol)
}

/** Asks for the addresses of a name; for one of a service, `_port._protocol.name`, by way of its SRV records. */
export function resolve(ask: Ask, name: string): Omit<Resolution, 'way'> {
  if (srvProtocol(name) === undefined) return { ...ask(name), offer: null }
  const offers = ask(name, ['SRV'])
  const offer = firstOffer(offers.values)
  // the root for a target says that there is no such service (RFC 2782)
  if (offer === undefined || offer.target === '') return { ...offers, values: [], offer: null }
  const target = ask(`${offer.target}.`)
  const before = offers.exchanges.length
  const exchanges = target.exchanges.map((each) => ({
    ...each,
    within: each.within < 0 ? each.within : each.within + before,
  }))
  return {
    ...target,
    asked: name,
    tries: [...offers.tries, ...target.tries],
    exchanges: [...offers.exchanges, ...exchanges],
    offer,
  }
}

/** The first of the lowest priority that has the most weight. */
function firstOffer(values: readonly string[]): ExplainedOffer | undefined {
  const offers = values.map((value) => {
    const [priority, weight, port, target] = value.split(' ') as [string, string, string, string]
    return { target, port: Number(port), priority: Number(priority), weight: Number(weight) }
  })
  const first = Math.min(...offers.map(({ priority }) => priority))
  const alike = offers.filter(({ priority }) => priority === first)
  const sum = alike.reduce((total, { weight }) => total + weight, 0)
  const most = Math.max(...alike.map(({ weight }) => weight))
  const offer = alike.find(({ weight }) => weight === most)
  return offer && { ...offer, share: sum === 0 ? 1 / alike.length : offer.weight / sum }
}
