import { LONG_TIME_MAX, Simulation } from '@weft/core'
import {
  Failures,
  LifeEvents,
  LinkState,
  NameEvents,
  Network,
  randomFailures,
  ReachTable,
} from '@weft/fabric'
import type { PlayedScenario } from '../explain/network-at.ts'

/** What is up for a while, and what the routes in force reckon with. */
export interface NetworkState {
  readonly fromPs: number
  /** The next state begins here; Infinity for the last. */
  readonly toPs: number
  /** Routes reckon with all that is up and down. */
  readonly isConverged: boolean
  /** The same for states in which the same is up and the same is routed, while pods and policies stay as they are. */
  readonly key: string
}

/** What the events of a scenario make of its network in the course of time, by the clocks' own rules; no traffic. */
export class NetworkStates {
  readonly network: Network
  /** In order of time; the first begins at 0. */
  readonly states: readonly NetworkState[]
  readonly #byKey = new Map<string, { readonly actual: LinkState; readonly routed: LinkState }>()
  #installed: string | undefined
  /** Of pods and policies alone: up to the state that was asked for last. */
  readonly #lifeSim: Simulation

  constructor(scenario: PlayedScenario, untilPs: number) {
    const { blueprint, run } = scenario
    const sim = new Simulation({ seed: blueprint.seed, timeMaxPs: LONG_TIME_MAX })
    this.#lifeSim = new Simulation({ seed: blueprint.seed, timeMaxPs: LONG_TIME_MAX })
    this.network = new Network(blueprint.network, { sim: this.#lifeSim })
    const { changes } = new LifeEvents({ network: this.network }, blueprint.events)
    const names = new NameEvents({ network: this.network }, blueprint.events)
    const delayPs = blueprint.network.interfaces?.endpointDelayPs ?? 0
    const lifeInstants = [
      ...new Set([
        ...changes.flatMap(({ atPs }) => [atPs, atPs + delayPs]),
        ...names.changes.map(({ atPs }) => atPs),
      ]),
    ]
    // nothing fails by itself once arrivals have ended
    const random = randomFailures(blueprint.reliability ?? [], sim, Math.min(run.forPs, untilPs))
    this.states = this.#play(sim, [...blueprint.events, ...random], lifeInstants, untilPs)
  }

  /** Who reaches whom in a state; holds until the next one is asked for. States are asked for in their order. */
  tableIn({ key, fromPs }: NetworkState): { readonly table: ReachTable; readonly state: LinkState } {
    const { actual, routed } = this.#byKey.get(key)!
    this.#lifeSim.run(fromPs)
    if (this.#installed !== key) this.network.installRoutes(routed)
    this.#installed = key
    const table = new ReachTable(
      this.network,
      (link) => actual.usable(link),
      (node) => actual.nodeUp[node] === 1,
    )
    return { table, state: actual }
  }

  #play(
    sim: Simulation,
    events: ConstructorParameters<typeof Failures>[1],
    lifeInstants: readonly number[],
    untilPs: number,
  ): NetworkState[] {
    const { topology, blueprint } = this.network
    const actual = new LinkState(topology)
    let routed = new LinkState(topology)
    const failures = new Failures(
      {
        // routes are computed for the states that are asked about
        network: {
          sim,
          topology,
          blueprint,
          installRoutes: (state) => (routed = state.copy()),
        },
        setLinkUsable: (link, usable) => {
          actual.linkUp[link] = usable ? 1 : 0
        },
        setNodeUp: (node, up) => {
          actual.nodeUp[node] = up ? 1 : 0
        },
        onRoutesInstalled: () => {},
      },
      events,
    )
    const { detectionPs, convergencePs } = blueprint.routing
    const instants = failures.changes.flatMap(({ atPs }) => [atPs, atPs + detectionPs + convergencePs])
    const states: { fromPs: number; key: string; isConverged: boolean }[] = []
    for (const fromPs of [...new Set([0, ...instants, ...lifeInstants])].sort((a, b) => a - b)) {
      if (fromPs > untilPs) break
      sim.run(fromPs)
      const [up, known] = [downIn(actual), downIn(routed)]
      const life = lifeInstants.filter((atPs) => atPs <= fromPs).length
      const key = `${up}; ${known}; life ${life}`
      if (states.at(-1)?.key === key) continue
      if (!this.#byKey.has(key)) this.#byKey.set(key, { actual: actual.copy(), routed: routed.copy() })
      states.push({ fromPs, key, isConverged: up === known })
    }
    return states.map((state, i) => ({ ...state, toPs: states[i + 1]?.fromPs ?? Infinity }))
  }
}

/** What cannot be used, by number. */
function downIn(state: LinkState): string {
  const links: number[] = []
  const nodes: number[] = []
  for (let link = 0; link < state.linkUp.length; link++) if (!state.usable(link)) links.push(link)
  for (let node = 0; node < state.nodeUp.length; node++) if (state.nodeUp[node] === 0) nodes.push(node)
  return `links ${links.join()} nodes ${nodes.join()}`
}
