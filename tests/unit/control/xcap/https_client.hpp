// A client over HTTPS as people have it: libcurl, which signs in and keeps its connection.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <curl/curl.h>
#include <gtest/gtest.h>

namespace stirline::control::test {

struct Reply {
  long status = 0;
  std::string header;
  std::string body;
  long connections = 0;  // opened for it

  [[nodiscard]] std::string field(const std::string& name) const {
    const std::size_t at = header.find("\r\n" + name + ": ");
    const std::size_t begin = at + name.size() + 4;
    return at == std::string::npos ? std::string() : header.substr(begin, header.find("\r\n", begin) - begin);
  }
};

inline std::size_t append(const char* data, std::size_t size, std::size_t count, void* text) {
  static_cast<std::string*>(text)->append(data, size * count);
  return size * count;
}

// One client: its connection stays from request to request.
class Client {
 public:
  Client(std::uint16_t port, std::string authority) : port_(port), authority_(std::move(authority)) {}

  void password(const std::string& user_and_password) {
    curl_easy_setopt(curl_.get(), CURLOPT_HTTPAUTH, CURLAUTH_DIGEST);
    curl_easy_setopt(curl_.get(), CURLOPT_USERPWD, user_and_password.c_str());
  }
  void token(const std::string& token) {
    curl_easy_setopt(curl_.get(), CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
    curl_easy_setopt(curl_.get(), CURLOPT_XOAUTH2_BEARER, token.c_str());
  }

  Reply ask(const std::string& method, const std::string& target, const std::vector<std::string>& fields = {},
            const std::string& body = {}) {
    Reply reply;
    const std::string url = "https://127.0.0.1:" + std::to_string(port_) + target;
    curl_slist* list = curl_slist_append(nullptr, "Accept:");
    for (const std::string& field : fields) {
      list = curl_slist_append(list, field.c_str());
    }
    CURL* const curl = curl_.get();
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_CAINFO, authority_.c_str());
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
    curl_easy_setopt(curl, CURLOPT_NOBODY, method == "HEAD" ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method == "HEAD" ? nullptr : method.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, method == "PUT" || !body.empty() ? body.c_str() : nullptr);
    if (method == "GET" || method == "DELETE") {
      curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
      curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
    }
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply.body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, append);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &reply.header);
    const CURLcode done = curl_easy_perform(curl);
    EXPECT_EQ(done, CURLE_OK) << curl_easy_strerror(done);
    curl_slist_free_all(list);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply.status);
    curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &reply.connections);
    reply.header.erase(0, reply.header.rfind("HTTP/1.1 "));  // the last answer's
    return reply;
  }

 private:
  struct Free {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };
  std::uint16_t port_;
  std::string authority_;
  std::unique_ptr<CURL, Free> curl_{curl_easy_init()};
};

}  // namespace stirline::control::test
