/**
 * The report's own script, as the browser runs it: sorting, searching, values under the pointer. Everything
 * on the page can be read without it. It is text since it is no part of this program: it runs in the reader's
 * browser, and the page's policy allows it by its hash.
 */
export const pageScript = `'use strict'
const readings = JSON.parse(document.getElementById('readings').textContent)
const tip = document.body.appendChild(document.createElement('div'))
tip.className = 'tip'
tip.setAttribute('role', 'status')

const significant = (value) =>
  value >= 1000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)))
const scaled = (value, units) => {
  const [unit, scale] = units.find(([, scale]) => value >= scale) ?? units.at(-1)
  return significant(value / scale) + unit
}
const fine = (value, units) => {
  const [unit, scale] = units.find(([, scale]) => value >= scale)
  return Number((value / scale).toPrecision(5)) + unit
}
const print = {
  rate: (value) => scaled(value, [['Tbps', 1e12], ['Gbps', 1e9], ['Mbps', 1e6], ['kbps', 1e3], ['bps', 1]]),
  share: (value) => significant(value * 100) + '%',
  count: significant,
  packets: (value) => significant(value) + (value === 1 ? ' packet' : ' packets'),
}
const long = [['d', 8.64e16], ['h', 3.6e15], ['min', 6e13]]
const time = (ps) => ps >= 6e13 ? fine(ps, long) : scaled(ps, [['s', 1e12], ['ms', 1e9], ['us', 1e6], ['ns', 1e3], ['ps', 1]])

function showTip(content, x, y) {
  tip.replaceChildren(content)
  tip.style.display = 'block'
  const width = tip.offsetWidth
  const left = x + 16 + width > document.documentElement.clientWidth ? Math.max(4, x - width - 12) : x + 16
  const top = y + 14 + tip.offsetHeight > innerHeight ? y - tip.offsetHeight - 10 : y + 14
  tip.style.left = left + 'px'
  tip.style.top = Math.max(2, top) + 'px'
}
const hideTip = () => { tip.style.display = 'none' }

function table(title, rows) {
  const body = document.createElement('table')
  const caption = body.createCaption()
  caption.textContent = title
  caption.style.textAlign = 'left'
  for (const [name, value, colour] of rows) {
    const row = body.insertRow()
    const head = row.appendChild(document.createElement('th'))
    const swatch = head.appendChild(document.createElement('i'))
    swatch.className = 'swatch'
    swatch.style.cssText = 'display:inline-block;vertical-align:4px;margin-right:6px'
    swatch.style.setProperty('--c', colour)
    head.append(name)
    row.insertCell().textContent = value
  }
  return body
}

for (const figure of document.querySelectorAll('figure[data-plot]')) {
  const reading = readings.plots.find((plot) => plot.id === figure.dataset.plot)
  const cursor = figure.appendChild(document.createElement('div'))
  cursor.className = 'cursor'
  const hide = () => { cursor.style.display = 'none'; hideTip() }
  figure.addEventListener('pointerleave', hide)
  figure.addEventListener('pointermove', (event) => {
    const svg = [...figure.querySelectorAll('svg')].find((each) => each.clientWidth > 0)
    const box = svg.getBoundingClientRect()
    const scale = box.width / svg.viewBox.baseVal.width
    const inner = svg.viewBox.baseVal.width - reading.left - reading.right
    const share = ((event.clientX - box.left) / scale - reading.left) / inner
    if (share < 0 || share >= 1 || event.clientY < box.top) return hide()
    const index = Math.floor(share * readings.startPs.length)
    const own = figure.getBoundingClientRect()
    const x = box.left - own.left + (reading.left + ((index + 0.5) / readings.startPs.length) * inner) * scale
    cursor.style.cssText = 'display:block;left:' + x + 'px;top:' + (box.top - own.top + 20 * scale) +
      'px;height:' + (box.height - 46 * scale) + 'px'
    const from = readings.startPs[index]
    const rows = reading.names.map((name, at) =>
      [name, print[reading.kind](reading.values[at][index]), reading.colours[at]])
    showTip(table(time(from) + ' to ' + time(from + readings.windowPs), rows), event.clientX, event.clientY)
  })
}

for (const figure of document.querySelectorAll('figure[data-grid]')) {
  const { kind, left, top, cell, rows, columns, values, rowTitle, columnTitle } =
    readings.grids.find((grid) => grid.id === figure.dataset.grid)
  const svg = figure.querySelector('svg')
  let at = null
  const say = (row, column, x, y) => {
    const value = values[row * columns.length + column]
    const text = rowTitle + ' ' + rows[row] + '\\n' + columnTitle + ' ' + columns[column] + '\\n' +
      (value === null ? 'none' : print[kind](value))
    showTip(document.createTextNode(text), x, y)
  }
  const scaleOf = (box) => box.width / svg.viewBox.baseVal.width
  figure.addEventListener('pointerleave', hideTip)
  figure.addEventListener('pointermove', (event) => {
    const box = svg.getBoundingClientRect()
    const column = Math.floor(((event.clientX - box.left) / scaleOf(box) - left) / cell)
    const row = Math.floor(((event.clientY - box.top) / scaleOf(box) - top) / cell)
    if (column < 0 || row < 0 || column >= columns.length || row >= rows.length) return hideTip()
    at = [row, column]
    say(row, column, event.clientX, event.clientY)
  })
  figure.addEventListener('keydown', (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key]
    if (event.key === 'Escape') hideTip()
    if (step === undefined) return
    event.preventDefault()
    const [row, column] = at === null ? [0, 0] : [at[0] + step[0], at[1] + step[1]]
    at = [Math.min(rows.length - 1, Math.max(0, row)), Math.min(columns.length - 1, Math.max(0, column))]
    const box = svg.getBoundingClientRect()
    say(...at, box.left + (left + (at[1] + 0.5) * cell) * scaleOf(box), box.top + (top + (at[0] + 0.5) * cell) * scaleOf(box))
  })
  figure.addEventListener('blur', hideTip)
}

for (const drawing of document.querySelectorAll('.topology svg')) {
  const wires = [...drawing.querySelectorAll('.wire[data-ends]')]
    .map((element) => ({ element, ends: element.dataset.ends.split(' ') }))
  const boxes = [...drawing.querySelectorAll('.box')]
  for (const element of drawing.querySelectorAll('.wire[data-ends],.box')) {
    const title = element.querySelector('title')
    element.dataset.text = title.textContent
    element.setAttribute('aria-label', title.textContent)
    title.remove()
  }
  const clear = () => {
    for (const element of drawing.querySelectorAll('.dim')) element.classList.remove('dim')
    hideTip()
  }
  drawing.addEventListener('pointerleave', clear)
  drawing.addEventListener('pointermove', (event) => {
    const element = event.target.closest('.wire[data-ends],.box')
    if (element === null) return clear()
    const near = element.dataset.box
    const kept = new Set(near === undefined ? element.dataset.ends.split(' ') : [near])
    for (const wire of wires) {
      const isKept = near === undefined ? wire.element === element : wire.ends.includes(near)
      wire.element.classList.toggle('dim', !isKept)
      if (isKept) for (const end of wire.ends) kept.add(end)
    }
    for (const box of boxes) box.classList.toggle('dim', !kept.has(box.dataset.box))
    showTip(document.createTextNode(element.dataset.text), event.clientX, event.clientY)
  })
}

const collator = new Intl.Collator('en', { numeric: true })
for (const grid of document.querySelectorAll('table.sortable')) {
  const body = grid.tBodies[0]
  const more = document.querySelector('[data-more="' + grid.id + '"]')
  const filter = document.querySelector('[data-filter="' + grid.id + '"]')
  const first = Number(grid.dataset.first)
  let isWhole = body.rows.length <= first
  const show = () => {
    const words = filter.value.toLowerCase().split(/\\s+/).filter(Boolean)
    let shown = 0
    for (const row of body.rows) {
      const isFound = words.every((word) => row.textContent.toLowerCase().includes(word))
      row.hidden = !isFound || (!isWhole && words.length === 0 && shown >= first)
      if (!row.hidden) shown++
    }
    more.hidden = isWhole || words.length > 0
  }
  more.addEventListener('click', () => { isWhole = true; show() })
  filter.addEventListener('input', show)
  const heads = [...grid.tHead.rows[0].cells]
  heads.forEach((head, column) => head.querySelector('button').addEventListener('click', () => {
    const isNumber = body.rows[0].cells[column].dataset.v !== undefined
    const before = head.getAttribute('aria-sort')
    const order = before === 'descending' || (before === 'none' && !isNumber) ? 'ascending' : 'descending'
    for (const other of heads) other.setAttribute('aria-sort', other === head ? order : 'none')
    const sign = order === 'ascending' ? 1 : -1
    const compare = isNumber
      ? (a, b) => a.cells[column].dataset.v - b.cells[column].dataset.v
      : (a, b) => collator.compare(a.cells[column].textContent, b.cells[column].textContent)
    body.append(...[...body.rows].sort((a, b) => sign * compare(a, b)))
    show()
  }))
  show()
}
`
