import { RAMP_STEPS, rampProperties } from '../draw/ramp.ts'

/** Colours of the page: light, and dark for readers whose system asks for it. */
const light = `color-scheme:light;--page:#f6f8fb;--sheet:#ffffff;--ink:#1b2330;--soft:#5b6778;
--rule:#d5dce6;--grid:#e9edf3;
--accent:#0a5fb4;--good:#0b7a53;--good-soft:#e5f5ee;--bad:#b3261e;--bad-soft:#fdecea;--warn:#8a5300;
--warn-soft:#fdf3e0;
--band:rgba(194,65,12,.12);--idle:rgba(90,110,140,.10);--cloud:rgba(70,95,135,.45);--bar:#8fb3dc;
--code:#eef2f7;--shade:rgba(30,45,70,.16);
--s0:#0b62b8;--s1:#d1601f;--s2:#0a8a68;--s3:#a03c7c;--s4:#6a59c4;--s5:#8a6f00;--s6:#2596be;--s7:#5c6675;
--onPale:#1b2330;--onDeep:#ffffff;${rampProperties.light}`
const dark = `color-scheme:dark;--page:#0f131b;--sheet:#171d28;--ink:#e4e9f1;--soft:#98a4b6;
--rule:#313b4c;--grid:#242c3a;
--accent:#7db7f5;--good:#5fd0a2;--good-soft:#15302a;--bad:#ff8f85;--bad-soft:#3a1d1f;--warn:#f0b45b;
--warn-soft:#33270f;
--band:rgba(255,154,92,.16);--idle:rgba(150,170,200,.10);--cloud:rgba(170,190,220,.38);--bar:#3f6ea6;
--code:#222b3a;--shade:rgba(0,0,0,.55);
--s0:#6cb2f7;--s1:#f59a5e;--s2:#4fd0a4;--s3:#e58bc3;--s4:#a99bf5;--s5:#d9c04a;--s6:#6fd3ee;--s7:#aab4c3;
--onPale:#e4e9f1;--onDeep:#10141c;${rampProperties.dark}`

