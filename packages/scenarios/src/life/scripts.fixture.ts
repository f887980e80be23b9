import { printDuration } from '@weft/core'
import { compileScenario } from '../compile/compile.ts'
import { clusterOf } from '../kubernetes/manifests.fixture.ts'

export const controller = (
  kind: string,
  name: string,
  replicas: number,
  { spec = '', pod = '', container = '' } = {},
) => `
---
apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${name}, namespace: shop }
spec:
  ${kind === 'DaemonSet' ? '' : `replicas: ${replicas}`}
  ${spec}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      ${pod}
      containers:
        - name: a
          ${container}
`

export const deny = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: deny, namespace: shop }
spec: { podSelector: {}, policyTypes: [Ingress] }
`

/** Files by name: what manifests there are. */
export function compiled(
  files: Readonly<Record<string, string>>,
  events: readonly object[],
  kubernetes: object = {},
  rest: object = {},
) {
  return compileScenario(
    {
      weft: 1,
      regions: {
        r: {
          fabric: {
            leafSpine: { leaves: 2, spines: 1, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '10Gbps' },
          },
          addresses: { hosts: '10.0.0.0/16', workloads: '10.64.0.0/16', services: '10.96.0.0/16' },
        },
      },
      kubernetes: [{ region: 'r', manifests: 'm', ...kubernetes }],
      events,
      run: { for: '60s' },
      ...rest,
    },
    { cluster: ([file], _, hosts) => clusterOf(files[file!] ?? '', hosts) },
  )
}

/** `2s stop shop/db-0` of every event of the network. */
export function happens(manifests: string, events: readonly object[]): string[] {
  const result = compiled({ m: manifests, deny }, events)
  if (!result.ok) throw new Error(result.issues.map(({ message }) => message).join('\n'))
  return result.value.blueprint.events.map(
    ({ atPs, action, target }) =>
      `${printDuration(atPs)} ${action} ${target.replace(/-[a-z0-9]+-[a-z0-9]{5}\b/, '')}`,
  )
}
