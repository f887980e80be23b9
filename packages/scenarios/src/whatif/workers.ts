import { controllerLoad, type DemandMatrix, type Network, type RequestRate } from '@weft/fabric'
import type { CompiledScenario } from '../compile/compile.ts'
import { requestRates } from '../planning/ingress.ts'
import { type Attached, attachedAt, type Down, isThere } from './attached.ts'

/** An ingress controller whose replicas that are left cannot do what they are asked for. */
export interface WorkerRow {
  readonly controller: string
  readonly replicas: number
  readonly left: number
  /** Of the workers' time; null where no replica is left. */
  readonly utilization: number | null
  readonly requestsPerSecond: number
  /** Of these, beyond what workers can do. */
  readonly lostPerSecond: number
}

type Controller = NonNullable<CompiledScenario['blueprint']['ingress']>[number]

interface AskedController {
  readonly blueprint: Controller
  readonly rates: readonly RequestRate[]
  /** Replicas that the requests take. */
  readonly needed: number
  readonly replicas: readonly Attached[]
}

/** Utilizations above 1 by less are noise of sums. */
const TOLERANCE = 1e-9

/** Workers of the ingress controllers that requests of a demand go to: those that are left share all requests. */
export class Workers {
  readonly #controllers: readonly AskedController[]

  constructor(
    { topology }: Network,
    { traffic, ingress = [] }: CompiledScenario['blueprint'],
    demand: DemandMatrix,
  ) {
    this.#controllers = ingress.flatMap((blueprint) => {
      const rates = requestRates(traffic, demand, blueprint.name)
      const { offeredErlangs } = controllerLoad(blueprint, blueprint.replicas.length, rates)
      if (offeredErlangs === 0) return []
      const needed = Math.ceil((offeredErlangs * (1 - TOLERANCE)) / blueprint.capacity.workers)
      return [
        {
          blueprint,
          rates,
          needed,
          replicas: blueprint.replicas.map((name) => attachedAt(topology, topology.nodeIndex(name))),
        },
      ]
    })
  }

  /** What states are held against, one for each controller that is asked for anything. */
  get criteria(): readonly string[] {
    return this.#controllers.map(({ blueprint }) => `limit  workers of ${blueprint.name} at most 100% busy`)
  }

  /** Hosts that are replicas, and which controller's. */
  *replicas(): Generator<readonly [host: string, controller: number]> {
    for (const [index, { replicas }] of this.#controllers.entries())
      for (const { name } of replicas) yield [name, index]
  }

  /** Whether the replicas of a controller that are left are too few. */
  isShort(controller: number, down: Down): boolean {
    const { needed, replicas } = this.#controllers[controller]!
    return leftOf(replicas, down) < needed
  }

  /** Of controllers whose replicas are too few. */
  short(down: Down): WorkerRow[] {
    return this.#controllers.flatMap(({ blueprint, rates, needed, replicas }): WorkerRow[] => {
      const left = leftOf(replicas, down)
      if (left >= needed) return []
      const { requestsPerSecond, utilization, lost } = controllerLoad(blueprint, Math.max(left, 1), rates)
      return [
        {
          controller: blueprint.name,
          replicas: replicas.length,
          left,
          utilization: left === 0 ? null : utilization,
          requestsPerSecond,
          lostPerSecond: requestsPerSecond * (left === 0 ? 1 : lost),
        },
      ]
    })
  }
}

function leftOf(replicas: readonly Attached[], down: Down): number {
  if (down.links.length === 0 && down.nodes.length === 0) return replicas.length
  return replicas.filter((replica) => isThere(replica, down)).length
}
