/**
 * Loaded into the pool before its own code: a library that parses frames where nobody catches, as the voice of a provider's
 * plugin does. What it throws reaches the process.
 */
import { WebSocket } from 'ws';

const { emit } = WebSocket.prototype;

WebSocket.prototype.emit = function parseFirst(this: WebSocket, event: string | symbol, ...args: unknown[]): boolean {
  const [frame, isBinary] = args;
  if (event === 'message' && isBinary === false) JSON.parse(String(frame));
  return emit.call(this, event as 'message', ...(args as []));
};
