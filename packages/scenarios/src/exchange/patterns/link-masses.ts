import { type Network, senderRateBps } from '@weft/fabric'
import type { Mass } from './masses.ts'

/** Of every host the rate at which it sends: that of its first interface, all links of a bond together. */
export const linkMasses = ({ topology }: Network, hosts: readonly string[]): Mass[] =>
  hosts.map((host) => {
    const rateBps = senderRateBps(topology, host)
    return { host, sent: rateBps, received: rateBps }
  })
