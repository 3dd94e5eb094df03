/**
 * What an agent says when nobody wrote it down, in the languages that are shipped. A configuration in another language says
 * these in English until somebody writes them.
 */
export interface Phrases {
  readonly greeting: string;
  readonly apology: string;
  readonly silencePrompt: string;
  readonly filler: string;
  readonly handoff: string;
  /** Shipped as sound, as `busy` is: to a refused caller nobody speaks. */
  readonly closed: string;
  readonly busy: string;
  readonly consent: string;
  /** To a caller whose agent was lost in mid-call, by the one that goes on. */
  readonly resumed: string;
}

export const phraseLanguages = ['en', 'it', 'fr', 'de', 'es', 'fa', 'ar'] as const;
export type PhraseLanguage = (typeof phraseLanguages)[number];

export const phrases: Readonly<Record<PhraseLanguage, Phrases>> = {
  en: {
    greeting: '{{business_name}}, hello. How can I help you?',
    apology: 'I am sorry, something went wrong on our side. Please call again in a moment.',
    silencePrompt: 'Are you still there?',
    filler: 'One moment, please.',
    handoff: 'I am putting you through to {{label}}. One moment, please.',
    closed: 'We are closed at the moment. Please call again during our opening hours.',
    busy: 'All our lines are busy at the moment. Please call again later.',
    consent: 'This call is recorded.',
    resumed: 'I am sorry, we were cut off for a moment. Could you say that again, please?',
  },
  it: {
    greeting: '{{business_name}}, buongiorno. Come posso aiutarla?',
    apology: 'Mi dispiace, abbiamo un problema tecnico. La prego di richiamare tra qualche minuto.',
    silencePrompt: 'È ancora in linea?',
    filler: 'Un attimo, per favore.',
    handoff: 'La metto in contatto con {{label}}. Un attimo, per favore.',
    closed: 'In questo momento siamo chiusi. La preghiamo di richiamare durante gli orari di apertura.',
    busy: 'Al momento tutte le linee sono occupate. La preghiamo di richiamare più tardi.',
    consent: 'Questa chiamata viene registrata.',
    resumed: 'Mi scusi, la linea è caduta per un momento. Può ripetere, per favore?',
  },
  fr: {
    greeting: '{{business_name}}, bonjour. Comment puis-je vous aider ?',
    apology: 'Je suis désolé, nous avons un problème technique. Merci de rappeler dans un instant.',
    silencePrompt: 'Vous êtes toujours en ligne ?',
    filler: 'Un instant, s’il vous plaît.',
    handoff: 'Je vous mets en relation avec {{label}}. Un instant, s’il vous plaît.',
    closed: 'Nous sommes fermés pour le moment. Merci de rappeler pendant nos heures d’ouverture.',
    busy: 'Toutes nos lignes sont occupées pour le moment. Merci de rappeler plus tard.',
    consent: 'Cet appel est enregistré.',
    resumed: 'Je suis désolé, nous avons été coupés un instant. Pouvez-vous répéter, s’il vous plaît ?',
  },
  de: {
    greeting: '{{business_name}}, guten Tag. Wie kann ich Ihnen helfen?',
    apology: 'Es tut mir leid, bei uns ist ein technisches Problem aufgetreten. Bitte rufen Sie gleich noch einmal an.',
    silencePrompt: 'Sind Sie noch da?',
    filler: 'Einen Moment, bitte.',
    handoff: 'Ich verbinde Sie mit {{label}}. Einen Moment, bitte.',
    closed: 'Wir haben gerade geschlossen. Bitte rufen Sie während unserer Öffnungszeiten an.',
    busy: 'Zurzeit sind alle Leitungen belegt. Bitte rufen Sie später wieder an.',
    consent: 'Dieses Gespräch wird aufgezeichnet.',
    resumed: 'Entschuldigung, wir waren einen Moment lang getrennt. Könnten Sie das bitte wiederholen?',
  },
  es: {
    greeting: '{{business_name}}, buenos días. ¿En qué puedo ayudarle?',
    apology: 'Lo siento, tenemos un problema técnico. Por favor, vuelva a llamar en un momento.',
    silencePrompt: '¿Sigue ahí?',
    filler: 'Un momento, por favor.',
    handoff: 'Le paso con {{label}}. Un momento, por favor.',
    closed: 'Ahora mismo estamos cerrados. Por favor, vuelva a llamar en nuestro horario de atención.',
    busy: 'En este momento todas las líneas están ocupadas. Por favor, vuelva a llamar más tarde.',
    consent: 'Esta llamada se está grabando.',
    resumed: 'Disculpe, se ha cortado un momento. ¿Puede repetirlo, por favor?',
  },
  fa: {
    greeting: '{{business_name}}، سلام. چطور می‌توانم کمکتان کنم؟',
    apology: 'متأسفم، از طرف ما مشکلی پیش آمده است. لطفاً چند لحظهٔ دیگر دوباره تماس بگیرید.',
    silencePrompt: 'هنوز پشت خط هستید؟',
    filler: 'یک لحظه، لطفاً.',
    handoff: 'شما را به {{label}} وصل می‌کنم. یک لحظه، لطفاً.',
    closed: 'در حال حاضر بسته هستیم. لطفاً در ساعات کاری دوباره تماس بگیرید.',
    busy: 'در حال حاضر همهٔ خط‌ها مشغول است. لطفاً بعداً دوباره تماس بگیرید.',
    consent: 'این تماس ضبط می‌شود.',
    resumed: 'ببخشید، ارتباط برای لحظه‌ای قطع شد. ممکن است دوباره بفرمایید؟',
  },
  ar: {
    greeting: '{{business_name}}، مرحباً. كيف يمكنني مساعدتك؟',
    apology: 'عذراً، حدث خلل من جانبنا. يرجى الاتصال مرة أخرى بعد قليل.',
    silencePrompt: 'هل ما زلت على الخط؟',
    filler: 'لحظة من فضلك.',
    handoff: 'سأحوّلك إلى {{label}}. لحظة من فضلك.',
    closed: 'نحن مغلقون الآن. يرجى الاتصال خلال ساعات العمل.',
    busy: 'جميع الخطوط مشغولة حالياً. يرجى الاتصال لاحقاً.',
    consent: 'هذه المكالمة مسجّلة.',
    resumed: 'عذراً، انقطع الاتصال للحظة. هل يمكنك إعادة ما قلته من فضلك؟',
  },
};

/** @param language code such as `it` or `it-IT` */
export function phrasesFor(language: string): Phrases {
  return phrases[phraseLanguage(language)];
}

/** The shipped language that stands for a code such as `it-CH`; English where there is none. */
export function phraseLanguage(language: string): PhraseLanguage {
  const base = language.split('-')[0];
  return phraseLanguages.find((known) => known === base) ?? 'en';
}
