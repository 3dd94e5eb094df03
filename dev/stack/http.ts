const ANSWER_DEADLINE_MS = 1_000;

/** Whether something answers there with a status below 400. A refused connection or no answer in time means not yet. */
export async function answersHttp(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_DEADLINE_MS) });
    await response.body?.cancel();
    return response.ok;
  } catch (error) {
    // fetch reports a refused connection as a TypeError.
    if (error instanceof TypeError || (error instanceof Error && error.name === 'TimeoutError')) return false;
    throw error;
  }
}
