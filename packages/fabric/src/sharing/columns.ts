/** A longer copy of a column, zero behind what it held. */
export function widenInts(column: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const wide = new Int32Array(length)
  wide.set(column)
  return wide
}

/** A longer copy of a column, zero behind what it held. */
export function widenFloats(column: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const wide = new Float64Array(length)
  wide.set(column)
  return wide
}

/** A longer copy of a column, zero behind what it held. */
export function widenBytes(column: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const wide = new Uint8Array(length)
  wide.set(column)
  return wide
}
