import type { Tx } from '#database';
import type { LocalDate } from '#kernel';
import type { PathwayEvent } from '#waits';
import type { ToldPathway } from './listed.js';

const BATCH = 1_000;
const BEFORE_ANY_ID = '00000000-0000-0000-0000-000000000000';
/** A stored event as the clocks read it: as known now, so when it was recorded does not matter. */
const ALWAYS = new Date(0);

/** Every pathway on a line of which this provider has, or has had, a referral; a thousand at a time, so that a long list fits in memory. */
export async function* pathwaysOf(tx: Tx, line: string, provider: string): AsyncGenerator<ToldPathway> {
  for (let after = BEFORE_ANY_ID; ;) {
    const ids = await nextPathways(tx, line, provider, after);
    const last = ids.at(-1);
    if (last === undefined) return;
    yield* await toldOfPathways(tx, ids);
    after = last;
  }
}

async function nextPathways(tx: Tx, line: string, provider: string, after: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select p.id from pathway p where p.tenant = $1 and p.line = $2 and p.id > $4
       and exists (select from referral r join referral_party y on y.tenant = r.tenant and y.referral_id = r.id
         where r.tenant = p.tenant and r.pathway_id = p.id and y.provider = $3)
      order by p.id limit ${BATCH}`,
    [tx.tenant, line, provider, after],
  );
  return rows.map((row) => row.id);
}

async function toldOfPathways(tx: Tx, ids: string[]): Promise<ToldPathway[]> {
  const events = await tx.query<PathwayEvent & { pathwayId: string }>(
    `select pathway_id as "pathwayId", referral_id as "referralId", seq, type, occurred_on as "occurredOn", data
       from pathway_event where tenant = $1 and pathway_id = any ($2)`,
    [tx.tenant, ids],
  );
  const written = await tx.query<{ id: string; pathwayId: string; authoredOn: LocalDate }>(
    `select id, pathway_id as "pathwayId", authored_on as "authoredOn" from referral
      where tenant = $1 and pathway_id = any ($2) and authored_on is not null`,
    [tx.tenant, ids],
  );
  const pathways = new Map(ids.map((id) => [id, { events: [] as PathwayEvent[], authoredOn: new Map<string, LocalDate>() }]));
  for (const { pathwayId, ...event } of events) pathways.get(pathwayId)?.events.push({ ...event, recordedAt: ALWAYS });
  for (const { pathwayId, id, authoredOn } of written) pathways.get(pathwayId)?.authoredOn.set(id, authoredOn);
  return [...pathways.values()];
}
