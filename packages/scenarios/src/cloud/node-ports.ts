import type { Service, ServicePort } from '../kubernetes/index.ts'

/** The numbers that a cluster gives out by default: kube-apiserver's `--service-node-port-range`. */
export const NODE_PORTS = [30_000, 32_767] as const

/** Whether servers take a service at their own addresses. */
export const hasNodePorts = ({ type, allocateLoadBalancerNodePorts, ports }: Service): boolean =>
  type === 'NodePort' ||
  (type === 'LoadBalancer' &&
    (allocateLoadBalancerNodePorts || ports.some(({ nodePort }) => nodePort !== undefined)))

/**
 * Node ports of services: stated ones are kept, the others get the lowest numbers that none states, in the order of services and
 * ports. Undefined where there are too few.
 */
export function allocateNodePorts(
  services: readonly Service[],
): ReadonlyMap<ServicePort, number> | undefined {
  const wanted = services.filter(hasNodePorts).flatMap(({ ports, ...service }) =>
    // a load balancer that is told not to allocate any has those that it states
    ports.filter(
      ({ nodePort }) =>
        nodePort !== undefined || service.type === 'NodePort' || service.allocateLoadBalancerNodePorts,
    ),
  )
  const given = new Map<ServicePort, number>()
  for (const port of wanted) if (port.nodePort !== undefined) given.set(port, port.nodePort)
  const taken = new Set(given.values())
  let [next] = NODE_PORTS as readonly [number, number]
  for (const port of wanted) {
    if (given.has(port)) continue
    while (taken.has(next)) next++
    if (next > NODE_PORTS[1]) return undefined
    taken.add(next)
    given.set(port, next)
  }
  return given
}
