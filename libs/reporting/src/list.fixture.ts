import type { Database, Tx } from '#database';
import { addDays, FOREVER, newId, systemPrincipal, type LocalDate } from '#kernel';

/** Today in the tests of this library: a Sunday. */
export const TODAY: LocalDate = '2026-11-22';
const NOW = new Date(`${TODAY}T10:30:00Z`);

/** A child on a list, as its stored rows say. What is not said is as for most: a child of North waiting for SALT at ZZ999. */
export interface OnList {
  tenant?: string;
  line?: string;
  measure?: string;
  headline?: boolean;
  provider?: string;
  /** Days waited today; null = unknown start. */
  days: number | null;
  listedTo?: LocalDate;
  targetDays?: number | null;
  state?: string;
  stopKind?: string | null;
  born?: LocalDate;
  council?: string | null;
  sen?: string | null;
  decile?: number | null;
  ethnicity?: string | null;
  need?: string;
  priority?: string;
  referralState?: string;
  stage?: string | null;
  stale?: boolean;
  lastHumanContactOn?: LocalDate | null;
  nextCheckInOn?: LocalDate | null;
  transferTo?: string | null;
  reviewOn?: LocalDate | null;
  name?: [given: string, family: string];
}

export interface Ids {
  personId: string;
  pathwayId: string;
  referralId: string;
}

/** Writes children, referrals, waits and states straight into their tables, as workers would leave them. */
export async function putOnList(database: Database, children: readonly OnList[]): Promise<Ids[]> {
  const ids: Ids[] = [];
  for (const tenant of new Set(children.map((c) => c.tenant ?? 'TEST'))) {
    await database.inTenant(systemPrincipal(tenant, 'fixture'), async (tx) => {
      for (const child of children) if ((child.tenant ?? 'TEST') === tenant) ids.push(await putChild(tx, child));
    });
  }
  return ids;
}

async function putChild(tx: Tx, child: OnList): Promise<Ids> {
  const { line = 'speech-and-language-therapy', measure = 'sitrep', provider = 'ZZ999', headline = true } = child;
  const { listedTo = FOREVER, targetDays = 126, state = child.days === null ? 'unknown-start' : 'waiting', stopKind = null } = child;
  const [personId, pathwayId, referralId] = [newId(NOW), newId(NOW), newId(NOW)];
  const startedOn = child.days === null ? null : addDays(TODAY, -child.days);
  const listedFrom = startedOn ?? addDays(TODAY, -10);
  const breachOn = startedOn === null || targetDays === null ? null : addDays(startedOn, targetDays + 1);
  const stoppedOn = listedTo === FOREVER ? null : listedTo;
  await tx.execute(
    `insert into person (tenant, id, birth_month, local_authority, sen, deprivation_decile, ethnic_category) values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      tx.tenant,
      personId,
      child.born ?? '2018-05-01',
      child.council === undefined ? 'E06000061' : child.council,
      child.sen ?? null,
      child.decile ?? null,
      child.ethnicity ?? null,
    ],
  );
  if (child.name) {
    await tx.execute(
      `insert into person_identity (tenant, person_id, provider, given_name, family_name, birth_date) values ($1, $2, $3, $4, $5, '2018-05-04')`,
      [tx.tenant, personId, provider, ...child.name],
    );
  }
  await tx.execute(`insert into pathway (tenant, id, person_id, line, changed, folded, changed_at) values ($1, $2, $3, $4, 1, $5, $6)`, [
    tx.tenant,
    pathwayId,
    personId,
    line,
    child.stale ? 0 : 1,
    NOW,
  ]);
  await tx.execute(
    `insert into referral (tenant, id, pathway_id, person_id, service_id, line, provider, source_system, source_id, digest, source_of_referral, need,
                           recorded_at, recorded_by)
     select $1, $2, $3, $4, id, line, provider, 'fixture', $5, '', 'gp', $6, $7, 'fixture' from service
      where tenant = $1 and line = $8 and provider = $9`,
    [tx.tenant, referralId, pathwayId, personId, referralId, child.need ?? 'speech-sound', NOW, line, provider],
  );
  await tx.execute(
    `insert into wait (tenant, pathway_id, measure, ordinal, period, is_latest, referral_id, person_id, line, provider, headline, state, started_on,
                       stopped_on, stop_kind, target_days, breach_on, listed_from, listed_to, rules_version)
     values ($1, $2, $3, 1, 1, true, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, '2026.1')`,
    [
      tx.tenant,
      pathwayId,
      measure,
      referralId,
      personId,
      line,
      provider,
      headline,
      state,
      startedOn,
      stoppedOn,
      stopKind,
      targetDays,
      breachOn,
      listedFrom,
      listedTo,
    ],
  );
  await tx.execute(
    `insert into referral_state (tenant, referral_id, pathway_id, person_id, line, provider, state, stage, stage_since, priority, listed_on,
                                 received_on, transfer_to, review_on, headline_started_on, headline_breach_on, last_human_contact_on, next_check_in_on)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9, $11, $12, $13, $11, $14, $15, $16)`,
    [
      tx.tenant,
      referralId,
      pathwayId,
      personId,
      line,
      provider,
      child.referralState ?? 'waiting',
      child.stage === undefined ? 'awaiting-first-contact' : child.stage,
      listedFrom,
      child.priority ?? 'routine',
      startedOn,
      child.transferTo ?? null,
      child.reviewOn ?? null,
      breachOn,
      child.lastHumanContactOn ?? null,
      child.nextCheckInOn ?? null,
    ],
  );
  return { personId, pathwayId, referralId };
}
