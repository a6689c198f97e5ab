// What the two HTTP servers of control share: the bounds of a request, how one is answered. Each has its
// own way to move octets: the repository TLS on a thread of its own, the metrics page plain TCP on the loop.
//
// One request and one answer a connection. Nothing here keeps state; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/beast/http.hpp>

namespace stirline::control {

inline constexpr std::uint32_t kMaxHeaderOctets = 8'192;  // request line and header fields together

using HttpRequest = boost::beast::http::request<boost::beast::http::empty_body>;
using HttpRequestParser = boost::beast::http::request_parser<boost::beast::http::empty_body>;
using HttpResponse = boost::beast::http::response<boost::beast::http::string_body>;

// GET and HEAD read; other methods are answered 405.
[[nodiscard]] bool reads(const HttpRequest& request);

// What a page consists of. The texts are copied into the answer.
struct HttpPage {
  std::string_view content_type;
  std::string cache_control;
  std::string_view body;
};

// The answer to a request: 405 unless it reads, 404 if `page` is null, else the page. HEAD gets the length of the page
// and no body. The connection ends behind it (Connection: close).
[[nodiscard]] HttpResponse answer_request(const HttpRequest& request, const HttpPage* page);

// An answer to what was no request that is served: the status alone.
[[nodiscard]] HttpResponse bare_answer(boost::beast::http::status status);

}  // namespace stirline::control
