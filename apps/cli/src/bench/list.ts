import { systemPrincipal, type LocalDate } from '#kernel';
import { PROVIDERS, TENANT, tidy, type BenchDatabase } from './bench-database.js';

/** What is told of a referral: type, days after its receipt, and data as intake would have written it. */
type Told = readonly [type: string, day: number, data?: object];

const SEEN = { attendance: 'attended', mechanism: 'face-to-face' };
const assessment = { ...SEEN, purpose: 'assessment' };
const treatment = { ...SEEN, purpose: 'treatment' };
const RECEIVED: Told = ['referral-received', 0];

/** Five ways a referral goes on each line: just received, arranged, disturbed, under way, over. Of 1, 3, 4, 5 and 7 events: 4 on average. */
const STORIES: Record<string, readonly (readonly Told[])[]> = {
  'speech-and-language-therapy': [
    [RECEIVED],
    [RECEIVED, ['referral-accepted', 3], ['appointment-booked', 60]],
    [
      RECEIVED,
      ['referral-accepted', 4],
      ['contact', 90, { ...assessment, attendance: 'not-brought', appointmentCommunicated: true }],
      ['rebooked', 104],
    ],
    [RECEIVED, ['referral-accepted', 2], ['appointment-booked', 50], ['contact', 110, assessment], ['contact', 150, treatment]],
    [
      RECEIVED,
      ['referral-accepted', 5],
      ['priority-changed', 20, { priority: 'urgent', reason: 'bench' }],
      ['appointment-booked', 30],
      ['contact', 70, assessment],
      ['contact', 100, treatment],
      ['discharged', 180, { reason: 'goals-met' }],
    ],
  ],
  'mental-health': [
    [RECEIVED],
    [RECEIVED, ['referral-accepted', 6], ['appointment-booked', 40]],
    [RECEIVED, ['referral-accepted', 3], ['indirect-activity', 30], ['outcome-score', 45, { tool: 'rcads', baseline: true }]],
    [
      RECEIVED,
      ['referral-accepted', 2],
      ['contact', 60, assessment],
      ['outcome-score', 60, { tool: 'sdq', baseline: true }],
      ['care-plan-agreed', 75],
    ],
    [
      RECEIVED,
      ['referral-accepted', 2],
      ['contact', 40, { ...assessment, attendance: 'not-brought' }],
      ['contact', 55, assessment],
      ['contact', 90, treatment],
      ['outcome-score', 120, { tool: 'rcads', baseline: false }],
      ['discharged', 170, { reason: 'goals-met' }],
    ],
  ],
  'specialist-equipment': [
    [RECEIVED],
    [RECEIVED, ['referral-accepted', 5], ['assessed', 50]],
    [RECEIVED, ['referral-accepted', 5], ['assessed', 40], ['prescription-decided', 55, { items: ['chair', 'cushion'] }]],
    [RECEIVED, ['referral-accepted', 5], ['assessed', 40], ['prescription-decided', 45, { items: ['chair'] }], ['funding-approved', 70]],
    [
      RECEIVED,
      ['assessed', 30],
      ['prescription-decided', 40, { items: ['chair'] }],
      ['funding-approved', 60],
      ['ordered', 65],
      ['handed-over', 130, { item: 'chair', usable: true }],
      ['discharged', 175, { reason: 'delivered' }],
    ],
  ],
};

export interface ListSize {
  referrals: number;
  pathways: number;
}

const EVENTS_A_REFERRAL = 4;
export const eventsOf = (size: ListSize): number => size.referrals * EVENTS_A_REFERRAL;

/** In the order of making, as version 7 ids are. `kind` keeps the ids of one table from those of another. */
const id = (kind: number, n: string): string => `('00000000-000${kind}-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;

/** The id of a referral by its number. */
export const referralId = (n: number): string => `00000000-0003-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** Sixty in a hundred speech and language therapy, twenty-five mental health, fifteen equipment. */
const LINE = (pathway: string): string =>
  `(case when ${pathway} % 20 < 12 then 'speech-and-language-therapy' when ${pathway} % 20 < 17 then 'mental-health' else 'specialist-equipment' end)`;

/**
 * Fills the bench tenant with children, pathways, referrals and what was told of them, the same each time; nothing of it computed.
 * The referrals there are more than pathways are second ones of the first pathways, so that spells and chains have something to join.
 */
export async function loadList({ database, owner }: BenchDatabase, size: ListSize, today: LocalDate): Promise<void> {
  await database.inTenant(systemPrincipal(TENANT, 'bench'), async (tx) => {
    await tx.execute(
      `insert into person (tenant, id, birth_month, local_authority)
        select $1, ${id(1, 'n')}, date '2012-01-01' + (n % 96) * interval '1 month', 'E06000061' from generate_series(1, $2::integer) n`,
      [TENANT, size.pathways],
    );
    await tx.execute(
      `insert into pathway (tenant, id, person_id, line, changed, folded, changed_at)
        select $1, ${id(2, 'n')}, ${id(1, 'n')}, ${LINE('n')}, 1, 1, $3::date from generate_series(1, $2::integer) n`,
      [TENANT, size.pathways, today],
    );
    await tx.execute(
      `insert into referral (tenant, id, pathway_id, person_id, service_id, line, provider, source_system, source_id, digest, source_of_referral, need,
          recorded_at, recorded_by)
        select $1, ${id(3, 'r')}, ${id(2, 'p')}, ${id(1, 'p')}, s.id, s.line, s.provider, 'bench', r::text, sha256(r::text::bytea), 'gp', 'other', $4::date, 'bench'
        from ${NUMBERED} join service s on s.tenant = $1 and s.line = ${LINE('p')} and s.provider = ($5::text[])[1 + p % 3]`,
      [TENANT, size.referrals, size.pathways, today, PROVIDERS],
    );
    await tx.execute(
      `insert into pathway_event (tenant, pathway_id, referral_id, seq, type, occurred_on, data, recorded_at, recorded_by, recorded_org)
        select $1, ${id(2, 'p')}, ${id(3, 'r')}, t.seq, t.type, x.received + t.day,
          case when t.seq > 1 then t.data else jsonb_build_object('provider', x.provider, 'receivedOn', x.received, 'priority', 'routine',
            'facts', jsonb_build_object('ageAtReferral', 7, 'localAuthority', 'E06000061', 'reason', '05', 'team', 'A06')) end,
          x.received + t.day, 'bench', x.provider
        from ${NUMBERED}
        join jsonb_to_recordset($6) as t (line text, story integer, seq integer, type text, day integer, data jsonb)
          on t.line = ${LINE('p')} and t.story = (r / 20 + case when r > $3::integer then 2 else 0 end) % 5
        cross join lateral (select $4::date - 190 - (p * 37) % 400 as received, ($5::text[])[1 + p % 3] as provider) x`,
      [TENANT, size.referrals, size.pathways, today, PROVIDERS, JSON.stringify(storyRows())],
    );
  });
  await tidy(owner, 'person', 'pathway', 'referral', 'pathway_event', 'service');
}

/** r numbers referrals, p their pathways. */
const NUMBERED = `(select r, (r - 1) % $3::integer + 1 as p from generate_series(1, $2::integer) r) numbered`;

const storyRows = (): object[] =>
  Object.entries(STORIES).flatMap(([line, stories]) =>
    stories.flatMap((events, story) => events.map(([type, day, data = {}], i) => ({ line, story, seq: i + 1, type, day, data }))),
  );
