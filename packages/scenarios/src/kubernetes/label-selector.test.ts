import { describe, expect, it } from 'vitest'
import { issuesOf } from '../schema/issues.ts'
import { labelSelector, labelSelectorSchema } from './label-selector.ts'

const read = (data: unknown) => labelSelector(labelSelectorSchema.parse(data))

const problems = (data: unknown) => {
  const parsed = labelSelectorSchema.safeParse(data, { reportInput: true })
  return parsed.success
    ? []
    : issuesOf(parsed.error, data).map(({ path, message }) => `${path.join('.')}: ${message}`)
}

describe('label selectors', () => {
  it('become requirements, those of matchLabels first', () => {
    const selector = {
      matchExpressions: [
        { key: 'tier', operator: 'NotIn', values: ['cache', 'queue'] },
        { key: 'canary', operator: 'DoesNotExist' },
      ],
      matchLabels: { 'app.example.com/name': 'basket', stage: '' },
    }
    expect(read(selector)).toEqual([
      { key: 'app.example.com/name', operator: 'In', values: ['basket'] },
      { key: 'stage', operator: 'In', values: [''] },
      { key: 'tier', operator: 'NotIn', values: ['cache', 'queue'] },
      { key: 'canary', operator: 'DoesNotExist', values: [] },
    ])
  })

  it.each([{}, { matchLabels: {} }, { matchExpressions: [] }, { matchLabels: null, matchExpressions: null }])(
    'that ask for nothing select everything: %j',
    (data) => expect(read(data)).toEqual([]),
  )

  it('take a label without a value as one with the empty value', () => {
    expect(read({ matchLabels: { spot: null } })).toEqual([{ key: 'spot', operator: 'In', values: [''] }])
  })

  it.each([
    [{ matchLabels: { version: 2 } }, 'matchLabels.version: expected text, got 2; write it in quotes: "2"'],
    [
      { matchLabels: { app: 'two words' } },
      'matchLabels.app: "two words" is not a label\'s value; use letters, digits, "-", "_" and ".", and begin and end with a letter or digit',
    ],
    [
      { matchLabels: { app: 'a'.repeat(64) } },
      "matchLabels.app: a label's value has at most 63 characters; this one has 64",
    ],
    [
      { matchLabels: { 'a/b/c': 'x' } },
      'matchLabels.a/b/c: "a/b/c" is not a label\'s key; it has more than one "/"',
    ],
    [
      { matchLabels: { 'Upper.io/app': 'x' } },
      'matchLabels.Upper.io/app: "Upper.io" is not a label\'s prefix; use lower-case letters, digits, "-" and ".", and begin and end each part with a letter or digit',
    ],
    [
      { matchExpressions: [{ key: 'app', operator: 'In' }] },
      'matchExpressions.0.values: In needs at least one value in "values"',
    ],
    [
      { matchExpressions: [{ key: 'app', operator: 'Exists', values: ['x'] }] },
      'matchExpressions.0.values: Exists asks for the key alone; remove "values", or use In or NotIn',
    ],
    [
      { matchExpressions: [{ key: 'app', operator: 'in', values: ['x'] }] },
      'matchExpressions.0.operator: "in" is not known here; did you mean In?',
    ],
    [
      { matchExpressions: [{ operator: 'Exists' }] },
      'matchExpressions.0.key: missing key "key" in matchExpressions[0]; expected text',
    ],
    [
      { matchlabels: { app: 'x' } },
      'matchlabels: unknown field "matchlabels" in a label selector; did you mean "matchLabels"?',
    ],
    [
      { app: 'x' },
      'app: unknown field "app" in a label selector; expected one of matchLabels, matchExpressions',
    ],
  ])('refuse %j', (data, message) => expect(problems(data)).toEqual([message]))
})
