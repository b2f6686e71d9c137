import { Code, Day, EachOneOf, Email, Flag, NhsNumberField, OdsCode, OneOf, Optional, Part, Parts, Phone, Postcode, Text } from '#fields';
import { GP_PRACTICE_CODE, LOCAL_AUTHORITY_CODE } from '#kernel';
import { SERVICE_LINE_CODES } from '#service-lines';
import { ApiProperty } from '@nestjs/swagger';
import { Allow } from 'class-validator';

export const PRIORITIES = ['routine', 'urgent', 'very-urgent', 'emergency'] as const;
export const SOURCES_OF_REFERRAL = [
  'gp',
  'self',
  'carer',
  'health-visitor',
  'school-nurse',
  'education',
  'community-paediatrics',
  'hospital',
  'social-care',
  'other-ahp',
  'mental-health',
  'voluntary',
  'other',
] as const;
const CONTACT_ROLES = ['parent', 'young-person', 'foster-carer', 'social-worker', 'professional'] as const;
const CHANNELS = ['sms', 'email', 'phone', 'letter'] as const;
const ETHNIC_CATEGORIES = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'L', 'M', 'N', 'P', 'R', 'S', 'Z', '99'] as const;

/** Where a referral came from, in the words of the system that holds it. One number there is one referral here. */
export class SourceDto {
  @Text(60)
  system: string;

  @Text(120)
  id: string;
}

export class PersonDto {
  @Optional()
  @NhsNumberField()
  nhsNumber?: string | null;

  @Text(100)
  givenName: string;

  @Text(100)
  familyName: string;

  @Day()
  birthDate: string;

  @Optional()
  @OneOf(['female', 'male', 'other', 'unknown'])
  sex?: string | null;

  @Optional()
  @Postcode()
  postcode?: string | null;

  /** Council of residence. */
  @Optional()
  @Code(LOCAL_AUTHORITY_CODE, 'a council code such as E06000061')
  localAuthority?: string | null;

  /** Placing council of a looked-after child, where it is another. */
  @Optional()
  @Code(LOCAL_AUTHORITY_CODE, 'a council code such as E06000061')
  responsibleLocalAuthority?: string | null;

  @Optional()
  @Code(GP_PRACTICE_CODE, 'a GP practice: a capital and five digits')
  gpPractice?: string | null;

  @Optional()
  @Text(20)
  school?: string | null;

  @Optional()
  @OneOf(ETHNIC_CATEGORIES)
  ethnicCategory?: string | null;

  @Optional()
  @OneOf(['none', 'sen-support', 'ehc-plan'])
  sen?: string | null;

  @Optional()
  @OneOf(['none', 'child-in-need', 'child-protection', 'looked-after', 'care-leaver'])
  socialCare?: string | null;

  @Optional()
  @Flag()
  protectedAddress?: boolean | null;

  /** Lines the family must not learn of. */
  @Optional()
  @EachOneOf(SERVICE_LINE_CODES)
  confidentialFromFamily?: string[] | null;

  @Optional()
  @Text(40)
  interpreterLanguage?: string | null;
}

export class ContactDto {
  @Text(200)
  name: string;

  @Text(60)
  relationship: string;

  @Optional()
  @OneOf(CONTACT_ROLES)
  role?: string | null;

  @Optional()
  @Flag()
  parentalResponsibility?: boolean | null;

  @Optional()
  @Text(60)
  household?: string | null;

  @Flag()
  mayContact: boolean;

  /** Lines this contact may know of; left out = all. */
  @Optional()
  @EachOneOf(SERVICE_LINE_CODES)
  mayKnowOf?: string[] | null;

  @Optional()
  @Phone()
  phone?: string | null;

  @Optional()
  @Email()
  email?: string | null;

  @Optional()
  @OneOf(CHANNELS)
  preferredChannel?: string | null;

  @Optional()
  @Text(20)
  language?: string | null;

  @Optional()
  @Text(60)
  format?: string | null;

  @Optional()
  @Day()
  validTo?: string | null;
}

/** A referral as a provider tells it. `details` is checked by the class of its line. */
export class NewReferral {
  @OneOf(SERVICE_LINE_CODES)
  service: string;

  @OdsCode()
  provider: string;

  @Part(() => SourceDto)
  source: SourceDto;

  /** Day the request was received by the first provider, or null where nobody knows: the clock starts here, not at triage. */
  @Optional()
  @Day()
  receivedOn?: string | null;

  @Optional()
  @Day()
  authoredOn?: string | null;

  @OneOf(PRIORITIES)
  priority: (typeof PRIORITIES)[number];

  @OneOf(SOURCES_OF_REFERRAL)
  sourceOfReferral: string;

  @Part(() => PersonDto)
  person: PersonDto;

  @Optional()
  @Parts(() => ContactDto)
  contacts?: ContactDto[] | null;

  @ApiProperty({ type: Object, description: 'What is asked of the service; its fields are those of the line' })
  @Allow()
  details: object;
}

/** What may be mended in a referral that is held. Days are mended by events. */
export class ReferralPatch {
  @Optional()
  @Allow()
  details?: object | null;

  @Optional()
  @OneOf(SOURCES_OF_REFERRAL)
  sourceOfReferral?: string | null;

  @Optional()
  @Day()
  authoredOn?: string | null;
}

export class ContactsDto {
  @Parts(() => ContactDto)
  contacts: ContactDto[];
}
