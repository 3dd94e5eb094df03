/** Where the stand-ins meet: the script and who it was used for, the voice, the known sentences, the journal. */
import { type Entry, Journal } from './journal.ts';
import { type KnownUtterance, learn } from './recognise.ts';
import {
  type Asked,
  type Cue,
  matches,
  type Rule,
  type Script,
  type ScriptInput,
  type StatusFault,
  scriptSchema,
} from './script.ts';
import type { Language } from './speech/language.ts';
import type { Speech } from './speech/speech.ts';
import { readUtterances } from './utterances.ts';

export interface RuleUse {
  readonly rule: Rule;
  readonly used: number;
}

/** One request as the stage takes it. */
export interface Begun {
  readonly cue: Cue;
  readonly entry: Entry;
  /** Set: the request is refused with this, in the provider's own words. */
  readonly refused: StatusFault | undefined;
}

/** Which keys the stand-ins accept: exactly these, or, without a list, every development key. */
export type ValidKeys = readonly string[] | undefined;
const DEVELOPMENT_KEY = /^dev-./;

export class Stage {
  readonly journal = new Journal();
  readonly speech: Speech;
  readonly #validKeys: ValidKeys;
  #script: Script = scriptSchema.parse({});
  #used = new Map<Rule, number>();
  #known: readonly KnownUtterance[] = [];

  private constructor(speech: Speech, validKeys: ValidKeys) {
    this.speech = speech;
    this.#validKeys = validKeys;
  }

  static async open(speech: Speech, script: ScriptInput, validKeys: ValidKeys): Promise<Stage> {
    const stage = new Stage(speech, validKeys);
    await stage.direct(script);
    return stage;
  }

  /** Replaces the script. @throws ZodError naming every mistake; the old script then stays. */
  async direct(input: ScriptInput): Promise<void> {
    const script = scriptSchema.parse(input);
    const known = await learn([...readUtterances(), ...script.utterances], this.speech);
    this.#script = script;
    this.#known = known;
    this.#used = new Map();
  }

  /** Forgets script and journal. */
  async reset(): Promise<void> {
    await this.direct({});
    this.journal.clear();
  }

  /** Takes a request: asks the script how to answer and opens its line in the journal. @param status that of success */
  begin(asked: Asked, seen: Pick<Entry, 'connection' | 'path' | 'params'>, status: 101 | 200): Begun {
    const cue = this.#cue(asked);
    const refused = cue.fault?.type === 'status' ? cue.fault : undefined;
    const entry = this.journal.open({ ...asked, ...seen, status: refused?.status ?? status, fault: cue.fault?.type });
    return { cue, entry, refused };
  }

  /** How to answer: a wrong key is refused before any rule is looked at, else the first rule that matches and is not used up. */
  #cue(asked: Asked): Cue {
    if (!this.#isValid(asked.key)) return { delayMs: 0, gapMs: 0, fault: { type: 'status', status: 401 } };
    const rule = this.#script.rules.find(
      (rule) => matches(rule, asked) && this.#usesOf(rule) < (rule.times ?? Infinity),
    );
    if (rule === undefined) return { delayMs: 0, gapMs: 0 };
    this.#used.set(rule, this.#usesOf(rule) + 1);
    return rule;
  }

  /** The sentences that can be understood in a language; all of them when it is undefined (`multi`). */
  known(language: Language | undefined): KnownUtterance[] {
    return this.#known.filter((utterance) => language === undefined || utterance.language === language);
  }

  get endpointMs(): number {
    return this.#script.endpointMs;
  }

  uses(): RuleUse[] {
    return this.#script.rules.map((rule) => ({ rule, used: this.#usesOf(rule) }));
  }

  #usesOf(rule: Rule): number {
    return this.#used.get(rule) ?? 0;
  }

  #isValid(key: string): boolean {
    return this.#validKeys?.includes(key) ?? DEVELOPMENT_KEY.test(key);
  }
}
