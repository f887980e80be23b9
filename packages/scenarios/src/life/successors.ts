import type { Pod } from '../kubernetes/index.ts'

/** A pod that takes the place of another one in the course of a run. */
export interface Successor {
  readonly pod: Pod
  /** The host, or the node of the cluster, that it is to run on; absent: by the rules of placement. */
  readonly to?: string
}

/** Parallel links are counted alike: `shop/cart-0`, `shop/cart-0#2`. */
export const successorName = (name: string, generation: number): string => `${name}#${generation}`

/** Whether this is the name of a pod that takes another one's place. */
export const isSuccessor = (name: string): boolean => /#\d+$/.test(name)

/** Whose place it takes, in the end; any other's own name. */
export const firstOf = (name: string): string => name.replace(/#\d+$/, '')

/** Of the same template and labels, without what a status said of the pod before it. */
export function successorOf(pod: Pod, generation: number): Pod {
  const { nodeName: _, ...rest } = pod
  return {
    ...rest,
    id: successorName(pod.id, generation),
    addresses: [],
    phase: 'Pending',
    isReady: false,
    isTerminating: false,
  }
}
