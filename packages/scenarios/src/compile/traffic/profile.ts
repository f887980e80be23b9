import { printDuration } from '@weft/core'
import { namedProfiles, type RateProfile } from '@weft/fabric'
import type { ProfileInput } from '../../schema/profile.ts'
import { list, type Path, type Problems } from '../problems.ts'

type Details = Exclude<ProfileInput, string>

/** The forms of a profile: what names each, and what else it takes. */
const FORMS = ['shape', 'points', 'swing'] as const
const BELONGS: Readonly<Partial<Record<keyof Details, readonly (typeof FORMS)[number][]>>> = {
  period: ['points', 'swing'],
  peak: ['swing'],
}

/** A profile as the run meets it that begins at `beginPs` of the day or week; undefined where that was refused. */
export function compileProfile(
  input: ProfileInput,
  beginPs: number,
  path: Path,
  problems: Problems,
): RateProfile | undefined {
  if (typeof input === 'string') return begunAt(namedProfiles[input], beginPs)
  const profile = compileDetails(input, path, problems)
  return profile && begunAt(profile, beginPs + (input.zone ?? 0))
}

/** The same where the run begins at this time of it. */
function begunAt(profile: RateProfile, beginPs: number): RateProfile {
  const { periodPs } = profile
  const phasePs = ((beginPs % periodPs) + periodPs) % periodPs
  if (profile.kind === 'sinusoidal') return { ...profile, peakPs: profile.peakPs - phasePs }
  return phasePs === 0 ? profile : { ...profile, phasePs }
}

function compileDetails(input: Details, path: Path, problems: Problems): RateProfile | undefined {
  const given = FORMS.filter((key) => input[key] !== undefined)
  const [form] = given
  if (form === undefined || given.length > 1) {
    const found = form === undefined ? 'it has none' : `it has ${list(given)}`
    problems.refuse(path, `a profile takes exactly one of ${list(FORMS)}; ${found}`)
    return undefined
  }
  const before = problems.issues.length
  for (const [key, forms] of Object.entries(BELONGS) as [keyof Details, readonly string[]][]) {
    if (input[key] !== undefined && !forms.includes(form))
      problems.refuseKey([...path, key], `"${key}" has no effect with "${form}"; remove one of them`)
  }
  if (input.shape !== undefined) return namedProfiles[input.shape]
  const { period: periodPs, points, swing, peak } = input
  if (periodPs === undefined) problems.refuse(path, `"${form}" needs a "period": day, week or a duration`)
  else if (points !== undefined) checkPoints(points, periodPs, [...path, 'points'], problems)
  if (form === 'swing' && peak === undefined)
    problems.refuse(path, '"swing" needs a "peak": when in the period it is reached')
  if (peak !== undefined && periodPs !== undefined && peak > periodPs)
    problems.refuse([...path, 'peak'], outside(peak, periodPs))
  if (problems.issues.length > before) return undefined
  if (points !== undefined) return { kind: 'piecewise-linear', periodPs: periodPs!, points }
  return { kind: 'sinusoidal', periodPs: periodPs!, swing: swing!, peakPs: peak! }
}

const outside = (atPs: number, periodPs: number): string =>
  `${printDuration(atPs)} is not within the period, ${printDuration(periodPs)}`

function checkPoints(
  points: NonNullable<Details['points']>,
  periodPs: number,
  path: Path,
  problems: Problems,
): void {
  points.forEach(([atPs], index) => {
    if (atPs > periodPs) problems.refuse([...path, index], outside(atPs, periodPs))
    else if (index > 0 && atPs < points[index - 1]![0])
      problems.refuse([...path, index], 'times cannot go back from point to point')
  })
  if (points.every(([, share]) => share === 0))
    problems.refuse(path, 'every point is 0%, so that nothing is ever sent')
}
