import { publishedSizes, type SizesBlueprint } from '@weft/fabric'
import type { SizesInput } from '../../schema/sizes.ts'
import { list, type Path, type Problems } from '../problems.ts'

const DISTRIBUTIONS = ['exponential', 'uniform', 'cdf'] as const

export function compileSizes(input: SizesInput, path: Path, problems: Problems): SizesBlueprint | undefined {
  if ('published' in input)
    return { kind: 'cdf', name: input.published, points: publishedSizes[input.published] }
  if ('constant' in input) return { kind: 'constant', bytes: input.constant }
  const given = DISTRIBUTIONS.filter((key) => input[key] !== undefined)
  if (given.length !== 1) {
    problems.refuse(
      path,
      `sizes take exactly one of ${list(DISTRIBUTIONS)}; ${given.length === 0 ? 'it has none' : `it has ${list(given)}`}`,
    )
    return undefined
  }
  if (input.exponential !== undefined) return { kind: 'exponential', meanBytes: input.exponential }
  if (input.uniform !== undefined) {
    const { min, max } = input.uniform
    if (min > max) problems.refuse([...path, 'uniform'], `"min" is above "max"; the smaller size comes first`)
    return { kind: 'uniform', minBytes: min, maxBytes: max }
  }
  return compileCdf(input.cdf!, [...path, 'cdf'], problems)
}

function compileCdf(
  points: readonly (readonly [number, number])[],
  path: Path,
  problems: Problems,
): SizesBlueprint {
  points.slice(1).forEach(([bytes, share], index) => {
    const [bytesBefore, shareBefore] = points[index]!
    if (bytes <= bytesBefore) problems.refuse([...path, index + 1], 'sizes must rise from point to point')
    else if (share < shareBefore)
      problems.refuse([...path, index + 1], 'shares cannot fall from point to point')
  })
  const last = points.length - 1
  if (points[last]![1] !== 1) problems.refuse([...path, last], 'the last point must be at 100%')
  return {
    kind: 'cdf',
    name: 'custom',
    points: points.map(([bytes, share]) => [bytes, share * 100] as const),
  }
}

/** Mean flow size in bytes. */
export function meanBytes(sizes: SizesBlueprint): number {
  if (sizes.kind === 'constant') return sizes.bytes
  if (sizes.kind === 'exponential') return sizes.meanBytes
  if (sizes.kind === 'uniform') return (sizes.minBytes + sizes.maxBytes) / 2
  let [bytesBefore, percentBefore] = sizes.points[0]!
  let mean = (bytesBefore * percentBefore) / 100
  for (const [bytes, percent] of sizes.points.slice(1)) {
    mean += (((bytes + bytesBefore) / 2) * (percent - percentBefore)) / 100
    bytesBefore = bytes
    percentBefore = percent
  }
  return mean
}
