/** Tenths of a pixel are enough. */
export const round = (value: number) => Math.round(value * 10) / 10

/** A small crossed disc. */
export function cross(x: number, y: number): string {
  const [cx, cy] = [round(x), round(y)]
  return (
    `<circle class="halo" cx="${cx}" cy="${cy}" r="6.5"/>` +
    `<path class="cross" d="M${cx - 2.5} ${cy - 2.5}l5 5m0 -5l-5 5"/>`
  )
}
