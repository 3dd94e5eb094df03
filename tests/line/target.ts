/**
 * What the scenarios are run against: dev/line, or a real LiveKit SIP where LIVEKIT_SIP_BIN names its binary. Both take
 * the same trunk, so that one suite holds for the two.
 */
import { SIPDispatchRuleInfo, SIPInboundTrunkInfo } from '@livekit/protocol';
import { SipClient } from 'livekit-server-sdk';
import { startLine } from '../../dev/line/line.ts';
import { parseTrunk, type TrunkFile } from '../../dev/line/trunk.ts';
import type { LivekitServer } from '../../dev/stack/livekit-server.ts';
import { startLivekitSip } from '../../dev/stack/livekit-sip.ts';
import { freePort } from '../../dev/stack/ports.ts';
import { startRedis } from '../../dev/stack/redis.ts';
import { surroundings } from '../../dev/stack/surroundings.ts';
import type { Releases } from '../../shared/lifecycle.ts';
import { createLog } from '../../shared/log.ts';

export interface Target {
  readonly kind: 'dev-line' | 'livekit-sip';
  readonly sipPort: number;
}

export interface TargetOptions {
  readonly livekit: LivekitServer;
  readonly runDir: string;
  readonly trunk: TrunkFile;
  readonly releases: Releases;
}

const livekitSipBinary: string | undefined = surroundings.LIVEKIT_SIP_BIN;

/** For titles, so that a report says what was tested and what was not. */
export const targetName = livekitSipBinary ?? 'dev/line (LIVEKIT_SIP_BIN names no LiveKit SIP)';

/** The SIP side and livekit-server meet in Redis: LiveKit SIP for every call, dev/line for transfers only. */
export async function redisForTarget(
  runDir: string,
  releases: Releases,
  needsTransfers: boolean,
): Promise<{ redisUrl?: string }> {
  if (livekitSipBinary === undefined && !needsTransfers) return {};
  const redis = await startRedis({ runDir });
  releases.add('redis', () => redis.close());
  return { redisUrl: redis.url };
}

export async function startTarget(options: TargetOptions, redisUrl: string | undefined): Promise<Target> {
  const { livekit, runDir, trunk, releases } = options;
  if (livekitSipBinary !== undefined && redisUrl !== undefined) {
    await provision(livekit, trunk);
    const sipPort = await freePort();
    const sip = await startLivekitSip({ binary: livekitSipBinary, runDir, livekit, redisUrl, sipPort });
    releases.add('livekit-sip', () => sip.close());
    return { kind: 'livekit-sip', sipPort };
  }
  const line = await startLine({
    livekit,
    trunk: parseTrunk(trunk),
    sipPort: 0,
    rtpPorts: { first: 10_000, last: 12_000 },
    redisUrl,
    log: createLog({ service: 'line', level: 'warn', showPii: false }),
  });
  releases.add('line', () => line.close());
  return { kind: 'dev-line', sipPort: line.sipPort };
}

/** The trunk and its rule as LiveKit's SIP API takes them. The Redis they are kept in lives as long as the test file. */
async function provision(livekit: LivekitServer, { trunk, dispatchRule }: TrunkFile): Promise<void> {
  const client = new SipClient(livekit.httpUrl, livekit.apiKey, livekit.apiSecret);
  const name = 'line tests';
  const { sipTrunkId } = await client.createSipInboundTrunk(name, [], {
    allowedAddresses: [...trunk.allowedAddresses],
  });
  const wantedTrunk = JSON.stringify({ ...trunk, sipTrunkId, name });
  await client.updateSipInboundTrunk(sipTrunkId, SIPInboundTrunkInfo.fromJsonString(wantedTrunk));
  const callee = { type: 'callee', roomPrefix: 'call', randomize: true } as const;
  const { sipDispatchRuleId } = await client.createSipDispatchRule(callee, { name, trunkIds: [sipTrunkId] });
  const wantedRule = JSON.stringify({ ...dispatchRule, sipDispatchRuleId, name, trunkIds: [sipTrunkId] });
  await client.updateSipDispatchRule(sipDispatchRuleId, SIPDispatchRuleInfo.fromJsonString(wantedRule));
}
