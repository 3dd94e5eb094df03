/** The files that are written from code, so that code and text cannot drift apart; a guard test compares them. */
import { settings } from '../../shared/env.ts';
import { type FixedBy, reasonCodes, reasons } from '../../shared/reasons.ts';

export interface Page {
  readonly path: string;
  readonly text: string;
}

/** Every generated file, as it should be now. */
export function pages(): readonly Page[] {
  return [
    { path: 'docs/reasons.md', text: reasonsPage() },
    { path: '.env.example', text: environmentExample() },
  ];
}

const WHO: Record<FixedBy, string> = {
  caller: 'caller',
  tenant: 'tenant',
  owner: 'owner',
  engineer: 'engineer',
  nobody: '–',
};

function reasonsPage(): string {
  return `# Reasons

Why a call was refused or ended. Written from \`shared/reasons.ts\` by \`npm run docs\`: do not edit here.

## Refused before the answer
${reasonTable('refusal')}
## Ended
${reasonTable('end')}`;
}

function reasonTable(stage: 'refusal' | 'end'): string {
  const rows = reasonCodes
    .map((code) => ({ code, ...reasons[code] }))
    .filter((reason) => reason.stage === stage)
    .map(({ code, sip, fixedBy, sentence }) => `| \`${code}\` | ${sip} | ${WHO[fixedBy]} | ${sentence} |`);
  return ['| code | caller hears (SIP) | who can mend it | what it means |', '|---|---|---|---|', ...rows, ''].join(
    '\n',
  );
}

/** For the services first, then what only a local run reads. */
function environmentExample(): string {
  const services = Object.entries(settings).map(([name, setting]) => {
    const value = 'fallback' in setting ? setting.fallback : '';
    return `# ${setting.sentence}\n${value ? '# ' : ''}${name}=${value}\n`;
  });
  return `# Settings of dispatch and agent. Written from shared/env.ts by \`npm run docs\`: do not edit here.
# A line that begins with a name must be filled in; one that is commented out shows the default.
# A local run (npm start) needs none of them: it makes its own.

${services.join('\n')}
${localSettings}`;
}

const localSettings = `# Local runs only (npm start)

# Both set: the seeded tenants talk to the real providers instead of the stand-ins.
# OPENAI_API_KEY=
# DEEPGRAM_API_KEY=

# A livekit-server to use instead of the one on PATH or in the cache.
# LIVEKIT_SERVER_BIN=

# A livekit-sip to use instead of dev/line.
# LIVEKIT_SIP_BIN=
`;
