import { isOutside } from '../selectors/hosts.ts'
import type { PairsFound } from './pairs.ts'
import { type Path, type Problems, quote } from '../problems.ts'
import type { ReceiverIndex } from './receivers.ts'

/**
 * Who calls a pod by name from the internet means its attached address, wherever it is by then: such traffic goes to the address
 * where something will take the pod's place. Undefined where some of an entry would, and was refused.
 */
export function byAddressPassedOn(
  found: PairsFound,
  receivers: ReceiverIndex,
  path: Path,
  problems: Problems,
): PairsFound | undefined {
  const { pairs, ends } = found
  if (pairs.kind === 'to-service' || pairs.kind === 'to-name') return found
  const [from, to] = pairs.kind === 'from-to' ? [pairs.from, pairs.to] : [pairs.hosts, pairs.hosts]
  if (!from.some(isOutside)) return found
  const moving = to.find((host) => receivers.passedOnBy(host) !== undefined)
  if (moving === undefined) return found
  const service = receivers.passedOnBy(moving)!
  if (from.every(isOutside) && to.length === 1) {
    const sent = ends && { ends: ends.map((each) => ({ from: each.from, to: undefined })) }
    return { ...found, pairs: { kind: 'to-service', from, service }, ...sent }
  }
  problems.refuse(
    path,
    `${quote(moving)} is replaced during the run, and from the internet it is called by the address that goes along, ${service.ipv4 ?? service.ipv6}; make what goes there from the internet an entry of its own`,
  )
  return undefined
}