const page = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:3.4rem}
body{margin:0;background:var(--page);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main,header,footer{max-width:1184px;margin:0 auto;padding:0 20px}
header{padding-top:28px}
h1{font-size:30px;line-height:1.2;margin:0 0 16px;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{font-size:19px;margin:0 0 14px;letter-spacing:-.005em}
h3{font-size:15px;margin:0 0 8px;overflow-wrap:anywhere}
p{margin:0 0 10px}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.92em}
pre{background:var(--code);padding:10px 12px;border-radius:8px;overflow-x:auto;margin:0 0 10px;
white-space:pre-wrap;overflow-wrap:anywhere}
a{color:var(--accent)}
section{background:var(--sheet);border:1px solid var(--rule);border-radius:12px;padding:20px 22px 18px;
margin:18px 0}
footer{color:var(--soft);font-size:13px;padding-bottom:32px}
nav{position:sticky;top:0;z-index:5;background:var(--page);border-bottom:1px solid var(--rule);
margin-top:18px}
nav div{max-width:1184px;margin:0 auto;padding:0 20px;display:flex;gap:20px;overflow-x:auto;
scrollbar-width:none}
nav a{padding:10px 0;text-decoration:none;color:var(--soft);white-space:nowrap;font-size:14px}
nav a:hover{color:var(--ink)}
.kicker{color:var(--soft);font-size:13px;margin:0 0 2px}
.soft,.note,small{color:var(--soft)}
.note{font-size:13px;margin:10px 0 0}
.changes+.note{margin:-6px 0 16px}
h3+.note{margin:-4px 0 10px}
.scroll+h3{margin-top:26px}
.empty{color:var(--soft);padding:14px 0;margin:0}
.empty.good{color:var(--good);font-weight:600}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.banner{border-left:4px solid var(--warn);background:var(--warn-soft);padding:9px 14px;border-radius:6px}
.banner.bad{border-color:var(--bad);background:var(--bad-soft)}
.goodText{color:var(--good)}.badText{color:var(--bad)}`

const top = `
.verdict{display:flex;gap:16px;align-items:center;border-radius:12px;padding:16px 20px;margin-bottom:14px;
background:var(--sheet);border:1px solid var(--rule)}
.verdict.good{background:var(--good-soft);border-color:var(--good)}
.verdict.bad{background:var(--bad-soft);border-color:var(--bad)}
.verdict>.mark{font-size:30px;line-height:1;width:48px;height:48px;flex:none;border-radius:50%;
display:grid;place-items:center;color:var(--sheet);background:var(--soft)}
.verdict.good>.mark{background:var(--good)}.verdict.bad>.mark{background:var(--bad)}
.verdict strong{font-size:22px;line-height:1.25;display:block}
.verdict p{margin:2px 0 0;color:var(--soft);overflow-wrap:anywhere}
.facts{display:flex;flex-wrap:wrap;gap:6px 28px;margin:0 0 16px}
.facts dt{color:var(--soft);font-size:12px}
.facts dd{margin:0;font-size:14px}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:12px}
.tile{background:var(--sheet);border:1px solid var(--rule);border-radius:12px;padding:12px 16px;min-width:0}
.tile span{color:var(--soft);font-size:13px;display:block}
.tile b{font-size:24px;font-weight:650;line-height:1.25;display:block;font-variant-numeric:tabular-nums}
.tile small{display:block;font-size:12.5px;overflow-wrap:anywhere;line-height:1.35}
.cards{display:grid;gap:10px}
.card{border:1px solid var(--rule);border-left:4px solid var(--good);border-radius:8px;padding:10px 14px}
.card.bad{border-left-color:var(--bad)}
.card h3{margin:0;font-weight:500;padding-left:22px;text-indent:-22px}
.card .mark{display:inline-block;width:22px;text-indent:0;font-weight:700;
color:var(--good)}.card.bad .mark{color:var(--bad)}
.card h3 code{font-weight:650}
.values{display:flex;gap:4px 22px;flex-wrap:wrap;margin:3px 0 0;padding-left:22px;color:var(--soft);
font-size:14px}
.values b{color:var(--ink)}.card.bad .values span:first-child b{color:var(--bad)}
.object{margin:4px 0 0;padding-left:22px;font-size:14px;overflow-wrap:anywhere}
.hints{margin:4px 0 0;padding-left:22px;list-style:none;font-size:13px;color:var(--soft);
overflow-wrap:anywhere}`

const figures = `
.scroll,.topology{overflow-x:auto;
background:linear-gradient(90deg,var(--sheet) 40%,transparent) 0/40px 100%,
linear-gradient(-90deg,var(--sheet) 40%,transparent) 100%/40px 100%,
linear-gradient(90deg,var(--shade),transparent) 0/14px 100%,
linear-gradient(-90deg,var(--shade),transparent) 100%/14px 100%;
background-repeat:no-repeat;background-attachment:local,local,scroll,scroll}
.topology svg{display:block;max-width:100%;height:auto;margin:0 auto}
.topology .wire.dim,.topology .box.dim{opacity:.12}
.plots{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:22px 20px}
.plot{margin:0;position:relative;min-width:0;display:flex;flex-direction:column}
.plot>div:not(.cursor){margin-top:auto}
.plot.full{margin:6px 0 14px}
.plot svg{display:block;width:100%;height:auto;font-family:inherit}
.plot .narrow{display:none}
figcaption{font-size:14px;margin-bottom:2px;display:flex;flex-wrap:wrap;gap:0 10px;align-items:baseline}
figcaption .note{margin:0}
.keys{display:flex;flex-wrap:wrap;gap:0 14px;width:100%;font-size:12.5px;color:var(--soft)}
.key{display:inline-flex;align-items:center;gap:6px;overflow-wrap:anywhere}
.swatch{width:16px;height:0;border-top:3px solid var(--c);flex:none;border-radius:2px}
.swatch.dashed{border-top:2px dashed var(--c);border-radius:0}
.swatch.dot{width:6px;height:6px;border:0;background:var(--cloud);border-radius:50%}
.swatch.whisker{width:9px;height:10px;border:1.5px solid var(--soft);border-width:1.5px 0;
background:linear-gradient(var(--soft),var(--soft)) center/1.5px 100% no-repeat}
.changes{list-style:none;counter-reset:n;margin:0 0 16px;padding:0;font-size:14px;display:grid;gap:4px}
.changes li{counter-increment:n}
.changes li::before{content:counter(n);display:inline-grid;place-items:center;min-width:20px;height:20px;
border-radius:10px;margin-right:8px;font-size:12px;font-weight:700;color:var(--sheet);background:var(--bad)}
.changes li.repair::before{background:var(--good)}
.cursor{position:absolute;width:1px;background:var(--soft);pointer-events:none;display:none}
.tip{position:fixed;z-index:9;pointer-events:none;display:none;background:var(--sheet);
color:var(--ink);border:1px solid var(--rule);border-radius:8px;padding:7px 10px;font-size:12.5px;
line-height:1.45;box-shadow:0 4px 18px rgba(0,0,0,.18);max-width:min(340px,92vw);white-space:pre-line;
overflow-wrap:anywhere}
.tip table{border-collapse:collapse}.tip td{padding:0 0 0 10px;text-align:right;
font-variant-numeric:tabular-nums}
.tip th{font-weight:400;text-align:left;color:var(--soft)}`

const tables = `
table.numbers{border-collapse:collapse;width:100%;font-size:13.5px;font-variant-numeric:tabular-nums}
.numbers th,.numbers td{padding:6px 10px;text-align:right;white-space:nowrap;
border-bottom:1px solid var(--grid);vertical-align:baseline}
.numbers tbody th:first-child,.numbers thead tr:first-child th:first-child{text-align:left;padding-left:0}
.numbers .text.text{text-align:left;padding-left:10px}
.numbers thead .group{text-align:center;border-bottom:0;padding-bottom:0}
.numbers thead [rowspan]{vertical-align:bottom}
.fixed{display:inline-block;min-width:48px}
.numbers tbody th{font-weight:500}
.sortable tbody th:first-child{white-space:normal;min-width:170px}
.numbers thead th{color:var(--soft);font-weight:500;font-size:12.5px;border-bottom-color:var(--rule);
white-space:nowrap}
.numbers tr.total>*{border-top:1px solid var(--rule);font-weight:600}
.numbers small{font-size:12px;font-weight:400}
.numbers .warn{color:var(--warn);font-weight:600}
.numbers tbody tr:hover{background:var(--code)}
.sortable thead button{all:unset;cursor:pointer;color:inherit}
.sortable thead button:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.sortable th[aria-sort=descending] button::after{content:" ↓"}
.sortable th[aria-sort=ascending] button::after{content:" ↑"}
.sortable tr[hidden]{display:none}
.bar{display:inline-block;width:64px;height:8px;background:var(--grid);border-radius:4px;margin-right:8px;
overflow:hidden;vertical-align:1px}
.bar i{display:block;height:100%;background:var(--bar);border-radius:4px}
.bar.loss i{background:var(--bad)}
.flag{font-size:11px;font-weight:650;border-radius:4px;padding:0 4px;color:var(--warn);
background:var(--warn-soft)}
.flag+small{margin-left:4px}
.tools[hidden]{display:none}
.tools{display:flex;gap:10px;margin-bottom:8px;flex-wrap:wrap}
.tools input,.tools button{font:inherit;font-size:14px;padding:5px 10px;border:1px solid var(--rule);
border-radius:8px;background:var(--sheet);color:var(--ink)}
.tools input{min-width:0;width:260px}
.tools button{cursor:pointer}
.pills{display:flex;flex-wrap:wrap;gap:8px}
.pill{background:var(--code);border-radius:14px;padding:3px 12px;font-size:13.5px;
color:var(--soft)}.pill code,.pill b{color:var(--ink)}
.account{margin:14px 0 0;font-size:14px;color:var(--soft)}.account b{color:var(--ink);
font-variant-numeric:tabular-nums}
.account .goodText{color:var(--good);margin-left:8px}.account .badText{color:var(--bad);margin-left:8px}
.pair{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:20px 32px;align-items:start}
.plain{margin:0;padding-left:18px;font-size:14px}.plain li{margin-bottom:4px}
.hashes{margin:10px 0 0;font-size:12.5px}.hashes dt{color:var(--soft)}.hashes dd{margin:0 0 4px;
overflow-wrap:anywhere}`

/** Legible on a step of the ramp in both colour schemes; the fifth is of middling lightness in both. */
const cellInk = (step: number) => (step < 4 ? 'var(--onPale)' : step === 4 ? '#10141c' : 'var(--onDeep)')
const steps = Array.from({ length: RAMP_STEPS }, (_, step) => step)

const pictures = `
${steps.map((step) => `.f${step}{fill:var(--u${step})}.b${step}{background:var(--u${step})!important}`).join('')}
.grid:focus-visible{outline:2px solid var(--accent);outline-offset:4px;border-radius:4px}
.plot .scroll>svg.heat{width:auto;max-width:none}
${['heat', 'sankey', 'strip'].map((name) => `.${name} text{fill:var(--ink);font-size:11px}.${name} .soft{fill:var(--soft)}`).join('')}
.heat .flagged{fill:var(--sheet);stroke:var(--ink);stroke-width:1}
.ramp{display:flex;flex-wrap:wrap;align-items:center;gap:2px 8px;margin:8px 0 0;font-size:12px;color:var(--soft)}
.ramp .steps{display:inline-flex}.ramp .steps i{width:16px;height:10px}
.ramp .dot{display:inline-block;width:8px;height:8px;border-radius:50%;border:1px solid var(--ink);
background:var(--sheet)}
.maps{display:flex;flex-wrap:wrap;gap:26px 40px;align-items:flex-start}
.maps .plot{max-width:100%}
.maps .plot>div:not(.cursor){margin-top:0}
.sankey .ribbon{fill:var(--c);opacity:.38}.sankey .ribbon:hover{opacity:.75}
.sankey .station{fill:var(--ink);opacity:.75}.sankey .station.lost{fill:var(--bad);opacity:1}
.sankey .halo{paint-order:stroke;stroke:var(--sheet);stroke-width:3px}
.plot .scroll>svg.sankey{min-width:760px}
.strip .rule{stroke:var(--grid);fill:none}.strip .worst{stroke:var(--soft);stroke-width:1.5;fill:none}
.strip .limit{stroke:var(--bad);stroke-width:1.3;fill:none}.strip .limit.dashed{stroke-dasharray:5 4}
.swatch.block{width:12px;height:10px;border:0}
.bullet{display:inline-block;position:relative;width:170px;height:14px;background:var(--grid);
border-radius:3px;vertical-align:-2px;overflow:hidden}
.bullet i,.bullet s{position:absolute;left:0;border-radius:2px}
.bullet s{top:0;height:100%;background:var(--cloud)}.bullet i{top:4px;height:6px;background:var(--s0)}.bullet i.over{background:var(--bad)}
.bullet s{opacity:.6}
.bullet b{position:absolute;top:0;width:2px;height:100%;background:var(--bad);margin-left:-1px}
.beside{display:grid;grid-template-columns:1fr auto;gap:2px 8px;align-items:center;min-width:250px}
.beside .track{display:block;height:9px;background:var(--grid);border-radius:2px;overflow:hidden}
.beside .track i{display:block;height:100%;background:var(--s0)}
.beside .track.after i{background:var(--s1)}
.beside small{text-align:right;font-variant-numeric:tabular-nums;min-width:52px}
.numbers td.mark{text-align:center;padding-left:6px;padding-right:6px}
.numbers td.mark .goodText,.numbers td.mark .badText{font-weight:700}
.numbers th.turned{text-align:center}
.heatCell{display:inline-block;min-width:58px;padding:1px 7px;border-radius:3px;text-align:right}
${steps.map((step) => `.heatCell.b${step}{color:${cellInk(step)}}`).join('')}
.numbers td code{white-space:pre-wrap;overflow-wrap:anywhere;font-size:12px}
.numbers td.wide{white-space:normal;min-width:300px}
.numbers th.wide{white-space:normal}
.criteria{list-style:none;margin:0 0 18px;padding:0;display:grid;gap:5px;font-size:14px}
.criteria li{padding-left:24px;text-indent:-24px;overflow-wrap:anywhere}
.criteria .mark{display:inline-block;width:24px;text-indent:0;font-weight:700}
h3.apart{margin-top:26px}
.cards.pairs{grid-template-columns:repeat(auto-fit,minmax(min(420px,100%),1fr));margin-bottom:18px}
.names{columns:3;column-gap:28px;margin:0;padding-left:18px;font-size:13.5px;overflow-wrap:anywhere}`

const media = `
@media (max-width:900px){.plots,.pair{grid-template-columns:minmax(0,1fr)}.tiles{
grid-template-columns:repeat(2,1fr)}}
@media (max-width:560px){
main,header,footer,nav div{padding-left:12px;padding-right:12px}
section{padding:16px 13px}
h1{font-size:24px}
.verdict{padding:14px;gap:12px}.verdict strong{font-size:18px}
.verdict>.mark{width:38px;height:38px;font-size:22px}
.tile{padding:10px 12px}.tile b{font-size:20px}
.facts{gap:6px 20px}
.topology svg{max-width:none;width:720px}
.plot .wide{display:none}.plot .narrow{display:block}
.tools input{flex:1}
.names{columns:1}.bullet{width:120px}
.numbers th:first-child{padding-left:0}
}
@media print{
nav,.tools,.tip,.cursor{display:none!important}
body{background:#fff;font-size:12px}
main,header,footer{max-width:none;padding:0}
section{border:0;border-top:1px solid var(--rule);border-radius:0;padding:14px 0;margin:8px 0}
.plots{grid-template-columns:repeat(2,minmax(0,1fr))}
.plot,.card,tr,.tile,.verdict{break-inside:avoid}
h2,h3{break-after:avoid}
.plots .wide{display:none}.plots .narrow{display:block}
table.numbers{font-size:10.5px}.numbers th,.numbers td{padding:3px 5px;white-space:normal}
.numbers thead th,.numbers small{font-size:9.5px}.numbers .bar{width:40px}
.topology,.scroll{overflow:visible;background:none}
.topology svg{width:auto;max-width:100%}
.plot .scroll>svg.sankey{min-width:0}.maps .scroll>svg{max-width:100%}.grid{break-inside:avoid}
.numbers td.wide{min-width:180px}.bullet{width:80px}.beside{min-width:130px}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}`

export const styleSheet = [
  `:root{${light}}`,
  `@media screen and (prefers-color-scheme:dark){:root{${dark}}}`,
  page,
  top,
  figures,
  tables,
  pictures,
  media,
].join('\n')
