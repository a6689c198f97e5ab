#include "config/control_config.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "config/number_plan.hpp"
#include "config/option_rules.hpp"
#include "config/toml_reader.hpp"
#include "config/trunk_config.hpp"

namespace stirline::config {
namespace {

using tables::Trunk;

constexpr TextRule kX5uRule{
    "an https URL of at most 512 characters, port 443 or 8443, without user, query and fragment", is_x5u};

// One place on the wire may belong to one trunk only.
class PeerPlaces {
 public:
  void add(Section& section, const Trunk& trunk) {
    for (const IpPrefix& peer : trunk.peers) {
      for (const std::uint16_t port : trunk.ports) {
        const std::string place = trunk.pair + (trunk.side == tables::Side::a ? " a " : " b ") + to_string(peer) +
                                  " port " + std::to_string(port);
        const auto [before, is_new] = owners_.emplace(place, trunk.name);
        if (!is_new && before->second != trunk.name) {
          section.fail("peers", "prefix and port of no other trunk on this side (trunk " + before->second + " has it)",
                       to_string(peer) + " port " + std::to_string(port));
        }
      }
    }
  }

 private:
  std::map<std::string, std::string> owners_;
};

// Either `prefix`, or `first` with or without `last`.
void read_interval(Section& section, NumberRangeConfig& range) {
  std::string prefix;
  std::string first;
  std::string last;
  const bool has_prefix = section.text("prefix", prefix, kNumberRule);
  const bool has_first = section.text("first", first, kNumberRule);
  const bool has_last = section.text("last", last, kNumberRule);
  if (section.has("prefix") == section.has("first")) {
    section.fail("prefix", "either prefix or first", section.has("prefix") ? "both" : "");
    return;
  }
  if (section.has("prefix") && section.has("last")) {
    section.fail("last", "last only together with first", "prefix and last");
    return;
  }
  if (has_prefix) {
    range.start = prefix;
  } else if (has_first && !section.has("last")) {
    range.start = first;
    range.count = 1;
  } else if (has_first && has_last) {
    if (last.size() != first.size() || last < first) {
      section.fail("last", "a number of as many digits as first, not before it", last);
      return;
    }
    range.start = first;
    range.count = digits_value(last) - digits_value(first) + 1;
  }
}

NumberRangeConfig read_numbers(Section& section) {
  NumberRangeConfig range;
  range.line = section.line();
  section.texts("trunks", range.trunks, kNameRule);
  read_interval(section, range);
  section.choice<char>("attest", range.attest, kAttests);
  section.text("credential", range.credential, kNameRule, range.attest == '-' ? Need::optional : Need::required);
  if (range.attest == '-' && section.has("credential")) {
    section.fail("credential", "no credential where attest is none", range.credential);
  }
  section.text("tenant", range.tenant, kNameRule);
  return range;
}

constexpr TextRule kIconRule{"an https URL of at most 512 characters",
                             [](std::string_view text) { return text.starts_with("https://") && is_uri_text(text); }};

void read_rich_call_data(Section& section, RichCallConfig& shown) {
  section.text("display_name", shown.display_name, kShownRule);
  section.text("call_reason", shown.call_reason, kShownRule);
  section.text("icon", shown.icon, kIconRule);
  section.path("icon_file", shown.icon_file, shown.icon.empty() ? Need::optional : Need::required);
  if (!shown.icon.empty() && shown.display_name.empty()) {
    section.fail("icon", "display_name beside it", shown.icon);
  }
  if (shown.icon.empty() && !shown.icon_file.empty()) {
    section.fail("icon_file", "icon beside it", shown.icon_file.string());
  }
}

CredentialConfig read_credential(Section& section) {
  CredentialConfig credential;
  credential.line = section.line();
  section.text("name", credential.name, kNameRule, Need::required);
  section.path("key", credential.key, Need::required);
  section.path("chain", credential.chain, Need::required);
  section.text("x5u", credential.x5u, kX5uRule, Need::required);
  section.text("tenant", credential.tenant, kNameRule);
  read_rich_call_data(section, credential.rich_call_data);
  return credential;
}

X5uFileConfig read_x5u(Section& section) {
  X5uFileConfig x5u;
  x5u.line = section.line();
  section.text("url", x5u.url, kX5uRule, Need::required);
  section.path("file", x5u.file, Need::required);
  return x5u;
}

class Reader {
 public:
  Reader(TomlFile& file, ControlConfig& config) : root_(file.root()), config_(config) {
    read_socket_path(root_, "socket", config.socket);
    read_socket_path(root_, "dataplane_socket", config.dataplane_socket);
    root_.word("log_level", config.log_level, kLogLevels);
    read_credentials();
    read_regimes();
    read_trunks();
    read_number_ranges();
    check_anchors();
    read_x5u_files();
    read_cards();
    Section fetch = root_.table("fetch");
    read_fetch(fetch, config.fetch);
    if (!config.fetch.enabled) {
      for (Trunk& trunk : config.trunks) {
        trunk.certificate_wait_ms = 0;  // nothing would come
      }
    }
    Section repository = root_.table("repository");
    read_repository(repository, config.repository);
    Section records = root_.table("records");
    read_record_keeping(records, config.records);
    Section metrics = root_.table("metrics");
    read_metrics(metrics, config.metrics);
    Section clock = root_.table("clock");
    read_clock(clock, config.clock);
    Section xcap = root_.table("xcap");
    read_xcap(xcap, config.xcap);
    Section policy = root_.table("policy");
    read_policy(policy, config.policy);
    Section lists = root_.table("lists");
    read_lists(lists, config.lists);
    read_content_of_trunks(config.content);
    Section payment = root_.table("payment");
    read_payment(payment, config.payment);
    Section feedback = root_.table("feedback");
    read_feedback(feedback, config.feedback);
    Section notices = root_.table("notices");
    read_notices(notices, config.notices);
    Section statistics = root_.table("statistics");
    read_statistics(statistics, config.statistics);
    file.report_unknown();
  }

