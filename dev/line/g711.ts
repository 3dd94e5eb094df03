/** G.711 (ITU-T): 8 kHz speech in eight bits a sample. Decoding by table, encoding by table over the upper 14 bits. */

export type G711 = 'PCMU' | 'PCMA';

interface Law {
  readonly decode: Int16Array;
  readonly encode: Uint8Array;
}

const laws: Readonly<Record<G711, Law>> = {
  PCMU: buildLaw(decodeMuLaw),
  PCMA: buildLaw(decodeALaw),
};

/** What a byte of silence is on the wire. */
export const silenceByte: Readonly<Record<G711, number>> = { PCMU: 0xff, PCMA: 0xd5 };

/** @param payload one byte a sample; @returns 16-bit samples in a buffer of their own */
export function decodeG711(codec: G711, payload: Uint8Array): Int16Array {
  const table = laws[codec].decode;
  const samples = new Int16Array(payload.length);
  for (let i = 0; i < payload.length; i += 1) samples[i] = table[payload[i] ?? 0] ?? 0;
  return samples;
}

export function encodeG711(codec: G711, samples: Int16Array): Uint8Array {
  const table = laws[codec].encode;
  const payload = new Uint8Array(samples.length);
  for (let i = 0; i < samples.length; i += 1) payload[i] = table[((samples[i] ?? 0) + 32_768) >> 2] ?? 0;
  return payload;
}

function decodeMuLaw(byte: number): number {
  const inverted = ~byte & 0xff;
  const magnitude = (((inverted & 0x0f) << 3) + 0x84) << ((inverted >> 4) & 0x07);
  return inverted & 0x80 ? 0x84 - magnitude : magnitude - 0x84;
}

function decodeALaw(byte: number): number {
  const toggled = byte ^ 0x55;
  const exponent = (toggled >> 4) & 0x07;
  const mantissa = (toggled & 0x0f) << 4;
  const magnitude = exponent === 0 ? mantissa + 8 : (mantissa + 0x108) << (exponent - 1);
  return toggled & 0x80 ? magnitude : -magnitude;
}

/** The encoder is the decoder turned round: for each amplitude, the byte whose sample lies nearest. */
function buildLaw(decodeByte: (byte: number) => number): Law {
  const decode = Int16Array.from({ length: 256 }, (_, byte) => decodeByte(byte));
  const byAmplitude = Array.from(decode, (sample, byte) => ({ sample, byte })).sort((a, b) => a.sample - b.sample);
  const encode = new Uint8Array(1 << 14);
  let nearest = 0;
  for (let step = 0; step < encode.length; step += 1) {
    const amplitude = (step << 2) - 32_768;
    while (distance(nearest + 1, amplitude) <= distance(nearest, amplitude)) nearest += 1;
    encode[step] = byAmplitude[nearest]?.byte ?? 0;
  }
  return { decode, encode };

  function distance(index: number, amplitude: number): number {
    const sample = byAmplitude[index]?.sample;
    return sample === undefined ? Number.POSITIVE_INFINITY : Math.abs(sample - amplitude);
  }
}
