#include "control/http/http_answer.hpp"

namespace stirline::control {

namespace beast = boost::beast;
namespace http = beast::http;

bool reads(const HttpRequest& request) {
  return request.method() == http::verb::get || request.method() == http::verb::head;
}

HttpResponse bare_answer(http::status status) {
  HttpResponse response(status, 11);
  response.keep_alive(false);
  response.set(http::field::server, "stirline-control");
  response.content_length(0);
  return response;
}

HttpResponse answer_request(const HttpRequest& request, const HttpPage* page) {
  if (!reads(request)) {
    HttpResponse response = bare_answer(http::status::method_not_allowed);
    response.set(http::field::allow, "GET, HEAD");
    return response;
  }
  if (page == nullptr) {
    return bare_answer(http::status::not_found);
  }
  HttpResponse response = bare_answer(http::status::ok);
  response.set(http::field::content_type, beast::string_view(page->content_type.data(), page->content_type.size()));
  response.set(http::field::cache_control, page->cache_control);
  response.content_length(page->body.size());
  if (request.method() == http::verb::get) {
    response.body() = page->body;
  }
  return response;
}

}  // namespace stirline::control
