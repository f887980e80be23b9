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
    // a route is put together once for each listener that it is attached to
    else if (!known.some((each) => each.message === message && each.path.join() === path.join()))
      known.push({ path, message })
  }

  all(): Record<string, readonly Remark[]> {
    return Object.fromEntries(this.byObject)
  }
}
