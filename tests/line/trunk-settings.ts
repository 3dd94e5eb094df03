/** The trunk that the scenarios dial into, with the times a test wants shorter. */
import type { TrunkFile } from '../../dev/line/trunk.ts';

export interface TrunkSettings {
  readonly ringingTimeout: string;
  readonly mediaTimeout: string;
  readonly maxCallDuration: string;
}

const defaults: TrunkSettings = { ringingTimeout: '20s', mediaTimeout: '15s', maxCallDuration: '300s' };

export function trunkFile(changed: Partial<TrunkSettings>): TrunkFile {
  const { mediaTimeout, ...trunk } = { ...defaults, ...changed };
  return {
    trunk: { ...trunk, allowedAddresses: ['127.0.0.1/32'], includeHeaders: 'SIP_X_HEADERS', media: { mediaTimeout } },
    dispatchRule: {
      rule: { dispatchRuleCallee: { roomPrefix: 'call', randomize: true } },
      roomConfig: { emptyTimeout: 20, departureTimeout: 5 },
    },
  };
}
