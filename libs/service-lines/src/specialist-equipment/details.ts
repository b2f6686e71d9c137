import { OneOf, Optional } from '#fields';
import { Column, Entity, PrimaryColumn } from 'typeorm';

const CATEGORIES = [
  'wheelchair',
  'seating',
  'standing-frame',
  'walking-aid',
  'orthotics',
  'prosthetics',
  'aac-device',
  'hoist',
  'bed',
  'other',
] as const;
const NEED_LEVELS = ['low', 'medium', 'high', 'specialist'] as const;

/** What is asked of specialist equipment: checked as it comes in, kept as it is. */
@Entity('specialist_equipment_details')
export class SpecialistEquipmentDetails {
  @OneOf(CATEGORIES)
  @Column('text')
  category: (typeof CATEGORIES)[number];

  @Optional()
  @OneOf(NEED_LEVELS)
  @Column('text', { name: 'need_level', nullable: true })
  needLevel?: (typeof NEED_LEVELS)[number] | null;

  @PrimaryColumn('text')
  tenant: string;

  @PrimaryColumn('uuid', { name: 'referral_id' })
  referralId: string;
}
