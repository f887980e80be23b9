import type { PlanProgress, Steps } from '../planning/pace.ts'

/** Takes a step of each in turn, all to their ends, and tells how far they are together. */
export function* inTurns(all: readonly Steps<void>[]): Steps<void> {
  const progress: PlanProgress[] = []
  let goesOn = true
  let running = all.map((steps, i) => ({ steps, i }))
  while (running.length > 0) {
    const still: typeof running = []
    for (const each of running) {
      const step = each.steps.next(goesOn)
      if (step.done === true) continue
      progress[each.i] = step.value
      still.push(each)
      goesOn = yield together(step.value, progress)
    }
    running = still
  }
}

/** Those that do the same thing at the moment are added up. */
function together({ step }: PlanProgress, progress: readonly PlanProgress[]): PlanProgress {
  const same = progress.filter((each) => each?.step === step)
  return {
    step,
    done: same.reduce((sum, { done }) => sum + done, 0),
    of: same.reduce((sum, { of }) => sum + of, 0),
  }
}
