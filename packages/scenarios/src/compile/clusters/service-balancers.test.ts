import { expect, it } from 'vitest'
import { clusterOf } from '../../kubernetes/manifests.fixture.ts'
import { compileScenario } from '../compile.ts'

const service = (name: string, spec = '') => `
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ port: 80 }]${spec} }
`
const MANIFESTS = [
  service('cart'),
  service('front'),
  service('db', ', clusterIP: None'),
  '---\napiVersion: v1\nkind: Service\nmetadata: { name: out, namespace: shop }\nspec: { type: ExternalName, externalName: a.example }\n',
].join('')

function compiled(kubernetes: object, names: readonly string[] = ['']) {
  const leafSpine = { leaves: 2, spines: 1, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '10Gbps' }
  return compileScenario(
    {
      weft: 1,
      regions: { r: { fabric: { leafSpine } } },
      kubernetes: names.map((name, i) => ({
        region: 'r',
        manifests: 'm',
        ...(name !== '' && { name, hosts: `r/leaf-${i}` }),
        ...kubernetes,
      })),
      run: { for: '1s' },
    },
    { cluster: () => clusterOf(MANIFESTS) },
  )
}

function kinds(...of: Parameters<typeof compiled>): Record<string, string> {
  const result = compiled(...of)
  if (!result.ok) throw new Error(result.issues.map(({ message }) => message).join('\n'))
  const { services = [] } = result.value.blueprint.network.interfaces ?? {}
  return Object.fromEntries(services.map(({ name, balancer }) => [name, balancer.kind]))
}

const refusals = (balancers: object): string[] => {
  const result = compiled({ balancers })
  return result.ok ? [] : result.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

it('is balanced as the scenario says of it, else as of all, else at random', () => {
  const balancers = { 'shop/cart': 'maglev' }
  expect(kinds({ balancers })).toEqual({ 'shop/cart': 'maglev', 'shop/front': 'random' })
  expect(kinds({ balancers, balancer: 'round-robin' })).toEqual({
    'shop/cart': 'maglev',
    'shop/front': 'round-robin',
  })
})

it('is named within its own cluster', () => {
  expect(kinds({ balancers: { 'shop/cart': 'rendezvous' } }, ['blue', 'green'])).toEqual({
    'blue/shop/cart': 'rendezvous',
    'blue/shop/front': 'random',
    'green/shop/cart': 'rendezvous',
    'green/shop/front': 'random',
  })
})

it('is refused where there is no such service, or nothing balances it', () => {
  expect(refusals({ 'shop/card': 'maglev', 'shop/db': 'maglev', 'shop/out': 'random' })).toEqual([
    'kubernetes.0.balancers.shop/card: unknown service "shop/card"; did you mean "shop/cart"?',
    'kubernetes.0.balancers.shop/db: "shop/db" is headless: clients go to the addresses that its name stands for',
    'kubernetes.0.balancers.shop/out: "shop/out" is of type ExternalName: clients go to the addresses that its name stands for',
  ])
  expect(refusals({ 'shop/cart': 'fair' })[0]).toContain('balancers.shop/cart')
})
