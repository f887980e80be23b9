import { describe, expect, test } from 'vitest'
import { type ServiceEndpoint, usableEndpoints } from './service-endpoint.ts'

const at = (node: string, state: 'ready' | 'starting' | 'draining' | 'stopped'): ServiceEndpoint => ({
  name: `${node} ${state}`,
  node,
  ready: state === 'ready',
  serving: state === 'ready' || state === 'draining',
  terminating: state === 'draining' || state === 'stopped',
})

const names = (endpoints: ServiceEndpoint[], policy: 'cluster' | 'local', node?: string) => {
  const { indices, without } = usableEndpoints(endpoints, policy, node)
  return without ?? indices.map((index) => endpoints[index]!.name)
}

describe('endpoints for a new connection (Kubernetes, pkg/proxy/topology.go)', () => {
  test('ready ones alone, while there are any', () => {
    expect(
      names([at('a', 'ready'), at('a', 'starting'), at('b', 'draining'), at('b', 'ready')], 'cluster'),
    ).toEqual(['a ready', 'b ready'])
  })

  test('else those that serve while they terminate', () => {
    expect(names([at('a', 'starting'), at('b', 'draining'), at('c', 'stopped')], 'cluster')).toEqual([
      'b draining',
    ])
  })

  test('none that serves anywhere: refused, whatever the policy', () => {
    expect(names([at('a', 'starting'), at('b', 'stopped')], 'cluster')).toBe('service-no-endpoint')
    expect(names([at('a', 'starting')], 'local', 'a')).toBe('service-no-endpoint')
    expect(names([], 'local', 'a')).toBe('service-no-endpoint')
  })

  test('local: those of the node, its draining ones before ready ones elsewhere', () => {
    const endpoints = [at('a', 'draining'), at('b', 'ready'), at('b', 'draining')]
    expect(names(endpoints, 'local', 'a')).toEqual(['a draining'])
    expect(names(endpoints, 'local', 'b')).toEqual(['b ready'])
  })

  test('local: a node without any loses the connection, and so does a client outside all nodes', () => {
    expect(names([at('b', 'ready')], 'local', 'a')).toBe('service-no-local-endpoint')
    expect(names([at('b', 'ready')], 'local')).toBe('service-no-local-endpoint')
  })
})
