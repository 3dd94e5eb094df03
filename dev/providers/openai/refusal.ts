/** OpenAI's error bodies (platform.openai.com/docs/guides/error-codes). */
import type { Refusal } from '../protocol.ts';
import type { StatusFault } from '../script.ts';

interface ErrorBody {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

const bodies: Record<StatusFault['status'], (key: string) => ErrorBody> = {
  400: () => invalid('We could not parse the JSON body of your request.', null),
  401: (key) => ({
    message:
      key === ''
        ? "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."
        : `Incorrect API key provided: ${masked(key)}. You can find your API key at https://platform.openai.com/account/api-keys.`,
    type: 'invalid_request_error',
    param: null,
    code: key === '' ? null : 'invalid_api_key',
  }),
  // OpenAI's own status for it is 429; only the code tells.
  402: () => ({
    message: 'You exceeded your current quota, please check your plan and billing details.',
    type: 'insufficient_quota',
    param: null,
    code: 'insufficient_quota',
  }),
  429: () => ({
    message: 'Rate limit reached on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again later.',
    type: 'requests',
    param: null,
    code: 'rate_limit_exceeded',
  }),
  500: () => ({
    message: 'The server had an error while processing your request. Sorry about that!',
    type: 'server_error',
    param: null,
    code: null,
  }),
  503: () => ({
    message: 'The engine is currently overloaded, please try again later.',
    type: 'server_error',
    param: null,
    code: null,
  }),
};

export function refusal(fault: Omit<StatusFault, 'type'>, key: string, connection: string): Refusal {
  const { status, retryAfterS } = fault;
  const headers: Record<string, string> = { 'x-request-id': connection };
  if (retryAfterS !== undefined) headers['retry-after'] = String(retryAfterS);
  return { status, headers, body: { error: errorBody(fault, key) } };
}

export function errorBody({ status, code }: Omit<StatusFault, 'type'>, key: string): ErrorBody {
  return code === 'insufficient_quota' ? outOfCredit : bodies[status](key);
}

const outOfCredit: ErrorBody = {
  message: 'You exceeded your current quota, please check your plan and billing details.',
  type: 'insufficient_quota',
  param: null,
  code: 'insufficient_quota',
};

/** Here every model exists but those whose names begin with `unknown`. */
export function modelRefusal(model: string | undefined): ErrorBody | undefined {
  if (model?.startsWith('unknown') !== true) return undefined;
  const message = `The model \`${model}\` does not exist or you do not have access to it.`;
  return { message, type: 'invalid_request_error', param: null, code: 'model_not_found' };
}

/** A request that the real API would refuse as well. */
export function badRequest(message: string, param: string, connection: string): Refusal {
  return { status: 400, headers: { 'x-request-id': connection }, body: { error: invalid(message, param) } };
}

function invalid(message: string, param: string | null): ErrorBody {
  return { message, type: 'invalid_request_error', param, code: null };
}

function masked(key: string): string {
  return key.length > 8 ? `${key.slice(0, 4)}${'*'.repeat(key.length - 8)}${key.slice(-4)}` : '*'.repeat(key.length);
}
