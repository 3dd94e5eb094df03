import process from 'node:process';

/** SIGINT and SIGTERM, whichever comes: the first asks, the second insists, the third waits for nobody. */
export class StopSignals {
  readonly first: Promise<NodeJS.Signals>;
  readonly second: Promise<NodeJS.Signals>;

  constructor() {
    const heard: ((signal: NodeJS.Signals) => void)[] = [];
    this.first = new Promise((resolve) => heard.push(resolve));
    this.second = new Promise((resolve) => heard.push(resolve));
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => {
        const next = heard.shift();
        if (next === undefined) process.kill(process.pid, 'SIGKILL');
        else next(signal);
      });
  }
}
