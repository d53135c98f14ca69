import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Point } from './api'
import { drawn, reach, type Plot } from './numbers'
import { useScheme } from './scheme'
import { toldBytes } from './units'

const height = 132

/** A chart of the last quarter of an hour. What stands below its cursor, or at its end,
 *  is told in its head. All charts of a page have one cursor. */
export function Chart({ plot, points, every }: { plot: Plot; points: Point[]; every: number }) {
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot>(null)
  const data = useRef<uPlot.AlignedData>(null)
  const [at, setAt] = useState<number | null>(null)
  const scheme = useScheme()
  data.current = drawn(points, plot.lines, every)

  useEffect(() => {
    const box = place.current
    if (!box) return
    const made = new uPlot(options(box, plot, setAt), data.current ?? [[]], box)
    chart.current = made
    const watch = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height }))
    watch.observe(box)
    return () => {
      watch.disconnect()
      made.destroy()
      chart.current = null
    }
  }, [plot, scheme])

  useEffect(() => {
    if (data.current) chart.current?.setData(data.current)
  }, [points])

  const times = data.current[0] as number[]
  const index = at ?? times.length - 1
  return (
    <figure className="panel metrics-chart">
      <figcaption className="metrics-chart-head">
        <h2>{plot.title}</h2>
        <ul className="metrics-legend">
          {plot.lines.map((line, i) => {
            const value = data.current?.[i + 1]?.[index]
            return (
              <li key={line.field}>
                <span className={`metrics-dot metrics-line-${i}`} aria-hidden="true" />
                {line.label} <strong>{typeof value === 'number' ? plot.told(value) : '–'}</strong>
              </li>
            )
          })}
        </ul>
      </figcaption>
      <div ref={place} className="metrics-canvas" aria-hidden="true">
        {plot.lines.map((line, i) => (
          <span key={line.field} className={`metrics-ink metrics-line-${i}`} />
        ))}
        <span className="metrics-ink metrics-axis" />
        <span className="metrics-ink metrics-grid" />
      </div>
    </figure>
  )
}

/** The colour of an element of the chart: a canvas knows no variables. */
function ink(box: HTMLElement, name: string): string {
  const one = box.querySelector(`.${name}`)
  return one ? getComputedStyle(one).color : 'gray'
}

/** Steps of a scale of bytes. */
const binary = Array.from({ length: 50 }, (_, i) => 2 ** i)

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

function options(box: HTMLElement, plot: Plot, onMove: (index: number | null) => void): uPlot.Options {
  const axis = ink(box, 'metrics-axis')
  const grid = { stroke: ink(box, 'metrics-grid'), width: 1 }
  const font = `11px ${getComputedStyle(box).fontFamily}`
  return {
    width: box.clientWidth,
    height,
    padding: [8, 12, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false }, sync: { key: 'metrics' } },
    scales: {
      x: { range: (_, __, end) => [(end ?? Date.now() / 1000) - reach, end ?? Date.now() / 1000] },
      y: { range: (_, __, most) => [0, Math.max(most * 1.15, plot.least)] },
    },
    axes: [
      { stroke: axis, font, grid: { show: false }, ticks: { show: false }, size: 24, space: 70, values: (_, times) => times.map((t) => clock.format(t * 1000)) },
      { stroke: axis, font, grid, ticks: { show: false }, size: 66, space: 34, ...(plot.told === toldBytes ? { incrs: binary } : {}), values: (_, values) => values.map(plot.told) },
    ],
    series: [{}, ...plot.lines.map((line, i) => ({ label: line.label, stroke: ink(box, `metrics-line-${i}`), width: 1.5, points: { show: false } }))],
    hooks: { setCursor: [(u) => onMove(u.cursor.idx ?? null)] },
  }
}
