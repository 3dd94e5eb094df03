/** The error bodies of ElevenLabs (elevenlabs.io/docs/developers/resources/error-messages). */
import type { z } from 'zod';
import type { Refusal } from '../protocol.ts';
import type { StatusFault } from '../script.ts';

const errors: Record<StatusFault['status'] | 404, readonly [status: string, message: string]> = {
  400: ['invalid_request', 'The request could not be understood.'],
  401: ['invalid_api_key', 'Invalid API key'],
  402: ['quota_exceeded', 'This request exceeds your quota. You have 0 credits remaining.'],
  404: ['voice_not_found', 'A voice with that voice_id was not found.'],
  429: ['too_many_concurrent_requests', 'Too many concurrent requests for your subscription tier.'],
  500: ['internal_server_error', 'An unexpected error occurred.'],
  503: ['system_busy', 'The system is experiencing heavy traffic, please try again.'],
};

export function refusal(status: StatusFault['status'] | 404, retryAfterS?: number): Refusal {
  const [code, message] = errors[status];
  const headers: Record<string, string> = {};
  if (retryAfterS !== undefined) headers['retry-after'] = String(retryAfterS);
  // An empty account is refused like a wrong key; only the word in the body tells.
  return { status: status === 402 ? 401 : status, headers, body: { detail: { status: code, message } } };
}

/** A request that the real one would refuse as well; it names the field. */
export function badRequest(error: z.ZodError | undefined): Refusal {
  const { headers, status } = refusal(400);
  const wrong = error?.issues.map(({ path }) => path.join('.')).join(', ') ?? 'body';
  const code = wrong === 'model_id' ? 'model_not_found' : 'invalid_request';
  return { status, headers, body: { detail: { status: code, message: `The request is not valid: ${wrong}.` } } };
}
