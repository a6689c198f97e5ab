#include "control/metrics/control_metrics.hpp"

#include <array>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "control/alarms/alarm_report.hpp"
#include "control/metrics/figures.hpp"

namespace stirline::control {

using Json = nlohmann::ordered_json;

namespace {

using enum MetricType;

constexpr std::string_view kTable = "stirline_control_table_records";
constexpr std::string_view kTableHelp = "records in each table compiled from the configuration";
constexpr std::string_view kConnections = "stirline_control_http_connections";
constexpr std::string_view kConnectionsHelp = "connections that an HTTP server of control has taken";
constexpr std::string_view kTurnedAway = "stirline_control_http_turned_away";
constexpr std::string_view kTurnedAwayHelp = "of them those closed at once, as there were too many";
constexpr std::string_view kServed = "stirline_control_http_served";
constexpr std::string_view kServedHelp = "requests answered with what was asked for";
constexpr std::string_view kRefused = "stirline_control_http_refused";
constexpr std::string_view kRefusedHelp = "requests answered with an error";
constexpr std::string_view kBroken = "stirline_control_http_broken";
constexpr std::string_view kBrokenHelp = "connections that ended without an answer: no HTTP, too slow, or gone";
constexpr std::string_view kConsent = "stirline_control_consent_requests";
constexpr std::string_view kConsentHelp = "attempts that rules wanted consent for, by what became of the question";
constexpr std::string_view kSettled = "stirline_control_consent_answers";
constexpr std::string_view kSettledHelp = "answers of called users to callers";
constexpr std::string_view kTests = "stirline_control_turing_results";
constexpr std::string_view kTestsHelp = "results of tests whether a person calls; unknown: nobody waited for it";
constexpr std::string_view kReports = "stirline_control_feedback_reports";
constexpr std::string_view kReportsHelp = "reports of called users about calls, by what became of them (SPIT-MK-03)";
constexpr std::string_view kVerdicts = "stirline_control_feedback_verdicts_settled";
constexpr std::string_view kVerdictsHelp = "verdicts of users, by what others said of the same caller";
constexpr std::string_view kComplaints = "stirline_control_feedback_complaints";
constexpr std::string_view kComplaintsHelp = "unwanted calls told to the data plane, by whether it has taken them";
constexpr std::string_view kNotices = "stirline_control_notices_calls";
constexpr std::string_view kNoticesHelp = "calls that called users want to be told of, by what became of the notice";
constexpr Label kRepository{"server", "repository"};
constexpr Label kMetrics{"server", "metrics"};
constexpr Label kXcap{"server", "xcap"};

constexpr std::array kFigures{
    Figure{"/uptime_seconds", {"stirline_control_uptime_seconds", gauge, "seconds", "age of the process"}},
    Figure{
        "/confinement/system_calls_filtered",
        {"stirline_control_system_calls_filtered", gauge, "", "1: it can make only the system calls it is known to"}},
    Figure{"/generation",
           {"stirline_control_generation", gauge, "", "number of the generation of tables compiled last"}},
    Figure{"/age_seconds", {"stirline_control_generation_age_seconds", gauge, "seconds", "age of that generation"}},
    Figure{"/tables/trunks", {kTable, gauge, "", kTableHelp}, {"table", "trunks"}},
    Figure{"/tables/number_ranges", {kTable, gauge, "", kTableHelp}, {"table", "number_ranges"}},
    Figure{"/tables/credentials", {kTable, gauge, "", kTableHelp}, {"table", "credentials"}},
    Figure{"/tables/certificates", {kTable, gauge, "", kTableHelp}, {"table", "certificates"}},
    Figure{"/dataplane/connected",
           {"stirline_control_dataplane_connected", gauge, "", "1: the data plane has accepted our greeting"}},
    Figure{
        "/dataplane/since",
        {"stirline_control_dataplane_connected_timestamp_seconds", gauge, "seconds", "since when, seconds since 1970"}},
    Figure{"/dataplane/generation",
           {"stirline_control_dataplane_generation", gauge, "",
            "the generation that the data plane has taken; 0: none yet"}},

    Figure{
        "/clock/signing_stopped",
        {"stirline_control_signing_stopped", gauge, "", "1: the clock is known to be so wrong that nothing is signed"}},
    Figure{
        "/clock/kernel/synchronised",
        {"stirline_control_clock_synchronised", gauge, "", "1: the kernel says that something disciplines the clock"}},
    Figure{"/clock/kernel/largest_error_ms",
           {"stirline_control_clock_largest_error_milliseconds", gauge, "milliseconds",
            "how far the clock may be off by what disciplines it"}},
    Figure{"/clock/servers_heard",
           {"stirline_control_clock_servers_heard", gauge, "", "hosts that have told the time over HTTPS"}},
    Figure{"/watching/watching",
           {"stirline_control_watching", gauge, "",
            "1 while an operator traces or captures (stirline trace, stirline capture)"}},
    Figure{"/watching/told", {"stirline_control_watched", counter, "", "events told to operators who watch"}},
    Figure{"/watching/dropped",
           {"stirline_control_watched_dropped", counter, "", "events that an operator's connection did not take"}},
    Figure{"/fetch/kept", {"stirline_control_certificates_kept", gauge, "", "chains of others that are kept"}},
    Figure{"/fetch/in_flight", {"stirline_control_fetches_in_flight", gauge, "", "fetches under way"}},
    Figure{"/fetch/most_in_flight",
           {"stirline_control_fetches_most_in_flight", gauge, "", "most fetches under way at a time"}},
    Figure{"/fetch/waiting",
           {"stirline_control_fetches_waiting", gauge, "", "URLs that wait for their turn to be fetched"}},
    Figure{"/fetch/pausing_urls",
           {"stirline_control_pausing_urls", gauge, "", "URLs not fetched for a while, as they failed"}},
    Figure{"/fetch/dead_urls",
           {"stirline_control_dead_urls", gauge, "", "URLs that the data plane is told of as unavailable"}},
    Figure{"/fetch/wanted",
           {"stirline_control_certificates_wanted", counter, "", "certificates the data plane asked for"}},
    Figure{"/fetch/wanted_known",
           {"stirline_control_certificates_wanted_known", counter, "", "of them those kept already"}},
    Figure{"/fetch/wanted_too_often",
           {"stirline_control_certificates_wanted_too_often", counter, "", "of them those it asked for too often"}},
    Figure{"/fetch/wanted_pausing",
           {"stirline_control_certificates_wanted_pausing", counter, "",
            "of them those whose URL is not fetched for a while"}},
    Figure{"/fetch/joined",
           {"stirline_control_fetches_joined", counter, "", "questions that joined a fetch under way"}},
    Figure{"/fetch/begun", {"stirline_control_fetches_begun", counter, "", "fetches begun"}},
    Figure{"/fetch/with_socket",
           {"stirline_control_fetches_with_socket", counter, "", "of them those that opened a socket"}},
    Figure{"/fetch/another_type",
           {"stirline_control_fetches_another_type", counter, "", "chains served under another content type"}},
    Figure{"/fetch/refreshes", {"stirline_control_certificates_refreshes", counter, "", "refreshes of chains begun"}},
    Figure{"/fetch/not_replaced",
           {"stirline_control_certificates_not_replaced", counter, "",
            "chains kept, as what came instead was not believed"}},
    Figure{"/fetch/evicted",
           {"stirline_control_certificates_evicted", counter, "", "chains given up for want of room"}},
    Figure{"/fetch/expired",
           {"stirline_control_certificates_expired", counter, "", "chains given up as their time was over"}},
    Figure{"/fetch/store_errors",
           {"stirline_control_store_errors", counter, "", "what the store of chains did not take"}},

    Figure{"/lists/wanted",
           {"stirline_control_lists_wanted", gauge, "", "revocation lists and TNAuthLists that are to be fetched"}},
    Figure{"/lists/kept", {"stirline_control_lists_kept", gauge, "", "of them those that are here"}},
    Figure{"/lists/stale",
           {"stirline_control_lists_stale", gauge, "", "regimes with a revocation list older than its nextUpdate"}},
    Figure{"/lists/fetched", {"stirline_control_lists_fetched", counter, "", "lists fetched, and good"}},
    Figure{"/lists/changed", {"stirline_control_lists_changed", counter, "", "of them those with another content"}},
    Figure{"/lists/refused", {"stirline_control_lists_refused", counter, "", "lists fetched and not usable"}},
    Figure{"/lists/failed", {"stirline_control_lists_failed", counter, "", "lists that could not be fetched"}},
    Figure{"/lists/expired",
           {"stirline_control_lists_expired", counter, "", "TNAuthLists given up as their time was over"}},
    Figure{"/lists/too_many",
           {"stirline_control_lists_too_many", counter, "", "lists not fetched, as there are too many"}},

    Figure{"/records/written", {"stirline_control_records_written", counter, "", "records of calls written"}},
    Figure{"/records/lost",
           {"stirline_control_records_lost", counter, "", "records of calls that could not be written"}},
    Figure{"/records/not_kept",
           {"stirline_control_records_not_kept", counter, "", "records of calls that came though none are kept"}},
    Figure{"/records/files_closed",
           {"stirline_control_record_files_closed", counter, "", "files of records that are complete"}},
    Figure{"/records/files_removed",
           {"stirline_control_record_files_removed", counter, "", "files of records removed"}},
    Figure{"/records/pseudonyms",
           {"stirline_control_record_pseudonyms", gauge, "", "1: numbers stand in the records as pseudonyms"}},
    Figure{"/records/questions",
           {"stirline_control_record_questions", counter, "", "questions about records, each noted"}},

    Figure{"/repository/pages", {"stirline_control_repository_pages", gauge, "", "own chains that are published"}},
    Figure{"/repository/connections", {kConnections, counter, "", kConnectionsHelp}, kRepository},
    Figure{"/metrics/connections", {kConnections, counter, "", kConnectionsHelp}, kMetrics},
    Figure{"/xcap/connections", {kConnections, counter, "", kConnectionsHelp}, kXcap},
    Figure{"/repository/turned_away", {kTurnedAway, counter, "", kTurnedAwayHelp}, kRepository},
    Figure{"/metrics/turned_away", {kTurnedAway, counter, "", kTurnedAwayHelp}, kMetrics},
    Figure{"/xcap/turned_away", {kTurnedAway, counter, "", kTurnedAwayHelp}, kXcap},
    Figure{"/repository/served", {kServed, counter, "", kServedHelp}, kRepository},
    Figure{"/metrics/served", {kServed, counter, "", kServedHelp}, kMetrics},
    Figure{"/xcap/served", {kServed, counter, "", kServedHelp}, kXcap},
    Figure{"/repository/refused", {kRefused, counter, "", kRefusedHelp}, kRepository},
    Figure{"/metrics/refused", {kRefused, counter, "", kRefusedHelp}, kMetrics},
    Figure{"/xcap/refused", {kRefused, counter, "", kRefusedHelp}, kXcap},
    Figure{"/repository/broken", {kBroken, counter, "", kBrokenHelp}, kRepository},
    Figure{"/metrics/broken", {kBroken, counter, "", kBrokenHelp}, kMetrics},
    Figure{"/xcap/broken", {kBroken, counter, "", kBrokenHelp}, kXcap},

    Figure{"/xcap/documents", {"stirline_control_xcap_documents", gauge, "", "documents of users that are kept"}},
    Figure{"/xcap/changes",
           {"stirline_control_xcap_changes", counter, "", "documents put, changed in a part, or deleted over XCAP"}},
    Figure{"/xcap/unauthenticated",
           {"stirline_control_xcap_unauthenticated", counter, "", "XCAP requests of nobody we know (401)"}},
    Figure{"/xcap/forbidden",
           {"stirline_control_xcap_forbidden", counter, "", "XCAP requests for what is another user's (403)"}},
    Figure{"/xcap/conflicts",
           {"stirline_control_xcap_conflicts", counter, "", "XCAP changes that documents must not have (409)"}},
    Figure{"/xcap/overtaken",
           {"stirline_control_xcap_overtaken", counter, "",
            "XCAP requests on a condition that does not hold, as of two clients with one document (412)"}},
    Figure{"/xcap/failed",
           {"stirline_control_xcap_failed", counter, "", "XCAP requests that the store did not serve (500, 503)"}},

    Figure{"/permissions/kept",
           {"stirline_control_permissions", gauge, "", "questions for consent, answers, and results of tests kept"}},
    Figure{"/permissions/asked", {kConsent, counter, "", kConsentHelp}, {"outcome", "noted"}},
    Figure{"/permissions/repeated", {kConsent, counter, "", kConsentHelp}, {"outcome", "repeated"}},
    Figure{"/permissions/nobody", {kConsent, counter, "", kConsentHelp}, {"outcome", "unauthenticated"}},
    Figure{"/permissions/over_limit", {kConsent, counter, "", kConsentHelp}, {"outcome", "over_limit"}},
    Figure{"/permissions/granted", {kSettled, counter, "", kSettledHelp}, {"answer", "granted"}},
    Figure{"/permissions/denied", {kSettled, counter, "", kSettledHelp}, {"answer", "denied"}},
    Figure{"/permissions/revoked", {kSettled, counter, "", kSettledHelp}, {"answer", "revoked"}},
    Figure{"/permissions/tests_passed", {kTests, counter, "", kTestsHelp}, {"result", "passed"}},
    Figure{"/permissions/tests_failed", {kTests, counter, "", kTestsHelp}, {"result", "failed"}},
    Figure{"/permissions/tests_unknown", {kTests, counter, "", kTestsHelp}, {"result", "unknown"}},
    Figure{"/permissions/store_errors",
           {"stirline_control_permissions_store_errors", counter, "", "times that permissions could not be kept"}},

    Figure{"/feedback/kept",
           {"stirline_control_feedback", gauge, "", "verdicts of called users about calls that are kept (SPIT-MK-03)"}},
    Figure{"/feedback/calls",
           {"stirline_control_feedback_calls", gauge, "", "pairs of caller and called user who can say something"}},
    Figure{"/feedback/forgotten",
           {"stirline_control_feedback_calls_forgotten", counter, "",
            "calls about which nothing can be said: too many at once"}},
    Figure{"/feedback/unwanted", {kReports, counter, "", kReportsHelp}, {"outcome", "unwanted"}},
    Figure{"/feedback/wanted", {kReports, counter, "", kReportsHelp}, {"outcome", "wanted"}},
    Figure{"/feedback/no_such_call", {kReports, counter, "", kReportsHelp}, {"outcome", "no_such_call"}},
    Figure{"/feedback/repeated", {kReports, counter, "", kReportsHelp}, {"outcome", "repeated"}},
    Figure{"/feedback/over_limit", {kReports, counter, "", kReportsHelp}, {"outcome", "over_limit"}},
    Figure{"/feedback/weightless",
           {"stirline_control_feedback_weightless", counter, "", "reports taken of users whose word weighs nothing"}},
    Figure{"/feedback/agreed", {kVerdicts, counter, "", kVerdictsHelp}, {"others", "agreed"}},
    Figure{"/feedback/contradicted", {kVerdicts, counter, "", kVerdictsHelp}, {"others", "contradicted"}},
    Figure{"/feedback/undone", {"stirline_control_feedback_undone", counter, "", "verdicts taken back (SPIT-FW-04)"}},
    Figure{"/feedback/told", {kComplaints, counter, "", kComplaintsHelp}, {"counted", "true"}},
    Figure{"/feedback/untold", {kComplaints, counter, "", kComplaintsHelp}, {"counted", "false"}},
    Figure{"/feedback/store_errors",
           {"stirline_control_feedback_store_errors", counter, "", "times that feedback could not be kept"}},

    Figure{"/notices/kept",
           {"stirline_control_notices", gauge, "", "what called users are told of calls, that is kept (SPIT-PL-03)"}},
    Figure{"/notices/taken", {kNotices, counter, "", kNoticesHelp}, {"outcome", "taken"}},
    Figure{"/notices/nobody", {kNotices, counter, "", kNoticesHelp}, {"outcome", "nobody"}},
    Figure{"/notices/over_limit", {kNotices, counter, "", kNoticesHelp}, {"outcome", "over_limit"}},
    Figure{"/notices/anonymous",
           {"stirline_control_notices_anonymous", counter, "", "notices whose caller wants nobody to learn who he is"}},
    Figure{
        "/notices/made_way",
        {"stirline_control_notices_made_way", counter, "", "notices that went before their time: there were too many"}},
    Figure{"/notices/undone",
           {"stirline_control_notices_undone", counter, "", "notices that their users have removed"}},
    Figure{"/notices/store_errors",
           {"stirline_control_notices_store_errors", counter, "", "times that notices could not be kept"}},

    Figure{"/accounts/counted",
           {"stirline_control_accounts_counted", counter, "", "messages counted by trunk and hour (SPIT-CL-11)"}},
    Figure{"/accounts/refused",
           {"stirline_control_accounts_refused", counter, "", "messages not counted: too many different ones"}},
    Figure{"/accounts/store_errors",
           {"stirline_control_accounts_store_errors", counter, "", "times that sums could not be kept at once"}},

    Figure{"/rules/users", {"stirline_control_rules_users", gauge, "", "users who have rules, a profile or contacts"}},
    Figure{"/rules/mistakes",
           {"stirline_control_rules_mistakes", gauge, "", "of them those with a document that cannot be used"}},
    Figure{"/rules/compiled",
           {"stirline_control_rules_compiled", counter, "", "times that the documents of a user were compiled"}},
    Figure{"/rules/store_errors",
           {"stirline_control_rules_store_errors", counter, "",
            "times that documents or contacts of users could not be read"}},
    Figure{"/rules/octets", {"stirline_control_rules_bytes", gauge, "bytes", "size of the compiled rules"}},
    Figure{"/rules/number",
           {"stirline_control_rules_number", gauge, "", "number of the rules that the data plane has taken last"}},
    Figure{"/rules/age_seconds",
           {"stirline_control_rules_age_seconds", gauge, "seconds", "time since the data plane has taken them"}},

    Figure{"/call_lists/entries",
           {"stirline_control_call_lists_entries", gauge, "", "who is on lists that calls are asked about"}},
    Figure{"/call_lists/octets", {"stirline_control_call_lists_bytes", gauge, "bytes", "size of the table of lists"}},
    Figure{"/call_lists/tables", {"stirline_control_call_lists_tables", counter, "", "tables of lists made"}},
    Figure{"/call_lists/learned",
           {"stirline_control_call_lists_learned", counter, "",
            "contacts that calls of users have made or prolonged (SPIT-FW-10)"}},
    Figure{"/call_lists/ended",
           {"stirline_control_call_lists_ended", counter, "", "entries taken out because they had ended"}},
    Figure{"/call_lists/not_learned",
           {"stirline_control_call_lists_not_learned", counter, "",
            "contacts that were not kept: too many at once, or nobody who can be named"}},
    Figure{"/call_lists/store_errors",
           {"stirline_control_call_lists_store_errors", counter, "",
            "times that the store of lists could not be read or written"}},

    Figure{"/content/corpora", {"stirline_control_content_corpora", gauge, "", "corpora that texts are judged by"}},
    Figure{"/content/tokens",
           {"stirline_control_content_tokens", gauge, "", "tokens that packet cores know of them (SPIT-CL-01)"}},
    Figure{"/content/octets", {"stirline_control_content_bytes", gauge, "bytes", "size of the table of corpora"}},
    Figure{"/content/tables", {"stirline_control_content_tables", counter, "", "tables of corpora made"}},
    Figure{"/content/forgotten",
           {"stirline_control_content_forgotten", counter, "", "tokens taken out because nobody trains with them"}},
    Figure{"/content/store_errors",
           {"stirline_control_content_store_errors", counter, "",
            "times that the store of corpora could not be read or written"}},
};

// The elements of status[key], each with the labels that its members of those names give.
std::vector<Subject> subjects_of(const Json& rows, std::initializer_list<std::string_view> labels) {
  std::vector<Subject> subjects;
  for (const Json& row : rows) {
    Subject& subject = subjects.emplace_back(&row);
    for (const std::string_view label : labels) {
      subject.labels.push_back({label, row.at(std::string(label)).get_ref<const std::string&>()});
    }
  }
  return subjects;
}

constexpr std::array kCredential{
    Figure{"/not_before",
           {"stirline_control_credential_not_before_timestamp_seconds", gauge, "seconds",
            "when our own certificates come into force, seconds since 1970"}},
    Figure{"/not_after",
           {"stirline_control_credential_not_after_timestamp_seconds", gauge, "seconds",
            "when our own certificates end, seconds since 1970"}},
};

constexpr std::array kCertificate{
    Figure{"/not_before",
           {"stirline_control_certificate_not_before_timestamp_seconds", gauge, "seconds",
            "when configured certificates of others come into force, seconds since 1970"}},
    Figure{"/not_after",
           {"stirline_control_certificate_not_after_timestamp_seconds", gauge, "seconds",
            "when configured certificates of others end, seconds since 1970"}},
};

}  // namespace

void write_control_metrics(Exposition& page, const Json& status) {
  write_figures(page, kFigures, std::array{Subject{&status}});
  write_alarm_metrics(page, status.at("alarms"));
  page.begin({"stirline_control_fetches_ended", counter, "", "fetches by how they ended"});
  for (const auto& [outcome, count] : status.at("fetch").at("outcomes").items()) {
    page.sample(std::array{Label{"outcome", outcome}}, count);
  }
  page.begin({"stirline_control_warnings", gauge, "", "warnings that status shows"});
  page.sample(status.at("warnings").size());
  write_figures(page, kCredential, subjects_of(status.at("credentials"), {"name", "x5u"}));
  const std::vector<Subject> certificates = subjects_of(status.at("certificates"), {"x5u", "regime"});
  write_figures(page, kCertificate, certificates);
  page.begin({"stirline_control_certificate", info, "", "how configured certificates of others are judged"});
  for (const Subject& subject : certificates) {
    std::vector<Label> labels = subject.labels;
    labels.push_back({"standing", subject.document->at("standing").get_ref<const std::string&>()});
    page.sample(labels, 1);
  }
}

}  // namespace stirline::control
