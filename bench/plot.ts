/** Bars as SVG, a group of callers each and a bar a worker: enough to see who costs what. */
import type { RunResult } from './run.ts';

const colours = ['#2563eb', '#93c5fd', '#f59e0b', '#ef4444', '#7c3aed', '#64748b', '#10b981'];
const width = 720;
const height = 312;
const margin = { left: 56, right: 12, top: 40, bottom: 72 };
const ticks = 4;
/** Width of a bar in pixels that has room for its figure. */
const narrowest = 30;

export interface Plot {
  readonly title: string;
  readonly unit: string;
  readonly of: (result: RunResult) => number | null;
}

/** The mean of the rounds; a worker that could not carry so many has a shorter name and no bar. */
export function plot(results: readonly RunResult[], { title, unit, of }: Plot): string {
  const workers = [...new Set(results.map(({ subject }) => subject))];
  const shown = results.filter((result) => of(result) !== null);
  const groups = [...new Set(shown.map(({ calls }) => calls))].sort((a, b) => a - b);
  const meanOf = (subject: string, calls: number) =>
    mean(results.filter((each) => each.subject === subject && each.calls === calls).map(of));
  const top = niceTop(Math.max(...workers.flatMap((name) => groups.map((calls) => meanOf(name, calls) ?? 0))));
  const inner = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom };
  const groupWidth = inner.width / groups.length;
  const barWidth = (groupWidth * 0.8) / workers.length;
  const y = (value: number) => margin.top + inner.height * (1 - value / top);
  const lines = Array.from({ length: ticks + 1 }, (_, at) => (top * at) / ticks).map(
    (value) =>
      `<line x1="${margin.left}" x2="${width - margin.right}" y1="${y(value)}" y2="${y(value)}" stroke="#ddd"/>` +
      `<text x="${margin.left - 6}" y="${y(value) + 4}" text-anchor="end">${figure(value)}</text>`,
  );
  const bars = groups.flatMap((calls, group) =>
    workers.flatMap((name, at) => {
      const value = meanOf(name, calls);
      if (value === null) return [];
      const x = margin.left + group * groupWidth + groupWidth * 0.1 + at * barWidth;
      const bar = `<rect x="${x}" y="${y(value)}" width="${barWidth - 2}" height="${y(0) - y(value)}" fill="${colours[at % colours.length]}"/>`;
      return [bar, labelOf(figure(value), { x: x + barWidth / 2, y: y(value) - 4, barWidth })];
    }),
  );
  const names = groups.map(
    (calls, group) =>
      `<text x="${margin.left + (group + 0.5) * groupWidth}" y="${y(0) + 18}" text-anchor="middle">${calls} callers</text>`,
  );
  const legend = legendOf(workers);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12">`,
    `<title>${title} (${unit})</title>`,
    `<rect width="100%" height="100%" fill="white"/>`,
    `<text x="${margin.left}" y="22" font-size="15">${title} (${unit})</text>`,
    ...[...lines, ...bars, ...names, ...legend],
    '</svg>',
    '',
  ].join('\n');
}

/** Across the bar where it fits, else up. */
function labelOf(
  text: string,
  { x, y, barWidth }: { readonly x: number; readonly y: number; readonly barWidth: number },
): string {
  if (barWidth >= narrowest) return `<text x="${x}" y="${y}" text-anchor="middle" font-size="10">${text}</text>`;
  return `<text transform="translate(${x + 3} ${y}) rotate(-90)" font-size="9">${text}</text>`;
}

/** Names in rows, each as wide as it is. */
function legendOf(workers: readonly string[]): string[] {
  const characterWidth = 6.6;
  const rowHeight = 18;
  let x = margin.left;
  let y = height - margin.bottom + 36;
  return workers.map((name, at) => {
    const entryWidth = 34 + name.length * characterWidth;
    if (x + entryWidth > width) {
      x = margin.left;
      y += rowHeight;
    }
    const entry =
      `<rect x="${x}" y="${y - 10}" width="12" height="12" fill="${colours[at % colours.length]}"/>` +
      `<text x="${x + 16}" y="${y}">${name}</text>`;
    x += entryWidth;
    return entry;
  });
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** The next of 1, 2, 5 × a power of ten. */
function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-6)));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}

function figure(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 1 ? value.toFixed(1) : value.toFixed(3);
}
