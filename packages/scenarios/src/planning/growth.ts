const GROWTH_MAX = 1e6
const TIMES = /^(\d+(?:\.\d+)?)\s*(x|×)$/

/** How many times today's demand, from `3x` or 3; else what is wrong with it. */
export function parseGrowth(growth: string | number): number | string {
  const shown = JSON.stringify(growth)
  const [, digits] = TIMES.exec(String(growth).trim()) ?? []
  const value = typeof growth === 'number' ? growth : Number(digits)
  if (typeof growth === 'string' && digits === undefined) {
    const isBare = growth.trim() !== '' && Number.isFinite(Number(growth))
    return isBare
      ? `${shown} needs an x; did you mean ${growth.trim()}x?`
      : `${shown} is no growth; expected times today's demand, such as 3x`
  }
  if (value > 0 && value <= GROWTH_MAX) return value
  return `${shown} is out of range; expected more than 0x and at most ${GROWTH_MAX}x`
}
