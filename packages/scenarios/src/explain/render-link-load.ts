import pc from 'picocolors'
import { printDuration, printPercent, printRate } from '@weft/core'
import type { DirectionLoad, LinkLoad } from './link-load.ts'

/** The load of a link as lines for a terminal. */
export function renderLinkLoad({ link, atPs, directions, profiles }: LinkLoad, color: boolean): string {
  const paint = pc.createColors(color)
  const title = `${paint.bold(link)} at ${printDuration(atPs)}: expected load, ECMP groups split by weight`
  const parts = profiles.map(({ traffic, ofLoad }) => `${traffic} at ${printPercent(ofLoad, { digits: 3 })}`)
  const note = parts.length === 0 ? [] : [paint.dim(`of its load then, by its profile: ${parts.join(', ')}`)]
  return `${[title, ...note, ...directions.flatMap((direction) => renderDirection(direction, paint))].join('\n')}\n`
}

function renderDirection(direction: DirectionLoad, paint: ReturnType<typeof pc.createColors>): string[] {
  const { name, rateBps, offeredBps, demands, up } = direction
  const load = `${rate(offeredBps)} of ${printRate(rateBps)} (${printPercent(offeredBps / rateBps, { digits: 3 })})`
  const state = up ? '' : paint.red(' DOWN: all of it is lost as link-down')
  if (demands.length === 0) return ['', `${name}  nothing is expected here${state}`]
  const rows = demands.map(({ share, from, to, pairs, traffic, offeredBps: own }) => {
    const percent = printPercent(share, { digits: 2 }).padStart(6)
    return `  ${percent}  ${rate(own).padStart(9)}  ${from} → ${to} ${paint.dim(`${pairs} pairs, ${traffic}`)}`
  })
  return ['', `${name}  ${load}${state}`, ...rows]
}

const rate = (bps: number): string => printRate(Math.round(bps), { digits: 3 })
