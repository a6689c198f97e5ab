// The reference files: they load, they hold every option the loaders know, and what they say of defaults is true.
#include <algorithm>
#include <cstdlib>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "config/control_config.hpp"
#include "config/dataplane_config.hpp"
#include "tests/unit/config/temporary_file.hpp"
#include "tests/unit/test_data.hpp"

namespace stirline::config::reference_test {
namespace {

std::filesystem::path reference(const char* name) {
  const char* const source = std::getenv("STIRLINE_SOURCE");
  return std::filesystem::path(source == nullptr ? "." : source) / "config/reference" / name;
}

// The options in `file`, commented out or not: "trunk[].peers".
std::set<std::string> options_in(const std::filesystem::path& file) {
  std::set<std::string> options;
  std::istringstream lines(stirline::test::read_file(file));
  std::string table;
  std::set<std::string> arrays;
  // [[regime.priority]] stands below [[regime]], and [trunk.answer] below [[trunk]]: in each of an array.
  const auto below = [&](std::string name) {
    const std::size_t dot = name.find('.');
    return dot != std::string::npos && arrays.contains(name.substr(0, dot)) ? name.insert(dot, "[]") : name;
  };
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("#") && !line.starts_with("# ")) {
      line.erase(0, 1);
    }
    const std::size_t end = line.find(" = ");
    if (line.starts_with("[[")) {
      table = below(line.substr(2, line.find(']') - 2)) + "[].";
      arrays.insert(table.substr(0, table.size() - 3));
    } else if (line.starts_with("[")) {
      table = below(line.substr(1, line.find(']') - 1)) + ".";
    } else if (!line.starts_with("#") && end != std::string::npos) {
      options.insert(table + line.substr(0, end));
    }
  }
  return options;
}

// The reference with what is commented out put in.
std::string with_everything(const std::filesystem::path& file) {
  std::istringstream lines(stirline::test::read_file(file));
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    const bool is_option = line.starts_with("#") && line.contains(" = ") && !line.starts_with("# ");
    text += line.substr(is_option ? 1 : 0) + "\n";
  }
  return text;
}

void expect_all(const std::vector<std::string>& known, const std::set<std::string>& written) {
  EXPECT_FALSE(known.empty());
  for (const std::string& option : known) {
    EXPECT_TRUE(written.contains(option)) << option << " is missing in the reference file";
  }
  for (const std::string& option : written) {
    EXPECT_TRUE(std::ranges::binary_search(known, option)) << option << " is unknown to the loader";
  }
}

TEST(Reference, HoldsEveryOptionOfTheDataPlane) {
  expect_all(dataplane_options(), options_in(reference("stirlined.toml")));
}

TEST(Reference, HoldsEveryOptionOfControl) {
  expect_all(control_options(), options_in(reference("stirline-control.toml")));
}

