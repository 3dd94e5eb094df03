/** `sip-trunk.json`: the one trunk and the one dispatch rule, in the words of LiveKit's SIP API. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { z } from 'zod';
import { coerceError } from '../shared/faults.ts';

/** Stands for the id that LiveKit gives the trunk. */
export const trunkPlaceholder = '{trunk}';

const duration = z.string().regex(/^[0-9]+s$/, 'a duration is whole seconds, such as "25s"');

const cidr = z.string().superRefine((text, context) => {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  const most = version === 6 ? 128 : 32;
  if (version !== 0 && bits !== undefined && rest.length === 0 && /^[0-9]{1,3}$/.test(bits) && Number(bits) <= most)
    return;
  const remedy = version === 0 ? 'use the address of the exchange' : `write ${address}/${most}`;
  context.addIssue({
    code: 'custom',
    message: `${JSON.stringify(text)} is not in CIDR notation: LiveKit SIP also compares such an entry with the host in the From header, which anybody can write. ${remedy}.`,
  });
});

const headersIncluded = z.enum(['SIP_NO_HEADERS', 'SIP_X_HEADERS', 'SIP_ALL_HEADERS']);

const trunkFileSchema = z.strictObject({
  trunk: z.strictObject({
    name: z.string().min(1),
    numbers: z.array(z.string().min(1)).default([]),
    allowedAddresses: z.array(cidr).min(1, 'an empty list lets the whole internet in'),
    ringingTimeout: duration,
    maxCallDuration: duration,
    includeHeaders: headersIncluded.default('SIP_NO_HEADERS'),
    media: z.strictObject({ mediaTimeout: duration }),
  }),
  dispatchRule: z.strictObject({
    name: z.string().min(1),
    trunkIds: z
      .array(z.string())
      .refine(
        (ids) => ids.length === 1 && ids[0] === trunkPlaceholder,
        `must be ["${trunkPlaceholder}"]: a rule that is bound to no trunk accepts calls that passed no trunk at all`,
      ),
    rule: z.strictObject({
      dispatchRuleCallee: z.strictObject({
        roomPrefix: z.string().regex(/^[A-Za-z0-9-]{1,32}$/, 'a room prefix is letters, digits and dashes'),
        randomize: z.literal(true, 'must be true: without it two callers of one number meet in one room'),
      }),
    }),
    roomConfig: z.strictObject({ emptyTimeout: z.int().min(1), departureTimeout: z.int().min(1) }),
  }),
});

export type TrunkFile = z.infer<typeof trunkFileSchema>;

/** @throws Error with every problem of the file */
export function readTrunkFile(path: string): TrunkFile {
  const parsed = trunkFileSchema.safeParse(readJson(path));
  if (!parsed.success) throw new Error(`${path} does not pass its checks:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

export function roomPrefixOf(file: TrunkFile): string {
  return file.dispatchRule.rule.dispatchRuleCallee.roomPrefix;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (thrown) {
    throw new Error(`${path} cannot be read: ${coerceError(thrown).message}`, { cause: thrown });
  }
}
