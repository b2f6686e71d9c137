import type { Tx } from '#database';
import { newId } from '#kernel';
import type { Story } from './any-pathway.js';
import type { TestDatabase } from './database.js';
import { systemPrincipal } from '#kernel';

export interface StoredStory extends Story {
  pathwayId: string;
  /** The story with its referrals under the ids they are stored by. */
  events: Story['events'];
}

/** Writes random pathways as they would have come in, so that the workers can fold them. Providers P1 and P2 become ZZ999 and ZZ998. */
export async function storeStories(t: TestDatabase, stories: readonly Story[]): Promise<StoredStory[]> {
  return t.database.inTenant(systemPrincipal('TEST', 'stories'), async (tx) => {
    const stored: StoredStory[] = [];
    for (const story of stories) stored.push(await storeStory(tx, story, t.clock.now()));
    return stored;
  });
}

const PROVIDER: Record<string, string> = { P1: 'ZZ999', P2: 'ZZ998' };

async function storeStory(tx: Tx, story: Story, now: Date): Promise<StoredStory> {
  const [personId, pathwayId] = [newId(now), newId(now)];
  const ids = new Map([...new Set(story.events.map((e) => e.referralId))].map((id) => [id, newId(now)]));
  const events = story.events.map((e) => {
    const data = { ...e.data };
    if (data.provider) data.provider = PROVIDER[data.provider] ?? data.provider;
    if (data.toProvider) data.toProvider = PROVIDER[data.toProvider] ?? data.toProvider;
    return { ...e, referralId: ids.get(e.referralId) ?? '', data };
  });
  await tx.execute(`insert into person (tenant, id, birth_month) values ($1, $2, '2016-05-01')`, [tx.tenant, personId]);
  await tx.execute(`insert into pathway (tenant, id, person_id, line, changed, changed_at) values ($1, $2, $3, $4, $5, $6)`, [
    tx.tenant,
    pathwayId,
    personId,
    story.line,
    events.length,
    now,
  ]);
  await tx.execute(
    `insert into referral (tenant, id, pathway_id, person_id, service_id, line, provider, source_system, source_id, digest, source_of_referral, need, recorded_at, recorded_by)
      select $1, r::uuid, $2, $3, s.id, s.line, s.provider, 'story', r, ''::bytea, 'gp', 'other', $5, 'story'
      from unnest($4::text[]) as r join service s on s.tenant = $1 and s.line = $6 and s.provider = 'ZZ999'`,
    [tx.tenant, pathwayId, personId, [...ids.values()], now, story.line],
  );
  await tx.execute(
    `insert into pathway_event (tenant, pathway_id, referral_id, seq, type, occurred_on, data, recorded_at, recorded_by, recorded_org)
      select $1, $2, e."referralId", e.seq, e.type, e."occurredOn", e.data, e."recordedAt", 'story', 'ZZ999'
      from jsonb_to_recordset($3) as e ("referralId" uuid, seq integer, type text, "occurredOn" date, data jsonb, "recordedAt" timestamptz)`,
    [tx.tenant, pathwayId, JSON.stringify(events)],
  );
  return { ...story, pathwayId, events };
}
