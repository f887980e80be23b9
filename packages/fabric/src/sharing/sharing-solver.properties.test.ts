import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changesOf, flowOf, mixed, SharingModel, tied } from './sharing-model.fixture.ts'
import { waterFill } from './water-filling.oracle.ts'

const RESOURCES = 12

const histories = (numbers: typeof tied, changes = 60) =>
  fc.record({
    capacities: fc.array(numbers.capacity, { minLength: RESOURCES, maxLength: RESOURCES }),
    changes: fc.array(changesOf(numbers, RESOURCES), { maxLength: changes, size: 'max' }),
  })

const networks = (numbers: typeof tied) =>
  fc.record({
    capacities: fc.array(numbers.capacity, { minLength: RESOURCES, maxLength: RESOURCES }),
    flows: fc.array(flowOf(numbers, RESOURCES), { minLength: 1, maxLength: 24, size: 'max' }),
  })

describe('SharingSolver', () => {
  for (const [name, numbers] of [
    ['ties', tied],
    ['no ties', mixed],
  ] as const) {
    it(`gives the rates of the oracle after any history, with ${name}`, () => {
      fc.assert(
        fc.property(histories(numbers), ({ capacities, changes }) => {
          const model = new SharingModel(capacities)
          for (const change of [...changes, { kind: 'resolve' } as const]) {
            model.apply(change)
            if (change.kind !== 'resolve') continue
            expect(model.resolve()).toEqual([])
            expect(model.error()).toBeLessThan(1e-12)
          }
        }),
        { numRuns: 1000 },
      )
    })
  }

  for (const [name, numbers] of [
    ['ties', tied],
    ['no ties', mixed],
  ] as const) {
    it(`gives the rates of the oracle where flows make crowds as soon as two can, with ${name}`, () => {
      let crowded = 0
      fc.assert(
        fc.property(histories(numbers, 90), ({ capacities, changes }) => {
          const model = new SharingModel(capacities, 2)
          for (const change of [...changes, { kind: 'resolve' } as const]) {
            model.apply(change)
            if (change.kind !== 'resolve') continue
            expect(model.resolve()).toEqual([])
            expect(model.error()).toBeLessThan(1e-12)
            crowded += model.crowded
          }
        }),
        { numRuns: 1000 },
      )
      expect(crowded).toBeGreaterThan(300)
    })
  }

  it.each([
    ['one by one', undefined],
    ['in crowds', 2],
  ])('gives the very bits of the oracle where all rates are dyadic, %s', (_, crowdMin) => {
    let dyadic = 0
    fc.assert(
      fc.property(histories(tied, 30), ({ capacities, changes }) => {
        const model = new SharingModel(capacities, crowdMin)
        for (const change of changes) {
          model.apply(change)
          if (change.kind !== 'resolve') continue
          model.solver.resolve()
          const wanted = waterFill(model.capacities, [...model.flows.values()])
          if (!wanted.every((rate) => Number.isInteger(rate * 2 ** 12))) continue
          dyadic++
          expect([...model.flows.keys()].map((id) => model.solver.rateOf(id))).toEqual(wanted)
        }
      }),
      { numRuns: 500 },
    )
    expect(dyadic).toBeGreaterThan(500)
  })

  it('has rates k times as high where all capacities and caps are', () => {
    fc.assert(
      fc.property(
        networks(mixed),
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        ({ capacities, flows }, k) => {
          const rates = ratesOf(capacities, flows)
          const scaled = ratesOf(
            capacities.map((capacity) => capacity * k),
            flows.map((flow) => ({ ...flow, cap: flow.cap * k })),
          )
          scaled.forEach((rate, flow) => {
            expect(rate).toBeCloseTo(rates[flow]! * k, 9)
          })
        },
      ),
    )
  })

  it('gives two flows of weight 1 what it gives one of weight 2', () => {
    fc.assert(
      fc.property(networks(mixed), fc.nat(), ({ capacities, flows }, pick) => {
        const split = pick % flows.length
        const halves = { ...flows[split]!, weight: flows[split]!.weight / 2, cap: flows[split]!.cap / 2 }
        const whole = ratesOf(capacities, flows)
        const parted = ratesOf(capacities, [...flows.filter((_, flow) => flow !== split), halves, halves])
        expect(parted.at(-1)).toBeCloseTo(whole[split]! / 2, 10)
        expect(parted.at(-2)).toBeCloseTo(whole[split]! / 2, 10)
        whole
          .filter((_, flow) => flow !== split)
          .forEach((rate, flow) => {
            expect(parted[flow]).toBeCloseTo(rate, 10)
          })
      }),
    )
  })

  it('does not see how flows and resources are numbered', () => {
    fc.assert(
      fc.property(networks(mixed), ({ capacities, flows }) => {
        const last = capacities.length - 1
        const relabelled = [...flows].reverse().map((flow) => ({
          ...flow,
          path: flow.path.map(([resource, cost]) => [last - resource, cost] as const),
        }))
        const rates = ratesOf(capacities, flows)
        ratesOf([...capacities].reverse(), relabelled)
          .reverse()
          .forEach((rate, flow) => {
            expect(rate).toBeCloseTo(rates[flow]!, 10)
          })
      }),
    )
  })

  it('comes back to the same rates when changes are taken back', () => {
    fc.assert(
      fc.property(networks(tied), flowOf(tied, RESOURCES), ({ capacities, flows }, guest) => {
        const model = new SharingModel(capacities)
        const ids = flows.map((flow) => model.add(flow))
        model.resolve()
        const rates = ids.map((id) => model.solver.rateOf(id))
        const id = model.add(guest)
        model.resolve()
        model.remove(id)
        model.resolve()
        ids.forEach((each, flow) => {
          expect(model.solver.rateOf(each)).toBeCloseTo(rates[flow]!, 10)
        })
      }),
    )
  })
})

function ratesOf(capacities: readonly number[], flows: Parameters<typeof waterFill>[1]): number[] {
  const model = new SharingModel(capacities)
  const ids = flows.map((flow) => model.add(flow))
  expect(model.resolve()).toEqual([])
  return ids.map((id) => model.solver.rateOf(id))
}
