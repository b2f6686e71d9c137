import type { Tx } from '#database';
import type { LocalDate, Principal } from '#kernel';
import { DomainError, isProvider } from '#kernel';
import { readFreshness, type Freshness } from './freshness.js';
import { namesOf, type ChildName } from './names.js';
import {
  callsToMake,
  openEscalations,
  reviewsDue,
  transfersToAccept,
  type CallRow,
  type EscalationRow,
  type ReviewRow,
  type WaitingRow,
} from './today-statements.js';

/** Work of one kind: what is shown, how much there is in all, how much of that is past its deadline. */
export interface WorkList<Item> {
  items: (Item & { name: ChildName | null })[];
  total: number;
  late: number;
}

/** What a provider owes, each list by deadline. */
export interface Today {
  freshness: Freshness;
  now: Date;
  provider: { code: string; name: string };
  escalations: WorkList<EscalationRow>;
  calls: WorkList<CallRow>;
  transfers: WorkList<WaitingRow>;
  reviews: WorkList<ReviewRow>;
}

/** @throws DomainError forbidden for roles that see no child */
export async function readToday(tx: Tx, principal: Principal, today: LocalDate, now: Date): Promise<Today> {
  if (!isProvider(principal)) throw new DomainError('forbidden', 'This page is for providers: your role sees no child.');
  const { org } = principal;
  const escalations = await openEscalations(tx, org, now);
  const calls = await callsToMake(tx, org, today);
  const transfers = await transfersToAccept(tx, org);
  const reviews = await reviewsDue(tx, org, today);
  const everybody = [...escalations, ...calls, ...transfers, ...reviews].map((row) => row.personId);
  const names = await namesOf(tx, now, 'work list of the day', everybody);
  const listed = <Row extends { personId: string; total: number; late: number }>(rows: Row[]): WorkList<Row> => ({
    items: rows.map((row) => ({ ...row, name: names.get(row.personId) ?? null })),
    total: rows[0]?.total ?? 0,
    late: rows[0]?.late ?? 0,
  });
  const organisation = await tx.one<{ name: string }>('select name from organisation where code = $1', [org]);
  return {
    freshness: await readFreshness(tx, today, now),
    now,
    provider: { code: org, name: organisation?.name ?? org },
    escalations: listed(escalations),
    calls: listed(calls),
    transfers: listed(transfers),
    reviews: listed(reviews),
  };
}
