import { CustomChart, LineChart, ScatterChart } from 'echarts/charts'
import { GridComponent, MarkAreaComponent, MarkLineComponent } from 'echarts/components'
import { type EChartsCoreOption, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { type Html, trusted } from '../html.ts'

use([CustomChart, LineChart, ScatterChart, GridComponent, MarkAreaComponent, MarkLineComponent, SVGRenderer])

/** Pixels that a plot is drawn for. */
export interface PlotSize {
  readonly width: number
  readonly height: number
}

/** Every plot is drawn for desks and for phones; style sheets show the one that fits. */
export const plotSizes: Readonly<Record<'wide' | 'narrow', PlotSize>> = {
  wide: { width: 560, height: 250 },
  narrow: { width: 348, height: 220 },
}

/**
 * A plot as static inline SVG. Colours are custom properties of the page (`var(--ink)`), so a plot follows
 * the colour scheme. `id` keeps clip paths of several plots on one page apart, whatever was drawn before.
 */
export function renderPlot(option: EChartsCoreOption, { width, height }: PlotSize, id: string): Html {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption({ animation: false, backgroundColor: 'transparent', color: ['var(--s0)'], ...option })
    return trusted(tidied(chart.renderToSVGString(), id))
  } finally {
    chart.dispose()
  }
}

/** Without namespaces, hover styles and event data, which inline pictures do not need. */
function tidied(svg: string, id: string): string {
  return svg
    .replace(/<style\s*>[\s\S]*?<\/style>/g, '')
    .replace(/ (?:xmlns(?::xlink)?|version|baseProfile|class|ecmeta_\w+|pointer-events)="[^"]*"/g, '')
    .replace(/\bzr\d+-/g, `${id}-`)
    .replace(/font-family:sans-serif;?/g, '')
    .replace(/<svg width="\d+" height="\d+"/, '<svg aria-hidden="true"')
    .replace(/<rect [^>]*fill="none"><\/rect>\n?/, '')
}
