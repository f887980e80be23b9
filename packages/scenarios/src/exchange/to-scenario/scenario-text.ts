import { Document, isMap, isSeq, visit } from 'yaml'
import type { ScenarioData } from '../../schema/scenario.ts'

/** The scenario as YAML with one line per switch, host, link and demand. */
export function scenarioText(data: ScenarioData, comment: string): string {
  const document = new Document(data)
  document.commentBefore = ` ${comment}`
  visit(document, {
    Seq: (_, list) => {
      for (const item of list.items) if (isMap(item) || isSeq(item)) item.flow = true
    },
  })
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}
