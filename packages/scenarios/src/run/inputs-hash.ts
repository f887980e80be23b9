import { createHash } from 'node:crypto'

/** SHA-256 of a scenario as it was given, hexadecimal: a file's bytes, or builders' data as JSON. */
export function inputsHash(inputs: Uint8Array | object): string {
  const bytes = inputs instanceof Uint8Array ? inputs : JSON.stringify(inputs)
  return createHash('sha256').update(bytes).digest('hex')
}
