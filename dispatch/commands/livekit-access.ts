import type { Settings } from '../../shared/env.ts';
import type { LivekitOptions } from '../livekit.ts';

/** Longest wait for one request to LiveKit: a caller rings meanwhile. */
const livekitDeadlineMs = 2000;

export function livekitOf(
  settings: Settings<'LIVEKIT_URL' | 'LIVEKIT_API_KEY' | 'LIVEKIT_API_SECRET'>,
): LivekitOptions {
  return {
    url: settings.LIVEKIT_URL,
    apiKey: settings.LIVEKIT_API_KEY,
    apiSecret: settings.LIVEKIT_API_SECRET,
    deadlineMs: livekitDeadlineMs,
  };
}
