#include "config/policy/common_rules.hpp"

#include <algorithm>
#include <cstring>

#include "config/policy/common_rules_layout.hpp"
#include "config/policy/rule_set_layout.hpp"
#include "config/tables/image_reader.hpp"
#include "config/tables/image_writer.hpp"

namespace stirline::config::policy {
namespace {

using layout::CommonRow;
using tables::ImageReader;
using tables::TableKind;

struct NamedSet {
  Layer layer = Layer::none;
  std::size_t group = 0;
  std::span<const std::byte> octets;
};

std::vector<NamedSet> in_order(const CommonSets& sets) {
  std::vector<NamedSet> named{{Layer::legal, 0, sets.legal}, {Layer::operator_hard, 0, sets.operator_hard}};
  for (std::size_t group = 0; group < kUserGroups; ++group) {
    named.push_back({Layer::group_default, group, sets.group_default[group]});
  }
  named.push_back({Layer::operator_soft, 0, sets.operator_soft});
  std::erase_if(named, [](const NamedSet& set) { return set.octets.empty(); });
  return named;
}

RuleSet read_set(ImageReader& reader, const CommonRow& row) {
  const std::span<const std::byte> octets = reader.octets(row.set, "set");
  if (reader.failed()) {
    return {};
  }
  const auto set = RuleSet::open(octets);
  reader.require(set.has_value(), "set", set ? "" : set.error());
  reader.require(set.has_value() && set->octets() == octets.size(), "set", "does not fill its place");
  return set.value_or(RuleSet());
}

}  // namespace

tables::Image encode_common_rules(const CommonSets& sets, const KeySecret& secret, const ScoreSettings& settings,
                                  const PaymentSettings& payment) {
  const std::vector<NamedSet> named = in_order(sets);
  std::size_t pool = secret.size() + sizeof(layout::ScoreBlock) + sizeof(payment);
  for (const NamedSet& set : named) {
    pool += set.octets.size();
  }
  tables::ImageWriter<CommonRow> writer(TableKind::common_rules, named.size(), pool);
  writer.put(std::as_bytes(std::span(secret)));
  const layout::ScoreBlock block{.settings = settings};
  writer.put(std::as_bytes(std::span(&block, 1)));
  writer.put(std::as_bytes(std::span(&payment, 1)));
  for (const NamedSet& set : named) {
    writer.add({.set = writer.put(set.octets),
                .layer = static_cast<std::uint8_t>(set.layer),
                .group = static_cast<std::uint8_t>(set.group)});
  }
  return writer.take();
}

std::expected<CommonRules, tables::TableError> CommonRules::open(tables::ImageView image) {
  ImageReader reader(image, TableKind::common_rules, sizeof(CommonRow));
  CommonRules rules;
  const auto secret = reader.octets({0, static_cast<std::uint32_t>(rules.secret_.size())}, "secret");
  if (!reader.failed()) {
    std::memcpy(rules.secret_.data(), secret.data(), secret.size());
  }
  const auto settings =
      reader.octets({static_cast<std::uint32_t>(rules.secret_.size()), sizeof(layout::ScoreBlock)}, "score settings");
  if (!reader.failed()) {
    layout::ScoreBlock block;
    std::memcpy(&block, settings.data(), sizeof(block));
    reader.zero(block.reserved);
    rules.settings_ = block.settings;
    const std::string_view mistake = mistake_in(rules.settings_);
    reader.require(mistake.empty(), "score settings", "cannot be used: " + std::string(mistake));
  }
  const auto payment = reader.octets(
      {static_cast<std::uint32_t>(rules.secret_.size() + sizeof(layout::ScoreBlock)), sizeof(PaymentSettings)},
      "payment");
  if (!reader.failed()) {
    std::memcpy(&rules.payment_, payment.data(), payment.size());
    const std::string_view mistake = mistake_in(rules.payment_);
    reader.require(mistake.empty(), "payment", "cannot be used: " + std::string(mistake));
  }
  std::pair<std::uint8_t, std::uint8_t> before{};
  for (std::size_t i = 0; i < reader.records() && !reader.failed(); ++i) {
    const auto row = reader.record<CommonRow>(i);
    reader.zero(row.reserved);
    const auto layer = reader.enumerator<Layer>(row.layer, Layer::operator_soft, "layer");
    const bool by_group = layer == Layer::group_default;
    reader.require(layer != Layer::user, "layer", "is that of users");
    reader.require(row.group < kUserGroups && (by_group || row.group == 0), "group", "is none");
    reader.require(i == 0 || std::pair(row.layer, row.group) > before, "layer", "is out of order");
    before = {row.layer, row.group};
    RuleSet set = read_set(reader, row);
    if (!reader.failed()) {
      rules.asked_ |= set.asked();
      rules.empty_ = rules.empty_ && set.rules() == 0;
      (by_group ? rules.groups_[row.group] : rules.layers_[row.layer]) = set;
    }
  }
  reader.finish();
  if (reader.failed()) {
    return reader.error();
  }
  return rules;
}

}  // namespace stirline::config::policy
