import type { Records, RecordType } from './records.ts'

interface Line {
  readonly name: string
  readonly type: RecordType
  readonly value: string
  readonly ttlPs: number
}

/** A zone as a plain list of lines; names as they are compared, values as zone files write them. */
export class NaiveZone {
  lines: Line[] = []
  private readonly origin: string

  constructor(origin: string) {
    this.origin = origin
  }

  values(name: string, type: RecordType): string[] {
    return this.of(name, type)
      .map(({ value }) => value)
      .sort()
  }

  ttlPs(name: string, type: RecordType): number | undefined {
    return this.of(name, type)[0]?.ttlPs
  }

  has(name: string): boolean {
    return (
      name === this.origin || this.lines.some((line) => line.name === name || line.name.endsWith(`.${name}`))
    )
  }

  /** What answers for a name (RFC 4592): of all names of the zone above it the nearest, and a star right below that. */
  ownerOf(name: string): string | undefined {
    if (this.has(name)) return name
    const labels = name.split('.')
    const above = labels.map((_, i) => labels.slice(i).join('.')).filter((each) => this.has(each))
    const wildcard = `*.${above[0]}`
    return this.has(wildcard) ? wildcard : undefined
  }

  /** Whether RFC 1034 §3.6.2 lets records of this type stand at the name. */
  takes(name: string, type: RecordType): boolean {
    const others = this.lines.filter((line) => line.name === name && line.type !== type)
    return type === 'CNAME' ? others.length === 0 : others.every((line) => line.type !== 'CNAME')
  }

  add({ name, type, ttlPs, values }: Records): void {
    const all = new Set([...this.values(name, type), ...(values as string[])])
    this.lines = [...this.without(name, type), ...[...all].map((value) => ({ name, type, value, ttlPs }))]
  }

  remove(name: string, type: RecordType, gone?: readonly string[]): void {
    this.lines = this.lines.filter(
      (line) =>
        line.name !== name || line.type !== type || (gone !== undefined && !gone.includes(line.value)),
    )
  }

  private of(name: string, type: RecordType): Line[] {
    return this.lines.filter((line) => line.name === name && line.type === type)
  }

  private without(name: string, type: RecordType): Line[] {
    return this.lines.filter((line) => line.name !== name || line.type !== type)
  }
}
