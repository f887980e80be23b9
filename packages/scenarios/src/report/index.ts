export { renderReport } from './report.ts'
export { renderSummary, type SummaryOptions } from './summary.ts'
export {
  availabilityReport,
  diffReport,
  drainReport,
  planReport,
  whatIfReport,
  worstCaseReport,
} from './scenario-reports.ts'
