import { Network, POLICY_ACCEPT, PROTOCOL_TCP, type ServiceBlueprint } from '@weft/fabric'
import type { CompiledScenario } from '../compile/compile.ts'
import type { CompiledCluster } from '../compile/clusters/kubernetes.ts'
import type { Pod } from '../kubernetes/index.ts'

/** Payload of a request, and of its answer. */
const [REQUEST, RESPONSE] = ['500B', '10kB']

/** Traffic for a cluster of which nobody said what it sends, and in words what was made up. */
export interface DefaultTraffic {
  /** Entries of a scenario's `traffic`. */
  readonly entries: readonly object[]
  readonly note: string
}

/** Who is called, and where. */
interface Called {
  /** Of a service, or of a workload that none leads to. */
  readonly name: string
  readonly ports: readonly CalledPort[]
  /** Who is behind it: nobody is made to call himself. */
  readonly workloads: ReadonlySet<string>
}

interface CalledPort {
  readonly port: number
  /** Where connections to it come out: every one of them must be allowed. */
  readonly targets: readonly { readonly address: string; readonly port: number }[]
}

/**
 * Every workload asks every service that its policies let it reach over TCP, on the first such port; and every workload with a
 * declared TCP port that no service leads to. `requestsPerSecond` are those of each such pair.
 */
export function defaultTraffic(
  { blueprint, clusters }: CompiledScenario,
  requestsPerSecond: number,
): DefaultTraffic {
  const network = new Network(blueprint.network)
  const clients = clusters.flatMap(clientsOf)
  let pairs = 0
  const entries = clusters
    .flatMap((of) => calledIn(of, blueprint.network.interfaces?.services ?? []))
    .flatMap((called) => {
      const byPort = new Map<number, string[]>()
      for (const { workload, addresses } of clients) {
        const port = called.workloads.has(workload) ? undefined : firstAllowed(network, addresses, called)
        if (port !== undefined) byPort.set(port, [...(byPort.get(port) ?? []), workload])
      }
      return [...byPort].map(([port, from]) => {
        pairs += from.length
        const rate = `${from.length * requestsPerSecond} requests/s`
        return {
          name: `${called.name.replace('/', '.')}_${port}`,
          from,
          to: called.name,
          port,
          rate,
          sizes: REQUEST,
          response: RESPONSE,
        }
      })
    })
  return { entries, note: noteOf(pairs, requestsPerSecond) }
}

function noteOf(pairs: number, requestsPerSecond: number): string {
  const whom = 'a service, or workload without one, that policies let it reach over a declared TCP port'
  if (pairs === 0) return `no traffic could be made up: no workload has ${whom}`
  const each = `${requestsPerSecond} requests/s of ${REQUEST}, answered with ${RESPONSE}`
  const of = pairs === 1 ? 'one pair' : `each of ${pairs} pairs`
  return `traffic is made up: ${each}, of ${of} of a workload and ${whom} (--rate sets another rate)`
}

function addressesIn({ pods }: CompiledCluster['cloud']): (pod: Pod) => readonly string[] {
  const placed = new Map(pods.map(({ name, addresses }) => [name, addresses]))
  return (pod) => placed.get(pod.id) ?? pod.addresses
}

/** Workloads that have pods with addresses of their own, each by one of them: policies do not tell them apart. */
function clientsOf({ cluster, cloud }: CompiledCluster) {
  const clients = new Map<string, readonly string[]>()
  const addressesOf = addressesIn(cloud)
  for (const pod of cluster.pods)
    if (!clients.has(pod.workload) && !pod.template.hostNetwork) clients.set(pod.workload, addressesOf(pod))
  return [...clients].map(([workload, addresses]) => ({ workload, addresses }))
}

/** Services with endpoints, then workloads that none leads to. */
function calledIn({ cluster, cloud }: CompiledCluster, all: readonly ServiceBlueprint[]): Called[] {
  const addressesOf = addressesIn(cloud)
  const workloadAt = new Map(
    cluster.pods.flatMap((pod) => addressesOf(pod).map((address) => [address, pod.workload] as const)),
  )
  const own = new Set(cloud.services.map(({ name }) => name))
  const services = all
    .filter(({ name }) => own.has(name))
    .map(({ name, ports }) => ({
      name,
      ports: ports.flatMap(({ protocol, port, endpoints }) =>
        protocol === PROTOCOL_TCP && endpoints.length > 0 ? [{ port, targets: endpoints }] : [],
      ),
      workloads: new Set(
        ports.flatMap(({ endpoints }) =>
          endpoints.flatMap((endpoint) => workloadAt.get(endpoint.address) ?? []),
        ),
      ),
    }))
  const led = new Set(services.flatMap(({ workloads }) => [...workloads]))
  const names = new Set(cluster.services.map(({ id }) => id))
  const others = new Map<string, Called>()
  for (const pod of cluster.pods) {
    const { workload, template } = pod
    // a name that a service has too means the service
    if (led.has(workload) || names.has(workload) || others.has(workload) || template.hostNetwork) continue
    others.set(workload, {
      name: workload,
      ports: declaredPorts(pod, addressesOf(pod)),
      workloads: new Set([workload]),
    })
  }
  return [...services, ...others.values()]
}

const declaredPorts = ({ template }: Pod, addresses: readonly string[]): CalledPort[] =>
  template.ports
    .filter(({ protocol }) => protocol === 'TCP')
    .map(({ port }) => ({ port, targets: addresses.map((address) => ({ address, port })) }))

/** The first port of which policies let a client reach all that is behind it and of his address family. */
function firstAllowed(network: Network, client: readonly string[], { ports }: Called): number | undefined {
  const allowed = ports.find(({ targets }) => {
    const ways = targets.flatMap((target) => {
      const from = client.find((address) => address.includes(':') === target.address.includes(':'))
      return from === undefined ? [] : [{ from, ...target }]
    })
    return ways.length > 0 && ways.every(({ from, address, port }) => isAllowed(network, from, address, port))
  })
  return allowed?.port
}

function isAllowed({ interfaces, addresses }: Network, from: string, to: string, port: number): boolean {
  if (interfaces === undefined) return true
  const { policy } = interfaces
  const [source, destination] = [policy.endOf(addresses.intern(from)), policy.endOf(addresses.intern(to))]
  return policy.verdict(source, destination, PROTOCOL_TCP, port) === POLICY_ACCEPT
}
