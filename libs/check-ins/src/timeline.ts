import { audit, Database } from '#database';
import { Clock, isUuid, notFound, type Principal } from '#kernel';
import { Injectable } from '@nestjs/common';

/** One thing that was owed, sent, answered, acted on or told. */
export interface TimelineEntry {
  at: Date;
  kind:
    | 'check-in-owed'
    | 'check-in-closed'
    | 'message'
    | 'reply'
    | 'escalation-opened'
    | 'escalation-acknowledged'
    | 'escalation-resolved'
    | 'messages-held'
    | 'messages-released'
    | 'event';
  /** Unique among the entries of one instant. */
  key: string;
  /** Null where it is of the child, whatever it waits for. */
  service: string | null;
  /** Its own fields by kind. */
  detail: Record<string, unknown>;
}

export interface TimelineQuery {
  limit: number;
  /** Sort key of the last entry shown: [at, key]. */
  after?: readonly [string, string] | null;
}

/** Everything a provider holds of one child while it waits, newest first. */
@Injectable()
export class Timeline {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The asking provider's own entries. The reading is written down. @throws DomainError not-found for a child it has no referral of */
  async of(principal: Principal, personId: string, query: TimelineQuery): Promise<TimelineEntry[]> {
    if (!isUuid(personId)) throw notFound('child');
    return this.database.inTenant(principal, async (tx) => {
      const entries = await tx.query<TimelineEntry>(
        `with mine as (
           select r.id, r.line from referral r join referral_party y on y.tenant = r.tenant and y.referral_id = r.id
           where r.tenant = $1 and r.person_id = $2 and $3 in (y.provider, '*')
         ), asked as (
           select * from check_in where tenant = $1 and person_id = $2 and $3 in (provider, '*')
         ), worries as (
           select * from escalation where tenant = $1 and person_id = $2 and $3 in (provider, '*')
         ), entry as (
           select opened_at as at, 'check-in-owed' as kind, 'a' || id as key, line as service,
             jsonb_build_object('checkInId', id, 'dueOn', due_on, 'why', why) as detail from asked
           union all
           select closed_at, 'check-in-closed', 'z' || id, line,
             jsonb_build_object('checkInId', id, 'state', state, 'by', closed_by, 'level', level, 'callWhy', call_why) from asked where closed_at is not null
           union all
           select coalesce(m.sent_at, m.claimed_at), 'message', 'b' || m.id, c.line,
             jsonb_build_object('checkInId', c.id, 'template', m.template, 'channel', m.channel, 'state', m.state, 'attempt', m.attempt)
           from asked c join message m on m.tenant = $1 and m.check_in_id = c.id
           union all
           select coalesce(r.submitted_at, r.begun_at), 'reply', 'c' || c.id, c.line,
             jsonb_build_object('checkInId', c.id, 'level', r.level, 'stillNeeded', r.still_needed, 'change', r.change, 'concerns', r.concerns,
               'answeredBy', r.answered_by, 'message', r.message, 'recordedBy', r.recorded_by, 'complete', r.submitted_at is not null)
           from asked c join reply r on r.tenant = $1 and r.check_in_id = c.id
           union all
           select opened_at, 'escalation-opened', 'd' || id, line,
             jsonb_build_object('escalationId', id, 'level', level, 'reason', reason, 'dueAt', due_at, 'safeguarding', safeguarding) from worries
           union all
           select acknowledged_at, 'escalation-acknowledged', 'e' || id, line, jsonb_build_object('escalationId', id, 'owner', owner)
           from worries where acknowledged_at is not null
           union all
           select resolved_at, 'escalation-resolved', 'f' || id, line,
             jsonb_build_object('escalationId', id, 'outcome', outcome, 'familyTold', family_told) from worries where resolved_at is not null
           union all
           select since, 'messages-held', 'h' || id, null, jsonb_build_object('why', why, 'note', case when $3 in (provider, '*') then note end)
           from message_hold where tenant = $1 and person_id = $2
           union all
           select released_at, 'messages-released', 'i' || id, null, case when $3 in (released_org, '*') then jsonb_build_object('by', released_by, 'note', release_note) else '{}' end
           from message_hold where tenant = $1 and person_id = $2 and released_at is not null
           union all
           select e.recorded_at, 'event', 'g' || e.referral_id || lpad(e.seq::text, 6, '0'), m.line,
             jsonb_build_object('referralId', e.referral_id, 'seq', e.seq, 'type', e.type, 'occurredOn', e.occurred_on, 'data', e.data)
           from mine m join pathway_event e on e.tenant = $1 and e.referral_id = m.id
             and e.pathway_id = (select r.pathway_id from referral r where r.tenant = $1 and r.id = m.id)
         )
         select at, kind, key, service, detail from entry
         where exists (select from mine) and ($4::timestamptz is null or (at, key) < ($4, $5))
         order by at desc, key desc limit $6`,
        [tx.tenant, personId, principal.org, query.after?.[0] ?? null, query.after?.[1] ?? null, query.limit],
      );
      if (entries.length === 0 && !query.after) throw notFound('child');
      await audit(tx, this.clock.now(), { action: 'timeline-read', purpose: 'care', personIds: [personId] });
      return entries;
    });
  }
}
