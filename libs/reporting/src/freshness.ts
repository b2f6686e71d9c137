import type { Tx } from '#database';
import { addDays, londonTime, type LocalDate } from '#kernel';
import { lastPass, MOST_COUNTED, staleness, THRESHOLD_PASS } from '#waits';

/** How far what a page shows can be relied on. On every page. */
export interface Freshness {
  asOf: LocalDate;
  /** Counted to MOST_COUNTED: then it means so many or more. */
  notYetComputed: number;
  /** When the oldest change that is not computed yet was told. */
  oldest: Date | null;
  /** Last night's pass, which notices waits that became too long, was finished. */
  passRan: boolean;
  tenantName: string;
  /** Of synthetic data: what it is shaped after, with the dates. */
  syntheticShape: string | null;
}

/** The nightly pass starts at 00:10; until then, and a while after, yesterday's is the last there can be. */
const PASS_IS_DONE_BY = '00:30';

export async function readFreshness(tx: Tx, asOf: LocalDate, now: Date): Promise<Freshness> {
  const tenant = await tx.one<{ name: string; shape: string | null }>('select name, synthetic_shape as shape from tenant where key = $1', [
    tx.tenant,
  ]);
  const expected = londonTime(now) < PASS_IS_DONE_BY ? addDays(asOf, -1) : asOf;
  const ran = await lastPass(tx, THRESHOLD_PASS);
  return {
    asOf,
    ...(await staleness(tx, MOST_COUNTED)),
    passRan: ran !== null && ran >= expected,
    tenantName: tenant?.name ?? tx.tenant,
    syntheticShape: tenant?.shape ?? null,
  };
}
