/**
 * npm run bench:flame -- IN.cpuprofile OUT.svg: where the JS thread of a process spent its time, as a flame graph, and a table
 * by package on stdout. `npm run bench -- --profile FOLDER` writes such a profile for each process of ours.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { z } from 'zod';
import { say } from '../dev/start/printing.ts';
import { tableOf } from '../shared/columns.ts';
import { sourceOf } from './bundle-lines.ts';

const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
      children: z.array(z.number()).optional(),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});
type Frame = z.infer<typeof profileSchema>['nodes'][number]['callFrame'];

interface Box {
  readonly name: string;
  readonly package: string;
  ownUs: number;
  allUs: number;
  readonly inner: Map<string, Box>;
}

const width = 1_200;
const rowHeight = 17;
const narrowest = 1;
const characterWidth = 6.5;
const notWork = new Set(['(idle)']);

/** Stacks of one name are one box, whichever object they ran on. */
function foldProfile(text: string): Box {
  const { nodes, samples, timeDeltas } = profileSchema.parse(JSON.parse(text));
  const ownUs = new Map<number, number>();
  for (const [at, id] of samples.entries()) ownUs.set(id, (ownUs.get(id) ?? 0) + (timeDeltas[at] ?? 0));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const all: Box = { name: 'all', package: 'all', ownUs: 0, allUs: 0, inner: new Map() };
  const add = (into: Box, id: number): void => {
    const node = byId.get(id);
    if (node === undefined || notWork.has(node.callFrame.functionName)) return;
    const name = nameOf(node.callFrame);
    const box = into.inner.get(name) ?? {
      name,
      package: packageOf(node.callFrame),
      ownUs: 0,
      allUs: 0,
      inner: new Map(),
    };
    into.inner.set(name, box);
    box.ownUs += ownUs.get(id) ?? 0;
    for (const child of node.children ?? []) add(box, child);
  };
  const [root] = nodes;
  for (const child of root?.children ?? []) add(all, child);
  sumUp(all);
  return all;
}

function sumUp(box: Box): number {
  box.allUs = [...box.inner.values()].reduce((sum, each) => sum + sumUp(each), box.ownUs);
  return box.allUs;
}

function nameOf({ functionName, url, lineNumber }: Frame): string {
  const file = sourceOf(url, lineNumber).split('/').slice(-2).join('/');
  return `${functionName || '(anonymous)'}${file === '' ? '' : ` ${file}`}`;
}

/** `node:stream` and the like, a package of node_modules, `(garbage collector)`, or our own code. */
function packageOf({ functionName, url: bundled, lineNumber }: Frame): string {
  const url = sourceOf(bundled, lineNumber);
  if (url.startsWith('node:')) return url.split('/').slice(0, 2).join('/');
  const found = /node_modules\/(?!.*node_modules\/)((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (found !== undefined) return found;
  return url === '' ? functionName || '(native)' : 'switchboard';
}

function packages(box: Box, into: Map<string, number> = new Map()): Map<string, number> {
  into.set(box.package, (into.get(box.package) ?? 0) + box.ownUs);
  for (const each of box.inner.values()) packages(each, into);
  return into;
}

function flameGraph(all: Box): string {
  const boxes: string[] = [];
  let deepest = 0;
  const draw = (box: Box, x: number, depth: number): void => {
    const w = (box.allUs / all.allUs) * width;
    if (w < narrowest) return;
    deepest = Math.max(deepest, depth);
    const share = ((100 * box.allUs) / all.allUs).toFixed(1);
    const label = box.name.slice(0, Math.max(0, Math.floor(w / characterWidth) - 1));
    boxes.push(
      `<g><title>${escaped(`${box.name} (${box.package}): ${share} %`)}</title>` +
        `<rect x="${x.toFixed(1)}" y="${depth * rowHeight}" width="${w.toFixed(1)}" height="${rowHeight - 1}" fill="${colourOf(box.package)}"/>` +
        `<text x="${(x + 2).toFixed(1)}" y="${depth * rowHeight + 12}">${escaped(label)}</text></g>`,
    );
    let at = x;
    for (const each of [...box.inner.values()].sort((a, b) => b.allUs - a.allUs)) {
      draw(each, at, depth + 1);
      at += (each.allUs / all.allUs) * width;
    }
  };
  draw(all, 0, 0);
  const height = (deepest + 1) * rowHeight;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="monospace" font-size="11">`,
    '<title>Where the time of the JS thread goes</title>',
    '<rect width="100%" height="100%" fill="white"/>',
    boxes.join(''),
    '</svg>',
    '',
  ].join('\n');
}

/** The same package is the same colour in every graph. */
function colourOf(name: string): string {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360;
  return `hsl(${hash} 65% 78%)`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const [input, output] = process.argv.slice(2);
if (input === undefined || output === undefined) {
  process.stderr.write('npm run bench:flame -- IN.cpuprofile OUT.svg\n');
  process.exitCode = 2;
} else {
  const all = foldProfile(readFileSync(input, 'utf8'));
  writeFileSync(output, flameGraph(all));
  const rows = [...packages(all)].sort(([, a], [, b]) => b - a).filter(([, us]) => us > 0);
  const share = (us: number) => `${((100 * us) / all.allUs).toFixed(1)} %`;
  say(tableOf([['PACKAGE', 'OF ITS TIME'], ...rows.map(([name, us]) => [name, share(us)])]));
}
