/** A pod with a label `app` like its name, whose only container listens there; behind it a separator, as behind a service. */
export const pod = (name: string, port: number, spec = '', namespace = 'shop') => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: ${namespace}, labels: { app: ${name} } }
spec: { containers: [{ name: c, image: i, ports: [{ containerPort: ${port} }] }]${spec} }
---`
export const service = (name: string, spec: string, annotations = '{}') => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop, annotations: ${annotations} }
spec: ${spec}
---`
