import type { Tx } from '#database';
import { addDays, newId, systemPrincipal, type LocalDate } from '#kernel';
import type { TestDatabase } from '../../support/database.js';
import type { Random } from './random.js';

export const TENANT = 'TEST';
export const PROVIDERS = ['ZZ999', 'ZZ998'] as const;
const LINES = ['speech-and-language-therapy', 'mental-health', 'specialist-equipment'] as const;
/** A Wednesday, mid-morning: every line may ask. */
export const NOW = new Date('2026-11-25T10:30:00Z');
export const TODAY: LocalDate = '2026-11-25';

/** How a family can be reached. `sibling`: by the telephone of the child before. */
export type Reach = 'sms' | 'email' | 'sibling' | 'may-not' | 'nobody';
const REACH = ['sms', 'sms', 'sms', 'sms', 'sms', 'sms', 'sms', 'email', 'email', 'sibling', 'may-not', 'nobody'] as const;

interface Child {
  referralId: string;
  pathwayId: string;
  listedOn: LocalDate;
  /** Contacts told of, by their number: what can be voided. */
  contacts: number[];
  seq: number;
}

interface Told {
  pathwayId: string;
  referralId: string;
  seq: number;
  type: string;
  occurredOn: LocalDate;
  data: object;
}

/** Works with identity open, as the system. */
export const asSystem = <T>(t: TestDatabase, work: (tx: Tx) => Promise<T>): Promise<T> =>
  t.database.inTenant(systemPrincipal(TENANT, 'crash-test'), async (tx) => {
    await tx.query(`select set_config('meanwhile.identity_purpose', 'test', true)`);
    return work(tx);
  });

/** Children on lists of two providers, most of them owed a check-in for weeks, and what is told about them while the workers work. */
export class Children {
  readonly #all: Child[] = [];
  #phone = '';
  /** The child before has a number nobody may write to: no sibling has it. */
  #mayNot = true;
  #numbers = 0;

  constructor(
    private readonly t: TestDatabase,
    private readonly random: Random,
  ) {}

  get count(): number {
    return this.#all.length;
  }

  /** A referral, and the pathway it is on. */
  get first(): { referralId: string; pathwayId: string } {
    const [first] = this.#all;
    if (!first) throw new Error('Nobody has arrived yet.');
    return first;
  }

  /** Every service asks from today on, as many as there are. */
  async goLive(): Promise<void> {
    await asSystem(this.t, (tx) =>
      tx.execute('update service set live_from = $2, daily_cap = 100000 where tenant = $1', [TENANT, addDays(TODAY, -30)]),
    );
  }

