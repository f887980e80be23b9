import { Connectivity, type ConnectivityOptions } from './connectivity.ts'
import { exposureGroups } from './exposure.ts'
import { reachJson } from './reach-json.ts'
import type { ReachSubject } from './reach-subject.ts'

type Peer = string | { readonly cidr: string }

export interface ReachDocument {
  readonly schema: number
  readonly workloads: readonly string[]
  readonly connections: readonly {
    readonly from: Peer
    readonly to: Peer
    readonly allow: readonly {
      readonly protocol: string
      readonly ports: readonly (readonly [number, number])[]
    }[]
  }[]
  readonly exposure: readonly unknown[]
}

/** The document as a reader has it. */
export function documentOf(subject: ReachSubject, options: ConnectivityOptions = {}): ReachDocument {
  const connectivity = new Connectivity(subject, options)
  return JSON.parse([...reachJson(connectivity, exposureGroups(connectivity))].join('')) as ReachDocument
}

/** Whether a document's entry lets a connection through. */
export const allows = (
  { allow }: ReachDocument['connections'][number],
  protocol: string,
  port: number,
): boolean =>
  allow.some(
    (each) => each.protocol === protocol && each.ports.some(([first, last]) => first <= port && port <= last),
  )
