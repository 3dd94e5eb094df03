/** Loaded into a Node worker and its children: writes the lag of the event loop of each second to stderr. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';

const resolutionMs = 10;
const delay = monitorEventLoopDelay({ resolution: resolutionMs });
delay.enable();
setInterval(() => {
  const lagMs = (p) => Math.max(0, delay.percentile(p) / 1e6 - resolutionMs);
  const line = {
    bench: 'loop',
    atMs: Date.now(),
    pid: process.pid,
    p50Ms: lagMs(50),
    p99Ms: lagMs(99),
    maxMs: Math.max(0, delay.max / 1e6 - resolutionMs),
  };
  delay.reset();
  process.stderr.write(`${JSON.stringify(line)}\n`);
}, 1_000).unref();
