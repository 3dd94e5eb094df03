/**
 * fetch() with deadlines that hold until the last byte.
 *
 * What streams from a provider may stall after its headers, between two words, for ever: the clients' own timeouts end with
 * the headers. The timers here are plain ones, because on Node 20 `AbortSignal.any` over `AbortSignal.timeout` loses the
 * latter to the garbage collector and never fires.
 */
export interface Patience {
  /** From the request to the first byte of the body. */
  readonly firstByteMs: number;
  /** From each byte to the next one. */
  readonly nextByteMs: number;
}

/** @param what the service, for the message of the error that a request which is too late fails with */
export function impatientFetch(what: string, { firstByteMs, nextByteMs }: Patience): typeof fetch {
  return async (input, init = {}) => {
    const wait = new Wait(what);
    const signal = init.signal ? AbortSignal.any([init.signal, wait.signal]) : wait.signal;
    wait.begin(firstByteMs);
    let response: Response;
    try {
      response = await fetch(input, { ...init, signal });
    } catch (thrown) {
      wait.end();
      throw thrown;
    }
    if (response.body !== null) return new Response(watched(response.body, wait, nextByteMs), response);
    wait.end();
    return response;
  };
}

/** One deadline at a time; the one that passes aborts the request. */
class Wait {
  readonly #what: string;
  readonly #late = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(what: string) {
    this.#what = what;
  }

  get signal(): AbortSignal {
    return this.#late.signal;
  }

  begin(ms: number): void {
    this.end();
    // The OpenAI client tells a timeout from other failures by these words.
    const reason = new Error(`${this.#what} timed out: nothing came for ${ms} ms`);
    this.#timer = setTimeout(() => this.#late.abort(reason), ms);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** Waits only while a byte is asked for: a reader that takes its time is not the provider's silence. */
function watched(body: ReadableStream<Uint8Array>, wait: Wait, nextByteMs: number): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let begun = false;
  return new ReadableStream({
    async pull(controller) {
      if (begun) wait.begin(nextByteMs);
      begun = true;
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } finally {
        wait.end();
      }
    },
    async cancel(reason) {
      wait.end();
      await reader.cancel(reason);
    },
  });
}
