/**
 * Sends each audio event to the one listener that waits for it.
 *
 * Stock, every event of every room goes to every listener of the process: each room takes a mutex for the audio frames of all
 * others, and with AsyncLocalStorage in use that is most of the JS thread. Measured with 24 calls: 0.93 instead of 1.14 cores
 * (saturated), all 24 heard instead of 9. Frames of 96 ms instead of 10 ms are the other half of it.
 */
import type { FfiClient, FfiEvent, FfiListener } from './ffi-client.ts';

/**
 * Three windows of the voice detector (voice-detector.ts): whole ones, so that none waits for the next frame. Each frame passes ten
 * streams, and with 20 a second that is a third of a call's JavaScript. Against 50 ms: 0.054 to 0.062 instead of 0.066 to 0.074 of a
 * core a call, and answers come no later (`npm run bench -- --calls 8 --arrival steady`, callers who wait 500 ms for their turn).
 */
const frameSizeMs = 96;

export function routeAudioEvents(client: FfiClient): void {
  const router = new AudioRouter(client);
  Object.assign(client, {
    request: router.request.bind(router),
    waitFor: router.waitFor.bind(router),
    on: router.on.bind(router),
    off: router.off.bind(router),
    emit: router.emit.bind(router),
    listenerCount: router.listenerCount.bind(router),
  });
}

/** What the library asks for next, in the same tick: the stream's listener, or the wait for a captured frame. */
type Expected =
  | { readonly kind: 'stream'; readonly handle: bigint }
  | { readonly kind: 'capture'; readonly asyncId: bigint }
  | undefined;

class AudioRouter {
  readonly #stock: FfiClient;
  readonly #streams = new Map<bigint, FfiListener>();
  readonly #handles = new Map<FfiListener, bigint>();
  readonly #captures = new Map<bigint, (value: unknown) => void>();
  #expected: Expected;

  constructor(client: FfiClient) {
    this.#stock = {
      request: client.request.bind(client),
      waitFor: client.waitFor.bind(client),
      on: client.on.bind(client),
      off: client.off.bind(client),
      emit: client.emit.bind(client),
      listenerCount: client.listenerCount.bind(client),
    };
  }

  request(request: Parameters<FfiClient['request']>[0]): unknown {
    const { message } = request;
    if (message.case === 'newAudioStream') message.value.frameSizeMs ??= frameSizeMs;
    const response = this.#stock.request(request);
    if (message.case === 'newAudioStream') {
      const handle = (response as { stream?: { handle?: { id?: bigint } } }).stream?.handle?.id;
      if (handle !== undefined) this.#expected = { kind: 'stream', handle };
    } else if (message.case === 'captureAudioFrame') {
      const { asyncId } = response as { asyncId?: bigint };
      if (asyncId !== undefined) this.#expected = { kind: 'capture', asyncId };
    }
    return response;
  }

  on(event: 'ffi_event', listener: FfiListener): void {
    if (this.#expected?.kind !== 'stream') {
      this.#stock.on(event, listener);
      return;
    }
    this.#streams.set(this.#expected.handle, listener);
    this.#handles.set(listener, this.#expected.handle);
    this.#expected = undefined;
  }

  off(event: 'ffi_event', listener: FfiListener): void {
    const handle = this.#handles.get(listener);
    if (handle === undefined) {
      this.#stock.off(event, listener);
      return;
    }
    this.#handles.delete(listener);
    this.#streams.delete(handle);
  }

  waitFor(...wanted: Parameters<FfiClient['waitFor']>): Promise<unknown> {
    // The library gives no signal for a capture; if it ever does, its own wait knows what to do with it.
    if (this.#expected?.kind !== 'capture' || wanted[1]?.signal !== undefined) return this.#stock.waitFor(...wanted);
    const { asyncId } = this.#expected;
    this.#expected = undefined;
    return new Promise((resolve) => this.#captures.set(asyncId, resolve));
  }

  emit(event: 'ffi_event', value: FfiEvent): boolean {
    const { message } = value;
    if (message.case === 'audioStreamEvent' && message.value?.streamHandle !== undefined) {
      this.#streams.get(message.value.streamHandle)?.(value);
      return true;
    }
    if (message.case === 'captureAudioFrame' && message.value?.asyncId !== undefined) {
      const resolve = this.#captures.get(message.value.asyncId);
      this.#captures.delete(message.value.asyncId);
      if (resolve === undefined) return this.#stock.emit(event, value);
      resolve(message.value);
      return true;
    }
    return this.#stock.emit(event, value);
  }

  /** Everybody who waits for something, here or at the library's own emitter. */
  listenerCount(event: 'ffi_event'): number {
    return this.#stock.listenerCount(event) + this.#streams.size + this.#captures.size;
  }
}
