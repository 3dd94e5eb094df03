/** As a shell reports a process that Ctrl-C ended. */
const INTERRUPTED = 130;
const PARENT_CHECK_MS = 500;

/**
 * Aborts at the first Ctrl-C (or SIGTERM, SIGHUP), and when whoever started us is gone: npm passes a signal on to its shell
 * only, which then dies without a word to us. A second Ctrl-C ends the process at once; the stack's exit handler kills what
 * still runs.
 */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(INTERRUPTED);
    stop.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) stop.abort();
  }, PARENT_CHECK_MS).unref();
  return stop.signal;
}

export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
