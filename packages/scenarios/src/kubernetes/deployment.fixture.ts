/** A Deployment of the namespace shop, whose pods bear its name as `app`; a document that others may follow. */
export const deployment = (name: string, replicas = 1, port = '{ containerPort: 8080 }'): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: c, image: i, ports: [${port}] }] }
---`

/** A pod of the namespace shop that bears its name as `app`; a document that others may follow. */
export const pod = (name: string): string => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop, labels: { app: ${name} } }
spec: { containers: [{ name: c, image: i }] }
---`
