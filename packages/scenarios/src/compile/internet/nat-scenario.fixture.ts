import { type CompiledScenario, compileScenario } from '../compile.ts'
import { readManifests } from '../../kubernetes/index.ts'
import { deployment } from '../../kubernetes/deployment.fixture.ts'

export const POOL = '198.51.100.7'
export const FAR = '192.0.2.80'

/** What a scenario of one region with a NAT may say besides. */
export interface NatScenario {
  readonly nat?: object
  readonly translation?: 'gateways' | 'hosts'
  readonly region?: object
  readonly manifests?: string
  readonly rest?: object
}

/** Two servers, workloads shop/a and shop/b of one pod each. */
export const natDocument = ({ nat = {}, translation = 'gateways', region = {}, rest = {} }: NatScenario) => ({
  weft: 1,
  name: 'nat',
  regions: {
    r: {
      fabric: {
        leafSpine: { leaves: 1, spines: 1, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '10Gbps' },
      },
      internet: { rate: '10Gbps', delay: '1ms', translation },
      nat: { pool: POOL, ...nat },
      ...region,
    },
  },
  kubernetes: [{ region: 'r', manifests: 'm.yaml' }],
  ...rest,
})

/** What the compiler says of such a scenario. */
export function tryNat(asked: NatScenario) {
  const bytes = new TextEncoder().encode(deployment('a') + deployment('b') + (asked.manifests ?? ''))
  return compileScenario(natDocument(asked), { cluster: () => readManifests([{ file: 'm.yaml', bytes }]) })
}

export function compileNatScenario(asked: NatScenario): CompiledScenario {
  const found = tryNat(asked)
  if (!found.ok)
    throw new Error(found.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'))
  return found.value
}
