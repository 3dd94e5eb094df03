/** Guesses the language of a text from its script and its commonest words: enough to pick a voice and the language of an answer. */

export const languages = ['en', 'it', 'fr', 'de', 'es', 'fa', 'ar'] as const;
export type Language = (typeof languages)[number];

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

const commonWords: Record<Language, ReadonlySet<string>> = {
  en: words(
    'the a an and are at can do for have help here how i in is it like my not of on or please said say speak thank that this time to want what when will would you your yes',
  ),
  it: words(
    'a al allo alla aprite buongiorno buonasera che chi come con cosa da dei del della detto di domani e due grazie ha ho i il in la le lei lo mi no non ora parla parlare per più posso prego qui quando rispondi sei si sono sì ti tu un una vorrei',
  ),
  fr: words(
    'à au aux avec bonjour bonsoir c ce cette comment d dans de demain des dit du en est et êtes heure ici il j je l la le les ma merci mon ne non nous oui où par parler pas peux pour puis quelle quel qu que qui quoi répondez s suis sur un une votre voudrais vous',
  ),
  de: words(
    'aber an auf aus bei bis bitte danke das dem den der die ein eine einen er es für guten haben hallo heute hier ich im in ist ja kann können mein meine mit morgen möchte nein nicht oder öffnen sagen sie sind sprechen tag um und uhr von wann was wie wiederhören wir wird zu',
  ),
  es: words(
    'adiós buenas buenos con cómo cuál cuándo de del dicho días dónde el en es está gracias ha hablar hola hora la las lo los mañana me mi muy no para pedir podría por puedo que qué quisiera se sí sobre soy su tengo un una usted y yo',
  ),
  fa: words(
    'از است این با بله به تا تشکر چه چطور خداحافظ خیلی در را سلام شما فردا که کمک کنم کنید گفت گفتید لطفا ما ممنون من می و وقت یک یا',
  ),
  ar: words(
    'أن أريد أنا أود أهلا إلى التي السلام الساعة الذي شكرا عن على عليكم غدا في كيف لا لقد ما مرحبا مساعدتك متى مع من نعم هذا هل هنا هو و يا',
  ),
};

/** Letters that Persian has and Arabic has not, and those that Persian writes with other code points. */
const persianOnly = /[پچژگکی\u200c]/u;
const arabicOnly = /[ةيىكأإؤئ]/u;
const arabicScript = /\p{Script=Arabic}/u;

/** The language most of the common words of `text` belong to; `otherwise` when none leads. */
export function guessLanguage(text: string, otherwise: Language = 'en'): Language {
  const said = text.toLowerCase().match(/[\p{L}\u200c]+/gu) ?? [];
  const candidates = arabicScript.test(text)
    ? rightToLeft(text)
    : languages.filter((one) => one !== 'fa' && one !== 'ar');
  const ranked = candidates
    .map((language) => ({ language, hits: said.filter((word) => commonWords[language].has(word)).length }))
    .sort((one, other) => other.hits - one.hits);
  const [first, second] = ranked;
  if (first === undefined) return otherwise;
  return second !== undefined && first.hits === second.hits ? otherwise : first.language;
}

function rightToLeft(text: string): readonly Language[] {
  if (persianOnly.test(text) === arabicOnly.test(text)) return ['fa', 'ar'];
  return persianOnly.test(text) ? ['fa'] : ['ar'];
}

/** Reads a tag such as `it`, `it-IT` or `en_US`; undefined for `multi` and for languages without a voice here. */
export function readLanguage(tag: string | undefined): Language | undefined {
  const base = tag?.toLowerCase().split(/[-_]/)[0];
  return languages.find((language) => language === base);
}
