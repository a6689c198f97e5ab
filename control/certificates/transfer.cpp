#include "control/certificates/transfer.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <new>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "config/text_rules.hpp"
#include "sip_parser/characters.hpp"

namespace stirline::control {

namespace {

constexpr std::size_t kMaxFieldsOctets = 16'384;

// `octets` are those of a sockaddr of that family, `length` of them.
std::optional<config::IpAddress> address_of(int family, const std::byte* octets, std::size_t length) {
  config::IpAddress address;
  if (family == AF_INET && length >= sizeof(sockaddr_in)) {
    std::memcpy(address.octets.data(), octets + offsetof(sockaddr_in, sin_addr), sizeof(in_addr));
    return address;
  }
  if (family == AF_INET6 && length >= sizeof(sockaddr_in6)) {
    address.family = config::IpAddress::Family::v6;
    std::memcpy(address.octets.data(), octets + offsetof(sockaddr_in6, sin6_addr), sizeof(in6_addr));
    return address;
  }
  return std::nullopt;
}

// Text from a stranger's server on its way into logs and answers.
std::string harmless(std::string_view text) {
  std::string clean(text.substr(0, 128));
  std::ranges::replace_if(clean, [](char c) { return c < ' ' || c > '~'; }, '?');
  return clean;
}

}  // namespace

std::string to_text(const FetchResult& result) {
  return result.detail.empty() ? std::string(facts(result.outcome).text)
                               : fmt::format("{}: {}", facts(result.outcome).text, result.detail);
}

Transfer::Transfer(const FetchUrl& url, const TransferOptions& options, const AddressRules& addresses)
    : addresses_(addresses),
      host_(url.host),
      most_octets_(options.most_octets),
      raw_(options.raw),
      accept_der_(options.accept_der),
      error_(CURL_ERROR_SIZE, '\0'),
      handle_(curl_easy_init()) {
  if (handle_ == nullptr) {
    throw std::bad_alloc();
  }
  CURL* const handle = handle_.get();
  curl_easy_setopt(handle, CURLOPT_CURLU, url.parsed.get());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);  // never wait for a resolver's thread
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_limit.count()));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(options.total_limit.count()));
  curl_easy_setopt(handle, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(options.most_octets));
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  // A folder of certificates beside the file would be believed too, and keeps libcurl from caching the file.
  curl_easy_setopt(handle, CURLOPT_CAPATH, nullptr);
  if (!options.ca_file.empty()) {
    curl_easy_setopt(handle, CURLOPT_CAINFO, options.ca_file.c_str());
  }
  const std::vector<std::string> names = options.names ? options.names() : std::vector<std::string>();
  for (const std::string& name : names) {
    curl_slist* const longer = curl_slist_append(names_.get(), name.c_str());
    static_cast<void>(names_.release());
    names_.reset(longer);
  }
  curl_easy_setopt(handle, CURLOPT_RESOLVE, names_.get());
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "stirline-control");
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, &Transfer::open_socket);
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &Transfer::take_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &Transfer::take_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error_.data());
}

Transfer::~Transfer() = default;

curl_socket_t Transfer::open_socket(void* self, curlsocktype purpose, curl_sockaddr* address) {
  auto* transfer = static_cast<Transfer*>(self);
  // The field `addr` is as long as addrlen says, whatever its type says.
  const auto* octets = reinterpret_cast<const std::byte*>(address) + offsetof(curl_sockaddr, addr);
  const std::optional<config::IpAddress> target = address_of(address->family, octets, address->addrlen);
  if (purpose != CURLSOCKTYPE_IPCXN || !target) {
    return CURL_SOCKET_BAD;
  }
  if (!transfer->addresses_.allow(*target)) {
    transfer->denied_ = target;
    return CURL_SOCKET_BAD;
  }
  transfer->opened_socket_ = true;
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t Transfer::take_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto* transfer = static_cast<Transfer*>(self);
  const std::size_t octets = size * count;
  if (octets > transfer->most_octets_ - transfer->body_.size()) {
    transfer->too_large_ = true;
    return 0;
  }
  transfer->body_.append(data, octets);
  return octets;
}

