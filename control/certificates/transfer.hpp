// One HTTPS request for a certificate chain, with every limit of STIR-CF-04 set (STIR-CF-01: no redirection). Internal
// to this folder.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <curl/curl.h>

#include "control/certificates/cache_rules.hpp"
#include "control/certificates/chain_body.hpp"
#include "control/certificates/fetch_outcome.hpp"
#include "control/certificates/x5u_rules.hpp"

namespace stirline::control {

struct TransferOptions {
  std::chrono::milliseconds connect_limit{1'000};  // name, TCP and TLS together
  std::chrono::milliseconds total_limit{2'000};
  std::size_t most_octets = 65'536;  // of the body
  bool raw = false;                  // the body goes on as it came: it is no chain
  bool accept_der = false;           // a lone certificate as application/pkix-cert (STIR-CF-02)
  std::filesystem::path ca_file;     // whom to believe about servers; empty: the system's list
  // "host:port:address,address" in place of what resolvers say, asked for each transfer; for tests. May be null.
  std::function<std::vector<std::string>()> names;
};

// What came of a fetch.
struct FetchResult {
  FetchOutcome outcome = FetchOutcome::failed;
  std::string detail = {};        // what there is to say beyond the outcome's text: "status 404"; may be empty
  std::string content_type = {};  // only if fetched, and so are the rest
  CacheHeaders caching = {};
  ChainBody chain = {};
  std::string body = {};  // in its place, if it is wanted raw
  // What time the server said it was, when the answer was made for us and not taken from a cache; and who said so.
  std::optional<std::chrono::seconds> server_time = {};  // since 1970
  std::string host = {};
  std::chrono::milliseconds took{0};  // from the begin to the last octet
};
// One sentence: the outcome's text and the detail.
[[nodiscard]] std::string to_text(const FetchResult& result);

class Transfer {
 public:
  // Throws std::bad_alloc. The addresses may be denied at the last moment, so that no change of DNS between a check
  // and the connection helps anyone.
  Transfer(const FetchUrl& url, const TransferOptions& options, const AddressRules& addresses);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer();

  [[nodiscard]] CURL* handle() const { return handle_.get(); }
  [[nodiscard]] bool opened_socket() const { return opened_socket_; }

  // Once, when the transfer has ended with `code`.
  [[nodiscard]] FetchResult take_result(CURLcode code);

 private:
  struct Cleanup {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  static curl_socket_t open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static std::size_t take_body(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t take_header(char* data, std::size_t size, std::size_t count, void* self);
  void note_time(FetchResult& result) const;
  [[nodiscard]] FetchOutcome outcome_of(CURLcode code, long status) const;

  const AddressRules& addresses_;
  std::string host_;
  std::size_t most_octets_;
  bool raw_;
  bool accept_der_;
  std::unique_ptr<curl_slist, Cleanup> names_;
  std::vector<char> error_;
  std::string body_;
  std::size_t header_octets_ = 0;
  CacheHeaders caching_;
  std::string encoding_;  // Transfer-Encoding
  bool too_large_ = false;
  bool opened_socket_ = false;
  std::optional<config::IpAddress> denied_;
  std::unique_ptr<CURL, Cleanup> handle_;  // last: it goes first
};

}  // namespace stirline::control
