/** The part of `sip-trunk.json` that the line acts on; the same file provisions LiveKit SIP in production. */
import { readFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { z } from 'zod';

export interface Trunk {
  readonly id: string;
  readonly ruleId: string;
  readonly roomPrefix: string;
  readonly isAllowed: (address: string) => boolean;
  readonly ringingTimeoutMs: number;
  /** Counted from the INVITE on, ringing included. */
  readonly maxCallDurationMs: number;
  /** From the last RTP packet on. */
  readonly mediaTimeoutMs: number;
  /** From the 200 OK to the first RTP packet. */
  readonly mediaTimeoutInitialMs: number;
  readonly emptyTimeoutSeconds: number;
  readonly departureTimeoutSeconds: number;
  /** Whether X- headers of the INVITE become attributes `sip.h.x-…`. */
  readonly includesXHeaders: boolean;
}

/** Durations as protobuf writes them in JSON: `25s`, `0.5s`. */
const durationMs = z
  .string()
  .regex(/^\d+(\.\d+)?s$/, 'a duration is written like 25s')
  .transform((text) => Number(text.slice(0, -1)) * 1000);

const ipv4Range = z
  .string()
  .refine((text) => isIP(text.split('/', 1)[0] ?? '') === 4, 'an address or range like 127.0.0.1/32');

export const trunkFileSchema = z.object({
  trunk: z.object({
    allowedAddresses: z.array(ipv4Range).min(1),
    ringingTimeout: durationMs.default(180_000),
    maxCallDuration: durationMs.default(86_400_000),
    includeHeaders: z.string().optional(),
    media: z.object({ mediaTimeout: durationMs.default(15_000) }).prefault({}),
  }),
  dispatchRule: z.object({
    rule: z.object({
      dispatchRuleCallee: z.object({ roomPrefix: z.string().min(1), randomize: z.literal(true) }),
    }),
    roomConfig: z
      .object({ emptyTimeout: z.number().int().default(300), departureTimeout: z.number().int().default(20) })
      .prefault({}),
  }),
});

export type TrunkFile = z.input<typeof trunkFileSchema>;

/** @throws ZodError naming every field that is wrong */
export function parseTrunk(file: unknown): Trunk {
  const { trunk, dispatchRule } = trunkFileSchema.parse(file);
  return {
    id: 'ST_devLine',
    ruleId: 'SDR_devLine',
    roomPrefix: dispatchRule.rule.dispatchRuleCallee.roomPrefix,
    isAllowed: allowedBy(trunk.allowedAddresses),
    ringingTimeoutMs: trunk.ringingTimeout,
    maxCallDurationMs: trunk.maxCallDuration,
    mediaTimeoutMs: trunk.media.mediaTimeout,
    mediaTimeoutInitialMs: 30_000,
    emptyTimeoutSeconds: dispatchRule.roomConfig.emptyTimeout,
    departureTimeoutSeconds: dispatchRule.roomConfig.departureTimeout,
    includesXHeaders: trunk.includeHeaders === 'SIP_X_HEADERS',
  };
}

export const readTrunk = (path: string): Trunk => parseTrunk(JSON.parse(readFileSync(path, 'utf8')));

function allowedBy(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits = '32'] = range.split('/');
    list.addSubnet(address, Number(bits));
  }
  return (address) => list.check(address);
}
