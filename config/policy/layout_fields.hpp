// The fields of policy images, as they enter the schema hash: two programs that differ in one refuse each other at the
// greeting. Internal to config.
#pragma once

#include <array>
#include <cstddef>

#include "config/policy/common_rules_layout.hpp"
#include "config/policy/content/content_table_layout.hpp"
#include "config/policy/handling.hpp"
#include "config/policy/list_table_layout.hpp"
#include "config/policy/rule_set_layout.hpp"
#include "config/policy/user_shard_layout.hpp"
#include "config/tables/records.hpp"

namespace stirline::config::policy::layout {

using content::layout::ContentHead;
using content::layout::CorpusRow;
using content::layout::TokenLine;
using content::layout::TrunkRow;

inline constexpr std::array kFields{
    tables::Field{"set.units", offsetof(SetHead, units), sizeof(SetHead::units)},
    tables::Field{"set.tails", offsetof(SetHead, tails), sizeof(SetHead::tails)},
    tables::Field{"set.rules", offsetof(SetHead, rules), sizeof(SetHead::rules)},
    tables::Field{"set.first_match", offsetof(SetHead, first_match), sizeof(SetHead::first_match)},
    tables::Field{"set.contacts", offsetof(SetHead, contacts), sizeof(SetHead::contacts)},
    tables::Field{"set.asked", offsetof(SetHead, asked), sizeof(SetHead::asked)},
    tables::Field{"rule.details", offsetof(RuleRow, details), sizeof(RuleRow::details)},
    tables::Field{"rule_tail.texts", offsetof(RuleTail, texts), sizeof(RuleTail::texts)},
    tables::Field{"rule.conditions", offsetof(RuleRow, conditions), sizeof(RuleRow::conditions)},
    tables::Field{"rule_tail.response", offsetof(RuleTail, response), sizeof(RuleTail::response)},
    tables::Field{"rule_tail.limit", offsetof(RuleTail, limit), sizeof(RuleTail::limit)},
    tables::Field{"rule.least_score", offsetof(RuleRow, least_score), sizeof(RuleRow::least_score)},
    tables::Field{"rule.most_score", offsetof(RuleRow, most_score), sizeof(RuleRow::most_score)},
    tables::Field{"rule.handling", offsetof(RuleRow, handling), sizeof(RuleRow::handling)},
    tables::Field{"rule.component", offsetof(RuleRow, component), sizeof(RuleRow::component)},
    tables::Field{"rule.work", offsetof(RuleRow, work), sizeof(RuleRow::work)},
    tables::Field{"rule.flags{notifies,is_limited,has_response}", offsetof(RuleRow, flags), kRuleFlags},
    tables::Field{"rule_tail.text_count", offsetof(RuleTail, text_count), sizeof(RuleTail::text_count)},
    tables::Field{"contact.key", offsetof(ContactRow, key), sizeof(ContactRow::key)},
    tables::Field{"contact.until", offsetof(ContactRow, until), sizeof(ContactRow::until)},
    tables::Field{"contact.result", offsetof(ContactRow, result), sizeof(ContactRow::result)},
    tables::Field{"condition.kind{identity,text,time}", offsetof(ConditionHead, kind), sizeof(ConditionHead::kind)},
    tables::Field{"condition.detail", offsetof(ConditionHead, detail), sizeof(ConditionHead::detail)},
    tables::Field{"condition.second", offsetof(ConditionHead, second), sizeof(ConditionHead::second)},
    tables::Field{"condition.first", offsetof(ConditionHead, first), sizeof(ConditionHead::first)},
    tables::Field{"many.domain", offsetof(ManyHead, domain), sizeof(ManyHead::domain)},
    tables::Field{"many.exceptions", offsetof(ManyHead, exceptions), sizeof(ManyHead::exceptions)},
    tables::Field{"text.kind", offsetof(TextHead, kind), sizeof(TextHead::kind)},
    tables::Field{"text.length", offsetof(TextHead, length), sizeof(TextHead::length)},
    tables::Field{"user.called", offsetof(UserSlot, called), sizeof(UserSlot::called)},
    tables::Field{"user.rules", offsetof(UserSlot, rules), sizeof(UserSlot::rules)},
    tables::Field{"user.facts", offsetof(UserSlot, facts), sizeof(UserSlot::facts)},
    tables::Field{"user.asked", offsetof(UserSlot, asked), sizeof(UserSlot::asked)},
    tables::Field{"shard.secret", offsetof(ShardHead, secret), sizeof(ShardHead::secret)},
    tables::Field{"shard.number", offsetof(ShardHead, number), sizeof(ShardHead::number)},
    tables::Field{"shard.users", offsetof(ShardHead, users), sizeof(ShardHead::users)},
    tables::Field{"common.set", offsetof(CommonRow, set), sizeof(CommonRow::set)},
    tables::Field{"common.layer", offsetof(CommonRow, layer), sizeof(CommonRow::layer)},
    tables::Field{"common.group", offsetof(CommonRow, group), sizeof(CommonRow::group)},
    tables::Field{"common.score_features", offsetof(ScoreSettings, features), sizeof(ScoreSettings::features)},
    tables::Field{"common.score_shares", offsetof(ScoreSettings, shares), sizeof(ScoreSettings::shares)},
    tables::Field{"common.score_half_life", offsetof(ScoreSettings, half_life_minutes), sizeof(ScoreSettings)},
    tables::Field{"common.score_night", offsetof(ScoreSettings, night_from), offsetof(ScoreSettings, night_to)},
    tables::Field{"common.payment_amount", offsetof(PaymentSettings, amount), sizeof(PaymentSettings::amount)},
    tables::Field{"common.payment_minutes", offsetof(PaymentSettings, minutes), sizeof(PaymentSettings::minutes)},
    tables::Field{"common.payment_currency", offsetof(PaymentSettings, currency), sizeof(PaymentSettings::currency)},
    tables::Field{"common.payment_provider", offsetof(PaymentSettings, provider), sizeof(PaymentSettings::provider)},
    tables::Field{"common.payment_key", offsetof(PaymentSettings, key), sizeof(PaymentSettings::key)},
    tables::Field{"lists.secret", offsetof(ListHead, secret), sizeof(ListHead::secret)},
    tables::Field{"lists.lines", offsetof(ListHead, lines), sizeof(ListHead::lines)},
    tables::Field{"lists.slots", offsetof(ListHead, slots), sizeof(ListHead::slots)},
    tables::Field{"lists.entries", offsetof(ListHead, entries), sizeof(ListHead::entries)},
    tables::Field{"lists.prefixes", offsetof(ListHead, prefixes), sizeof(ListHead::prefixes)},
    tables::Field{"lists.ranges", offsetof(ListHead, ranges), sizeof(ListHead::ranges)},
    tables::Field{"lists.marks", offsetof(ListHead, marks), sizeof(ListHead::marks)},
    tables::Field{"lists.origins", offsetof(ListHead, origins), sizeof(ListHead::origins)},
    tables::Field{"lists.claim_score", offsetof(ListHead, claim_score), sizeof(ListHead::claim_score)},
    tables::Field{"lists.learns", offsetof(ListHead, learns), sizeof(ListHead::learns)},
    tables::Field{"list_slot.mixed", offsetof(ListSlot, mixed), sizeof(ListSlot::mixed)},
    tables::Field{"list_slot.until", offsetof(ListSlot, until), sizeof(ListSlot::until)},
    tables::Field{"list_slot.origin", offsetof(ListSlot, origin), sizeof(ListSlot::origin)},
    tables::Field{"list_slot.list", offsetof(ListSlot, list), sizeof(ListSlot::list)},
    tables::Field{"list_marks.until", offsetof(ListMarks, until), sizeof(ListMarks::until)},
    tables::Field{"list_marks.origin", offsetof(ListMarks, origin), sizeof(ListMarks::origin)},
    tables::Field{"list_marks.lists", offsetof(ListMarks, lists), sizeof(ListMarks::lists)},
    tables::Field{"content.secret", offsetof(ContentHead, secret), sizeof(ContentHead::secret)},
    tables::Field{"content.corpora", offsetof(ContentHead, corpora), sizeof(ContentHead::corpora)},
    tables::Field{"content.lines", offsetof(ContentHead, lines), sizeof(ContentHead::lines)},
    tables::Field{"content.tokens", offsetof(ContentHead, tokens), sizeof(ContentHead::tokens)},
    tables::Field{"content.trunks", offsetof(ContentHead, trunks), sizeof(ContentHead::trunks)},
    tables::Field{"content_trunk.corpus", offsetof(TrunkRow, corpus), sizeof(TrunkRow)},
    tables::Field{"content.fewest", offsetof(ContentHead, fewest_trained), sizeof(ContentHead::fewest_trained)},
    tables::Field{"content.bulk_from", offsetof(ContentHead, bulk_from), sizeof(ContentHead::bulk_from)},
    tables::Field{"content.bulk_points", offsetof(ContentHead, bulk_points), sizeof(ContentHead::bulk_points)},
    tables::Field{"content.url_points", offsetof(ContentHead, url_points), sizeof(ContentHead::url_points)},
    tables::Field{"content.half_life", offsetof(ContentHead, half_life), sizeof(ContentHead::half_life)},
    tables::Field{"corpus.name", offsetof(CorpusRow, name), sizeof(CorpusRow::name)},
    tables::Field{"corpus.first_line", offsetof(CorpusRow, first_line), sizeof(CorpusRow::first_line)},
    tables::Field{"corpus.lines", offsetof(CorpusRow, lines), sizeof(CorpusRow::lines)},
    tables::Field{"corpus.spam", offsetof(CorpusRow, spam), sizeof(CorpusRow::spam)},
    tables::Field{"corpus.ham", offsetof(CorpusRow, ham), sizeof(CorpusRow::ham)},
    tables::Field{"token_line{48 bits key, 16 share}", content::layout::kMostSteps, sizeof(TokenLine)},
    tables::Field{"lists", kLists, kKeyKinds},
    tables::Field{"facts", kFacts, kHandlings * 256 + kComponents},
};

}  // namespace stirline::config::policy::layout
