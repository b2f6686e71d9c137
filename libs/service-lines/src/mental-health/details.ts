import { Code, Flag, OneOf, Optional } from '#fields';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** PRIMARY REASON FOR REFERRAL (MENTAL HEALTH): 01 to 31, 17 not used. */
const REASONS = Array.from({ length: 31 }, (_, i) => String(i + 1).padStart(2, '0')).filter((code) => code !== '17');

/** What is asked of children's mental health: checked as it comes in, kept as it is. */
@Entity('mental_health_details')
export class MentalHealthDetails {
  @OneOf(REASONS)
  @Column('text')
  reason: string;

  /** SERVICE OR TEAM TYPE REFERRED TO (MENTAL HEALTH). */
  @Code(/^[A-Z]\d{2}$/, 'a team type such as A06')
  @Column('text')
  team: string;

  /** The referrer is worried about the child's safety. */
  @Optional()
  @Flag()
  @Column('boolean', { name: 'risk_concern' })
  riskConcern?: boolean;

  @PrimaryColumn('text')
  tenant: string;

  @PrimaryColumn('uuid', { name: 'referral_id' })
  referralId: string;
}
