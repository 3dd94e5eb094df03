/** Loaded into a Node worker and its children: SIGUSR2 begins a profile of the JS thread, the next one writes it. */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import process from 'node:process';

const folder = process.env.BENCH_PROFILE_DIR;
let running;

async function toggle() {
  if (running === undefined) {
    running = new Session();
    running.connect();
    await running.post('Profiler.enable');
    await running.post('Profiler.start');
    return;
  }
  const { profile } = await running.post('Profiler.stop');
  running.disconnect();
  running = undefined;
  writeFileSync(join(folder, `${process.pid}.cpuprofile`), JSON.stringify(profile));
}

if (folder !== undefined) process.on('SIGUSR2', () => void toggle());
