import { DUPLICATE_STATES, type DuplicateState } from '#duplicates';
import { Code, Day, OneOf, Optional, Text } from '#fields';
import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, Matches } from 'class-validator';
import { PageQuery } from '../http/page.js';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export class DuplicateListQuery extends PageQuery {
  /** Left out: those nobody has decided about. */
  @Optional()
  @OneOf(DUPLICATE_STATES)
  state?: DuplicateState;
}

export class JoinDto {
  /** The record whose name, birth date and other details stand. */
  @Code(ID, 'the personId of one of the two')
  keep: string;

  /** How it was found out that they are one child. */
  @Text(2_000)
  reason: string;
}

export class KeepApartDto {
  @Text(2_000)
  reason: string;
}

export class UndoDto {
  @Text(2_000)
  reason: string;

  /** Of the referrals that came since the join, those of the child that was joined. Must be said where some came. */
  @Optional()
  @ApiProperty({ type: String, format: 'uuid', isArray: true, required: false })
  @IsArray({ message: 'must be a list' })
  @ArrayMaxSize(100, { message: 'must hold at most 100' })
  @Matches(ID, { each: true, message: 'must be a list of ids of referrals' })
  ofOther?: string[];
}

export class DecideDisputeDto {
  /** The one that was found to be right. */
  @Day()
  birthDate: string;

  /** How it was found out. */
  @Text(2_000)
  reason: string;
}
