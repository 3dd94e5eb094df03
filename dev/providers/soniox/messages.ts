/** The messages of Soniox's real-time recognition (soniox.com/docs/stt/api-reference/websocket-api). */
import type { StatusFault } from '../script.ts';

export interface Token {
  readonly text: string;
  readonly is_final: boolean;
  readonly confidence?: number;
  readonly start_ms?: number;
  readonly end_ms?: number;
  readonly language?: string;
}

export interface Spoken {
  readonly fromMs: number;
  readonly toMs: number;
  readonly confidence: number;
  readonly language?: string | undefined;
}

/**
 * Pieces of words, each with the space before it, as the real ones are; put together they are the text, every joiner kept.
 * Times are spread evenly.
 */
export function tokensOf(text: string, isFinal: boolean, { fromMs, toMs, confidence, language }: Spoken): Token[] {
  const pieces = text.match(/\s*\S{1,4}/gu) ?? [];
  const eachMs = (toMs - fromMs) / Math.max(1, pieces.length);
  return pieces.map((piece, index) => ({
    text: piece,
    is_final: isFinal,
    confidence,
    start_ms: Math.round(fromMs + index * eachMs),
    end_ms: Math.round(fromMs + (index + 1) * eachMs),
    ...(language === undefined ? {} : { language }),
  }));
}

const errors: Record<StatusFault['status'], readonly [type: string, message: string]> = {
  400: ['invalid_request', 'Invalid request.'],
  401: ['unauthenticated', 'Incorrect API key provided. You can get an API key at https://console.soniox.com'],
  402: ['payment_required', 'Organization balance exhausted. Please either add funds manually or enable autopay.'],
  429: ['rate_limit_exceeded', 'Too many concurrent requests. Please try again later.'],
  500: ['internal_error', 'The server had an error processing your request. Sorry about that!'],
  503: ['unavailable', 'Cannot continue request (code 1). Please restart the request.'],
};

/** Told on the open connection, which then closes. */
export function failure(status: StatusFault['status'], connection: string, because?: string) {
  const [type, message] = errors[status];
  return { error_code: status, error_type: type, error_message: because ?? message, request_id: connection };
}
