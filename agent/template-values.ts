/** What the texts of one call are filled in with. */
import type { TenantConfig } from '../shared/config/index.ts';
import type { TemplateValues } from '../shared/template.ts';

/** What of a call the texts may speak of. */
export interface SpokenOfCall {
  readonly config: TenantConfig;
  readonly identity: { readonly calledNumber: string };
  /** The participant that LiveKit SIP made; its attributes are as the exchange wrote them. */
  readonly caller: { readonly attributes: Readonly<Record<string, string>> };
  readonly platform: { readonly clock: { now(): number } };
}

const withheld = 'withheld';
/** Visual separators of RFC 3966 and spaces. */
const separators = /[\s().-]/g;

/** @param language in which the call goes on, where it is not the configured one */
export function templateValues({ caller, ...call }: SpokenOfCall, language?: string): TemplateValues {
  return withCaller(valuesBeforeCaller(call, language), caller);
}

/** As long as it is not known who calls: as of one who withholds their number. */
export function valuesBeforeCaller(
  { config, identity, platform }: Omit<SpokenOfCall, 'caller'>,
  language = config.language,
): TemplateValues {
  const now = platform.clock.now();
  const time = (options: Intl.DateTimeFormatOptions) => {
    // Persian and Arabic would else be told in another calendar or other digits than backends and menus use.
    const common = { timeZone: config.business.timezone, calendar: 'gregory', numberingSystem: 'latn' };
    return new Intl.DateTimeFormat(language, { ...common, ...options }).format(now);
  };
  return {
    business_name: config.business.name,
    caller_number: withheld,
    called_number: numberOnly(identity.calledNumber) ?? withheld,
    local_time: time({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    local_date: time({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
    language: languageName(language),
    custom_context: config.custom_context,
  };
}

export function withCaller(values: TemplateValues, caller: SpokenOfCall['caller']): TemplateValues {
  return { ...values, caller_number: callerNumber(caller) ?? withheld };
}

/** In English, as the rest of what the model is told: `Italian`. */
export function languageName(code: string): string {
  return new Intl.DisplayNames(['en'], { type: 'language' }).of(code) ?? code;
}

/** Undefined for a caller who withholds it. */
export function callerNumber({ attributes }: SpokenOfCall['caller']): string | undefined {
  return numberOnly(attributes['sip.phoneNumber'] ?? '');
}

/** A caller writes the user part of their own address: what is no number would be a stranger's sentence in the prompt. */
function numberOnly(text: string): string | undefined {
  const compact = text.replaceAll(separators, '');
  return /^\+?[0-9*#]{1,20}$/.test(compact) ? compact : undefined;
}
