import type { ListedFlow } from '../peers/flow-files.ts'

const SENDERS = 32
const BYTES = 1_000_000

/** W2: the odd hosts 1 to 63 send 1 MB each to host 0, all at once. */
export function incast(): ListedFlow[] {
  return Array.from({ length: SENDERS }, (_, id) => ({
    id,
    startNs: 0,
    source: 2 * id + 1,
    destination: 0,
    bytes: BYTES,
  }))
}
