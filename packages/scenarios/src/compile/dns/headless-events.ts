import { SECOND } from '@weft/core'
import {
  dnsName,
  type EventBlueprint,
  type NetworkBlueprint,
  type Records,
  type RecordsEventBlueprint,
} from '@weft/fabric'
import { ClusterNames, CLUSTER_TTL_SECONDS, serviceName } from '../../discovery/index.ts'
import type { Pod, Service } from '../../kubernetes/index.ts'
import { hasLabels } from '../../kubernetes/selection.ts'
import { firstOf, isSuccessor, successorOf } from '../../life/successors.ts'
import type { DnsInput } from '../../schema/dns.ts'
import type { NamedAddresses } from './named-addresses.ts'
import type { ScenarioAuthority } from './scenario-zones.ts'

const CHANGES_OF_PODS = ['terminate', 'stop', 'boot', 'start', 'not-ready', 'ready']

/** Records of headless services follow their pods: those that are ready, once hosts know of it. */
export function headlessEvents(
  { clusterTtl }: DnsInput,
  network: NetworkBlueprint,
  addresses: NamedAddresses,
  { name, cluster: of }: ScenarioAuthority,
  life: readonly EventBlueprint[],
): RecordsEventBlueprint[] {
  const headless = (of?.cluster.services ?? []).filter(
    ({ isHeadless, selector, type }) => isHeadless && selector !== undefined && type !== 'ExternalName',
  )
  if (of === undefined || headless.length === 0) return []
  const { stopped = [], endpointDelayPs = 0 } = network.interfaces ?? {}
  const pods = new Map(
    [...of.cluster.pods, ...successorsAmong(stopped, of.cluster.pods)].map((pod) => [pod.id, pod]),
  )
  const isRunning = new Map([...pods.keys()].map((id) => [id, !stopped.includes(id)]))
  const isReady = new Map(
    [...pods.values()].map((pod) => [pod.id, pod.isReady && isRunning.get(pod.id) === true]),
  )
  const names = new ClusterNames(
    { services: headless, pods: [...pods.values()] },
    {
      ttlSeconds: clusterTtl === undefined ? CLUSTER_TTL_SECONDS : clusterTtl / SECOND,
      addressesOf: ({ id }) => (isRunning.get(id) === true ? addresses.ofHost(id) : []),
      isReady: ({ id }) => isReady.get(id) === true,
    },
  )
  const forward = (service: Service) => names.recordsOf(service).forward
  const known = new Map(headless.map((service) => [service, forward(service)]))
  const events: RecordsEventBlueprint[] = []
  for (const { atPs, action, target } of [...life].sort((a, b) => a.atPs - b.atPs)) {
    const pod = pods.get(target)
    if (pod === undefined || !CHANGES_OF_PODS.includes(action)) continue
    if (action === 'stop') isRunning.set(target, false)
    else if (action === 'boot' || action === 'start') isRunning.set(target, true)
    isReady.set(target, action === 'ready')
    for (const service of headless) {
      if (service.namespace !== pod.namespace || !hasLabels(pod.labels, service.selector!)) continue
      const [before, after] = [known.get(service)!, forward(service)]
      known.set(service, after)
      const change = changeOf(before, after)
      if (change === undefined) continue
      const about = dnsName(serviceName(service, 'cluster.local'))
      events.push({
        atPs: atPs + endpointDelayPs,
        action: 'change-records',
        target: about,
        authority: name,
        ...change,
      })
    }
  }
  return events
}

function successorsAmong(stopped: readonly string[], pods: readonly Pod[]): Pod[] {
  const byName = new Map(pods.map((pod) => [pod.id, pod]))
  return stopped.filter(isSuccessor).flatMap((name) => {
    const pod = byName.get(firstOf(name))
    return pod === undefined ? [] : [successorOf(pod, Number(/\d+$/.exec(name)![0]))]
  })
}

/** What turns some record sets into others; undefined where they say the same. */
function changeOf(
  before: readonly Records[],
  after: readonly Records[],
): Pick<RecordsEventBlueprint, 'remove' | 'put'> | undefined {
  const keyOf = ({ name, type }: Records) => `${dnsName(name)} ${type}`
  const said = new Map(before.map((set) => [keyOf(set), JSON.stringify(set.values)]))
  const put = after.filter((set) => said.get(keyOf(set)) !== JSON.stringify(set.values))
  const left = new Set(after.map(keyOf))
  const remove = before.filter((set) => !left.has(keyOf(set))).map(({ name, type }) => ({ name, type }))
  return put.length + remove.length === 0 ? undefined : { remove, put }
}
