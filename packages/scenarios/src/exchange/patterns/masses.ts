/** What of all traffic a host sends and receives, in any unit: shares of the sums count. */
export interface Mass {
  readonly host: string
  readonly sent: number
  readonly received: number
}
