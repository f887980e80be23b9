export { renderReport } from './report.ts'
export { renderSummary, type SummaryOptions } from './summary.ts'