TEST(Reference, DataPlaneLoadsAndItsDefaultsAreTrue) {
  const auto loaded = load_dataplane_config(reference("stirlined.toml"));
  ASSERT_TRUE(loaded) << to_string(loaded.error().front());
  const DataplaneConfig defaults;
  EXPECT_EQ(loaded->socket, defaults.socket);
  EXPECT_EQ(loaded->element_id, defaults.element_id);
  EXPECT_EQ(loaded->origid_key_file, defaults.origid_key_file);
  EXPECT_EQ(loaded->log_level, defaults.log_level);
  EXPECT_EQ(loaded->engine, defaults.engine);
  EXPECT_EQ(loaded->memory.hugepages, defaults.memory.hugepages);
  EXPECT_EQ(loaded->memory.megabytes, defaults.memory.megabytes);
  EXPECT_EQ(loaded->memory.packets, defaults.memory.packets);
  EXPECT_EQ(loaded->cores.main, defaults.cores.main);
  EXPECT_EQ(loaded->cores.idle, defaults.cores.idle);
  EXPECT_EQ(loaded->cores.idle_max_us, defaults.cores.idle_max_us);
  EXPECT_EQ(loaded->limits.parked, defaults.limits.parked);
  EXPECT_EQ(loaded->limits.job_deadline_us, defaults.limits.job_deadline_us);
  EXPECT_EQ(loaded->limits.reasons, defaults.limits.reasons);
  EXPECT_EQ(loaded->limits.signed_kib, defaults.limits.signed_kib);
  EXPECT_EQ(loaded->limits.transactions, defaults.limits.transactions);
  EXPECT_EQ(loaded->limits.tokens, defaults.limits.tokens);
  EXPECT_EQ(loaded->limits.sources, defaults.limits.sources);
  EXPECT_EQ(loaded->limits.large_buffers, defaults.limits.large_buffers);
  EXPECT_EQ(loaded->limits.reassemblies, defaults.limits.reassemblies);
  EXPECT_EQ(loaded->limits.reassemblies_per_source, defaults.limits.reassemblies_per_source);
  EXPECT_EQ(loaded->limits.reassembly_timeout_ms, defaults.limits.reassembly_timeout_ms);
  EXPECT_EQ(loaded->bad_input.truncated, defaults.bad_input.truncated);
  EXPECT_EQ(loaded->bad_input.checksum, defaults.bad_input.checksum);
  EXPECT_EQ(loaded->bad_input.overlapping_fragments, defaults.bad_input.overlapping_fragments);
  EXPECT_EQ(loaded->bad_input.fragments, defaults.bad_input.fragments);
  EXPECT_EQ(loaded->bad_input.malformed_sip, defaults.bad_input.malformed_sip);
  EXPECT_EQ(loaded->records.enabled, defaults.records.enabled);
  EXPECT_EQ(loaded->records.queue_kib, defaults.records.queue_kib);
  ASSERT_EQ(loaded->ports.size(), 2U);
  const PortConfig port;
  EXPECT_EQ(loaded->ports[0].kind, port.kind);
  EXPECT_EQ(loaded->ports[0].mtu, port.mtu);
  EXPECT_EQ(loaded->ports[0].descriptors, port.descriptors);
}

