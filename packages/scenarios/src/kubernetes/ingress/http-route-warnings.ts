import type { HttpRouteSpec } from '../kinds/http-route.ts'
import type { Remark } from './remarks.ts'

/** What a route says that is read otherwise than its gateway may. */
export const httpRouteRemarks = ({ rules = [] }: HttpRouteSpec): Remark[] =>
  rules.flatMap(({ matches = [], filters = [] }, rule) => [
    ...matches.flatMap(({ path }, match) =>
      path?.type === 'RegularExpression'
        ? [
            {
              path: ['spec', 'rules', rule, 'matches', match, 'path', 'value'],
              message:
                'regular expressions differ from gateway to gateway; here it is JavaScript, for the whole path',
            },
          ]
        : [],
    ),
    ...filters.flatMap(({ type }, filter) =>
      type === 'ExtensionRef' || type === 'ExternalAuth'
        ? [
            {
              path: ['spec', 'rules', rule, 'filters', filter],
              message: `what a filter of type ${type} does is not modelled; requests pass it`,
            },
          ]
        : [],
    ),
  ])
