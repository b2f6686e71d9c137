const LOOK_AGAIN_MS = 20;

/** One turn of a loop that waits for something: long enough to let others work, too short to be waited for itself. */
export const aMoment = (): Promise<void> => new Promise((done) => setTimeout(done, LOOK_AGAIN_MS));

/** Looks again and again until there is something to see. @throws after so many seconds, saying what was waited for and what was seen last */
export async function until<T>(what: string, look: () => Promise<T | null | undefined | false>, seconds = 30): Promise<T> {
  const giveUp = performance.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== undefined && seen !== false) return seen;
    if (performance.now() > giveUp) throw new Error(`Not within ${seconds} s: ${what}.`);
    await aMoment();
  }
}

/** As until, for a tally of what is left to do: every number must become 0. @returns seconds waited */
export async function untilNothingLeft(what: string, tally: () => Promise<Record<string, number>>, seconds: number): Promise<number> {
  const since = performance.now();
  let left: Record<string, number> = {};
  await until(what, async () => Object.values((left = await tally())).every((n) => n === 0), seconds).catch((error: unknown) => {
    throw new Error(`${(error as Error).message} Left: ${JSON.stringify(left)}`);
  });
  return (performance.now() - since) / 1000;
}