 private:
  void read_credentials() {
    for (Section& section : root_.tables("credential")) {
      config_.credentials.push_back(read_credential(section));
      credentials_.add(section, "name", config_.credentials.back().name);
    }
  }

  // Behind the trunks, which it names.
  void read_content_of_trunks(ContentConfig& config) {
    Section section = root_.table("content");
    NameSet names("a corpus name");
    std::set<std::string> seen;
    std::vector<Section> corpora = read_content(section, config);
    for (std::size_t i = 0; i < corpora.size(); ++i) {
      names.add(corpora[i], "name", config.corpora[i].name);
      for (const std::string& trunk : config.corpora[i].trunks) {
        if (!trunks_.contains(trunk) || !seen.insert(trunk).second) {
          corpora[i].fail("trunks", "names of a [[trunk]], each once", trunk);
        }
      }
    }
  }

  void read_trunks() {
    PeerPlaces places;
    for (Section& section : root_.tables("trunk")) {
      Trunk& trunk = config_.trunks.emplace_back(read_trunk(section));
      trunk.regime = regime_of(section);
      trunks_.add(section, "name", trunk.name);
      places.add(section, trunk);
      check_credential(section, "unknown_credential", trunk.unknown_credential, {});
      check_credential(section, "priority_credential", trunk.priority_credential, {});
    }
  }

  void read_number_ranges() {
    std::vector<Section> sections = root_.tables("numbers");
    for (Section& section : sections) {
      const NumberRangeConfig& range = config_.numbers.emplace_back(read_numbers(section));
      check_credential(section, "credential", range.credential, range.tenant);
      std::set<std::string> seen;
      for (const std::string& name : range.trunks) {
        if (!trunks_.contains(name) || !seen.insert(name).second) {
          section.fail("trunks", "names of a [[trunk]], each once", name);
        }
      }
    }
    for (const NumberConflict& conflict : find_conflicts(config_.numbers)) {
      const NumberRangeConfig& other = config_.numbers[conflict.other];
      sections[conflict.index].fail(
          config_.numbers[conflict.index].count == 0 ? "prefix" : "first",
          "numbers that no range of the same size holds already (line " + std::to_string(other.line) + ")",
          config_.numbers[conflict.index].start);
    }
  }

  void read_regimes() {
    Section trust = root_.table("trust");
    anchors_good_ = read_regime_options(trust, config_.trust);
    for (Section& section : root_.tables("regime")) {
      RegimeConfig& regime = config_.regimes.emplace_back();
      regime.name.clear();
      section.text("name", regime.name, kNameRule, Need::required);
      if (regime.name == kDefaultRegimeName) {
        section.fail("name", "another name, for the regime of [trust] is called so", regime.name);
      }
      regimes_.add(section, "name", regime.name);
      const bool anchors_good = read_regime_options(section, regime);
      if (!section.has("anchors") || (anchors_good && regime.anchors.empty())) {
        section.fail("anchors", "a list of PEM files", section.has("anchors") ? "an empty list" : "");
      }
    }
    if (config_.regime_count() > kMaxRegimes) {
      root_.fail("regime", "at most " + std::to_string(kMaxRegimes - 1) + " regimes",
                 std::to_string(config_.regimes.size()));
    }
  }

