/** Deepgram's error bodies (developers.deepgram.com/docs/errors). */
import type { z } from 'zod';
import type { Refusal } from '../protocol.ts';
import type { StatusFault } from '../script.ts';

const errors: Record<StatusFault['status'], readonly [code: string, message: string]> = {
  400: ['Bad Request', 'Bad Request: failed to process audio: corrupt or unsupported data'],
  401: ['INVALID_AUTH', 'Invalid credentials.'],
  402: [
    'ASR_PAYMENT_REQUIRED',
    'Project does not have enough credits for an ASR request and does not have an overage agreement.',
  ],
  429: ['TOO_MANY_REQUESTS', 'Too many requests. Please try again later'],
  500: ['INTERNAL_SERVER_ERROR', 'An internal server error occurred.'],
  503: ['SERVICE_UNAVAILABLE', 'The service is temporarily unavailable.'],
};

export function refusal({ status, retryAfterS }: Omit<StatusFault, 'type'>, connection: string): Refusal {
  const [code, message] = errors[status];
  const headers: Record<string, string> = { 'dg-request-id': connection, 'dg-error': message };
  if (retryAfterS !== undefined) headers['retry-after'] = String(retryAfterS);
  return { status, headers, body: { err_code: code, err_msg: message, request_id: connection } };
}

/** A request that the real one would refuse as well. */
export function badRequest({ issues }: z.ZodError, connection: string): Refusal {
  const { headers } = refusal({ status: 400 }, connection);
  const err_msg = issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  return { status: 400, headers, body: { err_code: 'Bad Request', err_msg, request_id: connection } };
}