TEST(Reference, ControlLoadsAndItsDefaultsAreTrue) {
  const auto loaded = load_control_config(reference("stirline-control.toml"));
  ASSERT_TRUE(loaded) << to_string(loaded.error().front());
  const ControlConfig defaults;
  EXPECT_EQ(loaded->socket, defaults.socket);
  EXPECT_EQ(loaded->dataplane_socket, defaults.dataplane_socket);
  EXPECT_EQ(loaded->log_level, defaults.log_level);
  EXPECT_EQ(loaded->trust.crls, defaults.trust.crls);
  ASSERT_EQ(loaded->regimes.size(), 1U);
  for (const RegimeConfig* regime : {&loaded->trust, &loaded->regimes[0]}) {
    EXPECT_EQ(regime->rules.profile, defaults.trust.rules.profile);
    EXPECT_EQ(regime->rules.domains, defaults.trust.rules.domains);
    EXPECT_EQ(regime->rules.spc_delegates_numbers, defaults.trust.rules.spc_delegates_numbers);
    EXPECT_EQ(regime->rules.revocation_required, defaults.trust.rules.revocation_required);
    EXPECT_EQ(regime->priorities.size(), 1U);
  }
  EXPECT_EQ(loaded->fetch, defaults.fetch);
  EXPECT_EQ(loaded->repository, defaults.repository);
  EXPECT_EQ(loaded->records, defaults.records);
  EXPECT_EQ(loaded->metrics, defaults.metrics);
  ContentConfig content = loaded->content;
  EXPECT_EQ(content.corpora, (std::vector<ContentCorpus>{{.name = "tenant", .trunks = {}}}));
  content.corpora.clear();
  EXPECT_EQ(content, defaults.content);
  ASSERT_EQ(loaded->trunks.size(), 1U);
  const tables::Trunk trunk;
  const tables::Trunk& shown = loaded->trunks[0];
  EXPECT_EQ(shown.side, trunk.side);
  EXPECT_EQ(shown.role, trunk.role);
  EXPECT_EQ(shown.ports, (std::vector<std::uint16_t>{5060}));
  EXPECT_EQ(shown.trusted, trunk.trusted);
  EXPECT_EQ(shown.unknown_attest, trunk.unknown_attest);
  EXPECT_EQ(shown.sign_calls, trunk.sign_calls);
  EXPECT_EQ(shown.sign_messages, trunk.sign_messages);
  EXPECT_EQ(shown.sign_diversions, trunk.sign_diversions);
  EXPECT_EQ(shown.trust_domain, trunk.trust_domain);
  EXPECT_EQ(shown.attestation_info, trunk.attestation_info);
  EXPECT_EQ(shown.sign_rich_call_data, trunk.sign_rich_call_data);
  EXPECT_EQ(shown.new_per_second, trunk.new_per_second);
  EXPECT_EQ(shown.new_burst, trunk.new_burst);
  EXPECT_EQ(shown.answers, trunk.answers);
  EXPECT_EQ(shown.tell_reasons, trunk.tell_reasons);
  EXPECT_EQ(shown.largest_message, trunk.largest_message);
  EXPECT_EQ(shown.attest_at_most, trunk.attest_at_most);
  EXPECT_EQ(shown.unsigned_destinations, trunk.unsigned_destinations);
  EXPECT_EQ(shown.priorities, trunk.priorities);
  EXPECT_EQ(shown.diverted_seconds, trunk.diverted_seconds);
  EXPECT_EQ(shown.certificate_wait_ms, trunk.certificate_wait_ms);
  EXPECT_EQ(shown.insert_at, trunk.insert_at);
  EXPECT_EQ(shown.originator, trunk.originator);
  EXPECT_EQ(shown.profile, trunk.profile);
  EXPECT_EQ(shown.too_large, trunk.too_large);
  EXPECT_EQ(shown.fresh_seconds, trunk.fresh_seconds);
  EXPECT_EQ(shown.future_seconds, trunk.future_seconds);
  EXPECT_EQ(shown.date_seconds, trunk.date_seconds);
  EXPECT_EQ(shown.country_code, trunk.country_code);
  EXPECT_EQ(shown.national_prefix, trunk.national_prefix);
  EXPECT_EQ(shown.international_prefix, trunk.international_prefix);
  EXPECT_EQ(shown.routing_prefix, trunk.routing_prefix);
  EXPECT_EQ(shown.national_digits, trunk.national_digits);
  EXPECT_EQ(shown.accept_bare_digits, trunk.accept_bare_digits);
  EXPECT_EQ(shown.accept_leading_plus, trunk.accept_leading_plus);
  ASSERT_EQ(loaded->numbers.size(), 2U);
  EXPECT_EQ(loaded->numbers[0].attest, NumberRangeConfig().attest);
}

TEST(Reference, CommentedOptionsAreGoodToo) {
  const test::TemporaryFile dataplane("d.toml", test::replaced(stirline::test::read_file(reference("stirlined.toml")),
                                                               "#origid_key_file", "origid_key_file"));
  const auto loaded = load_dataplane_config(dataplane.path());
  EXPECT_TRUE(loaded) << to_string(loaded.error().front());
  const std::string attested = test::replaced(with_everything(reference("stirline-control.toml")),
                                              "unknown_attest = \"none\"", "unknown_attest = \"C\"");
  const test::TemporaryFile control("c.toml", test::replaced(attested, "priorities = []", "priorities = [\"ets\"]"));
  const auto other = load_control_config(control.path());
  EXPECT_TRUE(other) << to_string(other.error().front());
}

}  // namespace
}  // namespace stirline::config::reference_test