  // The index of the regime that a trunk names.
  std::uint16_t regime_of(Section& section) {
    std::string name = kDefaultRegimeName;
    section.text("regime", name, kNameRule);
    for (std::size_t i = 0; i < config_.regime_count(); ++i) {
      if (config_.regime(i).name == name) {
        return static_cast<std::uint16_t>(i);
      }
    }
    section.fail("regime", "the name of a [[regime]], or default", name);
    return 0;
  }

  void check_anchors() {
    Section trust = root_.table("trust");
    const auto needs_anchors = [](const Trunk& trunk) {
      return trunk.regime == 0 && (trunk.role == tables::Role::verify || trunk.role == tables::Role::both);
    };
    const auto verifying = std::ranges::find_if(config_.trunks, needs_anchors);
    const bool is_empty = anchors_good_ && config_.trust.anchors.empty();
    if (verifying != config_.trunks.end() && (is_empty || !trust.has("anchors"))) {
      trust.fail("anchors", "a list of PEM files, as trunk " + verifying->name + " verifies",
                 is_empty ? "an empty list" : "");
    }
  }

  void read_x5u_files() {
    NameSet urls("a URL");
    for (Section& section : root_.tables("x5u")) {
      config_.x5u_files.push_back(read_x5u(section));
      urls.add(section, "url", config_.x5u_files.back().url);
    }
  }

  // What a card is called by is the path of its URL: that of a chain, or of another card, is taken.
  void read_cards() {
    std::set<std::string_view> paths;
    for (const CredentialConfig& credential : config_.credentials) {
      paths.insert(path_of_https_url(credential.x5u));
    }
    std::vector<Section> sections = root_.tables("card");
    config_.cards.reserve(sections.size());
    for (Section& section : sections) {
      const CardConfig& card = config_.cards.emplace_back(read_card(section));
      check_credential(section, "credential", card.credential, {});
      if (!card.url.empty() && !paths.insert(path_of_https_url(card.url)).second) {
        section.fail("url", "a path that no other card and no x5u has", card.url);
      }
    }
  }

  // Keys of tenants never cross (STIR-RG-02): what is a tenant's is signed by that tenant's key, all else by our own.
  void check_credential(Section& section, std::string_view key, const std::string& name, std::string_view tenant) {
    const auto found = std::ranges::find(config_.credentials, name, &CredentialConfig::name);
    if (!name.empty() && !credentials_.contains(name)) {
      section.fail(key, "the name of a [[credential]]", name);
    } else if (found != config_.credentials.end() && found->tenant != tenant) {
      section.fail(key, tenant.empty() ? "a [[credential]] of no tenant" : "a [[credential]] of the same tenant",
                   name + (found->tenant.empty() ? ", of no tenant" : ", of " + found->tenant));
    }
  }

  Section root_;
  ControlConfig& config_;
  NameSet trunks_{"a trunk name"};
  NameSet credentials_{"a credential name"};
  NameSet regimes_{"a regime name"};
  bool anchors_good_ = false;  // of [trust]
};

std::expected<ControlConfig, ConfigErrors> finish(TomlFile& document, const std::filesystem::path& file) {
  ControlConfig config;
  config.file = file;
  if (document.parsed()) {
    const Reader reader(document, config);
  }
  if (ConfigErrors errors = document.take_errors(); !errors.empty()) {
    return std::unexpected(std::move(errors));
  }
  return config;
}

}  // namespace

std::expected<ControlConfig, ConfigErrors> load_control_config(const std::filesystem::path& file) {
  TomlFile document = TomlFile::read(file);
  return finish(document, file);
}

std::expected<ControlConfig, ConfigErrors> read_control_config(const std::filesystem::path& file,
                                                               std::string_view text) {
  TomlFile document(file, text);
  return finish(document, file);
}

std::vector<std::string> control_options() {
  TomlFile document("",
                    "[[trunk]]\n[[numbers]]\n[[credential]]\n[[x5u]]\n[[regime]]\n[[regime.priority]]\n"
                    "[[trust.priority]]\n[[card]]\n[content]\n[[content.corpus]]\n");
  ControlConfig config;
  const Reader reader(document, config);
  return document.options();
}

}  // namespace stirline::config
