/**
 * Which of the two words of a double, seen through a Uint32Array, holds sign, exponent and the top 20 bits of
 * the mantissa: depends on the machine's byte order.
 */
export function highWordIndex(): 0 | 1 {
  const words = new Uint32Array(Float64Array.of(-1).buffer)
  return words[1] === 0 ? 0 : 1
}
