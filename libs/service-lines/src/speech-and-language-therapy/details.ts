import { Flag, OneOf, Optional } from '#fields';
import { Column, Entity, PrimaryColumn } from 'typeorm';

const NEEDS = [
  'developmental-language-disorder',
  'speech-sound',
  'stammering',
  'selective-mutism',
  'social-communication',
  'hearing-impairment',
  'voice',
  'dysphagia',
  'cleft',
  'aac',
  'other',
] as const;
const SETTINGS = ['early-years', 'mainstream-school', 'special-school', 'clinic', 'home'] as const;

/** What is asked of speech and language therapy: checked as it comes in, kept as it is. */
@Entity('speech_and_language_therapy_details')
export class SpeechAndLanguageTherapyDetails {
  @OneOf(NEEDS)
  @Column('text')
  need: (typeof NEEDS)[number];

  @Optional()
  @OneOf(SETTINGS)
  @Column('text', { nullable: true })
  setting?: (typeof SETTINGS)[number] | null;

  /** Coughing, choking or chest infections with food or drink: looked at at once. */
  @Optional()
  @Flag()
  @Column('boolean', { name: 'dysphagia_risk' })
  dysphagiaRisk?: boolean;

  @PrimaryColumn('text')
  tenant: string;

  @PrimaryColumn('uuid', { name: 'referral_id' })
  referralId: string;
}
