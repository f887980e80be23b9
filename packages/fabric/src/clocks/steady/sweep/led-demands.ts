import type { Network } from '../../../build/network.ts'
import { PRIVATE } from '../../../edge/address-scopes.ts'
import { IP_BPS } from '../following/channels.ts'
import type { DemandIndex } from '../following/demand-index.ts'
import type { Ports } from '../following/ports.ts'
import { LET_THROUGH, REFUSED, type Screen } from '../following/screen.ts'
import { joinsInternets } from './internet-ways.ts'
import { type LedStage, LedStages } from './led-stages.ts'
import { NOWHERE } from './rows.ts'

/** Demands as sweeps follow them: the columns of `DemandIndex`, with endpoints that receive by the address that packets bear then. */
export interface LedIndex
  extends Pick<DemandIndex, 'address' | 'host' | 'start' | 'source' | 'amounts' | 'channels'> {
  /** By endpoint: 1 where what comes to it may cross the internet. */
  readonly isPublic: Uint8Array
  /** By demand: the number of the stage where it goes first; NOWHERE: straight to its receiver. */
  readonly via: Int32Array
  readonly stages: readonly LedStage[]
}

export interface LedDemands {
  readonly index: LedIndex
  /** IP bit/s of what is never sent, whatever fails. */
  readonly refusedBps: number
}

/**
 * The demands, where all that is sent follows routes: straight to its receiver, or to a stage and from there on. Undefined
 * where some does not, or gateways may do more than routes say with what comes in from the internet.
 */
export function ledDemands(network: Network, index: DemandIndex, ports: Ports): LedDemands | undefined {
  const screen = index.screen(network, ports)
  if (screen === undefined) return { index: withoutStages(index), refusedBps: 0 }
  const isLed = screen.fates.every((fate) => fate === REFUSED || fate === LET_THROUGH)
  return isLed && !joinsInternets(network) ? new Leading(network, index, screen).led() : undefined
}

function withoutStages({ address, host, start, source, amounts, channels }: DemandIndex): LedIndex {
  const isPublic = new Uint8Array(address.length)
  const via = new Int32Array(source.length).fill(NOWHERE)
  return { address, host, start, source, amounts, channels, isPublic, via, stages: [] }
}

class Leading {
  readonly #network: Network
  readonly #index: DemandIndex
  readonly #screen: Screen
  readonly #stages: LedStages
  /** Those of the index, and behind them receivers by other addresses of their hosts. */
  readonly #address: number[]
  readonly #host: number[]
  /** By endpoint: the demands that come to it. */
  readonly #demands: number[][]
  /** By host and address. */
  readonly #added = new Map<string, number>()

  constructor(network: Network, index: DemandIndex, screen: Screen) {
    this.#network = network
    this.#index = index
    this.#screen = screen
    this.#stages = new LedStages(network)
    this.#address = [...index.address]
    this.#host = [...index.host]
    this.#demands = this.#address.map(() => [])
  }

  led(): LedDemands | undefined {
    const { start, channels, amounts } = this.#index
    const { fates, to, via } = this.#screen
    let refusedBps = 0
    for (let d = 0; d + 1 < start.length; d++) {
      for (let i = start[d]!; i < start[d + 1]!; i++) {
        if (fates[i] === REFUSED) refusedBps += amounts[i * channels.count + IP_BPS]!
        else if (via[i] !== NOWHERE && this.#stages.of(via[i]!) === undefined) return undefined
        else this.#demands[this.#endpointOf(d, to[i]!)]!.push(i)
      }
    }
    return { index: this.#indexOf(), refusedBps }
  }

  #endpointOf(d: number, address: number): number {
    if (address === this.#address[d]) return d
    const host = this.#host[d]!
    const key = `${host}/${address}`
    let added = this.#added.get(key)
    if (added === undefined) {
      added = this.#address.push(address) - 1
      this.#host.push(host)
      this.#demands.push([])
      this.#added.set(key, added)
    }
    return added
  }

  #indexOf(): LedIndex {
    const { source, amounts, channels } = this.#index
    const { via } = this.#screen
    const { count } = channels
    const { scopes } = this.#network
    const demands = Int32Array.from(this.#demands.flat())
    const start = new Int32Array(this.#demands.length + 1)
    this.#demands.forEach((own, d) => {
      start[d + 1] = start[d]! + own.length
    })
    const led = new Float64Array(demands.length * count)
    demands.forEach((i, at) => {
      led.set(amounts.subarray(i * count, (i + 1) * count), at * count)
    })
    return {
      address: Int32Array.from(this.#address),
      host: Int32Array.from(this.#host),
      start,
      source: demands.map((i) => source[i]!),
      amounts: led,
      channels,
      isPublic: Uint8Array.from(this.#address, (address) => (scopes.of(address) === PRIVATE ? 0 : 1)),
      via: demands.map((i) => (via[i] === NOWHERE ? NOWHERE : this.#stages.of(via[i]!)!)),
      stages: this.#stages.list,
    }
  }
}
