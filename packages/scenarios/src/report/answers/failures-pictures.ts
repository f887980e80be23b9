import { withoutCommonPrefix } from '../../pictures/labels.ts'
import { pairMatrix } from '../../pictures/pair-matrix.ts'
import type { WhatIfAnswer } from '../../whatif/answer.ts'
import { evaluatorOf } from '../../whatif/evaluator.ts'
import type { Subject } from '../../whatif/subject.ts'
import { count, many } from '../format.ts'
import { type Html, html } from '../html.ts'
import { heatMap } from '../plots/heat-map.ts'
import type { ReportAbout } from './about.ts'
import { loadedTopology, type Mapped } from './maps.ts'

/** What the pictures of an answer about failures are drawn from, beside the answer. */
export interface FailuresReportInput {
  readonly answer: WhatIfAnswer
  readonly subject: Subject
  /** The command that asked, up to the options that say what fails. */
  readonly command: string
  readonly about: ReportAbout
}

const MEMBERS_SHOWN = 4

/** Every pair of parts; null where no pairs were asked about. */
export function pairSection({ answer, subject }: FailuresReportInput): Mapped | null {
  const { of, any, fail, worst } = answer
  if (of === null || any < 2) return null
  const matrix = pairMatrix(subject, { of, down: fail, worst: worst.map(({ failed }) => failed) })
  if (matrix.parts.length < 2) return null
  const { parts, all, utilization, lost, broken } = matrix
  const names = withoutCommonPrefix(parts)
  const shared = {
    rows: names,
    columns: names,
    kind: 'share' as const,
    rowTitle: 'down',
    columnTitle: 'and',
    room: 520,
  }
  const loads = heatMap({
    ...shared,
    id: 'pair-load',
    title: 'Fullest link',
    values: utilization,
    flagged: broken,
    flag: 'breaks something',
  })
  const losses = heatMap({
    ...shared,
    id: 'pair-lost',
    title: 'Demand lost',
    values: lost,
    max: Math.max(...lost) || 1,
    flagged: broken,
    flag: 'breaks something',
  })
  const left =
    parts.length === all
      ? `Every pair of ${many(all, 'part')}`
      : `${count(parts.length)} of ${many(all, 'part')}: those of the worst sets, every pair of them computed. Of sets that are alike by symmetry the answer lists one, so every kind of pair that it lists is here`
  const maps = lost.some((share) => share > 0) ? [loads, losses] : [loads]
  return {
    html: html`<div class="maps">${maps.map((map) => map.html)}</div>
<p class="note">${left}. On the diagonal one part alone.${fail.length > 0 && ` In all of them ${listOf(fail)} is down too.`}
${lost.every((share) => share === 0) && ' No pair loses demand.'}</p>`,
    readings: maps.flatMap(({ reading }) => reading ?? []),
  }
}

/** The network while the worst set is down. */
export async function networkSection({ answer, subject, about }: FailuresReportInput): Promise<Html> {
  const { network, parts } = subject
  const failed = answer.worst[0]?.failed ?? answer.fail
  const down = parts.named(failed, 'fail')
  const utilizations = evaluatorOf(subject).utilizations(down)
  const members = down.flatMap(({ links, nodes }) => [
    ...links.map((link) => network.topology.links[link]!.name),
    ...nodes.map((node) => network.topology.nodes[node]!.name),
  ])
  const drawing = await loadedTopology(network.topology, (direction) => utilizations[direction]!, {
    title: `Topology of ${about.name} while ${listOf(failed)} is down, links coloured by offered load`,
    failed: members,
  })
  return html`<p>Down: <b>${failed.join(', ')}</b></p>${drawing}<p class="note">Offered load over rate once routes have converged.</p>`
}

/** Names as far as there is room. */
export function listOf(names: readonly string[]): string {
  const shown = names.slice(0, MEMBERS_SHOWN).join(' + ')
  return names.length > MEMBERS_SHOWN ? `${shown} and ${names.length - MEMBERS_SHOWN} more` : shown
}
