import type { Words } from '../en.ts';

export const priceWords: Words['priceWords'] = {
  intro:
    'Quanto chiedono i fornitori. Ogni chiamata che finisce da ora in poi dice quanto è costata; quelle già finite tengono ciò che hanno.',
  empty: 'Ancora nessun prezzo',
  emptyTodo: 'Finché non ce ne sono, le chiamate dicono che cosa hanno usato e non quanto è costato.',
  set: 'Imposta un prezzo',
  setDone: 'Il prezzo è impostato. Vale per le chiamate che finiscono da ora in poi.',
  change: 'Cambia',
  changeOf: (what) => `Cambia il prezzo di ${what}`,
  removeOf: (what) => `Togli il prezzo di ${what}`,
  removeTitle: (what) => `Togliere il prezzo di ${what}?`,
  removeText: 'Le chiamate che finiscono da ora in poi non ne diranno il costo.',
  removed: 'Il prezzo è tolto.',
  anyModel: 'ogni altro modello',
  modelHint: 'Come lo chiamano le configurazioni. * sta per ogni modello del fornitore senza un prezzo suo.',
  for: 'Per',
  units: {
    audio_ms: 'un minuto di audio',
    input_tokens: 'un milione di token in entrata',
    cached_input_tokens: 'un milione di token in entrata dalla cache',
    output_tokens: 'un milione di token in uscita',
    input_audio_tokens: 'un milione di token audio in entrata',
    output_audio_tokens: 'un milione di token audio in uscita',
    characters: 'un milione di caratteri',
  },
  price: 'Prezzo',
  priceHint: 'Nella valuta con cui fai i conti; la stessa per tutti.',
  wrongPrice: 'Serve un numero, 0 o più.',
  since: 'Da quando',
};
