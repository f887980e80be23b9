import { InvariantError, LONG_TIME_MAX, Simulation } from '@weft/core'
import type { Blueprint } from '../../blueprint/blueprint.ts'
import type { TcpOptions, TrafficBlueprint } from '../../blueprint/traffic.ts'
import { Network } from '../../build/network.ts'
import { NameEvents } from '../../names/name-events.ts'
import { NameLookups } from '../../names/name-lookups.ts'
import type { HashKey } from '../../model/five-tuple.ts'
import { addTrafficFlow, type FlowStart, servicePort } from '../../traffic/traffic-flows.ts'
import { TrafficSources } from '../../traffic/traffic-sources.ts'
import { type FlowIndex, FlowTable } from '../../transport/flow-table.ts'
import { resolveTcpOptions } from '../../transport/tcp/options.ts'
import { Failures } from '../failures.ts'
import { LifeEvents } from '../life-events.ts'
import { randomFailures } from '../random-failures.ts'
import { FlowClock } from './flow-clock.ts'
import { FlowIngress } from './flow-ingress.ts'
import { DEFAULT_FLOW_MODEL, type FlowModel } from './flow-model.ts'
import { PortsInUse } from './ports-in-use.ts'

export interface FlowRunOptions {
  /** No traffic starts and nothing fails by itself from here on; what has started goes on, and repairs are made. */
  readonly arrivalsEndPs: number
  readonly hashKey?: HashKey
  /** Default: one made from the blueprint's seed that may last 106 days. */
  readonly sim?: Simulation
  readonly model?: Partial<FlowModel>
}

/** A blueprint under the flow clock: network, traffic and failures, ready for `sim.run(until)`. */
export class FlowRun {
  readonly blueprint: Blueprint
  readonly sim: Simulation
  readonly network: Network
  readonly clock: FlowClock
  readonly flows: FlowTable
  readonly failures: Failures
  /** Undefined where there are no ingress controllers. */
  readonly ingress: FlowIngress | undefined
  readonly life: LifeEvents
  readonly nameEvents: NameEvents
  /** Undefined where no traffic goes to names. */
  readonly lookups: NameLookups | undefined
  /** Resolved once per traffic; undefined for UDP. */
  readonly #tcpOptions: readonly (TcpOptions | undefined)[]
  readonly #ports: PortsInUse

  constructor(blueprint: Blueprint, options: FlowRunOptions) {
    this.blueprint = blueprint
    this.sim = options.sim ?? new Simulation({ seed: blueprint.seed, timeMaxPs: LONG_TIME_MAX })
    const { hashKey } = options
    this.network = new Network(blueprint.network, {
      sim: this.sim,
      ...(hashKey === undefined ? {} : { hashKey }),
    })
    this.flows = new FlowTable(this.network.packets)
    this.clock = new FlowClock(this.network, this.flows, { ...DEFAULT_FLOW_MODEL, ...options.model })
    this.#ports = new PortsInUse(this.flows)
    this.clock.onClosing = (flow) => this.#ports.release(flow)
    this.clock.onGivenUp = (flow) => this.#ports.release(flow)
    const random = randomFailures(blueprint.reliability ?? [], this.sim, options.arrivalsEndPs)
    this.ingress =
      blueprint.ingress &&
      new FlowIngress(blueprint.ingress, {
        network: this.network,
        clock: this.clock,
        flows: this.flows,
        ports: this.#ports,
      })
    this.failures = new Failures(this.clock, [...blueprint.events, ...random])
    this.life = new LifeEvents(this.clock, blueprint.events)
    this.nameEvents = new NameEvents(this.clock, blueprint.events)
    this.lookups = NameLookups.of(this.network, this.flows, blueprint.traffic)
    this.#tcpOptions = blueprint.traffic.map(({ transport }) =>
      transport.kind === 'tcp' ? resolveTcpOptions(transport.options) : undefined,
    )
    for (const [index, traffic] of blueprint.traffic.entries()) {
      new TrafficSources(traffic, this.network, options.arrivalsEndPs, {
        startFlow: (from, to, bytes, exchange) =>
          this.#startFlow(traffic, index, { from, to, bytes, exchange }),
        startStream: ({ from, to, offered, stopPs }) => {
          const flow = this.#addFlow(traffic, index, { from, to, bytes: Infinity })
          const port = servicePort(traffic, index)
          this.flows.sourcePort[flow] = traffic.sourcePort ?? port
          this.flows.destinationPort[flow] = port
          const { rateBps, packetBytes, startPs } = offered
          this.clock.addStream(flow, { rateBps, packetBytes, startPs, stopPs })
        },
      })
    }
  }

  #startFlow(traffic: TrafficBlueprint, index: number, start: FlowStart): void {
    const { from } = start
    if (this.network.isStopped(from)) return
    const options = this.#tcpOptions[index]
    if (options === undefined) throw new InvariantError(`traffic "${traffic.name}" sends flows over UDP`)
    const flow = this.#addFlow(traffic, index, start)
    this.flows.destinationPort[flow] = servicePort(traffic, index)
    if (traffic.pairs.kind === 'to-name')
      this.lookups!.begin(flow, from, () => this.#connect(traffic, flow, from, options))
    else this.#connect(traffic, flow, from, options)
  }

  #connect(traffic: TrafficBlueprint, flow: FlowIndex, from: string, options: TcpOptions): void {
    const { request, dscp, priority } = traffic
    const destinationPort = this.flows.destinationPort[flow]!
    if (
      request !== undefined &&
      this.ingress!.start(request, { from, flow, destinationPort, options, dscp, priority })
    )
      return
    if (this.#ports.take(flow, from, traffic.sourcePort)) this.clock.startFlow(flow, options)
    else this.flows.fail(flow, 'ports-exhausted')
  }

  #addFlow(traffic: TrafficBlueprint, index: number, start: FlowStart): FlowIndex {
    return addTrafficFlow(this.network, this.flows, traffic, { traffic: index, ...start })
  }
}
