export const probeWords = {
  tryIt: 'Try it',
  tryNumber: (number: string) => `Try it: the providers of ${number}`,
  tryKey: (provider: string) => `Try it: the key of ${provider}`,
  intro:
    'An agent asks each provider for the least it can be asked, with what is written here and the stored keys. It costs next to nothing.',
  asking: 'An agent asks them …',
  nobodyThere: 'No agent did it within 45 seconds. Whoever runs the platform sees under Health whether one is up.',
  allWell: 'It works.',
  notAll: 'It would not all work in a call:',
  outcomes: {
    works: 'works',
    bad_key: 'key refused',
    no_key: 'no key',
    unknown_model: 'unknown model',
    unsupported_language: 'not in this language',
    unreachable: 'not reached',
    quota: 'quota used up',
    failed: 'failed',
  },
};
