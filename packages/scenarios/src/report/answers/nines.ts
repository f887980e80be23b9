/** Shares of time: nines need digits, as many as tell them from 100 %, and two more. */
export function nines(share: number): string {
  if (share <= 0 || share >= 1) return `${Math.max(0, Math.min(1, share)) * 100}%`
  const gap = Math.min(share, 1 - share)
  const decimals = Math.min(12, Math.max(2, 1 - Math.floor(Math.log10(gap * 100))))
  return `${Number((share * 100).toFixed(decimals))}%`
}

export function minutesText(minutes: number): string {
  if (minutes < 1) return `${Number((minutes * 60).toPrecision(2))} s`
  if (minutes < 120) return `${Number(minutes.toPrecision(3))} min`
  return `${Number((minutes / 60).toPrecision(3))} h`
}
