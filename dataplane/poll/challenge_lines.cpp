#include "dataplane/poll/challenge_lines.hpp"

#include <algorithm>

#include "crypto_workers/passport/text_writer.hpp"

namespace stirline::dataplane {
namespace {

std::string_view bracketed(std::string_view name, std::string_view uri, std::span<char, kPermissionLineBytes> line) {
  crypto::TextWriter out(line);
  out.add(name);
  out.add(uri);
  out.add(">\r\n");
  return out.view();
}

std::string_view line_of_called(std::string_view name, const sip::Message& request, std::string_view octets,
                                std::span<char, kPermissionLineBytes> line) {
  const std::string_view called = sip::text(octets, request.request_uri().whole);
  const bool fits = !called.empty() && called.size() <= kMaxCalledUri && std::ranges::all_of(called, [](char c) {
    return c > ' ' && c <= '~' && c != '<' && c != '>' && c != '"';
  });
  if (!fits) {
    return {};
  }
  return bracketed(name, called, line);
}

}  // namespace

std::string_view permission_line(const sip::Message& request, std::string_view octets,
                                 std::span<char, kPermissionLineBytes> line) {
  return line_of_called("Permission-Missing: <", request, octets, line);
}

std::string_view called_contact_line(const sip::Message& request, std::string_view octets,
                                     std::span<char, kPermissionLineBytes> line) {
  return line_of_called("Contact: <", request, octets, line);
}

std::string_view contact_line(std::string_view target, std::span<char, kPermissionLineBytes> line) {
  return bracketed("Contact: <", target, line);
}

}  // namespace stirline::dataplane
