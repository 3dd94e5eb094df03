import type { Words } from '../en.ts';

export const probeWords: Words['probeWords'] = {
  tryIt: 'Prova',
  tryNumber: (number) => `Prova: i fornitori di ${number}`,
  tryKey: (provider) => `Prova: la chiave di ${provider}`,
  intro:
    'Un agente chiede a ogni fornitore il minimo che si può chiedere, con ciò che è scritto qui e con le chiavi salvate. Costa quasi niente.',
  asking: 'Un agente li interroga …',
  nobodyThere:
    'Nessun agente l’ha fatto entro 45 secondi. Chi gestisce la piattaforma vede alla pagina Salute se ce n’è uno.',
  allWell: 'Funziona.',
  notAll: 'In una chiamata non funzionerebbe tutto:',
  outcomes: {
    works: 'funziona',
    bad_key: 'chiave rifiutata',
    no_key: 'nessuna chiave',
    unknown_model: 'modello sconosciuto',
    unsupported_language: 'non in questa lingua',
    unreachable: 'non raggiungibile',
    quota: 'quota esaurita',
    failed: 'fallito',
  },
};
