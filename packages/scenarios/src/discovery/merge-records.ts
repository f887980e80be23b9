import type { Records } from '@weft/fabric'

/** Puts records of one name and type together; they live as long as the one that lives shortest. */
export function mergeRecords(all: readonly Records[]): Records[] {
  const merged = new Map<string, Records>()
  for (const each of all) {
    const key = `${each.name} ${each.type}`
    const known = merged.get(key)
    merged.set(key, known === undefined ? each : together(known, each))
  }
  return [...merged.keys()].sort().map((key) => merged.get(key)!)
}

function together(one: Records, other: Records): Records {
  const ttlPs = Math.min(one.ttlPs, other.ttlPs)
  if (one.type === 'SRV' && other.type === 'SRV')
    return { ...one, ttlPs, values: [...one.values, ...other.values] }
  return { ...one, ttlPs, values: [...one.values, ...other.values] } as Records
}
