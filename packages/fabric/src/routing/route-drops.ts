/** Reasons of drops that come and go with links and routes: what meets them was under way, and may come through later. */
export const DROPS_OF_ROUTES: ReadonlySet<string> = new Set([
  'link-down',
  'node-down',
  'no-route',
  'no-transit',
  'ttl-expired',
])
