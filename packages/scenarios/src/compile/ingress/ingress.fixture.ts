import { deployment } from '../../kubernetes/deployment.fixture.ts'
import { readManifests } from '../../kubernetes/index.ts'

/** A controller of two replicas, two services behind its rules, one without pods. */
export const clusterText = `
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: { name: nginx }
spec: { controller: k8s.io/ingress-nginx }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: controller, namespace: ingress-nginx }
spec:
  replicas: 2
  selector: { matchLabels: { app.kubernetes.io/name: ingress-nginx } }
  template:
    metadata: { labels: { app.kubernetes.io/name: ingress-nginx } }
    spec: { containers: [{ name: c, image: i, ports: [{ name: https, containerPort: 8443 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: controller, namespace: ingress-nginx }
spec:
  type: LoadBalancer
  selector: { app.kubernetes.io/name: ingress-nginx }
  ports: [{ name: http, port: 80, targetPort: 8080 }, { name: https, port: 443, targetPort: https }]
---
${deployment('cart', 2)}
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec: { selector: { app: cart }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: search, namespace: shop }
spec: { selector: { app: search }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: front, namespace: shop }
spec:
  ingressClassName: nginx
  tls: [{ hosts: [shop.example.com], secretName: front-tls }, { hosts: ["*.example.com"] }]
  rules:
    - host: shop.example.com
      http:
        paths:
          - { path: /cart, pathType: Prefix, backend: { service: { name: cart, port: { number: 80 } } } }
          - { path: /search, pathType: Prefix, backend: { service: { name: search, port: { number: 80 } } } }
    - host: plain.example.com
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: cart, port: { number: 80 } } } }] }
`

/** Reads the manifests, others appended to them. */
export const clusterWith = (more = '') =>
  readManifests([{ file: 'm.yaml', bytes: new TextEncoder().encode(`${clusterText}---${more}`) }])

/** A scenario of one region with that cluster. */
export const scenarioWith = (ingress: readonly object[] | undefined, entry: object, rest: object = {}) => ({
  weft: 1,
  regions: {
    r: {
      fabric: {
        leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '10Gbps' },
      },
    },
  },
  kubernetes: [{ region: 'r', manifests: 'm.yaml', ...(ingress !== undefined && { ingress }) }],
  traffic: [
    {
      name: 'shoppers',
      from: 'r/leaf-1',
      to: 'https://shop.example.com/cart',
      sizes: '500B',
      flowRate: '100/s',
      ...entry,
    },
  ],
  run: { for: '50ms', drain: '2s' },
  ...rest,
})