  /** As an import would: a few statements for all of them. @param reach how all of their families can be reached, when not each in its own way */
  async arrive(many: number, reach?: Reach): Promise<void> {
    const rows = Array.from({ length: many }, () => this.#newChild(reach));
    await asSystem(this.t, async (tx) => {
      const insert = (columns: string, from: string): Promise<number> =>
        tx.execute(
          `insert into ${columns} ${from} from jsonb_to_recordset($2) as r (person uuid, pathway uuid, referral uuid, contact uuid, line text, provider text,
             "listedOn" date, priority text, "mayContact" boolean, phone text, email text, data jsonb) where $1::text is not null and $3::timestamptz is not null`,
          [TENANT, JSON.stringify(rows), NOW],
        );
      await insert('person (tenant, id, birth_month)', `select $1, person, '2017-03-01'`);
      await insert('pathway (tenant, id, person_id, line, changed_at)', 'select $1, pathway, person, line, $3::timestamptz');
      await insert(
        `referral (tenant, id, pathway_id, person_id, service_id, line, provider, source_system, source_id, digest, source_of_referral, need, recorded_at, recorded_by)`,
        `select $1, referral, pathway, person, (select v.id from service v where v.tenant = $1 and v.line = r.line and v.provider = r.provider),
           line, provider, 'crash', referral::text, ''::bytea, 'gp', 'other', $3::timestamptz, 'crash'`,
      );
      await insert('referral_party (tenant, referral_id, provider, since)', 'select $1, referral, provider, $3::timestamptz');
      await insert(
        'contact (tenant, id, person_id, provider, name, relationship, may_contact, phone, email)',
        `select $1, contact, person, provider, 'Sam Example', 'mother', "mayContact", phone, email`,
      ).then(() => tx.execute('delete from contact where tenant = $1 and phone is null and email is null', [TENANT]));
      await insert(
        'pathway_event (tenant, pathway_id, referral_id, seq, type, occurred_on, data, recorded_at, recorded_by, recorded_org)',
        `select $1, pathway, referral, 1, 'referral-received', "listedOn", data, $3::timestamptz, 'crash', provider`,
      );
    });
    for (const { pathway, referral, listedOn } of rows)
      this.#all.push({ pathwayId: pathway, referralId: referral, listedOn, contacts: [], seq: 1 });
  }

  /** Tells something of a few children, as the use case does: their pathways are marked and locked, then the events appended. */
  async tellSomething(many = 6): Promise<void> {
    const told = new Map<string, Told>();
    for (let n = 0; n < many; n++) {
      const child = this.#all[this.random.below(this.#all.length)];
      if (child && !told.has(child.pathwayId)) told.set(child.pathwayId, this.#somethingAbout(child));
    }
    await asSystem(this.t, async (tx) => {
      await tx.execute(
        `with locked as (select id from pathway where tenant = $1 and id = any($2::uuid[]) order by id for no key update)
         update pathway p set changed = p.changed + 1, changed_at = $3 from locked l where p.tenant = $1 and p.id = l.id`,
        [TENANT, [...told.keys()], NOW],
      );
      await tx.execute(
        `insert into pathway_event (tenant, pathway_id, referral_id, seq, type, occurred_on, data, recorded_at, recorded_by, recorded_org)
         select $1, "pathwayId", "referralId", seq, type, "occurredOn", data, $3, 'crash', 'ZZ999'
         from jsonb_to_recordset($2) as r ("pathwayId" uuid, "referralId" uuid, seq integer, type text, "occurredOn" date, data jsonb)`,
        [TENANT, JSON.stringify([...told.values()]), NOW],
      );
    });
  }

  #newChild(given?: Reach) {
    const reach: Reach = given ?? this.random.of(REACH);
    const number = String(++this.#numbers).padStart(5, '0');
    if (reach !== 'sibling' || this.#mayNot) this.#phone = `+4477009${number}`;
    this.#mayNot = reach === 'may-not';
    const line = this.random.of(LINES);
    const provider = this.random.of(PROVIDERS);
    // One in ten is new on the list, and owed nothing yet; not where a test says who is to be reached.
    const listedOn = addDays('2026-08-20', this.random.below(10) === 0 && !given ? 95 : -this.random.below(200));
    const priority = this.random.of(['routine', 'routine', 'urgent', 'very-urgent']);
    const details = line === 'mental-health' ? { reason: '05', team: 'A06' } : {};
    const facts = { ageAtReferral: 9, localAuthority: 'E06000061', ...details };
    return {
      person: newId(NOW),
      pathway: newId(NOW),
      referral: newId(NOW),
      contact: newId(NOW),
      line,
      provider,
      listedOn,
      priority,
      mayContact: reach !== 'may-not',
      phone: reach === 'email' || reach === 'nobody' ? null : this.#phone,
      email: reach === 'email' ? `family${number}@example.org` : null,
      data: { provider, receivedOn: listedOn, priority, facts },
    };
  }

  /** Mostly what leaves the child waiting; now and then what ends a wait, moves its start, or takes something back. */
  #somethingAbout(child: Child): Told {
    const seq = ++child.seq;
    const some = (type: string, data: object, occurredOn = addDays(TODAY, -this.random.below(20))): Told => ({
      pathwayId: child.pathwayId,
      referralId: child.referralId,
      seq,
      type,
      occurredOn: occurredOn < child.listedOn ? child.listedOn : occurredOn,
      data,
    });
    const voided = child.contacts.pop();
    if (voided !== undefined) return some('event-voided', { seq: voided, reason: 'told by mistake' }, TODAY);
    switch (this.random.below(12)) {
      case 0: {
        child.contacts.push(seq);
        return some('contact', { attendance: 'attended', mechanism: 'face-to-face', purpose: this.random.of(['assessment', 'treatment']) });
      }
      case 1:
        return some('contact', {
          attendance: 'not-brought',
          mechanism: 'face-to-face',
          purpose: 'assessment',
          appointmentCommunicated: true,
        });
      case 2:
        return some('received-on-corrected', { receivedOn: addDays(child.listedOn, -this.random.below(30)), reason: 'date stamp' }, TODAY);
      case 3:
        return this.random.below(4) === 0 ? some('removed', { reason: 'moved-away' }, TODAY) : some('indirect-activity', {});
      case 4:
      case 5:
        return some('priority-changed', { priority: this.random.of(['routine', 'urgent']) });
      default:
        return some(this.random.of(['appointment-booked', 'information-requested', 'indirect-activity']), {});
    }
  }
}
