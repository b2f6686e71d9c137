import type { Tx } from '#database';
import type { LocalDate } from '#kernel';
import { serviceLine } from '#service-lines';
import { progressOf, stageOf, stateOf, type PathwayEvent, type ReferralStateName } from '#waits';

/** A referral as its providers read it: folded from its events on request, never behind. */
export interface ReferralView {
  id: string;
  service: string;
  provider: string;
  receivedOn: LocalDate | null;
  authoredOn: LocalDate | null;
  priority: string;
  state: ReferralStateName;
  stage: string | null;
  endReason: string | null;
  source: { system: string; id: string };
  sourceOfReferral: string;
  need: string;
  personId: string;
  pathwayId: string;
  /** A transfer that the other provider has not accepted. */
  transferTo: string | null;
  reviewOn: LocalDate | null;
  escalationId: string | null;
}

interface ReferralRow {
  id: string;
  pathwayId: string;
  personId: string;
  line: string;
  provider: string;
  authoredOn: LocalDate | null;
  system: string;
  sourceId: string;
  sourceOfReferral: string;
  need: string;
  escalationId: string | null;
}

/** @param asOf day on which the state is asked for */
export async function referralViews(tx: Tx, ids: string[], asOf: LocalDate): Promise<ReferralView[]> {
  const rows = await tx.query<ReferralRow>(
    `select r.id, r.pathway_id as "pathwayId", r.person_id as "personId", r.line, r.provider, r.authored_on as "authoredOn", r.source_system as system,
        r.source_id as "sourceId", r.source_of_referral as "sourceOfReferral", r.need,
        (select e.id from escalation e where e.tenant = r.tenant and e.referral_id = r.id and e.check_in_id is null order by e.opened_at, e.id limit 1) as "escalationId"
      from referral r where r.tenant = $1 and r.id = any($2)`,
    [tx.tenant, ids],
  );
  const events = await pathwayEvents(tx, [...new Set(rows.map((r) => r.pathwayId))]);
  return rows.map((row) => viewOfReferral(row, events.get(row.pathwayId) ?? [], asOf));
}

/** @param events of its pathway */
export function viewOfReferral(row: ReferralRow, events: readonly PathwayEvent[], asOf: LocalDate): ReferralView {
  const line = serviceLine(row.line);
  const progress = progressOf(events, line.rules, asOf).get(row.id);
  return {
    id: row.id,
    service: row.line,
    provider: progress?.provider ?? row.provider,
    receivedOn: progress?.receivedOn ?? null,
    authoredOn: row.authoredOn,
    priority: progress?.priority ?? 'routine',
    state: progress ? stateOf(progress) : 'waiting',
    stage: progress ? stageOf(progress, line.rules) : null,
    endReason: progress?.end?.reason ?? null,
    source: { system: row.system, id: row.sourceId },
    sourceOfReferral: row.sourceOfReferral,
    need: row.need,
    personId: row.personId,
    pathwayId: row.pathwayId,
    transferTo: progress?.transferTo ?? null,
    reviewOn: progress?.monitoring?.reviewOn ?? null,
    escalationId: row.escalationId,
  };
}

/** Everything told of these pathways, with when it was recorded. */
export async function pathwayEvents(tx: Tx, pathwayIds: string[]): Promise<Map<string, PathwayEvent[]>> {
  const rows = await tx.query<PathwayEvent & { pathwayId: string }>(
    `select pathway_id as "pathwayId", referral_id as "referralId", seq, type, occurred_on as "occurredOn", data, recorded_at as "recordedAt"
      from pathway_event where tenant = $1 and pathway_id = any($2) order by referral_id, seq`,
    [tx.tenant, pathwayIds],
  );
  const events = new Map<string, PathwayEvent[]>(pathwayIds.map((id) => [id, []]));
  for (const { pathwayId, ...event } of rows) events.get(pathwayId)?.push(event);
  return events;
}
