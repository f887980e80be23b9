/** Of a network without the internet, and of what nobody outside can name. */
export const PRIVATE = 0
/** Beyond the internet's own switches. */
export const OUTSIDE = 1
/** A workload's own public address. */
export const ATTACHED = 2
/** Translated where a region meets the internet. */
export const TRANSLATED = 3

/** What each address of a network is towards the internet, by id; those that come later are private. */
export class AddressScopes {
  private readonly scopes: number[] = []

  of(address: number): number {
    return this.scopes[address] ?? PRIVATE
  }

  set(address: number, scope: number): void {
    while (this.scopes.length < address) this.scopes.push(PRIVATE)
    this.scopes[address] = scope
  }

  /** Whether somebody on the internet can send to it. */
  isPublic(address: number): boolean {
    return this.of(address) !== PRIVATE
  }
}
