/** A longer column with the values of a shorter one. */
export function widened<Column extends { set(from: Column): void }>(from: Column, to: Column): Column {
  to.set(from)
  return to
}
