/** The files that are written from code, so that code and text cannot drift apart; a guard test compares them. */
import { readFileSync } from 'node:fs';
import { didFields } from '../../dispatch/did/fields.ts';
import { settings } from '../../shared/env.ts';
import { type FixedBy, reasonCodes, reasons } from '../../shared/reasons.ts';
import { layerJsonSchema } from './config-schema.ts';
import { providersText, settingsTable } from './config-tables.ts';
import { faultsTable } from './faults-table.ts';

export interface Page {
  readonly path: string;
  readonly text: string;
}

/** Every generated file, as it should be now. */
export function pages(): readonly Page[] {
  return [
    { path: 'docs/reasons.md', text: reasonsPage() },
    { path: '.env.example', text: environmentExample() },
    { path: 'docs/tenant-config.schema.json', text: `${JSON.stringify(layerJsonSchema(), null, 2)}\n` },
    { path: 'docs/configuration.md', text: configurationPage() },
    { path: 'docs/did-files.md', text: didFilesPage() },
    { path: 'README.md', text: between(readFileSync('README.md', 'utf8'), 'faults', faultsTable()) },
  ];
}

/** Written by hand but for what stands between the markers. */
function configurationPage(): string {
  const written = readFileSync('docs/configuration.md', 'utf8');
  return between(between(written, 'config', settingsTable()), 'providers', providersText());
}

function didFilesPage(): string {
  const rows = didFields.map(({ key, becomes, note }) => {
    return `| \`${key}\` | ${becomes.map((path) => `\`${path}\``).join(', ')} | ${note} |`;
  });
  const table = ['| key | becomes | |', '|---|---|---|', ...rows, ''].join('\n');
  return between(readFileSync('docs/did-files.md', 'utf8'), 'keys', table);
}

function between(text: string, name: string, made: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`there is no ${begin} … ${end} in the page`);
  return `${text.slice(0, from + begin.length)}\n\n${made}\n${text.slice(to)}`;
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
    const line = 'fallback' in setting ? `# ${name}=${setting.fallback}` : `${name}=`;
    return `# ${setting.sentence}\n${line}\n`;
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
