/**
 * The line as a process. Prints one JSON line, `{"msg":"listening","sipPort":…}`, when it takes calls; ends on SIGINT or SIGTERM.
 *
 *   tsx dev/line/main.ts --livekit-url ws://127.0.0.1:7880 --api-key KEY --api-secret SECRET \
 *     [--redis-url redis://127.0.0.1:6379] [--sip-port 15060] [--rtp-ports 10000-12000] \
 *     [--trunk-file sip-trunk.json] [--log-level info]
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { untilStopSignal } from '../../shared/lifecycle.ts';
import { createLog } from '../../shared/log.ts';
import { startLine } from './line.ts';
import { dispose, lightenLibrary } from './rtc.ts';
import { readTrunk } from './trunk.ts';

const port = z.coerce.number().int().min(0).max(65_535);

const optionsSchema = z.object({
  'livekit-url': z.url({ protocol: /^wss?$/ }),
  'api-key': z.string().min(1),
  'api-secret': z.string().min(1),
  'redis-url': z.url({ protocol: /^rediss?$/ }).optional(),
  'sip-port': port.default(15_060),
  'rtp-ports': z
    .string()
    .regex(/^\d+-\d+$/, 'a range of ports is written like 10000-12000')
    .default('10000-12000')
    .transform((range) => range.split('-').map(Number))
    .transform(([first = 0, last = 0]) => ({ first, last })),
  'trunk-file': z.string().default('sip-trunk.json'),
  'log-level': z.string().default('info'),
});

const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    'livekit-url': text,
    'api-key': text,
    'api-secret': text,
    'redis-url': text,
    'sip-port': text,
    'rtp-ports': text,
    'trunk-file': text,
    'log-level': text,
  },
});
const parsed = optionsSchema.safeParse(values);
if (!parsed.success) {
  process.stderr.write(`${z.prettifyError(parsed.error)}\n`);
  process.exit(2);
}
const options = parsed.data;
const log = createLog({ service: 'line', level: options['log-level'], showPii: false });
await lightenLibrary(log);
const line = await startLine({
  livekit: { url: options['livekit-url'], apiKey: options['api-key'], apiSecret: options['api-secret'] },
  redisUrl: options['redis-url'],
  trunk: readTrunk(options['trunk-file']),
  sipPort: options['sip-port'],
  rtpPorts: options['rtp-ports'],
  log,
});
log.info({ sipPort: line.sipPort }, 'listening');
const signal = await untilStopSignal();
log.info({ signal }, 'stopping');
await line.close();
log.info('closed');
// The native side keeps the process alive until it is told.
await dispose();
