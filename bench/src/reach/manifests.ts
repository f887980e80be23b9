/** A cluster to be written down as manifests. */
export interface ManifestsSize {
  readonly namespaces: number
  readonly pods: number
  readonly policies: number
  /** Pods of each Deployment. */
  readonly replicas: number
}

export interface ManifestFile {
  readonly file: string
  readonly bytes: Uint8Array
}

const APPS = 10

/**
 * As above of single pods, with nodes and addresses, and policies for every second application alone: half of all pods let everyone in,
 * so that pairs are by the ten million, and labels and names of ports make classes by the thousand.
 */
export function halfOpenManifestsOf({ namespaces, pods, policies }: ManifestsSize): ManifestFile[] {
  const documents = Array.from({ length: namespaces }, (_, index) => [namespaceOf(index)])
  for (let index = 0; index < pods; index++)
    documents[index % namespaces]!.push(podOf(index, index % namespaces))
  for (let index = 0; index < policies; index++)
    documents[index % namespaces]!.push(policyOf(index, index % namespaces, namespaces, 2))
  return filesOf(documents)
}

/**
 * A file for each namespace: Deployments of ten applications, and policies by application, one in ten for the whole namespace
 * and a third with egress rules; peers by labels, by labels of namespaces, and by prefixes with exceptions; ports by number,
 * range and name.
 */
export function manifestsOf({ namespaces, pods, policies, replicas }: ManifestsSize): ManifestFile[] {
  const documents = Array.from({ length: namespaces }, (_, index) => [namespaceOf(index)])
  const controllers = Math.ceil(pods / replicas)
  for (let index = 0; index < controllers; index++) {
    const left = pods - index * replicas
    documents[index % namespaces]!.push(deploymentOf(index, index % namespaces, Math.min(left, replicas)))
  }
  for (let index = 0; index < policies; index++)
    documents[index % namespaces]!.push(policyOf(index, index % namespaces, namespaces))
  return filesOf(documents)
}

function filesOf(documents: readonly (readonly string[])[]): ManifestFile[] {
  const encoder = new TextEncoder()
  return documents.map((own, index) => ({
    file: `ns${index}.yaml`,
    bytes: encoder.encode(own.join('---\n')),
  }))
}

const namespaceOf = (index: number): string => `apiVersion: v1
kind: Namespace
metadata: { name: ns${index}, labels: { team: team${index % 10} } }
`

function deploymentOf(index: number, namespace: number, replicas: number): string {
  const app = `app${Math.floor(index / 7) % APPS}`
  const labels = `{ app: ${app}, tier: ${index % 3 === 0 ? 'front' : 'back'}, instance: i${index} }`
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${app}-${index}, namespace: ns${namespace} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { instance: i${index} } }
  template:
    metadata: { labels: ${labels} }
    spec:
      containers:
        - name: main
          image: registry.example/${app}:1
          ports:
            - { name: http, containerPort: ${8080 + (index % 2)} }
            - { containerPort: 9090 }
`
}

function podOf(index: number, namespace: number): string {
  const [node, app] = [index % 100, Math.floor(index / 7) % APPS]
  return `apiVersion: v1
kind: Pod
metadata:
  name: p${index}
  namespace: ns${namespace}
  labels:
    app: app${app}
    tier: ${index % 3 === 0 ? 'front' : 'back'}
spec:
  nodeName: node${node}
  containers:
    - name: main
      image: registry.example/app:1
      ports:
        - name: http
          containerPort: ${8080 + (index % 3)}
status:
  phase: Running
  podIP: 10.${index >> 16}.${(index >> 8) & 255}.${index & 255}
`
}

/** For one of so many applications that there are `apart` between those of two policies. */
function policyOf(index: number, namespace: number, namespaces: number, apart = 1): string {
  const app = `app${(Math.floor(index / namespaces) * apart) % APPS}`
  const subject = index % 10 === 9 && apart === 1 ? '{}' : `{ matchLabels: { app: ${app} } }`
  const egress = `  egress:
    - to:
        - namespaceSelector: {}
          podSelector: { matchLabels: { app: app${index % APPS} } }
        - ipBlock: { cidr: 0.0.0.0/0, except: [169.254.169.254/32, 10.${index % 200}.0.0/16] }
    - ports: [{ protocol: UDP, port: 53 }]
`
  return `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: p${index}, namespace: ns${namespace} }
spec:
  podSelector: ${subject}
  ingress:
    - from:
        - podSelector: { matchLabels: { app: app${(index * 7) % APPS} } }
        - namespaceSelector: { matchLabels: { team: team${(index * 3) % 10} } }
          podSelector: { matchLabels: { tier: front } }
      ports:
        - { port: http }
        - { port: ${9000 + (index % 100)}, endPort: 9200 }
    - from: [{ ipBlock: { cidr: 192.168.${index % 256}.0/24 } }]
      ports: [{ port: 443 }]
${index % 3 === 0 ? egress : ''}`
}
