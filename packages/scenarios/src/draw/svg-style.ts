import { rampProperties } from './ramp.ts'

const light =
  '--ink:#1d2430;--soft:#5d6878;--line:#aeb8c6;--box:#ffffff;--ground:#ffffff;--frame:#f2f5f9;--bad:#c2410c'
const dark =
  '--ink:#e6eaf1;--soft:#97a3b5;--line:#566275;--box:#1b2230;--ground:#12161f;--frame:#1a202c;--bad:#ff9a5c'

const fonts = 'system-ui,-apple-system,"Segoe UI",Roboto,sans-serif'

/** Style of a drawing, confined to it; follows the reader's colour scheme, and prints light. */
export const svgStyle = [
  `.weft-topology{${light};${rampProperties.light};font-family:${fonts}}`,
  `@media screen and (prefers-color-scheme:dark){.weft-topology{${dark};${rampProperties.dark}}}`,
  '.weft-topology text{fill:var(--ink);font-size:11px}',
  '.weft-topology .soft{fill:var(--soft)}',
  '.weft-topology .strong{font-weight:600}',
  '.weft-topology .ground{fill:var(--ground)}',
  '.weft-topology .frame{fill:var(--frame);stroke:var(--line);stroke-width:.6}',
  '.weft-topology .box rect{fill:var(--box);stroke:var(--soft);stroke-width:1.1}',
  '.weft-topology .host rect,.weft-topology .hosts rect{stroke:var(--line)}',
  '.weft-topology .down rect{stroke:var(--bad);stroke-dasharray:4 2.5;stroke-width:1.6}',
  '.weft-topology .wire path{fill:none;stroke:var(--line);stroke-width:var(--w)}',
  '.weft-topology .wire.down path{stroke-dasharray:5 3.5}',
  '.weft-topology .wire:hover path{stroke-width:4.5}',
  '.weft-topology .bundle path{stroke-width:4px}',
  '.weft-topology path.cross,.weft-topology .wire path.cross{stroke:var(--bad);stroke-width:2.4}',
  '.weft-topology path.cross,.weft-topology .wire path.cross{stroke-dasharray:none;stroke-linecap:round}',
  '.weft-topology .halo{fill:var(--box);stroke:var(--bad);stroke-width:1.2}',
  ...Array.from({ length: 10 }, (_, step) => `.weft-topology .u${step}{stroke:var(--u${step})!important}`),
  ...Array.from({ length: 10 }, (_, step) => `.weft-topology .f${step}{fill:var(--u${step})}`),
].join('\n')
