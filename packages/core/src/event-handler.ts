/** What events are delivered to. The two integers are the handler's own affair. */
export interface EventHandler {
  /** Stands in errors and traces. */
  readonly name: string
  onEvent(a: number, b: number): void
  /** Where one handler serves many: whom the event is for. Stands in errors and traces in place of the name. */
  describe?(a: number, b: number): string
}