std::size_t Transfer::take_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto* transfer = static_cast<Transfer*>(self);
  const std::size_t octets = size * count;
  if (octets > kMaxFieldsOctets - transfer->header_octets_) {
    transfer->too_large_ = true;
    return 0;
  }
  transfer->header_octets_ += octets;
  const std::string_view line(data, octets);
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) {
    return octets;
  }
  const auto add = [&](std::string_view name, std::string& value, std::string_view separator) {
    if (sip::detail::equal_ignoring_case(line.substr(0, colon), name)) {
      value += (value.empty() ? "" : separator);
      value += config::trimmed(line.substr(colon + 1));
    }
  };
  add("cache-control", transfer->caching_.cache_control, ", ");
  add("expires", transfer->caching_.expires, ", ");
  add("date", transfer->caching_.date, ", ");
  add("age", transfer->caching_.age, ", ");
  add("transfer-encoding", transfer->encoding_, ", ");
  return octets;
}

FetchOutcome Transfer::outcome_of(CURLcode code, long status) const {
  if (too_large_) {
    return FetchOutcome::too_large;
  }
  switch (code) {
    case CURLE_OK:
      return status == 200                    ? FetchOutcome::fetched
             : status >= 300 && status <= 399 ? FetchOutcome::redirected
                                              : FetchOutcome::status_refused;
    case CURLE_COULDNT_RESOLVE_HOST:
      return FetchOutcome::name_unknown;
    case CURLE_COULDNT_CONNECT:
      return denied_ ? FetchOutcome::address_denied : FetchOutcome::not_reached;
    case CURLE_OPERATION_TIMEDOUT:
      return FetchOutcome::timed_out;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return FetchOutcome::tls_failed;
    case CURLE_FILESIZE_EXCEEDED:
      return FetchOutcome::too_large;
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
      return FetchOutcome::broken_off;
    default:
      return FetchOutcome::failed;
  }
}

void Transfer::note_time(FetchResult& result) const {
  const std::time_t said = caching_.age.empty() ? curl_getdate(caching_.date.c_str(), nullptr) : -1;
  curl_off_t took_us = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_TOTAL_TIME_T, &took_us);
  if (said > 0) {
    result.server_time = std::chrono::seconds(said);
    result.host = host_;
    result.took = std::chrono::ceil<std::chrono::milliseconds>(std::chrono::microseconds(took_us));
  }
}

FetchResult Transfer::take_result(CURLcode code) {
  long status = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
  FetchResult result;
  result.outcome = outcome_of(code, status);
  curl_off_t announced = -1;
  curl_easy_getinfo(handle_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
  if (result.outcome == FetchOutcome::fetched && announced < 0 && encoding_.empty()) {
    // Whoever can cut the connection could make a shorter chain of it, and that would be kept for a day.
    result.outcome = FetchOutcome::broken_off;
    result.detail = "its length was not announced";
    return result;
  }
  if (result.outcome == FetchOutcome::fetched) {
    char* type = nullptr;
    curl_easy_getinfo(handle_.get(), CURLINFO_CONTENT_TYPE, &type);
    result.content_type = harmless(type == nullptr ? "" : type);
    note_time(result);
    if (raw_) {
      result.body = std::move(body_);
      result.caching = std::move(caching_);
      return result;
    }
    auto chain = read_chain_body(body_, result.content_type, accept_der_);
    if (!chain) {
      result.outcome = FetchOutcome::no_chain;
      result.detail = std::move(chain.error());
      return result;
    }
    result.chain = std::move(*chain);
    result.caching = std::move(caching_);
    return result;
  }
  if (result.outcome == FetchOutcome::address_denied) {
    result.detail = fmt::format("{} ({})", config::to_string(*denied_), to_string(kind_of(*denied_)));
  } else if (code == CURLE_OK) {
    result.detail = fmt::format("status {}", status);
  } else if (!too_large_) {
    result.detail = harmless(error_.front() == '\0' ? curl_easy_strerror(code) : error_.data());
  }
  return result;
}

}  // namespace stirline::control
