import type { Path } from '../kinds/kind.ts'

/** Something about one object that is warned of. */
export interface Remark {
  readonly path: Path
  readonly message: string
}

/** Remarks by object, `Ingress shop/front`, as they are found while objects are put together. */
export class Remarks {
  private readonly byObject = new Map<string, Remark[]>()

  add(object: string, path: Path, message: string): void {
    const known = this.byObject.get(object)
    if (known === undefined) this.byObject.set(object, [{ path, message }])
    else known.push({ path, message })
  }

  all(): Record<string, readonly Remark[]> {
    return Object.fromEntries(this.byObject)
  }
}
