/**
 * The bits of a double. Scratch: written and read within one call, so that nothing is carried between calls.
 */
export const double = new Float64Array(1)
/** The same eight bytes as two words. */
export const words = new Uint32Array(double.buffer)

/**
 * Which word holds sign, exponent and the top 20 bits of the mantissa: depends on the machine's byte order.
 */
export const HIGH = highWordIndex()
export const LOW = 1 - HIGH

function highWordIndex(): number {
  double[0] = -1
  return words[1] === 0 ? 0 : 1
}
