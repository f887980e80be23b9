import pc from 'picocolors'
import { profilesText } from '../planning/profile-rates.ts'
import type { DrainAnswer, Room } from './drain.ts'
import { bps, percent, type RenderOptions } from './render.ts'
import { type Palette, plain, textTable } from '../text/text-table.ts'

const METHODS: Readonly<Record<DrainAnswer['method'], string>> = {
  exact: 'no order has more room at its tightest step, nor, of those, more in sum: all subsets were compared',
  greedy: 'greedy: at every step the part that leaves the most room then; a better order may exist',
  'any order is as good':
    'each comes back before the next, so that the order does not matter; most room first',
}

/** An order of drains for a terminal. */
export function renderDrain(answer: DrainAnswer, { color, title }: RenderOptions): string {
  const paint = pc.createColors(color)
  const { before, steps, profiles, cumulative, method, of, partial } = answer
  const rows = steps.map(({ drain, room, worstCase }, i) => [
    String(i + 1),
    plain(drain),
    headroom(room, paint),
    place(room),
    headroom(worstCase, paint),
    plain(worstCase.failed),
    place(worstCase),
  ])
  const head = [
    '',
    cumulative ? 'Drain, and keep' : 'Drain',
    'room',
    'least on',
    `room if a ${of} fails`,
    'worst is',
    'least on',
  ]
  return `${[
    `${paint.bold(plain(title))}  ${paint.dim('steady clock, routes converged')}`,
    ...(profiles === null ? [] : [plain(profilesText(profiles))]),
    ...(partial ? [paint.yellow(`partial: interrupted with ${partialText(steps.length, cumulative)}`)] : []),
    `before: room ${headroom(before, paint)} on ${place(before)}`,
    '',
    ...(steps.length === 0 ? [] : [textTable(head, 'rlrlrll', rows, paint)]),
    paint.dim(
      partial && method === 'exact' ? 'the best order is known when all subsets are' : METHODS[method],
    ),
  ].join('\n')}\n`
}

function partialText(steps: number, cumulative: boolean): string {
  if (steps === 0) return 'no step known'
  const some = `${steps} ${steps === 1 ? 'part' : 'parts'}`
  return cumulative ? `${some} in order` : `${some} looked at`
}

function headroom({ headroom: room, cutBps }: Room, paint: Palette): string {
  if (cutBps > 0) return paint.red(`cuts off ${bps(cutBps)}`)
  const text = room < 0 ? `-${percent(-room)}` : percent(room)
  return room < 0 ? paint.red(text) : text
}

const place = ({ worst }: Room): string => (worst === null ? '–' : plain(worst.direction))
