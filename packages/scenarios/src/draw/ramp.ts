/**
 * The utilisation ramp: ten steps from idle to full. Lightness falls steadily on a light ground and rises
 * steadily on a dark one, so the order survives every kind of colour blindness and a greyscale print.
 */
const light = [
  '#d3dae6',
  '#b9c9e1',
  '#9ab8d9',
  '#78a4d0',
  '#5a8cc7',
  '#5a70bb',
  '#6c51a8',
  '#85378e',
  '#99225f',
  '#8a0f31',
]
const dark = [
  '#36404f',
  '#3a4d6b',
  '#3f608f',
  '#4a77b3',
  '#6490cf',
  '#8b9edb',
  '#b6a6e2',
  '#dcaeda',
  '#f6bcc0',
  '#ffd9a8',
]

export const RAMP_STEPS = light.length

/** The step of a utilisation; 100 % and beyond share the last, below 0 and NaN the first. */
export function rampStep(utilization: number): number {
  const step = Math.floor(utilization * RAMP_STEPS)
  return step >= 0 ? Math.min(step, RAMP_STEPS - 1) : 0
}

/** Custom properties `--u0` to `--u9`, one declaration list for each colour scheme. */
export const rampProperties = {
  light: light.map((colour, step) => `--u${step}:${colour}`).join(';'),
  dark: dark.map((colour, step) => `--u${step}:${colour}`).join(';'),
}
