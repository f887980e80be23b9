const light =
  '--ink:#1d2430;--soft:#5d6878;--line:#d5dbe4;--ground:#ffffff;--none:#f3f5f8;--some:#2f6db3;--all:#c2570c;--on:#ffffff'
const dark =
  '--ink:#e6eaf1;--soft:#97a3b5;--line:#323c4c;--ground:#12161f;--none:#1a202c;--some:#6ea6e6;--all:#f0914a;--on:#10141c'
const fonts = 'system-ui,-apple-system,"Segoe UI",Roboto,sans-serif'

/** Style of a drawing of who may connect to whom, confined to it; follows the reader's colour scheme, and prints light. */
export const reachStyle = [
  `.weft-reach{${light};font-family:${fonts}}`,
  `@media screen and (prefers-color-scheme:dark){.weft-reach{${dark}}}`,
  '.weft-reach text{fill:var(--ink);font-size:11.5px}',
  '.weft-reach .title{font-size:15px;font-weight:650}',
  '.weft-reach .soft{fill:var(--soft)}',
  '.weft-reach .band{font-weight:650}',
  '.weft-reach .ground{fill:var(--ground)}',
  '.weft-reach .rule{stroke:var(--line);stroke-width:1}',
  '.weft-reach .none{fill:var(--none)}',
  '.weft-reach .some rect{fill:var(--some)}',
  '.weft-reach .all rect{fill:var(--all)}',
  '.weft-reach .self{fill:var(--line)}',
  '.weft-reach .cell text{fill:var(--on);font-size:10.5px;font-weight:550;text-anchor:middle;pointer-events:none}',
  '.weft-reach .cell:hover rect{stroke:var(--ink);stroke-width:1.6}',
].join('\n')
